"""From a finding to its place in a file: the value's own position, and inside a text the characters that are meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pcsync.core.source import Origin, Position, steps
from pcsync.rules.rule import Finding

QUOTES = ('"', "'")


@dataclass(frozen=True, slots=True)
class Places:
    """How origins become positions: of a value, of a key, and the text of a file's line (None where there is none)."""

    value: Callable[[Origin], Position]
    key: Callable[[Origin], Position]
    line: Callable[[str, int], str | None]


def placed(finding: Finding, origin: Origin, body: Mapping[str, Any], places: Places) -> tuple[Position, int]:
    """Where a finding is, and the column behind what it means (0 where only the beginning is known)."""
    if finding.whole:
        return Position(origin.file), 0
    at = origin.at(finding.pointer)
    if finding.key:
        position = places.key(at)
        return position, _end(position, finding.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~"), places)
    position, value = places.value(at), _value(body, finding.pointer)
    if not isinstance(value, str):
        return position, _end(position, _scalar(value), places) if isinstance(value, int | float) else 0
    start, stop = finding.span or (0, len(value))
    written = _written(position, value, stop, places)
    if written is None:
        return position, 0
    return replace(position, column=written + start), written + max(stop, start + 1)


def _end(position: Position, text: str, places: Places) -> int:
    """The column behind a text that is written at a position as it is; 0 where it is not."""
    line = places.line(position.file, position.line) or ""
    begin = position.column - 1
    quoted = line[begin : begin + 1] in QUOTES
    if text and line.startswith(text, begin + quoted):
        return position.column + len(text) + 2 * quoted
    return 0


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


def _scalar(value: float) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


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
