"""Times in filters: intervals that make sense, on properties that are times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pcsync.rules.instants import OPEN, end, instant, interval
from pcsync.rules.mosaic.filter import ANY_INTERACTS, TEMPORAL, Node
from pcsync.rules.mosaic.mosaic import Mosaic
from pcsync.rules.mosaic.snippet import mosaic
from pcsync.rules.rule import ERROR, NOTE, WARNING, Finding, rule
from pcsync.rules.words import shown

NO_TIMES = frozenset({"id", "collection", "geometry"})
LATE = ("23:59:59Z", "23:59:59.999Z")


@rule(
    "mosaic-interval",
    Mosaic,
    ERROR,
    "an interval that is none",
    why="An interval is {interval: [start, end]}: two RFC 3339 times or dates, .. for an open end, the start not after the end.",
    bad=mosaic('[{op: anyinteracts, args: [{property: datetime}, {interval: ["2021-12-31", "2021-01-01"]}]}]'),
    good=mosaic('[{op: anyinteracts, args: [{property: datetime}, {interval: ["2021-01-01", "2021-12-31T23:59:59Z"]}]}]'),
)
def interval_(subject: Mosaic) -> Iterator[Finding]:
    for node in subject.nodes:
        for value, at in node.literals():
            if isinstance(value, dict) and "interval" in value:
                yield from _interval(value["interval"], f"{at}/interval")


def _interval(ends: Any, at: str) -> Iterator[Finding]:
    if not isinstance(ends, list) or len(ends) != 2:
        yield Finding(at, "an interval has a start and an end", 'write ["2021-01-01", "2021-12-31T23:59:59Z"]; .. is an open end')
        return
    wrong = [index for index, it in enumerate(ends) if not _is_end(it)]
    for index in wrong:
        fix = 'write ".."' if ends[index] is None else "write it as 2021-12-31 or 2021-12-31T23:59:59Z"
        yield Finding(f"{at}/{index}", f"{shown(ends[index])} is no time", fix)
    start, stop = (instant(it, last=last) if (it := end(value)) else None for value, last in zip(ends, (False, True), strict=True))
    if not wrong and start and stop and start > stop:
        yield Finding(at, "this interval ends before it begins", f"write [{shown(end(ends[1]))}, {shown(end(ends[0]))}]")


def _is_end(value: Any) -> bool:
    if value == OPEN:
        return True
    if isinstance(value, dict) and "property" in value:
        return True
    text = end(value)
    return text is not None and instant(text) is not None


@rule(
    "mosaic-instant",
    Mosaic,
    ERROR,
    "a time that is none",
    why="{timestamp: …} takes an RFC 3339 time, {date: …} a date.",
    bad=mosaic('[{op: ">=", args: [{property: datetime}, {timestamp: "2021-13-01"}]}]'),
    good=mosaic('[{op: ">=", args: [{property: datetime}, {timestamp: "2021-12-01T00:00:00Z"}]}]'),
)
def instant_(subject: Mosaic) -> Iterator[Finding]:
    for node in subject.nodes:
        for value, at in node.literals():
            for name in ("timestamp", "date"):
                if isinstance(value, dict) and name in value and not (isinstance(value[name], str) and instant(value[name])):
                    yield Finding(f"{at}/{name}", f"{shown(value[name])} is no time", "write it as 2021-12-31T23:59:59Z")


@rule(
    "mosaic-bare-interval",
    Mosaic,
    WARNING,
    "a bare list where an interval belongs",
    why="""
Older samples give anyinteracts a bare list. CQL2-JSON wants {interval: [start, end]}; a list is an array of texts there, and whether
a catalog takes it for an interval is its own affair.""",
    bad=mosaic('[{op: anyinteracts, args: [{property: datetime}, ["2021-01-01", "2021-12-31T23:59:59Z"]]}]'),
    good=mosaic('[{op: anyinteracts, args: [{property: datetime}, {interval: ["2021-01-01", "2021-12-31T23:59:59Z"]}]}]'),
)
def bare_interval(subject: Mosaic) -> Iterator[Finding]:
    for node in subject.nodes:
        if not _temporal(node):
            continue
        for value, at in node.literals():
            if isinstance(value, list):
                yield Finding(at, "a bare list is no interval", f"write {{interval: [{', '.join(map(shown, value))}]}}")
            elif isinstance(value, str) and "/" in value:
                yield Finding(at, "a text is no interval", f"write {{interval: [{', '.join(map(shown, value.split('/')))}]}}")


def _temporal(node: Node) -> bool:
    return node.op in ANY_INTERACTS or node.op in TEMPORAL


@rule(
    "mosaic-time-of-other-property",
    Mosaic,
    WARNING,
    "a time is compared with a property that is none",
    why="The id, the collection and the geometry of an item are no times; such a filter matches nothing or fails. Often datetime is meant.",
    bad=mosaic('[{op: anyinteracts, args: [{property: id}, {interval: ["2021-01-01", "2021-12-31T23:59:59Z"]}]}]'),
    good=mosaic('[{op: anyinteracts, args: [{property: datetime}, {interval: ["2021-01-01", "2021-12-31T23:59:59Z"]}]}]'),
)
def time_of_other_property(subject: Mosaic) -> Iterator[Finding]:
    for node in subject.nodes:
        timed = _temporal(node) or any(isinstance(it, dict) and it.keys() & {"timestamp", "date", "interval"} for it in node.operands)
        for name, at in node.properties if timed else ():
            if name in NO_TIMES:
                yield Finding(at, f"{name} is no time", "write datetime")


@rule(
    "mosaic-late-start",
    Mosaic,
    NOTE,
    "an interval begins at the end of a day",
    why="A start of 23:59:59 leaves the whole first day out. It comes from copying the end of an interval to its start.",
    bad=mosaic('[{op: anyinteracts, args: [{property: datetime}, {interval: ["2021-01-01T23:59:59Z", "2021-12-31T23:59:59Z"]}]}]'),
    good=mosaic('[{op: anyinteracts, args: [{property: datetime}, {interval: ["2021-01-01T00:00:00Z", "2021-12-31T23:59:59Z"]}]}]'),
)
def late_start(subject: Mosaic) -> Iterator[Finding]:
    for node in subject.nodes:
        for value, at in node.literals():
            ends = interval(value)
            start = end(ends[0]) if ends else None
            if start and start.endswith(LATE):
                yield Finding(f"{at}/interval/0", "this start leaves out the whole day", f"write {start[:10]}T00:00:00Z")


@rule(
    "mosaic-datetime-text",
    Mosaic,
    WARNING,
    "a time is compared as a text",
    why="A bare text is no time in CQL2-JSON: {timestamp: …} or {date: …} says that it is one.",
    bad=mosaic('[{op: ">=", args: [{property: datetime}, "2021-01-01T00:00:00Z"]}]'),
    good=mosaic('[{op: ">=", args: [{property: datetime}, {timestamp: "2021-01-01T00:00:00Z"}]}]'),
)
def datetime_text(subject: Mosaic) -> Iterator[Finding]:
    for node in subject.nodes:
        if node.subject == "datetime" and not _temporal(node):
            for value, at in node.literals():
                if isinstance(value, str):
                    fix = f"write {{timestamp: {shown(value)}}}" if instant(value) else "write {timestamp: 2021-01-01T00:00:00Z}"
                    yield Finding(at, "datetime is compared with a text", fix)
