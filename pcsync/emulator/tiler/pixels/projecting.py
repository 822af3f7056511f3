"""Reference systems and boxes between them."""

import math
from functools import lru_cache
from typing import Any

from rasterio.crs import CRS
from rasterio.errors import CRSError
from rasterio.warp import transform, transform_bounds

from pcsync.emulator.errors import Invalid
from pcsync.emulator.tiler.query import BBox

POLES = ((0.0, 90.0), (0.0, -90.0))
DENSIFY = 21


def code_of(text: str, name: str) -> int:
    """EPSG:3857, OGC:CRS84 or the URI of either. Raises Invalid."""
    last = text.upper().replace("/", ":").rpartition(":")[2]
    if last == "CRS84":
        return 4326
    if not (last.isascii() and last.isdecimal() and len(last) < 7):
        raise Invalid(f"{name} is a code such as EPSG:3857, not '{text[:40]}'")
    try:
        crs(int(last))
    except CRSError as strange:
        raise Invalid(f"{name} '{text[:40]}' is not known") from strange
    return int(last)


@lru_cache(maxsize=64)
def crs(code: int) -> CRS:
    return CRS.from_epsg(code)


def bounds_in(box: BBox, source: int, target: int) -> BBox:
    """The box that holds another after projection. Raises Invalid where it has no place in the other system."""
    return bounds_between(box, crs(source), crs(target))


def bounds_between(box: BBox, source: Any, target: Any) -> BBox:
    if source == target:
        return box
    try:
        found = transform_bounds(source, target, *box, densify_pts=DENSIFY)
    except CRSError as beyond:
        raise Invalid("The box cannot be projected") from beyond
    if not all(map(math.isfinite, found)):
        raise Invalid("The box cannot be projected")
    west, south, east, north = found
    return _with_pole(box, source, (west, south, east, north)) if target == crs(4326) else (west, south, east, north)


def _with_pole(box: BBox, source: Any, found: BBox) -> BBox:
    """A box in a polar projection that holds a pole reaches round the Earth."""
    west, south, east, north = found
    for longitude, latitude in POLES if source.is_projected else ():
        x, y = _place(source, longitude, latitude)
        if box[0] <= x <= box[2] and box[1] <= y <= box[3]:
            south, north = min(south, latitude), max(north, latitude)
            west, east = -180.0, 180.0
    return west, south, east, north


def _place(target: Any, longitude: float, latitude: float) -> tuple[float, float]:
    xs, ys = transform(crs(4326), target, [longitude], [latitude])
    return xs[0], ys[0]
