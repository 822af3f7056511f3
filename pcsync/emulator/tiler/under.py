"""Which items of a mosaic lie under a region, newest first, as pgstac's geojsonsearch finds them.

pgstac subtracts the union of the items found so far; here only a single item that covers the region ends the search
(exitwhenfull), or hides another (skipcovered). That finds the same pixels, at times from more items.
"""

from collections.abc import Iterator
from dataclasses import replace

from pcsync.emulator.errors import Invalid
from pcsync.emulator.search import cql2, criteria, select
from pcsync.emulator.search.geometry import NotAGeometryError, Shape, intersects, shape_of
from pcsync.emulator.world import Call

from .parameters import MosaicLimits
from .query import BBox, within
from .targets import WORLD, Item, Target, item_of

CHUNK = 50


def items_under(call: Call, target: Target, region: BBox, limits: MosaicLimits) -> list[Item]:
    """At most `limits.items` items that meet a region in degrees, in the order of the search."""
    region = _shared(region, WORLD)
    found: list[Item] = []
    covering: list[Shape] = []
    for item in _candidates(call, target, region, limits.scan):
        part = _shared(region, item.bbox)
        if limits.skip_covered and any(_covers(shape, part) for shape in covering):
            continue
        found.append(item)
        shape = _shape(item)
        if shape is not None:
            covering.append(shape)
        if len(found) >= limits.items or (limits.exit_when_full and shape is not None and _covers(shape, region)):
            break
    return found


def _candidates(call: Call, target: Target, region: BBox, scan: int) -> Iterator[Item]:
    """Items that meet the region, at most `scan` of them, a chunk at a time."""
    if target.item is not None:
        yield target.item
        return
    search = criteria.of_body(target.search)
    here = cql2.meets_box(region)
    search = replace(search, boxes=(region,), conditions=(here, *search.conditions))
    while scan > 0:
        page = select.page(call.db, replace(search, limit=min(CHUNK, scan)))
        yield from map(item_of, page.features)
        scan -= len(page.features)
        if page.token is None:
            return
        search = replace(search, after=criteria.of_token(page.token, len(search.order)))


def _shape(item: Item) -> Shape | None:
    """Of items with an area; others cover nothing."""
    if item.geometry is None or "Polygon" not in str(item.geometry.get("type")):
        return None
    try:
        return shape_of(item.geometry)
    except NotAGeometryError:
        return None


def _covers(shape: Shape, region: BBox) -> bool:
    """Whether the corners and the middle of a region lie in a shape: true for the convex footprints of images."""
    west, south, east, north = region
    middle = ((west + east) / 2, (south + north) / 2)
    corners = ((west, south), (west, north), (east, south), (east, north), middle)
    return all(intersects(shape, shape_of({"type": "Point", "coordinates": list(corner)})) for corner in corners)


def _shared(region: BBox, other: BBox) -> BBox:
    """What two boxes have in common; an edge of the second when that is nothing."""
    west, south = min(max(region[0], other[0]), other[2]), min(max(region[1], other[1]), other[3])
    return west, south, max(west, min(region[2], other[2])), max(south, min(region[3], other[3]))


def region_of_shape(geometry: object) -> BBox:
    """The extent of a GeoJSON geometry in degrees. Raises Invalid."""
    try:
        extent = shape_of(geometry).extent
    except NotAGeometryError as broken:
        raise Invalid(f"body.geometry is no GeoJSON geometry: {broken}") from broken
    within(extent, "body.geometry")
    return extent
