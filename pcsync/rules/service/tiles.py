"""Tile settings: places on the map, and zoom levels that go together (dossier 3.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pcsync.rules.collection import Collection
from pcsync.rules.rule import NOTE, WARNING, Finding, rule
from pcsync.rules.shape import list_of, number, object_of

EXAMPLE = """
tileSettings:
  minZoom: %d
  maxItemsPerTile: 35
  defaultLocation: {zoom: 12, coordinates: [%s]}
"""
BIGGEST = 1000  # items in one tile; each is a file to open


@rule(
    "service-lat-lon",
    Collection,
    WARNING,
    "latitude and longitude look swapped",
    why="""
coordinates of a defaultLocation are [latitude, longitude], unlike GeoJSON. A place outside the collection's boxes that lies inside when
swapped is a swap.""",
    bad=EXAMPLE % (6, "-84.39, 33.75"),
    good=EXAMPLE % (6, "33.75, -84.39"),
    answers=True,
    needs="tileSettings",
)
def lat_lon(collection: Collection) -> Iterator[Finding]:
    location = object_of(collection.tile_settings.get("defaultLocation"))
    place, at = location.get("coordinates"), "/tileSettings/defaultLocation/coordinates"
    if not isinstance(place, list) or len(place) != 2 or not all(map(number, place)):
        return
    first, second = place
    boxes = bboxes(collection)
    if abs(first) > 90 >= abs(second):
        yield Finding(at, f"{first} is no latitude; the order is latitude, longitude", f"write [{second}, {first}]")
    elif boxes and not _inside(boxes, first, second) and abs(second) <= 90 and _inside(boxes, second, first):
        yield Finding(at, "this place is outside the collection, and inside when swapped", f"write [{second}, {first}]: latitude first")
    elif boxes and abs(first) <= 90 and not _inside(boxes, first, second):
        yield Finding(at, "the map opens outside the collection", "compare with stac.extent.spatial.bbox")


def bboxes(collection: Collection) -> list[tuple[float, float, float, float]]:
    """West, south, east, north of the collection's boxes, those that can be read."""
    found = []
    for box in list_of(object_of(object_of((collection.stac or {}).get("extent")).get("spatial")).get("bbox")):
        if isinstance(box, list) and len(box) in (4, 6) and all(map(number, box)):
            half = len(box) // 2
            found.append((box[0], box[1], box[half], box[half + 1]))
    return found


def _inside(boxes: list[tuple[float, float, float, float]], latitude: float, longitude: float) -> bool:
    return any(
        south <= latitude <= north and (west <= longitude <= east or (west > east and (longitude >= west or longitude <= east)))
        for west, south, east, north in boxes
    )


@rule(
    "service-opens-empty",
    Collection,
    WARNING,
    "the map opens at a zoom where nothing is drawn",
    why="""
Nothing is drawn below the larger of the tile settings' minZoom and the render option's. If the default location's zoom is below that for
every render option, the map opens empty.""",
    bad=EXAMPLE % (14, "33.75, -84.39"),
    good=EXAMPLE % (10, "33.75, -84.39"),
    needs="tileSettings",
)
def opens_empty(collection: Collection) -> Iterator[Finding]:
    settings = collection.tile_settings
    zoom = object_of(settings.get("defaultLocation")).get("zoom")
    least = _zoom(settings.get("minZoom"))
    own = [_zoom(body.get("minZoom")) for _, body in collection.members("renderOptions")]
    drawn = max(least, min(own, default=0))
    if isinstance(zoom, int) and not isinstance(zoom, bool) and zoom < drawn:
        what = f"the map opens at zoom {zoom}, and nothing is drawn below {drawn}"
        yield Finding("/tileSettings/defaultLocation/zoom", what, f"write {drawn} or more, or lower minZoom")


def _zoom(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


@rule(
    "service-min-zoom",
    Collection,
    NOTE,
    "a render option's minZoom is below that of the tile settings",
    why="The larger of the two counts, so a smaller minZoom of a render option changes nothing.",
    bad=EXAMPLE % (10, "33.75, -84.39") + "renderOptions:\n  - {id: example, name: Example, options: assets=data, minZoom: 4}\n",
    good=EXAMPLE % (10, "33.75, -84.39") + "renderOptions:\n  - {id: example, name: Example, options: assets=data, minZoom: 12}\n",
    needs="tileSettings",
)
def min_zoom(collection: Collection) -> Iterator[Finding]:
    least = _zoom(collection.tile_settings.get("minZoom"))
    for pointer, body in collection.members("renderOptions"):
        own = body.get("minZoom")
        if isinstance(own, int) and own < least:
            yield Finding(f"{pointer}/minZoom", f"tiles begin at zoom {least}, so {own} changes nothing", f"write {least} or more")


@rule(
    "service-items-per-tile",
    Collection,
    WARNING,
    "a number of items per tile that cannot work",
    why="Every item of a tile is a file to open. Fewer than one draws nothing; thousands run into the time limit and draw nothing either.",
    bad=(EXAMPLE % (6, "33.75, -84.39")).replace("35", "0"),
    good=EXAMPLE % (6, "33.75, -84.39"),
    needs="tileSettings",
)
def items_per_tile(collection: Collection) -> Iterator[Finding]:
    count = collection.tile_settings.get("maxItemsPerTile")
    if isinstance(count, int) and not 1 <= count <= BIGGEST:
        yield Finding("/tileSettings/maxItemsPerTile", f"{count} items per tile cannot work", "35 is usual; between 1 and a few hundred")
