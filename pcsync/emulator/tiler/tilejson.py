"""TileJSON 2.2.0 of items, collections and searches (mosaic-collection-tilejson)."""

from pcsync.emulator.jsonb import dumps
from pcsync.emulator.world import Answer, Call

from . import parameters
from .addresses import LARGEST_SCALE, grid_of
from .grids import Grid
from .query import echoed, one_of, optional_whole
from .targets import Target, target

VERSION = "2.2.0"
DEEPEST = 30


def tilejson(call: Call) -> Answer:
    """`tiles[0]` repeats the query, so that what was asked for here is what the tiles show."""
    parameters.check(call)
    found, grid = target(call), grid_of(call)
    low, high = zooms(call, found, grid)
    west, south, east, north = found.bounds
    body = {
        "tilejson": VERSION,
        **({"name": found.name} if found.name else {}),
        "version": "1.0.0",
        "scheme": "xyz",
        "tiles": [template(call, found, grid)],
        "minzoom": low,
        "maxzoom": high,
        "bounds": [west, south, east, north],
        "center": [(west + east) / 2, (south + north) / 2, low],
    }
    return Answer(200, dumps(body))


def template(call: Call, found: Target, grid: Grid, kind: str = "") -> str:
    """The URL of tiles; scale and format only when tile_scale and tile_format are given, or `kind` is."""
    scale = optional_whole(call, "tile_scale", 1, LARGEST_SCALE)
    kind = one_of(call, "tile_format", ("", *parameters.FORMATS), kind)
    suffix = (f"@{scale}x" if scale else "") + (f".{kind}" if kind else "")
    return f"{call.base}{found.path}/tiles/{grid.id}/{{z}}/{{x}}/{{y}}{suffix}{echoed(call)}"


def zooms(call: Call, found: Target, grid: Grid) -> tuple[int, int]:
    """Of the query, else of the search's metadata, else of the grid."""
    low, high = (optional_whole(call, name, 0, DEEPEST) for name in ("minzoom", "maxzoom"))
    low = found.zooms[0] if low is None else low
    high = found.zooms[1] if high is None else high
    return grid.zooms[0] if low is None else low, grid.zooms[1] if high is None else high
