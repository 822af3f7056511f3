"""Extents: boxes on the globe and intervals of time (dossier 3.9). Antimeridian boxes, several boxes and open intervals are legal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pcsync.rules.instants import instant
from pcsync.rules.rule import ERROR, WARNING, Finding, rule
from pcsync.rules.shape import number
from pcsync.rules.stac.stac import Stac

SPATIAL, TEMPORAL = "/extent/spatial/bbox", "/extent/temporal/interval"
BOX = "stac:\n  extent: {spatial: {bbox: [%s]}, temporal: {interval: [%s]}}\n"
ROUNDED = 0.01  # degrees by which the edges of a raster may stand over
HERE, NOW = "[-85.6, 30.3, -80.8, 35.0]", '["2010-01-01T00:00:00Z", null]'


@rule(
    "stac-bbox",
    Stac,
    ERROR,
    "a box that lies on no globe",
    why="""
A box is west, south, east, north in degrees, and latitudes are -90 to 90. West above east is legal: such a box crosses the
antimeridian.""",
    bad=BOX % ("[30.3, -95.6, 35.0, -80.8]", NOW),
    good=BOX % (HERE, NOW),
)
def bbox(stac: Stac) -> Iterator[Finding]:
    for index, box in enumerate(stac.bboxes):
        if not isinstance(box, list) or len(box) not in (4, 6) or not all(map(number, box)):
            continue
        problem = _box_problem(box)
        if problem:
            yield stac.finding(f"{SPATIAL}/{index}", *problem)


def _box_problem(box: Sequence[float]) -> tuple[str, str] | None:
    half = len(box) // 2
    west, south, east, north = box[0], box[1], box[half], box[half + 1]
    if abs(south) > 90 or abs(north) > 90:
        swapped = abs(west) <= 90 and abs(east) <= 90
        fix = f"longitude comes first: write [{south}, {west}, {north}, {east}]" if swapped else "write degrees: west, south, east, north"
        return f"{south if abs(south) > 90 else north} is no latitude", fix
    if len(box) == 6 and box[2] > box[5]:
        return f"the lowest height {box[2]} is above the highest {box[5]}", "the order is west, south, lowest, east, north, highest"
    return None


@rule(
    "stac-bbox-flipped",
    Stac,
    WARNING,
    "a box whose south edge is above its north edge",
    why="Some writers of raster files put north first, and catalogs take such a box. Searches by place may not find what is in it.",
    bad=BOX % ("[-85.6, 35.0, -80.8, 30.3]", NOW),
    good=BOX % (HERE, NOW),
)
def flipped(stac: Stac) -> Iterator[Finding]:
    for index, box in enumerate(stac.bboxes):
        if isinstance(box, list) and len(box) in (4, 6) and all(map(number, box)):
            south, north = box[1], box[len(box) // 2 + 1]
            if south > north and abs(south) <= 90:
                what = f"the south edge {south} is above the north edge {north}"
                yield stac.finding(f"{SPATIAL}/{index}", what, f"write {north} before {south}: west, south, east, north")


@rule(
    "stac-bbox-longitude",
    Stac,
    WARNING,
    "a longitude beyond 180 degrees",
    why="Longitudes from 0 to 360 are common in climate data; searches and the map count from -180 to 180 and miss such a box.",
    bad=BOX % ("[0, -90, 360, 90]", NOW),
    good=BOX % ("[-180, -90, 180, 90]", NOW),
)
def longitude(stac: Stac) -> Iterator[Finding]:
    for index, box in enumerate(stac.bboxes):
        if isinstance(box, list) and len(box) in (4, 6) and all(map(number, box)):
            beyond = [edge for edge in (box[0], box[len(box) // 2]) if abs(edge) > 180 + ROUNDED]
            if beyond:
                yield stac.finding(
                    f"{SPATIAL}/{index}", f"{beyond[0]} is no longitude of -180 to 180", "subtract 360 from what is above 180"
                )


@rule(
    "stac-interval",
    Stac,
    ERROR,
    "an interval that ends before it begins",
    why="The temporal extent is a list of [start, end], null where it is open. Start and end are RFC 3339 times, the earlier one first.",
    bad=BOX % (HERE, '["2020-01-01T00:00:00Z", "2010-01-01T00:00:00Z"]'),
    good=BOX % (HERE, '["2010-01-01T00:00:00Z", "2020-01-01T00:00:00Z"]'),
)
def interval(stac: Stac) -> Iterator[Finding]:
    for index, ends in enumerate(stac.intervals):
        if not isinstance(ends, list) or len(ends) != 2 or not all(isinstance(it, str) for it in ends):
            continue
        start, stop = instant(ends[0]), instant(ends[1])
        if start and stop and start > stop:
            yield stac.finding(f"{TEMPORAL}/{index}", "this interval ends before it begins", f"write [{ends[1]}, {ends[0]}]")
        for at, (text, moment) in enumerate(zip(ends, (start, stop), strict=True)):
            if moment is None:
                yield stac.finding(f"{TEMPORAL}/{index}/{at}", f"{text!r} is no time that there is", "write it as 2020-12-31T23:59:59Z")


@rule(
    "stac-interval-open",
    Stac,
    WARNING,
    "an interval that is open at both ends",
    why="An interval without start and end says nothing, and searches by time treat the collection as always and never.",
    bad=BOX % (HERE, "[null, null]"),
    good=BOX % (HERE, NOW),
)
def interval_open(stac: Stac) -> Iterator[Finding]:
    for index, ends in enumerate(stac.intervals):
        if isinstance(ends, list) and ends == [None, None]:
            yield stac.finding(f"{TEMPORAL}/{index}", "this interval is open at both ends", "give it the time of the first item")
