"""What a request asks the tiler to read and how to paint it (geocatalog-api 3.2).

Parsed without rio-tiler, so that a TileJSON refuses what its tiles would refuse.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pcsync.emulator.errors import Invalid, Missing
from pcsync.emulator.world import Call

from . import colours
from .colours import Colour, ColourMap
from .query import every, flag, number, one_of, optional_number, optional_whole, whole

RESAMPLING = ("nearest", "bilinear", "cubic", "cubic_spline", "lanczos", "average", "mode", "gauss", "rms")
REPROJECT = (
    *("nearest", "bilinear", "cubic", "cubic_spline", "lanczos", "average", "mode", "max", "min", "med", "q1", "q3", "sum", "rms"),
)
ALGORITHMS = (
    *("hillshade", "contours", "normalizedIndex", "terrarium", "terrainrgb", "slope", "cast", "ceil", "floor"),
    *("min", "max", "median", "mean", "std", "var"),
)
PIXEL_SELECTIONS = ("first", "highest", "lowest", "mean", "median", "stdev", "lastbandlow", "lastbandhigh", "count")
FORMATS = ("png", "npy", "tif", "jpeg", "jpg", "jp2", "webp", "pngraw")
NOT_NUMBERS = {"nan": math.nan, "inf": math.inf, "+inf": math.inf, "-inf": -math.inf}
LARGEST_SIDE = 4096
"""Pixels of a picture's side; the service's own limit is not known."""
MOST_ASSETS, MOST_BANDS, MOST_COLOURS = 16, 16, 4_096
MOST_TEXT = 2_000


@dataclass(frozen=True, slots=True)
class Selection:
    """Which numbers to read.

    bands: 1-based band indexes by asset; indexes: of every asset without an entry in bands.
    """

    assets: tuple[str, ...]
    expression: str | None
    bands: Mapping[str, tuple[int, ...]]
    indexes: tuple[int, ...]
    asset_as_band: bool
    nodata: float | None
    unscale: bool
    resampling: str
    reproject: str


@dataclass(frozen=True, slots=True)
class Painting:
    """How numbers become a picture."""

    rescale: tuple[tuple[float, float], ...]
    colours: ColourMap | None
    formula: str | None
    mask: bool
    algorithm: str | None
    algorithm_params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Size:
    """Of a crop or a preview, in pixels."""

    width: int | None
    height: int | None
    longest: int | None


@dataclass(frozen=True, slots=True)
class MosaicLimits:
    """How many items a mosaic looks at; `seconds` of reading."""

    scan: int
    items: int
    seconds: float
    exit_when_full: bool
    skip_covered: bool
    selection: str


def selection(call: Call) -> Selection:
    """Raises Invalid."""
    assets = every(call, "assets", MOST_ASSETS)
    indexes = tuple(whole(text, "bidx", 1, 65_535) for text in every(call, "bidx", MOST_BANDS))
    return Selection(
        assets=tuple(dict.fromkeys(assets)),
        expression=_short(call, "expression"),
        bands=_bands(every(call, "asset_bidx", MOST_ASSETS)),
        indexes=indexes,
        asset_as_band=flag(call, "asset_as_band"),
        nodata=_nodata(call),
        unscale=flag(call, "unscale"),
        resampling=one_of(call, "resampling", RESAMPLING, "nearest"),
        reproject=one_of(call, "reproject", REPROJECT, "nearest"),
    )


def painting(call: Call) -> Painting:
    """Raises Invalid, or NotServed for a colour map that is not known."""
    algorithm = call.query.get("algorithm") or None
    if algorithm is not None:
        one_of(call, "algorithm", ALGORITHMS, algorithm)
    return Painting(
        rescale=tuple(_range(text) for text in every(call, "rescale", MOST_BANDS)),
        colours=_colours(call),
        formula=_short(call, "color_formula"),
        mask=flag(call, "return_mask", default=True),
        algorithm=algorithm,
        algorithm_params=_object(call, "algorithm_params"),
    )


def size(call: Call, longest: int | None) -> Size:
    """From the path or the query; `longest` is the default of `max_size`, which width or height switch off."""
    width, height = (_side(call, name) for name in ("width", "height"))
    given = optional_whole(call, "max_size", 1, LARGEST_SIDE)
    return Size(width, height, None if width or height else given or longest)


def mosaic_limits(call: Call) -> MosaicLimits:
    return MosaicLimits(
        scan=optional_whole(call, "scan_limit", 1, 10_000_000) or 10_000,
        items=optional_whole(call, "items_limit", 1, 10_000) or 100,
        seconds=optional_number(call, "time_limit", 0.001, 3600) or 5,
        exit_when_full=flag(call, "exitwhenfull", default=True),
        skip_covered=flag(call, "skipcovered", default=True),
        selection=one_of(call, "pixel_selection", PIXEL_SELECTIONS, "first"),
    )


def check(call: Call) -> None:
    """Refuses what a tile with this query would refuse."""
    selection(call)
    painting(call)
    mosaic_limits(call)


def buffer_of(call: Call) -> float:
    """Pixels around a tile; a multiple of 0.5."""
    found = optional_number(call, "buffer", 0, 256) or 0.0
    if found % 0.5:
        raise Invalid("buffer must be a multiple of 0.5")
    return found


def padding_of(call: Call) -> int:
    return optional_whole(call, "padding", 0, 256) or 0


def format_of(call: Call, asked: str | None = None) -> str | None:
    """Of the path, else of the query; None lets the picture decide."""
    found = asked or call.params.get("format") or call.query.get("format") or None
    if found is not None and found not in FORMATS:
        raise Invalid(f"format must be one of {', '.join(FORMATS)}, not '{found[:40]}'")
    return found


def _side(call: Call, name: str) -> int | None:
    text = call.params.get(name)
    return whole(text, name, 1, LARGEST_SIDE) if text is not None else optional_whole(call, name, 1, LARGEST_SIDE)


def _short(call: Call, name: str) -> str | None:
    text = call.query.get(name) or None
    if text is not None and len(text) > MOST_TEXT:
        raise Invalid(f"{name} must have at most {MOST_TEXT} characters")
    return text


def _bands(texts: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """`image|1,2,3`, also several of them joined by commas, as the SDK sends a list."""
    found: dict[str, list[int]] = {}
    for text in texts:
        asset = None
        for part in text.split(","):
            before, bar, after = part.rpartition("|")
            asset = before if bar else asset
            if not asset:
                raise Invalid(f"asset_bidx is asset|1,2,3, not '{text[:80]}'")
            found.setdefault(asset, []).append(whole(after, "asset_bidx", 1, 65_535))
    if len(found) > MOST_ASSETS or any(len(bands) > MOST_BANDS for bands in found.values()):
        raise Invalid("asset_bidx names too many bands")
    return {asset: tuple(bands) for asset, bands in found.items()}


def _nodata(call: Call) -> float | None:
    text = call.query.get("nodata")
    if not text:
        return None
    return NOT_NUMBERS[text.lower()] if text.lower() in NOT_NUMBERS else number(text, "nodata")


def _range(text: str) -> tuple[float, float]:
    ends = [number(end.strip(), "rescale") for end in text.split(",")]
    if len(ends) != 2 or ends[0] == ends[1]:
        raise Invalid(f"rescale is two different numbers min,max, not '{text[:80]}'")
    return ends[0], ends[1]


def _colours(call: Call) -> ColourMap | None:
    """By name, else as JSON; a name wins, as in TiTiler."""
    name, text = call.query.get("colormap_name"), call.query.get("colormap")
    if name:
        try:
            return colours.named(call, name)
        except Missing as strange:
            raise Invalid(f"colormap_name '{name[:80]}' is not one that the service knows") from strange
    return _custom(_json(text, "colormap")) if text else None


def _custom(value: Any) -> ColourMap:
    """`{"0": [r, g, b, a]}`, `{"0": "#rrggbb"}` or `[[[low, high], [r, g, b, a]]]`."""
    if not isinstance(value, dict | list) or not 0 < len(value) <= MOST_COLOURS:
        raise Invalid("colormap must be an object or a list of intervals, not empty")
    if isinstance(value, dict):
        return {whole(key, "colormap", -(2**31), 2**31): _colour(entry) for key, entry in value.items()}
    return [_interval(entry) for entry in value]


def _interval(entry: Any) -> colours.Interval:
    if not isinstance(entry, list) or len(entry) != 2 or not isinstance(entry[0], list) or len(entry[0]) != 2:
        raise Invalid("colormap intervals are [[low, high], [r, g, b, a]]")
    low, high = entry[0]
    if not all(isinstance(end, int | float) and not isinstance(end, bool) for end in (low, high)):
        raise Invalid("colormap intervals are [[low, high], [r, g, b, a]]")
    return (float(low), float(high)), _colour(entry[1])


def _colour(value: Any) -> Colour:
    """Three or four levels of 0 to 255, or `#rrggbb` or `#rrggbbaa`."""
    if isinstance(value, str):
        digits = value.removeprefix("#")
        if len(digits) not in (6, 8) or not all(letter in "0123456789abcdefABCDEF" for letter in digits):
            raise Invalid(f"colormap has '{value[:20]}' where a colour belongs")
        value = list(bytes.fromhex(digits))
    if not isinstance(value, list) or len(value) not in (3, 4) or not all(type(level) is int and 0 <= level <= 255 for level in value):
        raise Invalid("colormap colours are three or four whole numbers between 0 and 255")
    return value[0], value[1], value[2], value[3] if len(value) == 4 else 255


def _object(call: Call, name: str) -> Mapping[str, Any]:
    text = call.query.get(name)
    if not text:
        return {}
    value = _json(text, name)
    if not isinstance(value, dict):
        raise Invalid(f"{name} must be a JSON object")
    return value


def _json(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as broken:
        raise Invalid(f"{name} is no JSON") from broken
