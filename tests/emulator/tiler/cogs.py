"""Cloud-optimised GeoTIFFs whose every pixel is known, and items that point at them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import rasterio
import rasterio.shutil
from affine import Affine

BOX = (10.0, 40.0, 12.0, 42.0)
"""West, south, east, north in degrees of every picture here."""
SIDE = 256
GEOTIFF = "image/tiff; application=geotiff; profile=cloud-optimized"


def flat(*values: float, kind: str = "uint8") -> Any:
    """Bands of one value each."""
    return numpy.stack([numpy.full((SIDE, SIDE), value, kind) for value in values])


def columns(kind: str = "uint8") -> Any:
    """One band whose value is the pixel's column, 0 to 255 from west to east."""
    return numpy.broadcast_to(numpy.arange(SIDE, dtype=kind), (1, SIDE, SIDE)).copy()


def hill() -> Any:
    """A cone of 1,000 m in the middle."""
    rows, cols = numpy.mgrid[0:SIDE, 0:SIDE]
    away = numpy.hypot(rows - SIDE / 2, cols - SIDE / 2)
    return numpy.clip(1000 - 8 * away, 0, None).astype("float32")[numpy.newaxis]


def write(path: Path, bands: Any, box: tuple[float, float, float, float] = BOX, **profile: Any) -> str:
    """The file's URL."""
    west, south, east, north = box
    count, height, width = bands.shape
    transform = Affine((east - west) / width, 0, west, 0, (south - north) / height, north)
    plain = {"driver": "GTiff", "crs": "EPSG:4326", "transform": transform, "dtype": bands.dtype, "count": count, **profile}
    with rasterio.MemoryFile() as memory:
        with memory.open(width=width, height=height, **plain) as dataset:
            dataset.write(bands)
        with memory.open() as dataset:
            rasterio.shutil.copy(dataset, path, driver="COG")
    return path.as_uri()


def item(
    name: str,
    assets: dict[str, str],
    box: tuple[float, float, float, float] = BOX,
    collection: str = "naip",
    datetime: str = "2022-01-01T00:00:00Z",
    **properties: Any,
) -> dict[str, Any]:
    """An item whose footprint is its box."""
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": name,
        "collection": collection,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "bbox": list(box),
        "properties": {"datetime": datetime, **properties},
        "assets": {key: {"href": href, "type": GEOTIFF} for key, href in assets.items()},
        "links": [],
    }
