"""GeoJSON geometries in the plane of longitude and latitude: extent and intersection, exact, in plain Python.

A shape is taken apart into points, segments and polygons. Two shapes meet when two of their edges meet, or when a
point of one lies inside a polygon of the other.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

Point = tuple[float, float]
Segment = tuple[Point, Point]
Ring = tuple[Point, ...]
Box = tuple[float, float, float, float]
"""west, south, east, north."""

NUMBERS = (int, float)
FARTHEST = 1e12
MAX_VERTICES = 10_000
KINDS = {"Point": 1, "MultiPoint": 1, "LineString": 2, "MultiLineString": 2, "Polygon": 4, "MultiPolygon": 4}
"""How many positions a line of each type needs."""


class NotAGeometryError(ValueError):
    """The value is no GeoJSON geometry; the message says why."""


@dataclass(frozen=True, slots=True)
class Shape:
    """points: one of every connected part. segments: every edge, a lone point as an edge of no length."""

    points: tuple[Point, ...]
    segments: tuple[Segment, ...]
    polygons: tuple[tuple[Ring, ...], ...]
    extent: Box


def shape_of(geometry: Any) -> Shape:
    """Raises NotAGeometryError."""
    points: list[Point] = []
    segments: list[Segment] = []
    polygons: list[tuple[Ring, ...]] = []
    for kind, coordinates in _simple(geometry):
        lines = [_line(line, KINDS[kind]) for line in _lines(kind, coordinates)]
        points += [line[0] for line in lines]
        for line in lines:
            segments += pairwise(line) if len(line) > 1 else [(line[0], line[0])]
        if "Polygon" in kind:
            polygons += _polygons(kind, coordinates)
    if len(segments) > MAX_VERTICES:
        raise NotAGeometryError(f"it has more than {MAX_VERTICES} vertices")
    return Shape(tuple(points), tuple(segments), tuple(polygons), _extent(segments))


@lru_cache(maxsize=64)
def shape_of_text(text: str) -> Shape:
    """The shape of GeoJSON text that is known to be a geometry."""
    return shape_of(json.loads(text))


def extent_of(geometry: Any) -> Box:
    """The extent of what shape_of() takes, without making the shape."""
    places = [place for _, coordinates in _simple(geometry) for place in _places(coordinates)]
    longitudes, latitudes = [float(place[0]) for place in places], [float(place[1]) for place in places]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _places(coordinates: Any) -> Iterator[Any]:
    """The positions in nested lists."""
    if type(coordinates[0]) is not list:
        yield coordinates
    elif type(coordinates[0][0]) is not list:
        yield from coordinates
    else:
        for inner in coordinates:
            yield from _places(inner)


def box_geometry(box: Box) -> dict[str, Any]:
    """A box as a GeoJSON polygon; a box that crosses the antimeridian as two."""
    rings = [[_ring(*part)] for part in parts_of(box)]
    return {"type": "Polygon", "coordinates": rings[0]} if len(rings) == 1 else {"type": "MultiPolygon", "coordinates": rings}


def parts_of(box: Box) -> tuple[Box, ...]:
    """The box, or its halves on both sides of the antimeridian when it ends west of where it begins."""
    west, south, east, north = box
    return (box,) if west <= east else ((west, south, 180.0, north), (-180.0, south, east, north))


def boxes_of(geometry: Any) -> tuple[Box, ...]:
    """Boxes that together hold the geometry: one for each polygon of a multipolygon, else its extent."""
    if isinstance(geometry, dict) and geometry.get("type") == "MultiPolygon" and len(geometry.get("coordinates") or []) <= 8:
        return tuple(shape_of({"type": "Polygon", "coordinates": part}).extent for part in geometry["coordinates"])
    return (shape_of(geometry).extent,)


def intersects(a: Shape, b: Shape) -> bool:
    """Whether the shapes share a point; touching counts."""
    if not _overlap(a.extent, b.extent):
        return False
    if any(_inside(point, polygon) for point in a.points for polygon in b.polygons):
        return True
    if any(_inside(point, polygon) for point in b.points for polygon in a.polygons):
        return True
    near = [segment for segment in b.segments if _overlap(_box(segment), a.extent)]
    return any(_meet(mine, other) for mine in a.segments if _overlap(_box(mine), b.extent) for other in near)


def _simple(geometry: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """(type, coordinates) of the geometry, or of all members of a collection."""
    if not isinstance(geometry, dict) or depth > 4:
        raise NotAGeometryError("it is no GeoJSON object")
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        members = geometry.get("geometries")
        if not isinstance(members, list) or not members:
            raise NotAGeometryError("geometries must be a list")
        for member in members:
            yield from _simple(member, depth + 1)
    elif isinstance(kind, str) and kind in KINDS:
        yield kind, geometry.get("coordinates")
    else:
        raise NotAGeometryError("its type is none of GeoJSON")


def _lines(kind: str, coordinates: Any) -> list[Any]:
    """Lists of positions: a point as a list of one, every point of a multipoint alone."""
    if kind == "Point":
        return [[coordinates]]
    members = _list(coordinates)
    if kind == "LineString":
        return [members]
    if kind == "MultiPoint":
        return [[position] for position in members]
    if kind == "MultiPolygon":
        return [ring for polygon in members for ring in _list(polygon)]
    return members


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise NotAGeometryError("coordinates must be lists of positions")
    return value


def _line(positions: Any, least: int) -> Ring:
    line = tuple(_position(position) for position in _list(positions))
    if len(line) < least:
        raise NotAGeometryError(f"a line has {len(line)} positions and needs {least}")
    if least == 4 and line[0] != line[-1]:
        raise NotAGeometryError("a ring must end where it begins")
    return line


def _position(value: Any) -> Point:
    if type(value) is not list or not 2 <= len(value) <= 4:
        raise NotAGeometryError("a position is a list of two or three numbers")
    for number in value:
        if type(number) not in NUMBERS or not -FARTHEST < number < FARTHEST:
            raise NotAGeometryError("a position is a list of two or three numbers")
    return float(value[0]), float(value[1])


def _polygons(kind: str, coordinates: Any) -> list[tuple[Ring, ...]]:
    found = [coordinates] if kind == "Polygon" else coordinates
    return [tuple(_line(ring, 4) for ring in polygon) for polygon in found]


def _extent(segments: list[Segment]) -> Box:
    points = [point for segment in segments for point in segment]
    longitudes, latitudes = [point[0] for point in points], [point[1] for point in points]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _ring(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def _box(segment: Segment) -> Box:
    (ax, ay), (bx, by) = segment
    return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def _overlap(a: Box, b: Box) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _inside(point: Point, polygon: tuple[Ring, ...]) -> bool:
    """Even-odd rule over all rings, so that holes are outside; the edge itself is left to the segments."""
    x, y = point
    inside = False
    for ring in polygon:
        for (ax, ay), (bx, by) in pairwise(ring):
            if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                inside = not inside
    return inside


def _meet(a: Segment, b: Segment) -> bool:
    """Whether two segments share a point, collinear ones included."""
    (p, q), (r, s) = a, b
    d1, d2, d3, d4 = _turn(r, s, p), _turn(r, s, q), _turn(p, q, r), _turn(p, q, s)
    if d1 * d2 < 0 and d3 * d4 < 0:
        return True
    touching = ((d1, r, s, p), (d2, r, s, q), (d3, p, q, r), (d4, p, q, s))
    return any(turn == 0 and _between(start, end, point) for turn, start, end, point in touching)


def _turn(a: Point, b: Point, c: Point) -> float:
    """Positive when c lies left of a to b; the sign only, so that products cannot underflow."""
    area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (area > 0) - (area < 0)


def _between(start: Point, end: Point, point: Point) -> bool:
    return min(start[0], end[0]) <= point[0] <= max(start[0], end[0]) and min(start[1], end[1]) <= point[1] <= max(start[1], end[1])
