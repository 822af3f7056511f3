"""Tile matrix sets, and the tilesets that each item, collection and search has one of per matrix set (OGC API Tiles).

Shapes are TiTiler's; a list has nulls where a single tileset leaves a key out and adds its limits (emulator-notes 5).
"""

from typing import Any

from pcsync.emulator.jsonb import dumps
from pcsync.emulator.world import Answer, Call

from . import grids
from .addresses import grid_of
from .grids import Grid
from .query import echoed
from .targets import Target, target

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
SCHEMES = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
LIST_KEYS = ("title", "dataType", "crs", "links", "boundingBox", "accessConstraints", "tileMatrixSetLimits")
Json = dict[str, Any]


def matrix_sets(_: Call) -> Answer:
    return Answer(200, dumps(list(grids.grids())))


def matrix_set(call: Call) -> Answer:
    return Answer(200, dumps(grid_of(call).document))


def tilesets(call: Call) -> Answer:
    found = target(call)
    listed = [_tileset(call, found, grid) for grid in grids.grids().values()]
    return Answer(200, dumps({"tilesets": [{key: entry.get(key) for key in LIST_KEYS} for entry in listed]}))


def tileset(call: Call) -> Answer:
    found, grid = target(call), grid_of(call)
    return Answer(200, dumps({**_tileset(call, found, grid), "tileMatrixSetLimits": _limits(found, grid)}))


def _tileset(call: Call, found: Target, grid: Grid) -> Json:
    west, south, east, north = found.bounds
    query = echoed(call)
    path = f"{call.base}{found.path}/tiles/{grid.id}"
    definition = f"{call.base}/data/tile-matrix-sets/{grid.id}?api-version={call.api_version}"
    return {
        "title": f"tileset tiled using {grid.id} TileMatrixSet",
        "dataType": "map",
        "crs": grid.crs,
        "links": [
            _link(path + query, "self", f"Tileset tiled using {grid.id} TileMatrixSet", "application/json"),
            {**_link(f"{path}/{{z}}/{{x}}/{{y}}{query}", "tile", "Templated link for retrieving Raster tiles"), "templated": True},
            _link(definition, SCHEMES, f"Definition of '{grid.id}' tileMatrixSet", "application/json"),
        ],
        "boundingBox": {"lowerLeft": [west, south], "upperRight": [east, north], "crs": CRS84},
    }


def _link(href: str, rel: str, title: str, kind: str | None = None) -> Json:
    return {"href": href, "rel": rel, **({"type": kind} if kind else {}), "title": title}


def _limits(found: Target, grid: Grid) -> list[Json]:
    """Rows and columns of each zoom that the bounds touch."""
    covering = grid.covering(found.bounds)
    limits = []
    for zoom in grid.matrices:
        first_column, last_column, first_row, last_row = grid.tiles_over(zoom, covering)
        rows = {"minTileRow": first_row, "maxTileRow": last_row}
        limits.append({"tileMatrix": str(zoom), **rows, "minTileCol": first_column, "maxTileCol": last_column})
    return limits
