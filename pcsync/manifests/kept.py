"""What an author laid out over several lines (a wrapped sentence, a list in brackets with its comments) goes through as it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

import yaml

from pcsync.manifests.nodes import LOADER

Span = tuple[int, int]
"""Offsets of a value in the text, the end excluded."""
BLOCK = ("|", ">")


def scalars(text: str) -> Iterator[Any]:
    """The scalar events of a text, keys included."""
    yield from (event for event in cast("Iterator[Any]", yaml.parse(text, Loader=LOADER)) if isinstance(event, yaml.ScalarEvent))


def spans(text: str) -> Iterator[Span]:
    """The outermost flow collections, and the plain and quoted scalars, that go over more than one line."""
    open_flows: list[Any] = []
    depth = 0
    for event in cast("Iterator[Any]", yaml.parse(text, Loader=LOADER)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += bool(open_flows) or bool(event.flow_style)
            open_flows = open_flows or ([event] if event.flow_style else [])
        elif isinstance(event, yaml.CollectionEndEvent) and open_flows:
            depth -= 1
            if not depth:
                yield from _over_lines(open_flows.pop(), event)
        elif isinstance(event, yaml.ScalarEvent) and not open_flows and event.style not in BLOCK:
            yield from _over_lines(event, event)


def _over_lines(first: Any, last: Any) -> Iterator[Span]:
    if last.end_mark.line > first.start_mark.line:
        yield first.start_mark.index, last.end_mark.index


def hidden(text: str) -> tuple[str, list[str]]:
    """The text with a word for each such value, and the values, each with the indentation of the line it begins on taken off."""
    values: list[str] = []
    done, upto = [], 0
    for start, end in spans(text):
        line = text[text.rfind("\n", 0, start) + 1 : start]
        values.append(_shifted(text[start:end], line, -1))
        done += [text[upto:start], _word(text, len(values) - 1)]
        upto = end
    return "".join([*done, text[upto:]]), values


def shown(text: str, values: Sequence[str], original: str) -> str:
    """The text with its values back, indented as the lines they begin on are now."""
    for number, value in enumerate(values):
        before, _, after = text.partition(_word(original, number))
        text = before + _shifted(value, before[before.rfind("\n") + 1 :], 1) + after
    return text


def _word(text: str, number: int) -> str:
    """A plain scalar that the text does not have."""
    stem = "kept"
    while stem in text:
        stem += "-kept"
    return f"{stem}.{number}."


def _shifted(value: str, line: str, direction: int) -> str:
    """The value's lines after the first moved right (1) or left (-1) by the indentation of the line it stands on."""
    by = len(line) - len(line.lstrip(" "))
    first, *rest = value.split("\n")
    if direction > 0:
        return "\n".join([first, *(" " * by + text if text.strip() else "" for text in rest)])
    return "\n".join([first, *(text[min(by, len(text) - len(text.lstrip(" "))) :] for text in rest)])
