"""What there is to show of one change's fields, as values; every renderer reads these and gives them its own looks."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pcsync.core.canonical import fold_numbers
from pcsync.core.change import Change
from pcsync.core.diff import FieldDiff, Op, at, diff, same
from pcsync.core.source import step, steps, within
from pcsync.render.cql import cql_text
from pcsync.render.options import parameters
from pcsync.render.words import Piece, word_diff

DIGITS = 12  # of a digest, enough to compare by eye
LONG = 50  # characters from which a text is compared word by word
NAMING = ("id", "name", "key", "displayName", "value", "rel")  # what tells the members of a list apart, most telling first


@dataclass(frozen=True, slots=True)
class Plain:
    """A value that came, went or was replaced; a ``raw`` text is in a syntax of its own and needs no quotes."""

    op: Op
    path: str
    before: Any = None
    after: Any = None
    raw: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A long text, of which some words changed."""

    path: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Nested:
    """A value whose parts changed: members of a list, parameters of a query string."""

    path: str
    parts: tuple[View, ...]
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """A change of what cannot be read back, in words: there is no value before it. ``short`` says it in two or three of them."""

    path: str
    text: str
    short: str


View = Plain | Words | Nested | Told
Special = Callable[[FieldDiff, Any, Any], View | None]
"""A kind's own way to show a field: its entry, the bodies before and after; None for the common way."""


def views(change: Change) -> tuple[View, ...]:
    """The changed fields of a change, in the order of its diff, each in the form that is read most easily."""
    return tuple(_grouped(change.fields, change.before, change.after, SPECIAL.get(change.key.kind)))


def _grouped(entries: Sequence[FieldDiff], before: Any, after: Any, special: Special | None = None) -> Iterator[View]:
    done: set[str] = set()
    arrays = [_array(entry.path, before, after) for entry in entries]
    crowd = Counter(arrays)
    for entry, array in zip(entries, arrays, strict=True):
        own = special(entry, before, after) if special else None
        whole = own.path if own else array if array and _better_whole(crowd[array], before, after, array) else None
        if whole is None:
            yield from _single(entry)
        elif whole not in done:
            done.add(whole)
            yield own or members(whole, at(before, whole), at(after, whole))


def _array(path: str, before: Any, after: Any) -> str:
    """The outermost array that a path leads into, on both sides; "" where there is none."""
    upto = ""
    for segment in steps(path):
        if isinstance(before, list | tuple) or isinstance(after, list | tuple):
            return upto if isinstance(before, list | tuple) and isinstance(after, list | tuple) else ""
        if not isinstance(before, Mapping) or not isinstance(after, Mapping) or segment not in before or segment not in after:
            return ""
        before, after, upto = before[segment], after[segment], upto + step(segment)
    return ""


def _better_whole(entries: int, before: Any, after: Any, array: str) -> bool:
    old, new = at(before, array), at(after, array)
    return entries > 1 or _numeric(old) or _naming(old, new) is not None


def _numeric(value: Any) -> bool:
    """A colour, a bounding box, a location: numbers that say something together only."""
    if isinstance(value, list | tuple):
        return all(_numeric(member) for member in value)
    return value is None or isinstance(value, int | float)


def _single(entry: FieldDiff) -> Iterator[View]:
    before, after = entry.before, entry.after
    if entry.op is Op.REPLACE and isinstance(before, str) and isinstance(after, str) and max(len(before), len(after)) >= LONG:
        pieces = word_diff(before, after)
        yield Words(entry.path, pieces) if pieces else Plain(entry.op, entry.path, before, after)
    elif entry.op is Op.REPLACE and isinstance(before, list | tuple) and isinstance(after, list | tuple):
        yield members(entry.path, before, after)
    else:
        yield Plain(entry.op, entry.path, before, after)


def members(path: str, before: Sequence[Any], after: Sequence[Any]) -> View:
    """Two lists: which members went, came and changed; as a whole where only their order did, or where they are numbers."""
    if _numeric(before) and _numeric(after):
        return Plain(Op.REPLACE, path, list(before), list(after))
    naming = _naming(before, after)
    parts = tuple(_named(naming, before, after) if naming else _nameless(before, after))
    if not parts:
        return Plain(Op.REPLACE, path, list(before), list(after))
    fresh = sum(isinstance(part, Nested) or part.op is Op.ADD for part in parts if not isinstance(part, Words | Told))
    return Nested(path, parts, kept=len(after) - fresh)


