"""Numbers as a picture: algorithm, rescaling, colour formula, colour map, file format; in that order, as TiTiler."""

import warnings
from collections.abc import Mapping
from typing import Any, cast

import numpy
from affine import Affine
from rasterio.dtypes import dtype_ranges
from rasterio.errors import NotGeoreferencedWarning
from rio_tiler.errors import RioTilerError
from rio_tiler.models import ImageData
from rio_tiler.utils import linear_rescale, render

from pcsync.emulator.errors import Invalid
from pcsync.emulator.tiler.colours import LEVELS, ColourMap
from pcsync.emulator.tiler.parameters import Painting
from pcsync.emulator.tiler.wmts import MEDIA_TYPES

from . import algorithms

# rio-tiler silences this around each picture by a filter of the whole process, which two threads at once undo for each other
warnings.filterwarnings("ignore", category=NotGeoreferencedWarning)

GDAL_NAMES: Mapping[str, str] = {
    "png": "PNG",
    "pngraw": "PNG",
    "jpeg": "JPEG",
    "jpg": "JPEG",
    "webp": "WEBP",
    "jp2": "JP2OpenJPEG",
    "tif": "GTiff",
    "npy": "NPY",
}
HOLDS: Mapping[str, tuple[str, ...]] = {
    "PNG": ("uint8", "uint16"),
    "JPEG": ("uint8",),
    "WEBP": ("uint8",),
    "JP2OpenJPEG": ("uint8", "int16", "uint16"),
}
CREATION: Mapping[str, Mapping[str, Any]] = {
    "PNG": {"zlevel": 6},
    "JPEG": {"quality": 75},
    "WEBP": {"quality": 75, "lossless": False},
    "GTiff": {"tiled": True, "compress": "deflate"},
}
NO_PLACE = Affine(1.0, 0.0, 0.0, 0.0, -1.0, 0.0)
"""For formats that hold no place; the identity would make rasterio warn."""


def picture(found: ImageData, how: Painting, kind: str | None) -> tuple[bytes, str]:
    """Encoded bytes and media type. Without a format: JPEG when every pixel has data, else PNG. Raises Invalid."""
    painted = _painted(found, how)
    kind = kind or ("jpeg" if not numpy.ma.getmaskarray(painted.array).any() else "png")
    driver = GDAL_NAMES[kind]
    data, mask = painted.array.data, painted.mask if how.mask else None
    colours = how.colours
    if colours is not None:
        data = _indexes(data, colours)
        mask = _byte_mask(painted) if how.mask else None
    elif painted.array.dtype.name not in HOLDS.get(driver, (painted.array.dtype.name,)):
        data, mask = _squeezed(painted, mask)
    place = {"transform": painted.transform, "crs": painted.crs} if driver == "GTiff" else {"transform": NO_PLACE}
    options = {} if driver == "NPY" else {**CREATION.get(driver, {}), **place}
    try:
        return render(data, mask, img_format=driver, colormap=cast(Any, colours), **options), MEDIA_TYPES[kind]
    except RioTilerError as refused:
        raise Invalid(f"{refused}"[:300]) from refused


def _painted(found: ImageData, how: Painting) -> ImageData:
    if how.algorithm is not None:
        found = algorithms.apply(found, how.algorithm, how.algorithm_params)
    if how.rescale:
        found.rescale(how.rescale)
    if how.formula:
        _apply_formula(found, how.formula)
    return found


def _apply_formula(found: ImageData, formula: str) -> None:
    """rio-color's language; whatever it chokes on is the client's."""
    if found.array.dtype.kind not in "iu":
        raise Invalid("color_formula needs whole numbers: give rescale too")
    try:
        found.apply_color_formula(formula)
    except (ValueError, TypeError, LookupError, AssertionError) as strange:
        raise Invalid(f"color_formula: {str(strange)[:200] or 'cannot be applied'}") from strange


def _indexes(data: Any, colours: ColourMap) -> Any:
    """Levels of a ramp of 256 are bytes; other maps look values up as they are."""
    if len(data) != 1:
        raise Invalid("A colour map needs one band")
    ramp = isinstance(colours, dict) and len(colours) == LEVELS and set(colours) == set(range(LEVELS))
    return numpy.clip(numpy.nan_to_num(data), 0, 255).astype("uint8") if ramp and data.dtype != "uint8" else data


def _byte_mask(painted: ImageData) -> Any:
    return numpy.where(numpy.ma.getmaskarray(painted.array).all(axis=0), 0, 255).astype("uint8")


def _squeezed(painted: ImageData, mask: Any) -> tuple[Any, Any]:
    """Numbers that a format cannot hold become bytes of their type's whole range; give rescale for anything better."""
    span = dtype_ranges[painted.array.dtype.name]
    data = linear_rescale(painted.array.data, in_range=span).astype("uint8")
    return data, None if mask is None else linear_rescale(mask, in_range=span).astype("uint8")
