"""Filters that can never match: contradictions, values that a property does not take, times before the collection began."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pcsync.rules.collection import BUILT_IN, Collection
from pcsync.rules.instants import end, instant, interval
from pcsync.rules.mosaic.filter import ANY_INTERACTS, COMPARISONS, Node
from pcsync.rules.mosaic.mosaic import Mosaic
from pcsync.rules.mosaic.snippet import mosaic
from pcsync.rules.rule import NOTE, WARNING, Finding, rule
from pcsync.rules.shape import list_of, number, object_of, objects, text_of
from pcsync.rules.words import listed, nearest, shown

TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
ALIKE = 0.85
YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
SLACK = timedelta(days=100)  # a winter begins in one year and ends in the next
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


def times(node: Node) -> tuple[datetime | None, datetime | None] | None:
    """The span of time that an expression over a time allows; None where it is none, or not understood."""
    for value, _ in node.literals():
        ends = interval(value)
        if ends and (node.op in ANY_INTERACTS or node.name in ("t_during", "in", "between")):
            first, last = end(ends[0]), end(ends[1])
            return (instant(first) if first else None, instant(last, last=True) if last else None)
        text = end(value)
        moment = instant(text) if text else None
        if moment and node.name in COMPARISONS - {"<>"}:
            return (moment if node.name in (">", ">=", "=") else None, moment if node.name in ("<", "<=") else None)
    return None


@rule(
    "mosaic-other-year",
    Mosaic,
    WARNING,
    "a mosaic that is named after one year and shows another",
    why="People choose a mosaic by its name. One that is called 2021 and runs to the end of 2022 shows them the newer year.",
    bad=mosaic('[{op: anyinteracts, args: [{property: datetime}, {interval: ["2021-01-01", "2022-12-31"]}]}]').replace(
        "name: Example", 'name: "Summer 2021"'
    ),
    good=mosaic('[{op: anyinteracts, args: [{property: datetime}, {interval: ["2021-01-01", "2021-12-31"]}]}]').replace(
        "name: Example", 'name: "Summer 2021"'
    ),
)
def other_year(subject: Mosaic) -> Iterator[Finding]:
    years = set(YEAR.findall(text_of(subject.body.get("name"))))
    spans = [span for node in subject.required if node.subject == "datetime" and (span := times(node))]
    if len(years) != 1 or len(spans) != 1 or None in spans[0]:
        return
    (year,), (start, stop) = map(int, years), spans[0]
    if start and stop and start < stop and (start.year > year or stop.year < year or stop - datetime(year + 1, 1, 1, tzinfo=UTC) > SLACK):
        what = f"this mosaic is named after {year} and shows {start:%Y-%m-%d} to {stop:%Y-%m-%d}"
        yield Finding(f"{subject.pointer}/name", what, "correct the name or the interval")


@rule(
    "mosaic-outside-extent",
    Collection,
    WARNING,
    "a mosaic asks for times that the collection does not cover",
    why="The collection's temporal extent says when its items were taken. A mosaic of other times is empty, or the extent is out of date.",
    bad=mosaic('[{op: anyinteracts, args: [{property: datetime}, {interval: ["1921-01-01", "1921-12-31T23:59:59Z"]}]}]'),
    good=mosaic('[{op: anyinteracts, args: [{property: datetime}, {interval: ["2021-01-01", "2021-12-31T23:59:59Z"]}]}]'),
    needs="mosaics",
)
def outside_extent(collection: Collection) -> Iterator[Finding]:
    timed = [(node, span) for it in collection.mosaics for node in it.required if node.subject == "datetime" and (span := times(node))]
    covered = _covered(collection.stac) if timed else []
    for node, span in timed if covered else ():
        if not any(_overlap(span, known) for known in covered):
            yield Finding(node.pointer, "the collection has no items of that time", "compare with stac.extent.temporal")


def _covered(stac: Mapping[str, Any] | None) -> list[tuple[datetime | None, datetime | None]]:
    """The collection's intervals; none where one of them cannot be read."""
    intervals = list_of(object_of(object_of((stac or {}).get("extent")).get("temporal")).get("interval"))
    found = []
    for ends in intervals:
        if not isinstance(ends, list) or len(ends) != 2 or any(it is not None and not (isinstance(it, str) and instant(it)) for it in ends):
            return []
        found.append((instant(ends[0]) if ends[0] else None, instant(ends[1], last=True) if ends[1] else None))
    return found


