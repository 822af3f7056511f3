"""Statistics of bands and facts about files."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
from rasterio.warp import calculate_default_transform
from rio_tiler.models import ImageData
from rio_tiler.utils import CRS_to_uri, get_array_statistics, has_alpha_band, has_mask_band

from pcsync.emulator.errors import Invalid
from pcsync.emulator.tiler import grids
from pcsync.emulator.tiler.query import every, flag, number
from pcsync.emulator.world import Call

from .opening import Dataset, opened
from .projecting import crs

Json = dict[str, Any]
ORDER = (
    *("min", "max", "mean", "count", "sum", "std", "median", "majority", "minority", "unique", "histogram"),
    *("valid_percent", "masked_pixels", "valid_pixels"),
)
MOST_BINS, MOST_VALUES = 1_000, 100
WEB_MERCATOR = 3857


@dataclass(frozen=True, slots=True)
class Count:
    """How statistics are counted. bins: a number of them, or their edges."""

    categorical: bool
    categories: tuple[float, ...]
    percentiles: tuple[int, ...]
    bins: int | tuple[float, ...]
    span: tuple[float, float] | None


def count_of(call: Call) -> Count:
    """Raises Invalid."""
    percentiles = tuple(int(value) for value in _numbers(call, "p"))
    if any(not 0 <= value <= 100 for value in percentiles):
        raise Invalid("p are percentiles between 0 and 100")
    edges, span = _numbers(call, "histogram_bins"), _numbers(call, "histogram_range")
    bins: int | tuple[float, ...] = edges if len(edges) > 1 else int(edges[0]) if edges else 10
    if isinstance(bins, int) and not 0 < bins <= MOST_BINS:
        raise Invalid(f"histogram_bins is a number between 1 and {MOST_BINS}, or edges")
    if isinstance(bins, tuple) and list(bins) != sorted(bins):
        raise Invalid("histogram_bins must rise")
    if span and (len(span) != 2 or span[0] > span[1]):
        raise Invalid("histogram_range is min,max")
    return Count(flag(call, "categorical"), _numbers(call, "c"), percentiles or (2, 98), bins, (span[0], span[1]) if span else None)


def statistics(found: ImageData, how: Count) -> Json:
    """By band name, in the order of the service's model."""
    options: dict[str, Any] = {"bins": list(how.bins) if isinstance(how.bins, tuple) else how.bins}
    if how.span:
        options["range"] = how.span
    array = numpy.ma.array(found.array, mask=numpy.ma.getmaskarray(found.array))
    rows = get_array_statistics(
        array, how.categorical, list(how.categories) or None, list(how.percentiles), **({} if how.categorical else options)
    )
    return {name: _ordered(row, how) for name, row in zip(found.band_names, rows, strict=True)}


def facts(name: str, path: Path | None) -> Json:
    """One file, as rio-tiler's info; bounds are in its own `crs`."""
    with opened(name, path) as dataset:
        low, high = _zooms(dataset)
        bands = list(dataset.indexes)
        found: Json = {
            "bounds": list(dataset.bounds),
            "minzoom": low,
            "maxzoom": high,
            "band_metadata": [[f"b{band}", dataset.tags(band)] for band in bands],
            "band_descriptions": [[f"b{band}", dataset.descriptions[band - 1] or f"b{band}"] for band in bands],
            "dtype": dataset.dtypes[0],
            "nodata_type": _nodata_type(dataset),
            "colorinterp": [each.name for each in dataset.colorinterp],
            "scales": list(dataset.scales),
            "offsets": list(dataset.offsets),
            "driver": dataset.driver,
            "count": dataset.count,
            "width": dataset.width,
            "height": dataset.height,
            "overviews": dataset.overviews(1),
            "crs": CRS_to_uri(dataset.crs) or dataset.crs.to_wkt(),
        }
        if dataset.nodata is not None:
            found["nodata_value"] = _finite(dataset.nodata)
        return found


def _ordered(row: Mapping[str, Any], how: Count) -> Json:
    names = (*ORDER, *(f"percentile_{value}" for value in how.percentiles))
    return {name: _finite(row[name]) for name in names}


def _finite(value: Any) -> Any:
    """JSON has no NaN."""
    if isinstance(value, list):
        return [_finite(entry) for entry in value]
    if isinstance(value, float | numpy.floating):
        return float(value) if math.isfinite(value) else None
    return value.item() if isinstance(value, numpy.generic) else value


def _numbers(call: Call, name: str) -> tuple[float, ...]:
    """Of a repeatable parameter whose values may be joined by commas."""
    parts = [part for value in every(call, name) for part in value.split(",")]
    if len(parts) > MOST_VALUES:
        raise Invalid(f"{name} has more than {MOST_VALUES} values")
    return tuple(number(part.strip(), name) for part in parts)


def _nodata_type(dataset: Dataset) -> str:
    if dataset.nodata is not None:
        return "Nodata"
    if has_alpha_band(dataset):
        return "Alpha"
    return "Mask" if has_mask_band(dataset) else "None"


def _zooms(dataset: Dataset) -> tuple[int, int]:
    """WebMercatorQuad zooms of the coarsest overview and of the pixels themselves (morecantile's `auto` strategy)."""
    transform, _, _ = calculate_default_transform(dataset.crs, crs(WEB_MERCATOR), dataset.width, dataset.height, *dataset.bounds)
    size = max(abs(transform.a), abs(transform.e))
    levels = max(0, math.ceil(math.log2(max(1.0, min(dataset.width, dataset.height) / 256))))
    return _zoom(size * 2**levels), _zoom(size)


def _zoom(size: float) -> int:
    cells = {zoom: matrix.cell for zoom, matrix in grids.grid(grids.DEFAULT).matrices.items()}
    finer = next((zoom for zoom, cell in cells.items() if size > cell * (1 - 1e-8)), max(cells))
    if finer == 0 or abs(size - cells[finer]) / cells[finer] <= 1e-8:
        return finer
    return finer - 1 if cells[finer - 1] / size < size / cells[finer] else finer
