"""Fields of a change as lines of text, indented below the change they belong to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pcsync.core.change import Change
from pcsync.core.diff import Op
from pcsync.core.source import step
from pcsync.render.colours import Colour, parameter_of, swatch
from pcsync.render.cql import cql_text
from pcsync.render.fields import Nested, Plain, Told, View, Words
from pcsync.render.options import readable
from pcsync.render.terminal import Style, cells, cut, one_line
from pcsync.render.values import HINT, compact, outline, path, raw, summary
from pcsync.render.wording import count
from pcsync.render.words import Piece

SIGN = {Op.ADD: "+", Op.REMOVE: "-", Op.REPLACE: "~"}
STEP = "  "
SWATCH = 16  # classes of a colour map that are shown as swatches
CONTEXT = 4  # words shown before and after a changed run
IDENTITIES = {"id", "name", "key", "displayName"}
EVERYWHERE = {"collection": frozenset({"type", "stac_version", "stac_extensions"})}
"""Fields of a created resource that only ``verbose`` shows."""


def field_lines(view: View, style: Style, indent: str, verbose: bool = False) -> Iterator[str]:
    """One changed field. Long values are cut to the width unless ``verbose``."""
    match view:
        case Words():
            yield indent + f"{style.warm('~')} {path(view.path)}:"
            yield from (f"{indent}{STEP}{STEP}{line}" for line in word_lines(view.pieces, style, style.width - cells(indent) - 4))
        case Nested():
            rest = style.dim(f" ({count(view.kept, 'other')} unchanged)") if view.kept else ""
            yield f"{indent}{style.warm('~')} {path(view.path)}:{rest}"
            for part in view.parts:
                yield from field_lines(part, style, indent + STEP + STEP, verbose)
        case Told():
            yield f"{indent}{style.warm('~')} {cut(one_line(view.text), style.width - cells(indent) - 2, style)}"
        case Plain(op=Op.REPLACE):
            yield from _replaced(view, style, indent, verbose)
        case Plain():
            yield from _come_or_gone(view, style, indent, verbose)


def _shown(value: Any, as_is: bool) -> str:
    return raw(value) if as_is else compact(value)


def _replaced(view: Plain, style: Style, indent: str, verbose: bool) -> Iterator[str]:
    head, room = f"{path(view.path)}:", style.width - cells(indent) - 2
    before, after = _shown(view.before, view.raw), _shown(view.after, view.raw)
    old, new = swatch_cells(view.path, view.before, style), swatch_cells(view.path, view.after, style)
    if cells(f"{head} {old}{before} {style.arrow} {new}{after}") <= room:
        yield f"{indent}{style.warm('~')} {head} {old}{style.bad(before)} {style.arrow} {new}{style.good(after)}"
        return
    yield f"{indent}{style.warm('~')} {head}"
    yield from _fitted("-", before, style, indent + STEP + STEP, verbose, old)
    yield from _fitted("+", after, style, indent + STEP + STEP, verbose, new)


def _come_or_gone(view: Plain, style: Style, indent: str, verbose: bool) -> Iterator[str]:
    value = view.after if view.op is Op.ADD else view.before
    text, colours = _shown(value, view.raw), swatch_cells(view.path, value, style)
    yield from _fitted(SIGN[view.op], f"{path(view.path)}: {text}" if view.path else text, style, indent, verbose, colours)


def _fitted(sign: str, text: str, style: Style, indent: str, verbose: bool, colours: str = "") -> Iterator[str]:
    paint = style.good if sign == "+" else style.bad
    room = style.width - cells(indent) - 2 - cells(colours)
    yield f"{indent}{paint(sign)} {colours}{paint(text if verbose else cut(text, room, style))}"


def swatch_cells(pointer: str, value: Any, style: Style) -> str:
    """The colours of a colour map side by side, and a blank; nothing where there are none, or the terminal cannot show them."""
    shown = swatch(parameter_of(pointer), value) if style.palette else None
    if shown is None:
        return ""
    colours = shown.colours[:SWATCH] if not shown.name else shown.colours
    return f"{''.join(f'{_background(colour, style.palette)} ' for colour in colours)}\x1b[0m "


def _background(colour: Colour, palette: int) -> str:
    red, green, blue, _ = colour
    if palette > 256:
        return f"\x1b[48;2;{red};{green};{blue}m"
    cube = [round(level / 51) for level in (red, green, blue)]  # six steps of each channel
    return f"\x1b[48;5;{16 + 36 * cube[0] + 6 * cube[1] + cube[2]}m"


def word_lines(pieces: tuple[Piece, ...], style: Style, width: int) -> Iterator[str]:
    """Changed words with a few around them: ``every [-five-]{+ten+} days``; brackets, because not every terminal has colours."""
    words: list[tuple[str, str]] = []  # (colourless, painted)
    for index, piece in enumerate(pieces):
        if piece.kept:
            words += [(word, word) for word in _context(piece.kept, index == 0, index == len(pieces) - 1, style)]
        words += _marked(piece, style)
    yield from _wrapped(words, width)


def _context(kept: str, first: bool, last: bool, style: Style) -> list[str]:
    """Of an unchanged run only the words next to a change."""
    words = one_line(kept, style.newline).split()
    head, tail = ([] if first else words[:CONTEXT]), ([] if last else words[-CONTEXT:])
    return words if len(words) <= len(head) + len(tail) + 1 else [*head, style.ellipsis, *tail]


def _marked(piece: Piece, style: Style) -> Iterator[tuple[str, str]]:
    for text, left, right, paint in ((piece.removed, "[-", "-]", style.bad), (piece.added, "{+", "+}", style.good)):
        if text:
            words = one_line(text, style.newline).split() or [style.newline.strip() if "\n" in text else "·" if style.signs else "_"]
            words[0] = left + words[0]
            words[-1] += right
            yield from ((word, paint(word)) for word in words)


def _wrapped(words: list[tuple[str, str]], width: int) -> Iterator[str]:
    line: list[str] = []
    used = 0
    for bare, painted in words:
        if line and used + 1 + cells(bare) > width:
            yield " ".join(line)
            line, used = [], 0
        line.append(painted)
        used += cells(bare) + (used > 0)
    if line:
        yield " ".join(line)


def body_lines(change: Change, style: Style, indent: str, verbose: bool = False) -> Iterator[str]:
    """The fields of a resource that comes or goes: hints packed side by side, everything in outline if ``verbose``."""
    body = (change.before if change.after is None else change.after) or {}
    room = style.width - cells(indent)
    if verbose:
        yield from (indent + line for line in (outline(body, room) if body else ()))
        return
    hints = [cut(f"{path(step(name))}: {_hint(change, name, value, style)}", room, style) for name, value in _telling(change, body)]
    yield from (indent + line for line in _packed(hints, room, style))


def _telling(change: Change, body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The fields that say something beyond the address and what every resource of the kind has."""
    obvious = (change.key.name or change.key.collection, change.label)
    left_out = EVERYWHERE.get(change.key.kind, frozenset())
    yield from (
        (name, value)
        for name, value in body.items()
        if value is not None and name not in left_out and not (name in IDENTITIES and value in obvious)
    )


def _hint(change: Change, name: str, value: Any, style: Style) -> str:
    match change.key.kind, name, value:
        case "mosaic", "cql", [_, *_]:
            return cut(one_line(" and ".join(cql_text(expression) for expression in value)), HINT, style)
        case "render-option", "options", str():
            return cut(one_line(readable(value)), HINT, style)
    return summary(value, style)


def _packed(hints: list[str], width: int, style: Style) -> Iterator[str]:
    line = ""
    for hint in hints:
        longer = f"{line}{style.dot}{hint}" if line else hint
        if line and cells(longer) > width:
            yield line
            longer = hint
        line = longer
    if line:
        yield line
