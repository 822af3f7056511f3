"""The parameters of a raster-tile's options (dossier 3.2) and what each takes; api-version 2026-04-15."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from pcsync.rules.words import names

DATA = "data/enums.json"
SWITCH = re.compile(r"(?i)true|false|0|1")
WHOLE = re.compile(r"[+-]?[0-9]+")
NUMBER = re.compile(r"(?i)[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?")
NODATA = re.compile(rf"(?:{NUMBER.pattern[4:]})|nan|[+-]?inf", re.IGNORECASE)
SELECTION = re.compile(r"[^=]+=.+", re.DOTALL)
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?")

REPEATABLE = frozenset({"assets", "asset_bidx", "bidx", "rescale", "subdataset_bands", "sel", "expression"})
SWITCHES = frozenset({"asset_as_band", "unscale", "return_mask", "exitwhenfull", "skipcovered"})
ENUMS = {
    "resampling": "Resampling",
    "reproject": "WarpKernelResampling",
    "algorithm": "TerrainAlgorithm",
    "pixel_selection": "PixelSelection",
    "sel_method": "SelMethod",
    "colormap_name": "ColorMapNames",
}
FORMS: dict[str, tuple[re.Pattern[str], str]] = {
    **dict.fromkeys(sorted(SWITCHES), (SWITCH, "true or false")),
    **dict.fromkeys(("bidx", "subdataset_bands"), (re.compile(r"[1-9][0-9]*"), "a band index, counted from 1")),
    **dict.fromkeys(("padding", "scan_limit", "items_limit", "time_limit"), (re.compile(r"[0-9]+"), "a whole number")),
    "buffer": (NUMBER, "a number, in steps of 0.5"),
    "nodata": (NODATA, "a number or nan"),
    "sel": (SELECTION, "dimension=value, such as time=2100-01-01"),
    "datetime": (INSTANT, "a time, such as 1950-07-07T00:00:00"),
}
OTHERS = frozenset(
    {"assets", "asset_bidx", "expression", "rescale", "colormap", "color_formula", "algorithm_params", "subdataset_name", "crs"}
)
KNOWN = frozenset({*REPEATABLE, *ENUMS, *FORMS, *OTHERS})

OF_THE_CALLER = names(
    "collection collections ids bbox query sortby searchid search_id item items intersects datetime_range api-version sign "
    "duration x y z scale format tileMatrixSetId filter filter-lang"
)
"""Set by whoever asks for a tile; inside options they are ignored or in the way."""
OF_THE_URL = frozenset({"minzoom", "maxzoom", "minZoom", "maxZoom", "tile_format", "tile_scale", "width", "height", "max_size"})
"""Belong on TileJSON, WMTS and preview URLs."""
RENAMED = {
    "resampling_method": "resampling",
    "colormapName": "colormap_name",
    "colourmap_name": "colormap_name",
    "cmap": "colormap_name",
    "color_map": "colormap_name",
    "colorFormula": "color_formula",
    "asset": "assets",
    "bands": "assets",
    "band": "bidx",
    "indexes": "bidx",
    "no_data": "nodata",
    "noData": "nodata",
    "scale_range": "rescale",
    "expr": "expression",
    "variable": "subdataset_name",
}
"""Names of other tilers and other releases."""


@cache
def enumeration(name: str) -> frozenset[str]:
    """The values of one of the service's enumerations."""
    return _enumerations()[name]


@cache
def _enumerations() -> dict[str, frozenset[str]]:
    text = (Path(__file__).parents[1] / DATA).read_bytes()
    return {name: frozenset(values) for name, values in json.loads(text)["enums"].items()}


QUALITATIVE = names("accent dark2 paired pastel1 pastel2 set1 set2 set3 tab10 tab20 tab20b tab20c flag prism")


@cache
def ramps() -> frozenset[str]:
    """The colormaps that are smooth: those that also come reversed, less matplotlib's qualitative ones."""
    known = enumeration("ColorMapNames")
    forward = {name for name in known if f"{name}_r" in known and name not in QUALITATIVE}
    return frozenset(forward | {f"{name}_r" for name in forward})
