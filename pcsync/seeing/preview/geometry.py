"""Bounds of a picture on the map: around a point at a zoom, or so that a footprint fills it.

Places are reckoned in map units: the Web Mercator world is one unit wide and high, x to the east, y to the south.
"""

from __future__ import annotations

from math import asinh, atan, ceil, degrees, floor, log2, pi, radians, sinh, tan

from pcsync.core.picture import Bounds, Place

TILE = 256
DEEPEST = 24
EDGE = 85.0511287798066
"""Degrees north and south where the map ends."""
LEAST = 8
"""Pixels of a picture's shorter side."""


def place_at(longitude: float, latitude: float, zoom: int, size: int, why: str = "") -> Place:
    """A square of ``size`` pixels with the point in its middle."""
    half = min(1.0, size / TILE / 2**zoom) / 2
    x, y = _inside(_x(longitude), half), _inside(_y(latitude), half)
    return Place(_bounds(x - half, y - half, x + half, y + half), zoom, why)


def place_of(bounds: Bounds, size: int, *, why: str = "", min_zoom: int = 0, exact: bool = False) -> Place:
    """A square around a footprint, or its middle where the map shows nothing of it at so small a zoom; ``exact`` keeps the bounds."""
    west, south, east, north = one_sided(bounds)
    left, right, top, bottom = _x(west), _x(east), _y(north), _y(south)
    span = max(right - left, bottom - top, 2.0**-40)
    zoom = max(0, min(DEEPEST, floor(log2(size / TILE / span))))
    if exact:
        return Place((west, south, east, north), zoom, why)
    x, y = (left + right) / 2, (top + bottom) / 2
    if zoom < min_zoom or span < size / TILE / 2**DEEPEST:
        return place_at(_longitude(x), _latitude(y), max(zoom, min_zoom), size, why)
    half = min(1.0, span) / 2
    x, y = _inside(x, half), _inside(y, half)
    return Place(_bounds(x - half, y - half, x + half, y + half), zoom, why)


def zoomed(place: Place, min_zoom: int, size: int) -> Place:
    """The place itself, or its middle where nothing of it is shown before a deeper zoom."""
    if place.zoom >= min_zoom:
        return place
    west, south, east, north = place.bounds
    return place_at((west + east) / 2, _latitude((_y(north) + _y(south)) / 2), min_zoom, size, place.why)


def pixels_of(bounds: Bounds, size: int) -> tuple[int, int]:
    """Width and height of a picture of the bounds, the longer side of ``size`` pixels."""
    west, south, east, north = bounds
    wide, high = _x(east) - _x(west), _y(south) - _y(north)
    longest = max(wide, high, 2.0**-60)
    return max(LEAST, ceil(size * wide / longest - 1e-6)), max(LEAST, ceil(size * high / longest - 1e-6))


def one_sided(bounds: Bounds) -> Bounds:
    """Of bounds across the antimeridian the wider side: no crop goes round the world. Latitudes end where the map does."""
    west, south, east, north = bounds
    if west > east:
        west, east = (west, 180.0) if 180.0 - west >= east + 180.0 else (-180.0, east)
    return max(-180.0, west), max(-EDGE, min(EDGE, south)), min(180.0, east), min(EDGE, max(-EDGE, north))


def _inside(middle: float, half: float) -> float:
    return max(half, min(1.0 - half, middle))


def _bounds(left: float, top: float, right: float, bottom: float) -> Bounds:
    return _rounded(_longitude(left)), _rounded(_latitude(bottom)), _rounded(_longitude(right)), _rounded(_latitude(top))


def _rounded(degree: float) -> float:
    return round(degree, 7) + 0.0


def _x(longitude: float) -> float:
    return (longitude + 180.0) / 360.0


def _y(latitude: float) -> float:
    return (1.0 - asinh(tan(radians(max(-EDGE, min(EDGE, latitude))))) / pi) / 2.0


def _longitude(x: float) -> float:
    return x * 360.0 - 180.0


def _latitude(y: float) -> float:
    return degrees(atan(sinh(pi * (1.0 - 2.0 * y))))
