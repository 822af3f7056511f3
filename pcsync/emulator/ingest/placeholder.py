"""Pictures made up for assets that are not at hand: a grey PNG, a small GeoTIFF over the item's extent, a bare TileJSON."""

import struct
import zlib
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from pcsync.emulator.search.geometry import shape_of

Json = dict[str, Any]
SIZE = 256
"""Pixels of each side."""


def placeholder(item: Json, asset: Json, href: str) -> bytes | None:
    """Bytes that fit the asset's media type; None for types that nothing is made up for."""
    kind = str(asset.get("type") or "")
    suffix = PurePosixPath(urlsplit(href).path).suffix.lower()
    if "tiff" in kind or suffix in (".tif", ".tiff"):
        return _geotiff(item, asset)
    if kind.startswith("image/png") or suffix == ".png":
        return grey_png(SIZE, SIZE)
    return None


def grey_png(width: int, height: int) -> bytes:
    """An 8-bit grey picture of one shade."""
    rows = zlib.compress(b"".join(b"\0" + b"\x99" * width for _ in range(height)))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _geotiff(item: Json, asset: Json) -> bytes | None:
    """A cloud-optimised ramp in EPSG:4326 with as many bands as the asset names; None without rasterio or geometry."""
    try:
        import numpy
        from rasterio.io import MemoryFile
        from rasterio.shutil import copy
        from rasterio.transform import from_bounds
    except ImportError:
        return None
    if not item.get("geometry"):
        return None
    west, south, east, north = shape_of(item["geometry"]).extent
    bands = max(1, min(16, len(asset.get("eo:bands") or asset.get("raster:bands") or [None])))
    ramp = numpy.add.outer(numpy.arange(SIZE), numpy.arange(SIZE)) // 2
    transform = from_bounds(west, south, max(east, west + 1e-4), max(north, south + 1e-4), SIZE, SIZE)
    profile = {
        "driver": "GTiff",
        "width": SIZE,
        "height": SIZE,
        "count": bands,
        "dtype": "uint8",
        "crs": "EPSG:4326",
        "transform": transform,
        **({"photometric": "RGB", "alpha": "NO"} if bands >= 3 else {}),  # else the fourth band would be taken for an alpha mask
    }
    with MemoryFile() as plain, MemoryFile() as tiled:
        with plain.open(**profile) as dataset:
            for band in range(1, bands + 1):
                dataset.write(((ramp + 37 * band) % 256).astype("uint8"), band)
        copy(plain.name, tiled.name, driver="COG")
        return bytes(tiled.read())
