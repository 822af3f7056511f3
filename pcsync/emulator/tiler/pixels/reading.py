"""Numbers of one item within a frame: its assets side by side, then its expression."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
from rasterio.errors import RasterioError
from rasterio.features import rasterize
from rasterio.warp import transform_geom
from rio_tiler import reader
from rio_tiler.errors import PointOutsideBounds, RioTilerError
from rio_tiler.models import ImageData

from pcsync.emulator.errors import AssetGone, Invalid, Missing
from pcsync.emulator.tiler.parameters import Selection

from . import expressions
from .frames import Frame
from .opening import Dataset, opened
from .projecting import bounds_between, crs

Array = Any


@dataclass(frozen=True, slots=True)
class Picture:
    """One item's files; None for an asset whose bytes are not here. `assets` are those that are read, in order."""

    item: str
    files: Mapping[str, Path | None]
    assets: tuple[str, ...]


def image(picture: Picture, chosen: Selection, frame: Frame) -> ImageData | None:
    """The item within a frame; None when no part of it is there. Raises AssetGone, Invalid."""
    parts = [_asset_image(picture, asset, chosen, frame) for asset in picture.assets]
    seen = [part for part in parts if part is not None]
    if not seen:
        return None
    blank = seen[0]
    return calculated(joined([part or _nothing(blank, asset, chosen) for asset, part in zip(picture.assets, parts, strict=True)]), chosen)


def calculated(found: ImageData, chosen: Selection) -> ImageData:
    """The layers of the expression in place of the bands, when there is one."""
    if chosen.expression is None:
        return found
    bands = dict(zip(found.band_names, found.array, strict=True))
    array = expressions.evaluate(chosen.expression, bands)
    array.mask = numpy.logical_or(numpy.ma.getmaskarray(array), numpy.ma.getmaskarray(found.array).any(axis=0))
    return ImageData(array, bounds=found.bounds, crs=found.crs, band_names=expressions.blocks(chosen.expression))


def joined(parts: Sequence[ImageData]) -> ImageData:
    if len(parts) == 1:
        return parts[0]
    array: Array = numpy.ma.concatenate([part.array for part in parts])  # type: ignore[no-untyped-call]  # numpy.ma
    names = [name for part in parts for name in part.band_names]
    return ImageData(array, bounds=parts[0].bounds, crs=parts[0].crs, band_names=names)


def point(picture: Picture, chosen: Selection, place: tuple[float, float], code: int) -> tuple[list[Any], list[str]]:
    """Values (None where there is no data) and band names at one place. Raises Missing outside of the item."""
    bands: dict[str, Array] = {}
    for asset in picture.assets:
        with opened(asset, picture.files.get(asset)) as dataset:
            read = _read(asset, reader.point, dataset, place, coord_crs=crs(code), **_options(dataset, asset, chosen, resampling=False))
            for place_in, name in enumerate(_names(asset, read, chosen)):
                bands[name] = read.array[place_in : place_in + 1]
    if chosen.expression is not None:
        layers = expressions.evaluate(chosen.expression, bands)
        bands = dict(zip(expressions.blocks(chosen.expression), layers, strict=True))
    return [plain(array[0]) for array in bands.values()], list(bands)


def plain(value: Any) -> float | None:
    """A number that JSON can hold."""
    if value is numpy.ma.masked or not numpy.isfinite(value):
        return None
    found = value.item() if hasattr(value, "item") else value
    return found if isinstance(found, int) else float(found)


def cut_out(found: ImageData, geometry: Mapping[str, Any], code: int) -> ImageData:
    """Masks what lies outside of a GeoJSON geometry."""
    if found.crs != crs(code):
        geometry = transform_geom(crs(code), found.crs, geometry)
    outside = rasterize(
        [geometry], (found.height, found.width), transform=found.transform, all_touched=True, default_value=0, fill=1, dtype="uint8"
    )
    found.array.mask = numpy.logical_or(numpy.ma.getmaskarray(found.array), outside.astype(bool))
    found.alpha_mask = None
    return found


def _asset_image(picture: Picture, asset: str, chosen: Selection, frame: Frame) -> ImageData | None:
    with opened(asset, picture.files.get(asset)) as dataset:
        if not _meets(dataset, frame):
            return None
        read = _read(
            asset,
            reader.part,
            dataset,
            frame.bounds,
            height=frame.height,
            width=frame.width,
            dst_crs=frame.crs,
            bounds_crs=frame.crs,
            buffer=frame.buffer or None,
            padding=frame.padding,
            **_options(dataset, asset, chosen),
        )
    read.band_names = _names(asset, read, chosen)
    return read  # type: ignore[no-any-return]  # rio_tiler has no types that mypy is shown


def _read(asset: str, read: Any, *arguments: Any, **options: Any) -> Any:
    """What rio-tiler reads, or its refusal in our words."""
    try:
        return read(*arguments, **options)
    except PointOutsideBounds as outside:
        raise Missing("The point is outside of the item") from outside
    except IndexError as strange:
        raise Invalid(f"The asset '{asset}' has no such band") from strange
    except RioTilerError as refused:
        raise Invalid(str(refused)[:300]) from refused
    except RasterioError as broken:
        raise AssetGone(f"The asset '{asset}' cannot be read.") from broken


def _options(dataset: Dataset, asset: str, chosen: Selection, resampling: bool = True) -> dict[str, Any]:
    indexes = chosen.bands.get(asset) or chosen.indexes or None
    if indexes and max(indexes) > dataset.count:
        raise Invalid(f"The asset '{asset}' has {dataset.count} bands, no band {max(indexes)}")
    how = {"resampling_method": chosen.resampling} if resampling else {}
    nodata = chosen.nodata if _fits(chosen.nodata, dataset.dtypes[0]) else None
    return {"indexes": indexes, "nodata": nodata, "unscale": chosen.unscale, "reproject_method": chosen.reproject, **how}


def _fits(nodata: float | None, kind: str) -> bool:
    """Whether a band of this type can hold the value at all; if not, no pixel has it."""
    if nodata is None or numpy.dtype(kind).kind not in "iu":
        return bool(nodata is None or not numpy.isfinite(nodata) or abs(nodata) <= numpy.finfo(kind).max)
    span = numpy.iinfo(kind)
    return bool(numpy.isfinite(nodata)) and float(nodata).is_integer() and span.min <= nodata <= span.max


def _names(asset: str, read: Any, chosen: Selection) -> list[str]:
    """`asset_b1`, or just `asset` with asset_as_band."""
    if not chosen.asset_as_band:
        return [f"{asset}_{name}" for name in read.band_names]
    if len(read.band_names) != 1:
        raise Invalid(f"asset_as_band needs assets of one band; '{asset}' was read with {len(read.band_names)}")
    return [asset]


def _meets(dataset: Dataset, frame: Frame) -> bool:
    try:
        west, south, east, north = bounds_between(tuple(dataset.bounds), dataset.crs, frame.crs)
    except Invalid:
        return False
    left, bottom, right, top = frame.bounds
    return west < right and left < east and south < top and bottom < north


def _nothing(like: ImageData, asset: str, chosen: Selection) -> ImageData:
    """Masked bands for an asset that ends before its neighbours do."""
    indexes = chosen.bands.get(asset) or chosen.indexes or (1,)
    names = [asset] if chosen.asset_as_band else [f"{asset}_b{index}" for index in indexes]
    array = numpy.ma.array(numpy.zeros((len(names), like.height, like.width), like.array.dtype), mask=True)
    return ImageData(array, bounds=like.bounds, crs=like.crs, band_names=names)
