"""The eleven tile matrix sets (OGC 17-083r4) as data, and the arithmetic of their tiles.

Five of them are longitude and latitude or a Mercator of them, so that their tiles can be placed on Earth with the standard
library. The other six need a projection library, which comes with the extra `tiles`.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pcsync.emulator.errors import Missing, NotServed

from .extra import HINT, installed, need_imported
from .query import BBox

DEFAULT = "WebMercatorQuad"
SEMI_MAJOR = 6378137.0
ECCENTRICITY = 0.0818191908426215
Point = tuple[float, float]
Projection = Callable[[float, float], Point]


@dataclass(frozen=True, slots=True)
class Matrix:
    """One zoom level: origin (x, y) of its top left corner and size of a cell in units of the grid."""

    origin: Point
    cell: float
    tile: tuple[int, int]
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Grid:
    """One tile matrix set; `epsg` is the code of its reference system, x before y whatever the authority says."""

    id: str
    document: Mapping[str, Any]
    matrices: Mapping[int, Matrix]
    epsg: int

    @property
    def crs(self) -> str:
        return str(self.document["crs"])

    @property
    def zooms(self) -> tuple[int, int]:
        return min(self.matrices), max(self.matrices)

    def has(self, zoom: int, column: int, row: int) -> bool:
        matrix = self.matrices.get(zoom)
        return matrix is not None and 0 <= column < matrix.size[0] and 0 <= row < matrix.size[1]

    def bounds(self, zoom: int, column: int, row: int) -> BBox:
        """Left, bottom, right, top of a tile in units of the grid."""
        matrix = self.matrices[zoom]
        width, height = matrix.cell * matrix.tile[0], matrix.cell * matrix.tile[1]
        left, top = matrix.origin[0] + column * width, matrix.origin[1] - row * height
        return left, top - height, left + width, top

    def on_earth(self, zoom: int, column: int, row: int) -> BBox:
        """West, south, east, north of a tile in degrees. Raises NotServed without a projection library."""
        bounds = self.bounds(zoom, column, row)
        if self.epsg not in INVERSE:
            return _projected(bounds, self.epsg, 4326)
        west, south = INVERSE[self.epsg](*bounds[:2])
        east, north = INVERSE[self.epsg](*bounds[2:])
        return west, south, east, north

    def covering(self, box: BBox) -> BBox:
        """The bounds of a box in degrees, in units of the grid. Raises NotServed without a projection library."""
        if self.epsg not in FORWARD:
            return _projected(box, 4326, self.epsg)
        left, bottom = FORWARD[self.epsg](box[0], box[1])
        right, top = FORWARD[self.epsg](box[2], box[3])
        return left, bottom, right, top

    def tiles_over(self, zoom: int, covering: BBox) -> tuple[int, int, int, int]:
        """First column, last column, first row, last row of the tiles that touch bounds in units of the grid."""
        matrix = self.matrices[zoom]
        width, height = matrix.cell * matrix.tile[0], matrix.cell * matrix.tile[1]
        columns = (_at(covering[0] - matrix.origin[0], width), _at(covering[2] - matrix.origin[0], width))
        rows = (_at(matrix.origin[1] - covering[3], height), _at(matrix.origin[1] - covering[1], height))
        return (*_within(columns, matrix.size[0]), *_within(rows, matrix.size[1]))


def grid(name: str) -> Grid:
    """Raises Missing for a tile matrix set that the service does not have."""
    found = grids().get(name)
    if found is None:
        raise Missing(f"TileMatrixSet '{name[:80]}' not found. Known: {', '.join(grids())}")
    return found


@cache
def grids() -> Mapping[str, Grid]:
    text = files(__package__).joinpath("data", "tile_matrix_sets.json").read_text("utf-8")
    return {name: _grid(name, document) for name, document in json.loads(text).items()}


def _grid(name: str, document: Mapping[str, Any]) -> Grid:
    swapped = document["orderedAxes"][0] in ("Y", "Lat")
    matrices = {int(entry["id"]): _matrix(entry, swapped) for entry in document["tileMatrices"]}
    code = document["crs"].replace(":", "/").rpartition("/")[2]
    return Grid(name, document, matrices, 4326 if code == "CRS84" else int(code))


def _matrix(entry: Mapping[str, Any], swapped: bool) -> Matrix:
    first, second = entry["pointOfOrigin"]
    origin = (second, first) if swapped else (first, second)
    tile, size = (entry["tileWidth"], entry["tileHeight"]), (entry["matrixWidth"], entry["matrixHeight"])
    return Matrix(origin, entry["cellSize"], tile, size)


def _at(distance: float, step: float) -> int:
    return math.floor(distance / step) if math.isfinite(distance) else 0


def _within(ends: tuple[int, int], size: int) -> tuple[int, int]:
    return max(0, min(ends[0], size - 1)), max(0, min(ends[1], size - 1))


def _projected(box: BBox, source: int, target: int) -> BBox:
    if not installed():
        raise NotServed(f"This tile matrix set needs a projection library. {HINT}")
    need_imported()
    from .pixels.projecting import bounds_in

    return bounds_in(box, source, target)


def _degrees(x: float, y: float) -> Point:
    return x, y


def _from_sphere(x: float, y: float) -> Point:
    return math.degrees(x / SEMI_MAJOR), math.degrees(2 * math.atan(math.exp(y / SEMI_MAJOR)) - math.pi / 2)


def _to_sphere(longitude: float, latitude: float) -> Point:
    return SEMI_MAJOR * math.radians(longitude), SEMI_MAJOR * math.asinh(math.tan(math.radians(_short_of_pole(latitude))))


def _to_ellipsoid(longitude: float, latitude: float) -> Point:
    sine = math.sin(math.radians(_short_of_pole(latitude)))
    y = math.atanh(sine) - ECCENTRICITY * math.atanh(ECCENTRICITY * sine)
    return SEMI_MAJOR * math.radians(longitude), SEMI_MAJOR * y


def _from_ellipsoid(x: float, y: float) -> Point:
    """Snyder's iteration (USGS Professional Paper 1395, 7-9); six rounds are beyond double precision."""
    t = math.exp(-y / SEMI_MAJOR)
    latitude = math.pi / 2 - 2 * math.atan(t)
    for _ in range(6):
        sine = ECCENTRICITY * math.sin(latitude)
        latitude = math.pi / 2 - 2 * math.atan(t * ((1 - sine) / (1 + sine)) ** (ECCENTRICITY / 2))
    return math.degrees(x / SEMI_MAJOR), math.degrees(latitude)


def _short_of_pole(latitude: float) -> float:
    """A Mercator has no poles; its square ends before 85.1 degrees."""
    return max(-89.9, min(89.9, latitude))


FORWARD: Mapping[int, Projection] = {4326: _degrees, 3857: _to_sphere, 3395: _to_ellipsoid}
INVERSE: Mapping[int, Projection] = {4326: _degrees, 3857: _from_sphere, 3395: _from_ellipsoid}
