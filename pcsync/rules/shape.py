"""Reading bodies that may have any shape: rules also look at manifests that their schema refuses."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any


def object_of(value: Any) -> Mapping[str, Any]:
    """The value where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def list_of(value: Any) -> list[Any]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def objects(value: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Index and member of a list, for members that are objects."""
    return ((index, member) for index, member in enumerate(list_of(value)) if isinstance(member, dict))


def text_of(value: Any) -> str:
    """The value where it is a text, else an empty one."""
    return value if isinstance(value, str) else ""


def number(value: Any) -> bool:
    """The value is a number of JSON."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def content(value: Any) -> Hashable:
    """Equal for values of equal content; of a value nested too deep, equal to nothing."""
    try:
        return repr(value)
    except RecursionError:
        return object()