def _overlap(one: tuple[datetime | None, datetime | None], other: tuple[datetime | None, datetime | None]) -> bool:
    before = one[1] is not None and other[0] is not None and one[1] < other[0]
    after = one[0] is not None and other[1] is not None and one[0] > other[1]
    return not before and not after


@rule(
    "mosaic-value",
    Collection,
    WARNING,
    "a property is compared with a value that it never takes",
    why="The queryable's definition says of which type a property is, sometimes which values it takes. Any other value matches nothing.",
    bad="queryables:\n  - {name: year, definition: {type: string}}\n" + mosaic('[{op: "=", args: [{property: year}, 2021]}]'),
    good="queryables:\n  - {name: year, definition: {type: string}}\n" + mosaic('[{op: "=", args: [{property: year}, "2021"]}]'),
    needs="queryables",
)
def value(collection: Collection) -> Iterator[Finding]:
    asked = {node.subject for subject in collection.mosaics for node in subject.nodes}
    found = (body for _, body in collection.members("queryables") if text_of(body.get("name")) in asked)
    definitions = {text_of(body.get("name")): object_of(body.get("definition")) for body in found} if asked else {}
    for subject in collection.mosaics if definitions else ():
        for node in subject.nodes:
            definition = definitions.get(node.subject)
            for literal, at in _literals(node) if definition else ():
                problem = _value_problem(literal, definition or {})
                if problem:
                    yield Finding(at, f"{node.subject} {problem[0]}", problem[1])


def _literals(node: Node) -> Iterator[tuple[Any, str]]:
    """The scalar values that a property is compared with."""
    if node.name not in COMPARISONS | {"in", "between"}:
        return
    for literal, at in node.literals():
        if isinstance(literal, list):
            yield from ((member, f"{at}/{index}") for index, member in enumerate(literal))
        else:
            yield literal, at


def _value_problem(literal: Any, definition: Mapping[str, Any]) -> tuple[str, str] | None:
    kind, values = definition.get("type"), list_of(definition.get("enum"))
    if kind == "string" and number(literal):
        return "is a text, and this is a number", f'quote it: "{literal}"'
    if kind in ("number", "integer") and isinstance(literal, str):
        return "is a number, and this is a text", "remove the quotes"
    if kind == "boolean" and isinstance(literal, str | int) and not isinstance(literal, bool):
        return "is true or false", "write true or false"
    if values and isinstance(literal, str | int | float) and literal not in values:
        return f"never takes the value {shown(literal)}", listed([str(it) for it in values])
    return None


@rule(
    "mosaic-unknown-property",
    Collection,
    WARNING,
    "a property that nearly is a declared queryable",
    why="A property that no item has matches nothing, and the catalog does not complain.",
    bad='queryables:\n  - {name: "eo:cloud_cover", definition: {type: number}}\n'
    + mosaic('[{op: "<=", args: [{property: "eo:cloudcover"}, 10]}]'),
    good='queryables:\n  - {name: "eo:cloud_cover", definition: {type: number}}\n'
    + mosaic('[{op: "<=", args: [{property: "eo:cloud_cover"}, 10]}]'),
    needs="queryables",
)
def unknown_property(collection: Collection) -> Iterator[Finding]:
    for name, at in _undeclared(collection):
        near = nearest(name, (collection.queryables or frozenset()) | BUILT_IN)
        if near is not None and _same_letters(name, near):
            yield Finding(at, f"{shown(name)} is no declared queryable", f"did you mean {near}?")


def _same_letters(one: str, other: str) -> bool:
    """Spelt differently, and not just another property of the same extension."""
    from difflib import SequenceMatcher

    bare, near = ("".join(filter(str.isalnum, name.rpartition(":")[2])).lower() for name in (one, other))
    return bare == near or SequenceMatcher(None, bare, near).ratio() > ALIKE


