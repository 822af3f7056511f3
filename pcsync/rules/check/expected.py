"""What checks expect: what can be measured at all, and ranges that something fits in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pcsync.core.expecting import EXPECTATIONS
from pcsync.core.source import step
from pcsync.rules.check.declared import checks, example
from pcsync.rules.collection import Collection
from pcsync.rules.rule import ERROR, WARNING, Finding, rule
from pcsync.rules.service.tiles import bboxes
from pcsync.rules.shape import list_of, number, object_of
from pcsync.rules.words import listed


@rule(
    "check-expectation",
    Collection,
    ERROR,
    "an expectation that means nothing for this sort of check",
    why="It would never be compared with anything, so the check would promise more than it looks at.",
    bad=example("{name: looks right, preview: {renderOption: rgb}, expect: {count: [1, null]}}"),
    good=example("{name: looks right, preview: {renderOption: rgb}, expect: {nonBlank: 0.1}}"),
    needs="checks",
)
def expectation(collection: Collection) -> Iterator[Finding]:
    every = frozenset().union(*EXPECTATIONS.values())
    for check in checks(collection):
        known = EXPECTATIONS[check.sort] - ({"format", "size"} if _legend_without_pixels(check.sort, check.asked) else frozenset())
        for name in check.expected:
            if name in every and name not in known:
                yield Finding(f"{check.pointer}/expect/{name}", f"a {check.sort} has no {name}", listed(known))


def _legend_without_pixels(sort: str, asked: Any) -> bool:
    """Class maps and intervals come as JSON."""
    return sort == "legend" and ("classmap" in asked or "interval" in asked)


@rule(
    "check-range",
    Collection,
    ERROR,
    "a range that nothing fits in",
    why="The least comes first, then the most.",
    bad=example("{name: not empty, search: {}, expect: {count: [100, 1]}}"),
    good=example("{name: not empty, search: {}, expect: {count: [1, 100]}}"),
    needs="checks",
)
def span(collection: Collection) -> Iterator[Finding]:
    for check in checks(collection):
        at = f"{check.pointer}/expect"
        spans = [(f"{at}/values{step(band)}", value) for band, value in object_of(check.expected.get("values")).items()]
        for pointer, value in [(f"{at}/count", check.expected.get("count")), *spans]:
            ends = list_of(value)
            if len(ends) == 2 and all(map(number, ends)) and ends[0] > ends[1]:
                yield Finding(pointer, f"nothing lies between {ends[0]} and {ends[1]}", f"write [{ends[1]}, {ends[0]}]")


@rule(
    "check-place",
    Collection,
    WARNING,
    "a check looks outside the collection",
    why="Nothing is there, so it can only fail. Points are latitude, then longitude; bounds are west, south, east, north.",
    bad=example("{name: has data, point: {renderOption: rgb, at: [-84.39, 33.75]}}"),
    good=example("{name: has data, point: {renderOption: rgb, at: [33.75, -84.39]}}"),
    needs="checks",
)
def place(collection: Collection) -> Iterator[Finding]:
    boxes = bboxes(collection)
    for check in checks(collection) if boxes else ():
        for name, ends in (("at", 2), ("bounds", 4), ("bbox", 4)):
            value = list_of(check.asked.get(name))
            if len(value) == ends and all(map(number, value)) and not any(_meets(box, _box(value)) for box in boxes):
                swapped = ends == 2 and any(_meets(box, _box(value[::-1])) for box in boxes)
                fix = f"write [{value[1]}, {value[0]}]: latitude first" if swapped else "compare with stac.extent.spatial.bbox"
                yield Finding(check.at(name), "this is outside the collection" + (", and inside when swapped" if swapped else ""), fix)


Box = tuple[float, float, float, float]


def _box(value: list[Any]) -> Box:
    """West, south, east, north of a place or of bounds."""
    return (value[1], value[0], value[1], value[0]) if len(value) == 2 else (value[0], value[1], value[2], value[3])


def _meets(box: Box, other: Box) -> bool:
    """Two boxes touch; one that crosses the antimeridian is two."""
    if other[0] > other[2]:
        return _meets(box, (other[0], other[1], 180.0, other[3])) or _meets(box, (-180.0, other[1], other[2], other[3]))
    if box[0] > box[2]:
        return _meets((box[0], box[1], 180.0, box[3]), other) or _meets((-180.0, box[1], box[2], box[3]), other)
    return box[0] <= other[2] and other[0] <= box[2] and box[1] <= other[3] and other[1] <= box[3]
