"""Filters that contradict themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pcsync.rules.mosaic.filter import COMPARISONS, Node
from pcsync.rules.mosaic.mosaic import Mosaic
from pcsync.rules.mosaic.snippet import mosaic
from pcsync.rules.mosaic.span import times
from pcsync.rules.rule import WARNING, Finding, rule
from pcsync.rules.shape import number
from pcsync.rules.words import shown

TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
Bound = tuple[float, bool, Node]
"""A limit, whether the limit itself is left out, and who says so."""


@rule(
    "mosaic-contradiction",
    Mosaic,
    WARNING,
    "a filter that no item can match",
    why="All expressions of a mosaic have to hold. One that asks for two different values of a property, or for an empty range, is empty.",
    bad=mosaic('[{op: ">", args: [{property: "eo:cloud_cover"}, 90]}, {op: "<", args: [{property: "eo:cloud_cover"}, 10]}]'),
    good=mosaic('[{op: ">", args: [{property: "eo:cloud_cover"}, 10]}, {op: "<", args: [{property: "eo:cloud_cover"}, 90]}]'),
)
def contradiction(subject: Mosaic) -> Iterator[Finding]:
    by_property: dict[str, list[Node]] = {}
    for node in subject.required:
        if node.subject:
            by_property.setdefault(node.subject, []).append(node)
    for name, found in by_property.items():
        problem = _equals(found) or _range(found) or _apart(found) or _nothing(found)
        if problem:
            yield Finding(problem[0].pointer, f"no item can match: {name} {problem[1]}", "change or remove one of the expressions")


def _nothing(found: list[Node]) -> tuple[Node, str] | None:
    return next(((node, "is in an empty list") for node in found if node.name == "in" and node.operands[1:] == [[]]), None)


def _equals(found: list[Node]) -> tuple[Node, str] | None:
    """Two equalities with different values."""
    first: Any = None
    for node in found:
        value = next((value for value, _ in node.literals()), None)
        if node.name == "=" and isinstance(value, str | int | float):
            if first is not None and value != first:
                return node, f"cannot be {shown(first)} and {shown(value)}"
            first = value
    return None


def _range(found: list[Node]) -> tuple[Node, str] | None:
    """Numeric bounds that leave nothing."""
    low: Bound | None = None
    high: Bound | None = None
    for node in found:
        for sign, value in _bounds(node):
            if sign in (">", ">=", "=") and (low is None or value > low[0]):
                low = (value, sign == ">", node)
            if sign in ("<", "<=", "=") and (high is None or value < high[0]):
                high = (value, sign == "<", node)
    if low and high and (low[0] > high[0] or (low[0] == high[0] and (low[1] or high[1]))):
        return high[2], f"cannot be above {shown(low[0])} and below {shown(high[0])}"
    return None


def _bounds(node: Node) -> Iterator[tuple[str, float]]:
    if node.name == "between" and len(node.operands) == 3:
        yield from ((sign, value) for sign, value in zip((">=", "<="), node.operands[1:], strict=True) if number(value))
    elif node.name in COMPARISONS and len(node.operands) == 2:
        left, right = node.operands
        if number(right):
            yield node.name, right
        elif number(left):
            yield TURNED.get(node.name, node.name), left


def _apart(found: list[Node]) -> tuple[Node, str] | None:
    """Intervals of time that do not overlap; an item's own interval might touch both, so only those of datetime are compared."""
    start: datetime | None = None
    stop: datetime | None = None
    for node in found:
        span = times(node)
        if node.subject != "datetime" or span is None:
            continue
        start = max(filter(None, (start, span[0])), default=None)
        stop = min(filter(None, (stop, span[1])), default=None)
        if start and stop and start > stop:
            return node, "lies in intervals that do not overlap"
    return None
