"""Items of a stac-geoparquet file, with pyarrow when it is installed.

The file holds one row per item: top-level keys and properties as columns side by side, the geometry as WKB, bbox as a
struct (stac-geoparquet specification 1.x).
"""

import json
import struct
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pcsync.emulator.blobfiles import chunks_of
from pcsync.emulator.reach import UnreachableError, opened
from pcsync.emulator.settings import Settings
from pcsync.emulator.state.operations import EffectError

from .walk import Rejected, validated, with_absolute_hrefs

Json = dict[str, Any]
TOP_LEVEL = ("type", "stac_version", "stac_extensions", "id", "geometry", "bbox", "links", "assets", "collection")
HINT = "This emulator reads geoparquet with the Python package pyarrow, which is not installed (pip install pyarrow)"
BATCH = 1_000
WKB_KINDS = {1: "Point", 2: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString", 6: "MultiPolygon", 7: "GeometryCollection"}


def items_of(settings: Settings, url: str) -> Iterator[Json | Rejected]:
    """Raises EffectError without pyarrow, UnreachableError for a file that cannot be read or is none."""
    try:
        from pyarrow import ArrowException, parquet
    except ImportError as missing:
        raise EffectError("InternalError", HINT) from missing
    with tempfile.TemporaryDirectory(prefix="geocatalog-parquet-") as folder:
        copy = Path(folder, "items.parquet")
        with opened(settings, url) as stream, copy.open("wb") as file:
            file.writelines(chunks_of(stream))
        try:
            with parquet.ParquetFile(copy) as table:
                for batch in table.iter_batches(batch_size=BATCH):
                    for number, row in enumerate(batch.to_pylist()):
                        yield _item(row, url, number)
        except (ArrowException, OSError) as broken:
            raise UnreachableError("InvalidGeoparquet", f"{url.partition('?')[0][:300]} is no geoparquet file") from broken


def _item(row: Json, url: str, number: int) -> Json | Rejected:
    try:
        item = item_of_row(row)
    except (ValueError, struct.error, IndexError, KeyError) as broken:
        return Rejected(f"{url}#{number}", "InvalidGeoparquet", f"row {number}: {broken}")
    checked = validated(item, url)
    return checked if isinstance(checked, Rejected) else with_absolute_hrefs(checked, url)


def item_of_row(row: Json) -> Json:
    """One row as an item: nulls out, WKB as GeoJSON, the bbox as a list, everything else into properties."""
    given = {key: _plain(value) for key, value in row.items() if value is not None and key not in ("geometry", "bbox")}
    item: Json = {"type": "Feature", "stac_version": "1.0.0", "links": [], "assets": {}}
    item |= {key: value for key, value in given.items() if key in TOP_LEVEL}
    item["geometry"] = wkb_geometry(row["geometry"]) if row.get("geometry") is not None else None
    if isinstance(row.get("bbox"), dict):
        item["bbox"] = [value for value in row["bbox"].values() if value is not None]
    item["properties"] = {key: value for key, value in given.items() if key not in TOP_LEVEL}
    item["properties"].setdefault("datetime", None)
    return item


def _plain(value: Any) -> Any:
    """JSON of what Arrow gives: no nulls inside of structs, instants as text."""
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items() if entry is not None}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, bytes):
        return json.loads(value)
    return value


def wkb_geometry(content: bytes) -> Json:
    """GeoJSON of well-known binary. Raises ValueError or struct.error for what is none."""
    geometry, _ = _geometry(memoryview(content), 0)
    return geometry


def _geometry(view: memoryview, at: int) -> tuple[Json, int]:
    order = "<" if view[at] == 1 else ">"
    (code,) = struct.unpack_from(f"{order}I", view, at + 1)
    at += 9 if code & 0x20000000 else 5
    size = 2 + bool(code & 0x80000000 or (code & 0xFFFF) // 1000 in (1, 3)) + bool(code & 0x40000000 or (code & 0xFFFF) // 1000 in (2, 3))
    kind = WKB_KINDS.get((code & 0xFFFF) % 1000)
    if kind is None:
        raise ValueError(f"unknown geometry type {code}")
    reader = _Reader(view, at, order, size)
    if kind == "GeometryCollection":
        return {"type": kind, "geometries": reader.members()}, reader.at
    return {"type": kind, "coordinates": reader.coordinates(kind)}, reader.at


class _Reader:
    """A place in well-known binary; `size` numbers make a position."""

    def __init__(self, view: memoryview, at: int, order: str, size: int) -> None:
        self.view, self.at, self.order, self.size = view, at, order, size

    def coordinates(self, kind: str) -> Any:
        if kind == "Point":
            return self._position()
        if kind == "LineString":
            return self._line()
        if kind == "Polygon":
            return [self._line() for _ in range(self._count())]
        return [member["coordinates"] for member in self.members()]

    def members(self) -> list[Json]:
        found = []
        for _ in range(self._count()):
            geometry, self.at = _geometry(self.view, self.at)
            found.append(geometry)
        return found

    def _count(self) -> int:
        (count,) = struct.unpack_from(f"{self.order}I", self.view, self.at)
        self.at += 4
        return int(count)

    def _line(self) -> list[list[float]]:
        return [self._position() for _ in range(self._count())]

    def _position(self) -> list[float]:
        position = struct.unpack_from(f"{self.order}{self.size}d", self.view, self.at)
        self.at += 8 * self.size
        return list(position)
