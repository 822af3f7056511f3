"""Request paths of the tiler (dossier 4): a render option's parameters, properly encoded, and a place.

A *base* is what is drawn: a collection, one of its items, or a registered search. Options are a render option's query string as the
service stores it; its repeats are kept, in their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import asinh, atan, degrees, floor, pi, radians, sinh, tan
from typing import Any
from urllib.parse import quote, urlencode

from pcsync.core.picture import Bounds
from pcsync.core.query import parameters

REGISTER = "/data/mosaic/register"
MAP_CRS = "EPSG:3857"
"""What maps are drawn in; a crop in degrees would look squeezed."""
NOT_DRAWN = frozenset({"minzoom", "maxzoom", "tile_format", "tile_scale", "maxItemsPerTile", "format", "api-version"})
"""Parameters that say nothing of the picture, or that the caller sets."""
OF_PAINT = frozenset({"rescale", "colormap", "colormap_name", "color_formula", "return_mask", "buffer", "padding"})
OF_MOSAICS = frozenset({"scan_limit", "items_limit", "time_limit", "exitwhenfull", "skipcovered", "pixel_selection"})
COLOURING = frozenset({"colormap", "colormap_name"})
MERCATOR_EDGE = 85.0511287798066
Pairs = Iterable[tuple[str, str]]


def collection_base(collection: str) -> str:
    """The mosaic that a collection is."""
    return f"/data/mosaic/collections/{_segment(collection)}"


def item_base(collection: str, item: str) -> str:
    """One item."""
    return f"{collection_base(collection)}/items/{_segment(item)}"


def search_base(search: str) -> str:
    """A registered search, by the ``searchid`` that registering gave."""
    return f"/data/mosaic/searches/{_segment(search)}"


def mosaic_question(collection: str, cql: Sequence[Any], ids: Sequence[str] = ()) -> dict[str, Any]:
    """The search of a mosaic, as POST REGISTER takes it; no expressions are no filter. ``ids`` narrow it to some items."""
    question: dict[str, Any] = {"collections": [collection], "filter-lang": "cql2-json"}
    if cql:
        question["filter"] = cql[0] if len(cql) == 1 else {"op": "and", "args": list(cql)}
    return {**question, **({"ids": list(ids)} if ids else {})}


def box(base: str, bounds: Bounds, size: tuple[int, int], options: str = "", form: str = "png") -> str:
    """A crop of ``size`` (width, height) pixels, in the map's projection."""
    corners = ",".join(_number(degree) for degree in bounds)
    return _asked(f"{base}/bbox/{corners}/{size[0]}x{size[1]}.{form}", [*drawn(options), ("dst_crs", MAP_CRS)])


def tile(base: str, zoom: int, column: int, row: int, options: str = "", *, scale: int = 1, form: str = "png") -> str:
    """One tile of WebMercatorQuad, 256 pixels a side times ``scale``."""
    ending = f"@{scale}x" if scale > 1 else ""
    return _asked(f"{base}/tiles/WebMercatorQuad/{zoom}/{column}/{row}{ending}.{form}", drawn(options))


def preview(base: str, options: str = "", *, max_size: int = 512, form: str = "png") -> str:
    """The whole of an item; only items have it."""
    return _asked(f"{base}/preview.{form}", [*drawn(options, OF_MOSAICS), ("max_size", str(max_size))])


def point(base: str, longitude: float, latitude: float, options: str = "") -> str:
    """The values at a point, unpainted."""
    return _asked(f"{base}/point/{_number(longitude)},{_number(latitude)}", drawn(options, OF_PAINT))


def statistics(base: str, options: str = "", *, max_size: int = 1024) -> str:
    """Statistics of the bands before they are painted; only items have it."""
    return _asked(f"{base}/statistics", [*drawn(options, OF_PAINT | OF_MOSAICS), ("max_size", str(max_size))])


def tilejson(base: str, options: str = "", *, minzoom: int | None = None, maxzoom: int | None = None) -> str:
    """What a map client asks first."""
    return _asked(f"{base}/WebMercatorQuad/tilejson.json", [*drawn(options), *_zooms(minzoom, maxzoom)])


def wmts(base: str, options: str = "", *, minzoom: int | None = None, maxzoom: int | None = None) -> str:
    """What a desktop GIS asks first."""
    return _asked(f"{base}/WebMercatorQuad/WMTSCapabilities.xml", [*drawn(options), *_zooms(minzoom, maxzoom)])


def info(base: str) -> str:
    """What is registered behind a collection or a search."""
    return f"{base}/info"


def legend(sort: str, name: str, trim: Mapping[str, int] | None = None) -> str:
    """The legend of a named colour map; ``sort`` is colormap (PNG), classmap or interval (JSON)."""
    return _asked(f"/data/legend/{sort}/{_segment(name)}", [(key, str(value)) for key, value in (trim or {}).items()])


def drawn(options: str, without: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    """The parameters of a render option that decide what is drawn, names and decoded values, repeats kept."""
    return [(it.name, it.value) for it in parameters(options) if it.name not in NOT_DRAWN and it.name not in without]


def coloured(options: str) -> bool:
    """A colour map paints the picture: its own colours may well be at the ends of every channel."""
    return any(it.name in COLOURING for it in parameters(options))


def tile_at(longitude: float, latitude: float, zoom: int) -> tuple[int, int]:
    """Column and row of the WebMercatorQuad tile that holds a point."""
    side: int = 2**zoom
    north = asinh(tan(radians(max(-MERCATOR_EDGE, min(MERCATOR_EDGE, latitude)))))
    column, row = floor((longitude + 180) / 360 * side), floor((1 - north / pi) / 2 * side)
    return max(0, min(side - 1, column)), max(0, min(side - 1, row))


def tile_bounds(zoom: int, column: int, row: int) -> Bounds:
    """West, south, east, north of a tile in degrees."""
    side: int = 2**zoom

    def north(edge: int) -> float:
        return degrees(atan(sinh(pi * (1 - 2 * edge / side))))

    return column / side * 360 - 180, north(row + 1), (column + 1) / side * 360 - 180, north(row)


def _zooms(minzoom: int | None, maxzoom: int | None) -> list[tuple[str, str]]:
    return [(name, str(zoom)) for name, zoom in (("minzoom", minzoom), ("maxzoom", maxzoom)) if zoom is not None]


def _asked(path: str, pairs: Pairs) -> str:
    query = urlencode(list(pairs), quote_via=quote, safe="")
    return f"{path}?{query}" if query else path


def _segment(name: str) -> str:
    return quote(name, safe="")


def _number(value: float) -> str:
    """Plain decimal notation to about a centimetre, without a tail of noughts."""
    text = f"{value:.7f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
