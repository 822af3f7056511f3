"""The parameter `algorithm`: fifteen ways to make other numbers of the numbers read (TerrainAlgorithm).

Names, parameters and defaults are TiTiler's. An algorithm that looks at a pixel's neighbours takes its `buffer` off again.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy
from rio_tiler.models import ImageData

from pcsync.emulator.errors import Invalid
from pcsync.emulator.tiler.colours import ramps
from pcsync.emulator.tiler.query import BBox

Array = Any
Parameters = Mapping[str, Any]
TERRARIUM_OFFSET = 32768.0


def apply(found: ImageData, name: str, parameters: Parameters) -> ImageData:
    """Raises Invalid for parameters or band counts that do not fit."""
    array, names = ALGORITHMS[name](found, parameters)
    array = numpy.ma.array(array, mask=numpy.ma.getmaskarray(array))
    made = ImageData(array, crs=found.crs, bounds=found.bounds, band_names=names)
    margin = _margin(name, parameters, found)
    if not margin:
        return made
    west, south, east, north = _bounds(found)
    across, down = margin * (east - west) / found.width, margin * (north - south) / found.height
    inner = array[:, margin:-margin, margin:-margin]
    return ImageData(inner, crs=found.crs, bounds=(west + across, south + down, east - across, north - down), band_names=names)


def _hillshade(found: ImageData, parameters: Parameters) -> tuple[Array, list[str]]:
    """0 to 255; azimuth and altitude are 45 degrees where not told otherwise. As in TiTiler, 315 lights the south-west."""
    azimuth, altitude = _number(parameters, "azimuth", 45), _number(parameters, "angle_altitude", 45)
    heights, mask = _surface(found)
    down, right = numpy.gradient(heights * _number(parameters, "z_exaggeration", 1))
    slope, aspect = numpy.pi / 2 - numpy.arctan(numpy.hypot(down, right)), numpy.arctan2(-down, right)
    sun, direction = numpy.radians(altitude), numpy.radians(360.0 - azimuth)
    shade = numpy.sin(sun) * numpy.sin(slope) + numpy.cos(sun) * numpy.cos(slope) * numpy.cos(direction - aspect)
    levels = numpy.clip(255 * (shade + 1) / 2, 0, 255).astype("uint8")
    return numpy.ma.array(levels, mask=mask)[numpy.newaxis], ["hillshade"]


def _slope(found: ImageData, parameters: Parameters) -> tuple[Array, list[str]]:
    """Degrees, from the size of a pixel in units of the picture's system."""
    heights, mask = _surface(found)
    west, south, east, north = _bounds(found)
    steps = (north - south) / found.height, (east - west) / found.width
    down, right = numpy.gradient(heights * _number(parameters, "z_exaggeration", 1), *steps)
    degrees = numpy.degrees(numpy.arctan(numpy.hypot(right, down)))
    return numpy.ma.array(degrees.astype("float32"), mask=mask)[numpy.newaxis], ["slope"]


def _contours(found: ImageData, parameters: Parameters) -> tuple[Array, list[str]]:
    """The ramp `terrain` from minz to maxz, with a black line of `thickness` every `increment`."""
    increment, thickness = _number(parameters, "increment", 35), _number(parameters, "thickness", 1)
    low, high = _number(parameters, "minz", -12000), _number(parameters, "maxz", 8000)
    if increment <= 0 or high <= low:
        raise Invalid("algorithm_params: increment must be positive and minz below maxz")
    heights, mask = _surface(found)
    levels = numpy.clip(1 + (heights - low) * 254 / (high - low), 1, 255).astype("uint8")
    shades = numpy.array([colour[:3] for colour in ramps()["terrain"].values()], "uint8")
    picture = numpy.moveaxis(shades[levels], -1, 0)
    picture = numpy.where(numpy.mod(heights, increment) < thickness, 0, picture).astype("uint8")
    return numpy.ma.array(picture, mask=numpy.stack([mask] * 3)), ["red", "green", "blue"]


def _normalized(found: ImageData, _: Parameters) -> tuple[Array, list[str]]:
    """(second - first) / (second + first), as TiTiler's normalizedIndex."""
    if found.count != 2:
        raise Invalid("algorithm normalizedIndex needs two bands")
    first, second = found.array.astype("float32")
    index = numpy.ma.divide(second - first, second + first).astype("float32")
    one, two = found.band_names
    return index[numpy.newaxis], [f"({two} - {one}) / ({two} + {one})"]


