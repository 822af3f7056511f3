"""The code frame of a diagnostic: the source lines it is about, with what is meant underlined."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pcsync.core.diagnostic import Diagnostic
from pcsync.render.terminal import Style, cells, cut, one_line

Source = Callable[[str, int], str | None]
"""(file, line from 1) to the text of that line; None where there is no such file or line."""

LEAST = 24  # columns of source that are shown at least
AHEAD = 8  # columns from what is meant that have to fit, else the line is shown from further right
WHOLE = 4  # lines of a range that are all shown; of a longer one its first two and its last
GAP = 0  # stands for the lines that are left out


def no_source(_file: str, _line: int) -> str | None:
    """For output without code frames."""
    return None


def frame(diagnostic: Diagnostic, source: Source, style: Style) -> Iterator[str]:
    """The lines from where a diagnostic begins to where it ends, each with its number; nothing where they cannot be had."""
    position = diagnostic.position
    first, last = position.line, diagnostic.last_line if diagnostic.end else position.line
    if not first or source(position.file, first) is None:
        return
    wide = len(str(last))
    for number in _shown(first, last):
        text = source(position.file, number) if number else None
        if text is None:
            yield f"  {style.ellipsis}"
            continue
        text = text.rstrip("\r\n")
        start = position.column if number == first else len(text) - len(text.lstrip()) + 1
        stop = diagnostic.end if number == last else len(text) + 1
        yield from _line(f"{number:{wide}}", text, start, stop, style)


def _shown(first: int, last: int) -> list[int]:
    """The numbers of the lines to show."""
    return [*range(first, last + 1)] if last - first < WHOLE else [first, first + 1, GAP, last]


def _line(number: str, text: str, start: int, stop: int, style: Style) -> Iterator[str]:
    """A source line, and a line with carets below its columns ``start`` to ``stop``: one where the end is not known, none for no column."""
    gutter = f"  {number} {style.bar} "
    left, width, shown = _window(text, max(start, 1), stop, max(style.width - cells(gutter), LEAST), style)
    yield f"{gutter}{shown}".rstrip()
    if start and (text or not stop):
        yield f"{' ' * (cells(gutter) - 2)}{style.bar} {' ' * left}{'^' * width}"


def _window(text: str, start: int, stop: int, room: int, style: Style) -> tuple[int, int, str]:
    """(columns before the carets, how many carets, the part of a long line that has them in it)."""
    before, after = one_line(text[: start - 1]), one_line(text[start - 1 :])
    meant = cells(one_line(text[start - 1 : stop - 1])) if stop > start else 1
    if cells(before) + min(cells(after), AHEAD) > room:
        keep = room // 2
        before = style.ellipsis + before[max(0, len(before) - keep) :]
    shown = cut(before + after, room, style)
    return cells(before), max(1, min(meant, cells(shown) - cells(before))), shown
