"""Changes as the lines of a ``diff`` block: every line begins with the sign that colours it, the indentation comes behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pcsync.core.change import Action, Change
from pcsync.core.diff import Op
from pcsync.render.fields import Nested, Plain, Told, View, Words, views
from pcsync.render.groups import DONE, tail
from pcsync.render.terminal import Style, cut, one_line
from pcsync.render.text_fields import body_lines
from pcsync.render.values import compact, path, raw
from pcsync.render.wording import count
from pcsync.render.words import Piece

STYLE = Style(width=110)
LONGEST = 300  # columns of a line
CONTEXT = 4  # words shown on either side of a changed run
SIGN = {Action.CREATE: "+", Action.DELETE: "-", Action.ADOPT: " ", Action.UPDATE: " ", Action.KEEP: " "}


def change_lines(change: Change) -> Iterator[str]:
    """One change: a heading, its fields, why it may be made unless nobody has it, its notes and refusal."""
    yield head_line(change)
    for line in body_lines(change, STYLE, "") if change.action in (Action.CREATE, Action.DELETE) else ():
        yield f"{SIGN[change.action]} {line}"
    for view in views(change):
        yield from (_cut(line) for line in view_lines(view))
    if change.why and (change.action is not Action.CREATE or change.drift):
        yield _cut(f"# why: {one_line(change.why, ' ')}")
    for note in change.notes:
        yield _cut(f"! note: {one_line(note, ' ')}")
    if change.refusal:
        yield _cut(f"! refused: {one_line(change.refusal, ' ')}")


def head_line(change: Change) -> str:
    """``@@ update render-option/ndvi · visual, drift · collections/naip/collection.yaml:43 @@``."""
    risk = [] if change.action is Action.KEEP else [str(change.risk)]
    what = ", ".join([*risk, *(["drift"] if change.drift else []), *(["refused"] if change.refusal else [])])
    return _cut(" · ".join(part for part in (f"@@ {change.action} {one_line(tail(change))}", what, where(change)) if part) + " @@")


def where(change: Change) -> str:
    """File and line of a change's manifest, as far as they are known."""
    if change.position is None:
        return ""
    return one_line(f"{change.position.file}:{change.position.line}" if change.position.line else change.position.file)


def _cut(line: str) -> str:
    return cut(line, LONGEST, STYLE)


def view_lines(view: View, depth: int = 0) -> Iterator[str]:
    """One changed field: what was there with a minus, what comes with a plus."""
    pad = "    " * depth
    match view:
        case Words():
            yield f"  {pad}{path(view.path)}:"
            yield f"- {pad}    {_side(view.pieces, added=False)}"
            yield f"+ {pad}    {_side(view.pieces, added=True)}"
        case Nested():
            kept = f" ({count(view.kept, 'other')} unchanged)" if view.kept else ""
            yield f"  {pad}{path(view.path)}:{kept}"
            for part in view.parts:
                yield from view_lines(part, depth + 1)
        case Told():
            yield f"! {pad}{one_line(view.text)}"
        case Plain():
            name = f"{path(view.path)}: " if view.path else ""
            yield from (f"{sign} {pad}{name}{text}" for sign, text in _sides(view))


def _sides(view: Plain) -> Iterator[tuple[str, str]]:
    if view.op is not Op.ADD:
        yield "-", shown(view.before, view.raw)
    if view.op is not Op.REMOVE:
        yield "+", shown(view.after, view.raw)


def shown(value: Any, as_is: bool) -> str:
    """A value on one line."""
    return raw(value) if as_is else compact(value)


def _side(pieces: tuple[Piece, ...], *, added: bool) -> str:
    """One of two long texts: its changed words, and of what both have only what stands next to those."""
    words: list[str] = []
    for index, piece in enumerate(pieces):
        words += _near(piece.kept.split(), index == 0, index == len(pieces) - 1)
        words += (piece.added if added else piece.removed).split()
    return one_line(" ".join(words))


def _near(words: list[str], first: bool, last: bool) -> list[str]:
    before, after = ([] if first else words[:CONTEXT]), ([] if last else words[-CONTEXT:])
    return words if len(words) <= len(before) + len(after) + 1 else [*before, STYLE.ellipsis, *after]


def gist(change: Change) -> list[str]:
    """A change in a few words each: ``options/colormap_name: viridis → rdylgn``."""
    if change.action not in (Action.UPDATE, Action.ADOPT):
        return [DONE.get(change.action, "unchanged")]
    return [text for view in views(change) for text in _gist(view, "")]


def _gist(view: View, above: str) -> Iterator[str]:
    name = "/".join(part for part in (above, path(view.path)) if part)
    match view:
        case Words():
            yield f"{name}: text changed"
        case Nested():
            for part in view.parts:
                yield from _gist(part, name)
        case Told():
            yield view.short
        case Plain(op=Op.REPLACE):
            yield f"{name}: {shown(view.before, view.raw)} {STYLE.arrow} {shown(view.after, view.raw)}"
        case Plain():
            sign = "+" if view.op is Op.ADD else "-"
            yield f"{sign} {name}: {shown(view.after if view.op is Op.ADD else view.before, view.raw)}"