def _terrarium(found: ImageData, parameters: Parameters) -> tuple[Array, list[str]]:
    """Heights as red, green, blue: metres = red * 256 + green + blue / 256 - 32768; places without data hold nodata_height."""
    heights, mask = _filled(found, parameters)
    shifted = numpy.clip(heights + TERRARIUM_OFFSET, 0, 65535.99)
    parts = (shifted // 256, numpy.floor(shifted % 256), numpy.floor((shifted - numpy.floor(shifted)) * 256))
    return numpy.ma.array(numpy.stack(parts).astype("uint8"), mask=numpy.stack([mask] * 3)), ["red", "green", "blue"]


def _terrainrgb(found: ImageData, parameters: Parameters) -> tuple[Array, list[str]]:
    """Heights as red, green, blue: metres = baseval + (red * 65536 + green * 256 + blue) * interval."""
    interval, base = _number(parameters, "interval", 0.1), _number(parameters, "baseval", -10000.0)
    if interval <= 0:
        raise Invalid("algorithm_params: interval must be positive")
    heights, mask = _filled(found, parameters)
    steps = numpy.clip(numpy.round((heights - base) / interval), 0, 2**24 - 1).astype("int64")
    parts = numpy.stack([steps // 65536, steps // 256 % 256, steps % 256])
    return numpy.ma.array(parts.astype("uint8"), mask=numpy.stack([mask] * 3)), ["red", "green", "blue"]


def _as_bytes(change: Callable[[Array], Array]) -> Callable[[ImageData, Parameters], tuple[Array, list[str]]]:
    def apply_it(found: ImageData, _: Parameters) -> tuple[Array, list[str]]:
        levels = numpy.ma.clip(change(found.array), 0, 255)
        return numpy.ma.array(levels.filled(0).astype("uint8"), mask=numpy.ma.getmaskarray(levels)), found.band_names

    return apply_it


def _over_bands(name: str, change: Callable[..., Array]) -> Callable[[ImageData, Parameters], tuple[Array, list[str]]]:
    def apply_it(found: ImageData, _: Parameters) -> tuple[Array, list[str]]:
        return numpy.ma.asarray(change(found.array, axis=0))[numpy.newaxis], [name]

    return apply_it


def _surface(found: ImageData) -> tuple[Array, Array]:
    """The first band as heights, and where there are none; a picture must have two pixels each way."""
    if found.count != 1:
        raise Invalid("This algorithm needs one band of heights")
    if min(found.width, found.height) < 2:
        raise Invalid("This algorithm needs at least two pixels each way")
    mask = numpy.ma.getmaskarray(found.array)[0]
    return found.array.data[0].astype("float64"), mask


def _filled(found: ImageData, parameters: Parameters) -> tuple[Array, Array]:
    heights, mask = _surface(found)
    fill = parameters.get("nodata_height")
    if fill is None:
        return heights, mask
    return numpy.where(mask, _number(parameters, "nodata_height", 0), heights), numpy.zeros_like(mask)


def _number(parameters: Parameters, name: str, default: float) -> float:
    value = parameters.get(name, default)
    if not isinstance(value, int | float) or isinstance(value, bool) or not -1e9 <= value <= 1e9:
        raise Invalid(f"algorithm_params: {name} must be a number")
    return float(value)


def _bounds(found: ImageData) -> BBox:
    """A picture without a place has pixels of one unit."""
    return found.bounds or (0.0, 0.0, float(found.width), float(found.height))


def _margin(name: str, parameters: Parameters, found: ImageData) -> int:
    """Pixels to take off each side, 3 where not told otherwise; the tile's own `buffer` should read that many more."""
    margin = _number(parameters, "buffer", 3) if name in ("hillshade", "slope") else 0.0
    if margin != int(margin) or margin < 0 or 2 * margin >= min(found.width, found.height):
        raise Invalid("algorithm_params: buffer must be a whole number of pixels within the picture")
    return int(margin)


ALGORITHMS: Mapping[str, Callable[[ImageData, Parameters], tuple[Array, list[str]]]] = {
    "hillshade": _hillshade,
    "slope": _slope,
    "contours": _contours,
    "normalizedIndex": _normalized,
    "terrarium": _terrarium,
    "terrainrgb": _terrainrgb,
    "cast": _as_bytes(lambda array: array),
    "ceil": _as_bytes(numpy.ma.ceil),
    "floor": _as_bytes(numpy.ma.floor),
    "min": _over_bands("min", numpy.ma.min),
    "max": _over_bands("max", numpy.ma.max),
    "median": _over_bands("median", numpy.ma.median),
    "mean": _over_bands("mean", numpy.ma.mean),
    "std": _over_bands("std", numpy.ma.std),
    "var": _over_bands("var", numpy.ma.var),
}
