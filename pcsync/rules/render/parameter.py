"""One parameter of a render option, with the way back to where its author wrote it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pcsync.core import query
from pcsync.core.source import step
from pcsync.rules.rule import Finding

JSON_VALUES = frozenset({"colormap", "algorithm_params"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """``value`` is decoded. ``written`` is set where the options are a query string, ``json`` where the value came as an object."""

    name: str
    value: str
    pointer: str
    written: query.Parameter | None = None
    json: Any = field(default=None, compare=False)  # value says the same, and can be hashed
    literal: bool = True
    """The value is written in the manifest as a text, so that characters in it have a place."""

    def finding(self, what: str, fix: str = "", start: int = 0, end: int | None = None) -> Finding:
        """A finding about characters of the value, or about all of it."""
        stop = len(self.value) if end is None else end
        if self.written:
            return Finding(self.pointer, what, fix, self.written.span(start, stop))
        return Finding(self.pointer, what, fix, (start, stop) if self.literal else None)

    def name_finding(self, what: str, fix: str = "") -> Finding:
        """A finding about the parameter as such."""
        if self.written:
            return Finding(self.pointer, what, fix, (self.written.start, self.written.start + len(self.name)))
        return Finding(self.pointer, what, fix, key=True)


def of_text(text: str, pointer: str) -> Iterator[Parameter]:
    """The parameters of a query string."""
    for found in query.parameters(text):
        yield Parameter(found.name, found.value, pointer, found)


def of_object(options: Mapping[str, Any], pointer: str) -> Iterator[Parameter]:
    """The parameters of a structured object; the same that its query string would have."""
    for name, value in options.items():
        yield from _members(name, value, pointer + step(name))


def _members(name: str, value: Any, pointer: str) -> Iterator[Parameter]:
    if isinstance(value, dict) or (name in JSON_VALUES and isinstance(value, list)):
        yield Parameter(name, json.dumps(value, separators=(",", ":"), ensure_ascii=False), pointer, json=value, literal=False)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _members(name, member, f"{pointer}/{index}")
    else:
        yield Parameter(name, _scalar(value), pointer, literal=isinstance(value, str))


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