def _naming(before: Sequence[Any], after: Sequence[Any]) -> str | None:
    """The key whose values name the members of both lists, each once; None where there is no such key."""
    everyone = [*before, *after]
    if not everyone or not all(isinstance(member, Mapping) for member in everyone):
        return None
    return next((key for key in NAMING if _unique(key, before) and _unique(key, after)), None)


def _unique(key: str, objects: Sequence[Mapping[str, Any]]) -> bool:
    names = [entry.get(key) for entry in objects]
    return all(isinstance(name, str | int) for name in names) and len({str(name) for name in names}) == len(names)


def _named(naming: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[View]:
    old = {str(member[naming]): member for member in before}
    new = {str(member[naming]): member for member in after}
    yield from (Plain(Op.REMOVE, step(name), before=old[name]) for name in old if name not in new)
    yield from (Plain(Op.ADD, step(name), after=new[name]) for name in new if name not in old)
    for name in (name for name in new if name in old):
        if parts := tuple(_grouped([*diff(old[name], new[name])], old[name], new[name])):
            yield Nested(step(name), parts)


def _nameless(before: Sequence[Any], after: Sequence[Any]) -> Iterator[View]:
    """Members without names: those of one list that the other has not, as often as it has them."""
    surplus, wanted = _surplus(before, after), _surplus(after, before)
    yield from (Plain(Op.REMOVE, "", before=member) for member in surplus)
    yield from (Plain(Op.ADD, "", after=member) for member in wanted)


def _surplus(these: Sequence[Any], those: Sequence[Any]) -> Iterator[Any]:
    left = Counter(_token(member) for member in those)
    for member in these:
        token = _token(member)
        if left[token]:
            left[token] -= 1
        else:
            yield member


def _token(value: Any) -> str:
    return json.dumps(fold_numbers(value), sort_keys=True)


def _render_option(entry: FieldDiff, _before: Any, _after: Any) -> View | None:
    """``options`` parameter by parameter; both query strings are in the kind's one spelling."""
    if entry.path != "/options" or not isinstance(entry.before, str) or not isinstance(entry.after, str):
        return None
    old, new = parameters(entry.before), parameters(entry.after)
    parts = tuple(replace(part, raw=True) if isinstance(part, Plain) else part for part in _grouped([*diff(old, new)], old, new))
    return Nested(entry.path, parts, kept=sum(name in old and same(old[name], new[name]) for name in new)) if parts else None


def _mosaic(entry: FieldDiff, before: Any, after: Any) -> View | None:
    """``cql`` expression by expression, as text; they are ANDed, so their order says nothing."""
    if not within(entry.path, "/cql"):
        return None
    try:
        old, new = at(before, "/cql"), at(after, "/cql")
    except LookupError:
        return None
    if not isinstance(old, list | tuple) or not isinstance(new, list | tuple):
        return None
    gone, come = _surplus(old, new), _surplus(new, old)
    parts = (*_clauses(Op.REMOVE, gone), *_clauses(Op.ADD, come))
    return Nested("/cql", parts, kept=len(new) - sum(part.op is Op.ADD for part in parts)) if parts else None


def _clauses(op: Op, expressions: Iterable[Any]) -> Iterator[Plain]:
    for expression in expressions:
        text = cql_text(expression)
        yield Plain(op, "", before=text if op is Op.REMOVE else None, after=text if op is Op.ADD else None, raw=True)


def _asset(entry: FieldDiff, _before: Any, _after: Any) -> View | None:
    """A digest in place of none: other bytes under the same name."""
    if entry.path != "/sha256" or not isinstance(entry.after, str):
        return None
    return Told(entry.path, f"the file is replaced; its SHA-256 is now {entry.after[:DIGITS]}", "file replaced")


SPECIAL: Mapping[str, Special] = {"asset": _asset, "mosaic": _mosaic, "render-option": _render_option}
