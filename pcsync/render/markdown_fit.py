"""A comment within what a forge takes: the beginning and the end stay, the middle is shortened first and cut then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pcsync.render.markdown_text import size
from pcsync.render.wording import number

LIMIT = 65_536  # characters of a comment on GitHub; Azure DevOps takes 150,000
SECTION = 6_000  # characters of a list outside the folded details


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the middle: whole, and in a form with less in it. Made when there turns out to be room: a plan may have thousands."""

    full: Callable[[], str]
    short: Callable[[], str]


def fitted(head: Sequence[str], blocks: Sequence[Block], tail: Sequence[str], cut: Callable[[int], str], limit: int = LIMIT) -> str:
    """Paragraphs with a blank line between them. ``cut`` says what stands for so many blocks that were left out."""
    room = limit - sum(_cost(part) for part in (*head, *tail)) - _cost(cut(len(blocks)))
    forms = _shortened(blocks, room)
    left_out = [index for index, form in enumerate(forms) if form is None]
    middle = [form for form in forms if form is not None]
    if left_out:
        middle.insert(left_out[0], cut(len(left_out)))
    return "\n\n".join([*head, *middle, *tail]) + "\n"


def _cost(part: str) -> int:
    return size(part) + 2


def _shortened(blocks: Sequence[Block], room: int) -> list[str | None]:
    """The form of each block: all short if that fits, then whole from both ends inwards as far as there is room."""
    forms: list[str | None] = [None] * len(blocks)
    for index in _inwards(len(blocks)):
        short = blocks[index].short()
        if _cost(short) > room:
            break
        forms[index], room = short, room - _cost(short)
    for index in _inwards(len(blocks)):
        short = forms[index] or ""
        more = _cost(full := blocks[index].full()) - _cost(short) if short else room + 1
        if more <= room:
            forms[index], room = full, room - more
    return forms


def _inwards(length: int) -> list[int]:
    """0, last, 1, last but one, …"""
    return [step // 2 if step % 2 == 0 else length - 1 - step // 2 for step in range(length)]


def rows(lines: Iterable[str], total: int, rest: Callable[[str], str], room: int = SECTION) -> list[str]:
    """Lines as long as there is room for them; ``rest`` says how many of the ``total`` are not shown."""
    kept: list[str] = []
    for line in lines:
        room -= size(line) + 1
        if room < 0:
            return [*kept, rest(number(total - len(kept)))]
        kept.append(line)
    return kept
