"""Opening the files behind assets, and refusing those that would eat the machine."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy
import rasterio
from rasterio.errors import RasterioError

from pcsync.emulator.errors import AssetGone, Invalid

Dataset = Any
"""A rasterio DatasetReader; rasterio has no types."""
SIGNATURES: Mapping[bytes, str] = {
    b"II*\x00": "GTiff",
    b"MM\x00*": "GTiff",
    b"II+\x00": "GTiff",
    b"MM\x00+": "GTiff",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"\x00\x00\x00\x0cjP": "JP2OpenJPEG",
    b"RIFF": "WEBP",
}
"""First bytes and the one driver that may read them. No VRT and no others: a picture must not be able to name another file."""
OPTIONS: Mapping[str, Any] = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_CACHEMAX": 128,
    "GDAL_NUM_THREADS": "1",
    "OSR_WKT_FORMAT": "WKT2_2018",
}
BIGGEST_BLOCK = 256 * 2**20
"""Bytes that one block of a file may unpack to."""
BIGGEST_OVERVIEW = 2**28
"""Pixels of the smallest overview: what a picture of the whole has to read."""


@contextmanager
def opened(name: str, path: Path | None) -> Iterator[Dataset]:
    """The dataset of one asset. Raises AssetGone when there is none, Invalid when it is not one to draw."""
    if path is None:
        raise AssetGone(f"The asset '{name}' is not available.")
    with rasterio.Env(**OPTIONS), _open(name, path) as dataset:
        _refuse_bombs(name, dataset)
        if dataset.crs is None:
            raise Invalid(f"The asset '{name}' has no coordinate reference system.")
        yield dataset


def _open(name: str, path: Path) -> Dataset:
    try:
        with path.open("rb") as file:
            start = file.read(8)
        driver = next((driver for signature, driver in SIGNATURES.items() if start.startswith(signature)), None)
        if driver is None:
            raise AssetGone(f"The asset '{name}' is no picture that can be read.")
        return rasterio.open(path, driver=driver)
    except (RasterioError, OSError) as broken:
        raise AssetGone(f"The asset '{name}' cannot be read.") from broken


def _refuse_bombs(name: str, dataset: Dataset) -> None:
    sizes = zip(dataset.block_shapes, dataset.dtypes, strict=True)
    block = max(height * width * numpy.dtype(kind).itemsize for (height, width), kind in sizes) * dataset.count
    overview = max([1, *dataset.overviews(1)])
    if block > BIGGEST_BLOCK or dataset.width * dataset.height // overview**2 > BIGGEST_OVERVIEW:
        raise Invalid(f"The asset '{name}' is too large to draw: it needs smaller blocks or overviews.")
