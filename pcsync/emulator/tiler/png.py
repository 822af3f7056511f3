"""PNG of a legend with zlib alone."""

import struct
import zlib
from collections.abc import Sequence

from .colours import Colour

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def strip(row: Sequence[Colour], height: int) -> bytes:
    """An RGBA picture that repeats one row."""
    line = b"\x00" + b"".join(bytes(pixel) for pixel in row)
    header = struct.pack(">IIBBBBB", len(row), height, 8, 6, 0, 0, 0)
    return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(line * height)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