def _undeclared(collection: Collection) -> Iterator[tuple[str, str]]:
    declared = collection.queryables
    said = set()
    for subject in collection.mosaics if declared is not None else ():
        for node in subject.nodes:
            for name, at in node.properties:
                if declared is not None and name not in declared and name not in BUILT_IN and name not in said:
                    said.add(name)
                    yield name, at


@rule(
    "mosaic-undeclared-property",
    Collection,
    NOTE,
    "a mosaic filters by a property that is no declared queryable",
    why="""
Filtering works by any property of the items, but without a queryable there is no index, no known type and no entry in the Explorer's
filter.""",
    bad="queryables: []\n" + mosaic('[{op: "<=", args: [{property: "eo:cloud_cover"}, 10]}]'),
    good='queryables:\n  - {name: "eo:cloud_cover", definition: {type: number}}\n'
    + mosaic('[{op: "<=", args: [{property: "eo:cloud_cover"}, 10]}]'),
    needs="queryables",
)
def undeclared_property(collection: Collection) -> Iterator[Finding]:
    for name, at in _undeclared(collection):
        near = nearest(name, (collection.queryables or frozenset()) | BUILT_IN)
        if near is None or not _same_letters(name, near):
            yield Finding(at, f"{shown(name)} is no declared queryable", "declare it under queryables")


@rule(
    "mosaic-same-filter",
    Collection,
    WARNING,
    "two mosaics select the same items",
    why="Two mosaics with one filter show the same picture under two names; usually one was copied and not changed.",
    bad=mosaic("[]", "  - id: other", "    name: Other", "    cql: []"),
    good=mosaic("[]", "  - id: other", "    name: Other", '    cql: [{op: "<=", args: [{property: "eo:cloud_cover"}, 10]}]'),
    needs="mosaics",
)
def same_filter(collection: Collection) -> Iterator[Finding]:
    seen: list[tuple[Any, Any]] = []
    for subject in collection.mosaics:
        if not isinstance(subject.cql, list):
            continue
        twin = next((name for cql, name in seen if cql == subject.cql), None)
        if twin is not None:
            yield Finding(f"{subject.pointer}/cql", f"the mosaic {shown(twin)} has the same filter", "change or remove one of them")
        seen.append((subject.cql, subject.body.get("id")))


@rule(
    "render-condition",
    Collection,
    WARNING,
    "a condition that no mosaic meets",
    why="A render option with conditions shows only while the active mosaic's filter has that equality. If none has, it never shows.",
    bad="""
renderOptions:
  - {id: classes, name: Classes, options: assets=data, conditions: [{property: product, value: classes}]}
mosaics:
  - {id: all, name: All, cql: []}
""",
    good="""
renderOptions:
  - {id: classes, name: Classes, options: assets=data, conditions: [{property: product, value: classes}]}
mosaics:
  - {id: classes, name: Classes, cql: [{op: "=", args: [{property: product}, classes]}]}
""",
    needs="renderOptions",
)
def condition(collection: Collection) -> Iterator[Finding]:
    conditional = any(body.get("conditions") for _, body in collection.members("renderOptions"))
    if not conditional or not isinstance(collection.body.get("mosaics"), list):
        return
    asked: dict[str, list[Any]] = {}
    for subject in collection.mosaics:
        for node in subject.nodes:
            if node.name == "=" and node.subject:
                asked.setdefault(node.subject, []).extend(value for value, _ in node.literals())
    for pointer, option in collection.members("renderOptions"):
        for index, body in objects(option.get("conditions")):
            name, at = body.get("property"), f"{pointer}/conditions/{index}"
            if isinstance(name, str) and name not in asked:
                yield Finding(f"{at}/property", f"no mosaic asks for {shown(name)} = …, so this option never shows", listed(asked))
            elif isinstance(name, str) and "value" in body and body["value"] not in asked[name]:
                values = listed([shown(it) for it in asked[name]])
                yield Finding(f"{at}/value", f"no mosaic asks for {shown(name)} = {shown(body['value'])}", values)
