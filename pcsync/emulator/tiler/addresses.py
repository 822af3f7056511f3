"""Where on a grid or on Earth a request looks."""

import re
from dataclasses import dataclass

from pcsync.emulator.errors import Invalid, Missing
from pcsync.emulator.world import Call

from . import grids
from .grids import Grid
from .query import BBox, bbox_of, number, whole, within

LAST_SEGMENT = re.compile(r"(?P<y>[^@]+?)(@(?P<scale>[^@]+)x)?(\.(?P<format>[A-Za-z][A-Za-z0-9]*))?")
LARGEST_SCALE = 4
DEEPEST = 30


@dataclass(frozen=True, slots=True)
class TileAddress:
    """One tile of a grid; `scale` multiplies its pixels."""

    grid: Grid
    zoom: int
    column: int
    row: int
    scale: int
    format: str | None

    @property
    def bounds(self) -> BBox:
        """In units of the grid."""
        return self.grid.bounds(self.zoom, self.column, self.row)

    @property
    def on_earth(self) -> BBox:
        return self.grid.on_earth(self.zoom, self.column, self.row)

    @property
    def pixels(self) -> tuple[int, int]:
        width, height = self.grid.matrices[self.zoom].tile
        return width * self.scale, height * self.scale


def grid_of(call: Call) -> Grid:
    """Of the path, else of the query, else WebMercatorQuad."""
    return grids.grid(call.params.get("tileMatrixSetId") or call.query.get("TileMatrixSetId") or grids.DEFAULT)


def tile(call: Call) -> TileAddress:
    """Raises Invalid for what is no address, Missing for a tile that its grid does not have.

    The SDK writes `6564.0@1.0x.png`, which a route's own pattern would split at any of its dots; so the last segment is
    put together again and taken apart here.
    """
    params = call.params
    scale_part = f"@{params['scale']}x" if "scale" in params else ""
    format_part = f".{params['format']}" if "format" in params else ""
    found = LAST_SEGMENT.fullmatch(params["y"] + scale_part + format_part)
    if found is None:
        raise Invalid("A tile is {z}/{x}/{y}, then @{scale}x and .{format} if wanted")
    zoom, column = whole(params["z"], "z", 0, DEEPEST), whole(params["x"], "x", 0, 2**31)
    scale = found["scale"] or call.query.get("scale") or "1"
    address = TileAddress(
        grid_of(call), zoom, column, whole(found["y"], "y", 0, 2**31), whole(scale, "scale", 1, LARGEST_SCALE), found["format"]
    )
    if not address.grid.has(zoom, column, address.row):
        raise Missing(f"Tile(x={column}, y={address.row}, z={zoom}) is outside of {address.grid.id}")
    return address


def box(call: Call) -> BBox:
    return bbox_of([call.params[name] for name in ("minx", "miny", "maxx", "maxy")])


def point(call: Call) -> tuple[float, float]:
    """Longitude and latitude (or x and y of coord_crs)."""
    place = number(call.params["longitude"], "longitude"), number(call.params["latitude"], "latitude")
    within(place, "The point")
    return place
