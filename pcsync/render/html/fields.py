"""The fields of a change on the page: what was there struck out, what comes marked, words inside long texts, parameters one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pcsync.core.change import Action, Change
from pcsync.core.diff import Op
from pcsync.core.source import step
from pcsync.render.colours import parameter_of
from pcsync.render.cql import cql_text
from pcsync.render.fields import Nested, Plain, Told, View, Words, views
from pcsync.render.html.legend import of_parameter
from pcsync.render.html.markup import Markup, join, tag
from pcsync.render.options import parameters
from pcsync.render.values import compact, outline, path, raw
from pcsync.render.wording import count, number
from pcsync.render.words import Piece

KEPT = 160  # characters of an unchanged run in a long text, beyond which its middle is left out
WIDTH = 96  # columns of an outline
LINES = 400  # lines of one
SHORT = 72  # characters of a value that stands beside what replaces it


def fields(change: Change) -> Markup:
    """A change's fields: the diff of an update, every field of what comes or goes."""
    shown = views(change)
    if shown:
        return tag("dl", *(view_rows(view) for view in shown), class_="fields")
    if change.action not in (Action.CREATE, Action.DELETE):
        return Markup()
    body = change.before if change.after is None else change.after
    return tag("dl", *(body_row(change, name, value) for name, value in (body or {}).items() if value is not None), class_="fields")


def view_rows(view: View) -> Markup:
    """One changed field."""
    match view:
        case Words():
            return _row(view.path, tag("p", *(_piece(piece) for piece in view.pieces), class_="words"), "~")
        case Nested():
            kept = tag("span", f"{count(view.kept, 'other')} unchanged", class_="quiet") if view.kept else None
            return _row(view.path, join(kept, tag("dl", *(view_rows(part) for part in view.parts), class_="fields")), "~")
        case Told():
            return _row("", tag("span", view.text), "~")
    return _row(view.path, _sides(view), {Op.ADD: "+", Op.REMOVE: "-"}.get(view.op, "~"))


def _row(pointer: str, value: Markup, sign: str) -> Markup:
    name = path(pointer)
    term = tag("dt", tag("span", sign, class_="sign"), tag("span", name) if name else None)
    return tag("div", term, tag("dd", value), data_op=sign, class_=None if name else "bare")


def _sides(view: Plain) -> Markup:
    name = parameter_of(view.path)
    before = tag("del", _value(name, view.before, view.raw)) if view.op is not Op.ADD else None
    after = tag("ins", _value(name, view.after, view.raw)) if view.op is not Op.REMOVE else None
    arrow = tag("span", "→", class_="arrow", aria_hidden="true") if before and after else None
    return tag("div", before, arrow, after, class_="sides")


def _value(name: str, value: Any, as_is: bool) -> Markup:
    text = raw(value) if as_is else compact(value)
    colours = of_parameter(name, value)
    if not colours:
        return _long(value) if len(text) > SHORT and not isinstance(value, str) else tag("code", text)
    return join(colours, tag("code", text if len(text) <= SHORT else f"{text[:SHORT]}…", class_="beside", title=text[:4000]))


def _long(value: Any) -> Markup:
    lines = [*_first(outline(value, WIDTH))]
    return tag("pre", "\n".join(lines))


def _first(lines: Iterator[str]) -> Iterator[str]:
    for index, line in enumerate(lines):
        if index == LINES:
            yield f"… more than {number(LINES)} lines"
            return
        yield line


def _piece(piece: Piece) -> Markup:
    kept = _shortened(piece.kept)
    return join(kept, tag("del", piece.removed) if piece.removed else None, tag("ins", piece.added) if piece.added else None)


def _shortened(text: str) -> Markup:
    if len(text) <= KEPT:
        return join(text)
    half = KEPT // 2
    return join(text[:half], tag("span", " … ", class_="quiet"), text[-half:])


def body_row(change: Change, name: str, value: Any) -> Markup:
    """One field of a resource that comes or goes."""
    sign = "-" if change.after is None else "+" if change.before is None else " "
    return _row(step(name), _whole(change.key.kind, name, value), sign)


def _whole(kind: str, name: str, value: Any) -> Markup:
    match kind, name, value:
        case "mosaic", "cql", [*expressions]:
            return (
                tag("ul", *(tag("li", tag("code", cql_text(it))) for it in expressions), class_="clauses")
                if expressions
                else tag("code", "[]")
            )
        case "render-option", "options", str():
            return _parameters(parameters(value))
    return _value("", value, False) if not isinstance(value, str) else tag("span", value, class_="text")


def _parameters(options: Mapping[str, Any]) -> Markup:
    rows = (
        tag("div", tag("dt", name), tag("dd", tag("div", _value(name, value, True), class_="sides"))) for name, value in options.items()
    )
    return tag("dl", *rows, class_="fields")
