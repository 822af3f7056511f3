"""The time that a filter allows, beside the mosaic's name and the collection's extent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pcsync.rules.collection import Collection
from pcsync.rules.instants import end, instant, interval
from pcsync.rules.mosaic.filter import ANY_INTERACTS, COMPARISONS, Node
from pcsync.rules.mosaic.mosaic import Mosaic
from pcsync.rules.mosaic.snippet import mosaic
from pcsync.rules.rule import WARNING, Finding, rule
from pcsync.rules.shape import list_of, object_of, text_of

YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
SLACK = timedelta(days=100)  # a winter begins in one year and ends in the next


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
