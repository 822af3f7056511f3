"""From a finding to its place in a file: the value's own position, and inside a text the characters that are meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pcsync.core.source import Extent, Origin, Position, steps
from pcsync.rules.rule import Finding

QUOTES = ('"', "'")


@dataclass(frozen=True, slots=True)
class Places:
    """How origins become places: of a value, of a key, and the text of a file's line (None where there is none)."""

    value: Callable[[Origin], Extent]
    key: Callable[[Origin], Extent]
    line: Callable[[str, int], str | None]


def placed(finding: Finding, origin: Origin, body: Mapping[str, Any], places: Places) -> Extent:
    """Where a finding is: of a text the characters that are meant, if they are written as they are, else all of the value."""
    if finding.whole:
        return Extent(Position(origin.file))
    at = origin.at(finding.pointer)
    if finding.key:
        return places.key(at)
    found, value = places.value(at), _value(body, finding.pointer)
    if not isinstance(value, str):
        return found
    start, stop = finding.span or (0, len(value))
    written = _written(found.position, value, stop, places)
    if written is None:
        return found
    return Extent(replace(found.position, column=written + start), found.position.line, written + max(stop, start + 1))


def _written(position: Position, value: str, stop: int, places: Places) -> int | None:
    """The column of a text's first character where its first ``stop`` characters stand in one line as they are."""
    line = places.line(position.file, position.line) if position.line else None
    if line is None:
        return None
    begin = position.column - 1
    if line.startswith(value[:stop], begin) and line[begin : begin + 1] not in QUOTES:
        return position.column
    if line[begin : begin + 1] in QUOTES and line.startswith(value[:stop], begin + 1):
        return position.column + 1
    return None


def _value(body: Any, pointer: str) -> Any:
    """The value at a pointer; None where there is none."""
    for name in steps(pointer):
        if isinstance(body, list) and name.isdecimal() and int(name) < len(body):
            body = body[int(name)]
        elif isinstance(body, dict) and name in body:
            body = body[name]
        else:
            return None
    return body
