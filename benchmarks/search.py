"""The emulator with many items: a server of its own is loaded, searched and asked for tiles over HTTP, one request at a time.

    python -m benchmarks.search [--full | --install]

Latencies are medians at the client, decoding of the answer included. --install makes two virtual environments to see what the
emulator takes on disk.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx

from benchmarks._emulator import Emulator, emulating, install_size, requests_per_second
from benchmarks._measure import Figure, show

VERSION = {"api-version": "2026-04-15"}
BATCH = 2_000
ROUNDS = 30
Json = dict[str, Any]


def collection(name: str) -> Json:
    extent = {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [["2015-01-01T00:00:00Z", None]]}}
    return {"id": name, "type": "Collection", "description": "d", "license": "other", "extent": extent, "links": []}


def items(count: int) -> Iterator[Json]:
    """Footprints of about a degree all over the world, ten years, some 1.6 kB each."""
    drawn = random.Random(5)
    for number in range(count):
        west, south, size = drawn.uniform(-180, 178), drawn.uniform(-80, 78), drawn.uniform(0.5, 1.5)
        ring = [[west, south], [west + size, south + 0.1], [west + size, south + size], [west, south + size], [west, south]]
        day = f"{2015 + number % 10}-{drawn.randint(1, 12):02}-{drawn.randint(1, 28):02}T{drawn.randint(0, 23):02}:00:00Z"
        bands = [{"name": f"B{band:02}", "common_name": "red", "center_wavelength": 0.665} for band in range(4)]
        yield {
            "type": "Feature",
            "stac_version": "1.0.0",
            "stac_extensions": ["https://stac-extensions.github.io/eo/v1.0.0/schema.json"],
            "id": f"scene-{number:06}",
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "bbox": [west, south, west + size, south + size],
            "properties": {"datetime": day, "eo:cloud_cover": round(drawn.uniform(0, 100), 2), "platform": f"sat-{number % 3}", "gsd": 10},
            "links": [],
            "assets": {
                key: {"href": f"https://example.com/{number}/{key}.tif", "type": "image/tiff", "eo:bands": bands}
                for key in ("visual", "data")
            },
        }


def _op(op: str, *args: Any) -> Json:
    return {"filter": {"op": op, "args": list(args)}, "filter-lang": "cql2-json"}


YEAR = "2019-01-01T00:00:00Z/2019-12-31T23:59:59Z"
TRIANGLE = {"type": "Polygon", "coordinates": [[[0, 0], [40, 10], [20, 40], [0, 0]]]}
SEARCHES: dict[str, Json] = {
    "first page of a collection, 100": {"collections": ["big"], "limit": 100},
    "collection + datetime, 100": {"collections": ["big"], "datetime": YEAR, "limit": 100},
    "collection + datetime + bbox 1x1": {"collections": ["big"], "datetime": YEAR, "bbox": [10, 10, 11, 11], "limit": 100},
    "collection + datetime + bbox 40x40, 100": {"collections": ["big"], "datetime": YEAR, "bbox": [0, 0, 40, 40], "limit": 100},
    "bbox of the world, 100": {"bbox": [-180, -90, 180, 90], "limit": 100},
    "bbox over the antimeridian, 100": {"bbox": [170, -40, -170, 40], "limit": 100},
    "intersects a triangle, 100": {"intersects": TRIANGLE, "limit": 100},
    "id": {"collections": ["big"], "ids": ["scene-000042"]},
    "cloud cover < 1 in a collection, 100": {"collections": ["big"], "limit": 100, **_op("<", {"property": "eo:cloud_cover"}, 1)},
    "property that no item has, whole store": {"limit": 100, **_op("=", {"property": "platform"}, "none")},
    "sort all by cloud cover, 100": {"sortby": [{"field": "eo:cloud_cover", "direction": "asc"}], "limit": 100},
}


LOAD_AIM = 30.0
"""Seconds for 100,000 items."""
SEARCH_AIM = 100.0
"""Milliseconds: what a person waiting calls at once."""
SLOW = {"sort all by cloud cover, 100", "property that no item has, whole store"}
"""Searches that have to look at every item; they have no aim."""


def measure(full: bool = False) -> list[Figure]:
    """Figures of 100,000 items, with `full` of 200,000 as well as the sizes of two installations."""
    count = 200_000 if full else 100_000
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as (emulator, http):
        figures = [Figure("start-up of pcsync emulate, to the line that it listens", "", f"{emulator.started:.2f} s")]
        figures.append(Figure("memory when empty", "", f"{emulator.memory():.0f} MB"))
        http.post("/stac/collections", json=collection("big"))
        figures.append(_loading(http, count))
        size = sum(file.stat().st_size for file in Path(folder).glob("catalog.sqlite*"))
        figures.append(Figure(f"database of {count:,} items", "", f"{size / 1e6:.0f} MB"))
        figures += [_searching(http, name, body) for name, body in SEARCHES.items()]
        figures.append(Figure("memory with these items", "", f"{emulator.memory():.0f} MB"))
        figures += _plain(emulator)
        figures += _pixels(http, Path(folder), emulator)
    return figures + (_installed() if full else [])


@contextmanager
def _served(folder: Path) -> Iterator[tuple[Emulator, httpx.Client]]:
    arguments = ("--db", str(folder / "catalog.sqlite"), "--read", str(folder))
    with emulating(*arguments) as emulator, httpx.Client(base_url=emulator.url, params=VERSION, timeout=120) as http:
        yield emulator, http


def _loading(http: httpx.Client, count: int) -> Figure:
    """FeatureCollections of BATCH items, each operation ended; making the bodies is not counted."""
    took, batch = 0.0, []
    for number, item in enumerate(items(count), 1):
        batch.append(item)
        if len(batch) == BATCH or number == count:
            content = json.dumps({"type": "FeatureCollection", "features": batch}).encode()
            began = time.perf_counter()
            reply = http.post("/stac/collections/big/items", content=content, headers={"content-type": "application/json"})
            ended = http.get(reply.headers["location"])
            took += time.perf_counter() - began
            assert ended.json()["status"] == "Succeeded", ended.text
            batch = []
    aim = LOAD_AIM * count / 100_000
    return Figure(f"load {count:,} items", f"< {aim:.0f} s", f"{took:.1f} s, {count / took:,.0f} items/s", took < aim)


def _searching(http: httpx.Client, name: str, body: Json) -> Figure:
    found: list[int] = []

    def ask() -> None:
        found.append(len(http.post("/stac/search", json=body).json()["features"]))

    median, most = _timed(ask)
    said = f"{median:.1f} ms (max {most:.1f}, found {found[-1]})"
    return Figure(f"search: {name}", *(("", said) if name in SLOW else (f"< {SEARCH_AIM:.0f} ms", said, median < SEARCH_AIM)))


def _timed(ask: Callable[[], None]) -> tuple[float, float]:
    """Median and longest of ROUNDS, in milliseconds; the first is for warming up."""
    ask()
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1e3)
    return statistics.median(times), max(times)


def _plain(emulator: Emulator) -> list[Figure]:
    collections = requests_per_second(emulator.url, "/stac/collections/big")
    item = requests_per_second(emulator.url, "/stac/collections/big/items/scene-000042")
    return [
        Figure("plain GET of a collection, 16 connections", "", f"{collections:,.0f} requests/s"),
        Figure("plain GET of an item, 16 connections", "", f"{item:,.0f} requests/s"),
    ]


def _pixels(http: httpx.Client, folder: Path, emulator: Emulator) -> list[Figure]:
    """A tile of 256 pixels of a GeoTIFF of noise, 2048 pixels wide."""
    if find_spec("rio_tiler") is None:
        return [Figure("tile", "", "not measured: the extra tiles is not installed")]
    import numpy

    from tests.emulator.tiler import cogs

    noise = numpy.frombuffer(random.Random(1).randbytes(3 * 2048 * 2048), "uint8")
    cogs.write(folder / "noise.tif", noise.reshape(3, 2048, 2048))
    http.post("/stac/collections", json=collection("scenes"))
    http.post("/stac/collections/scenes/items", json=cogs.item("noise", {"image": (folder / "noise.tif").as_uri()}, collection="scenes"))
    path = "/data/mosaic/collections/scenes/items/noise"
    began = time.perf_counter()
    first = http.get(f"{path}/tiles/WebMercatorQuad/8/135/95@1x.png", params={"assets": "image"})
    figures = [Figure("first tile, with the import of rio-tiler", "", f"{(time.perf_counter() - began) * 1e3:.0f} ms")]
    assert first.status_code == 200, first.text
    for name, end in (("png", "@1x.png"), ("jpg", "@1x.jpg"), ("png, 512 pixels", "@2x.png")):
        median, most = _timed(lambda end=end: _tile(http, f"{path}/tiles/WebMercatorQuad/8/135/95{end}"))  # type: ignore[misc]  # a default
        figures.append(Figure(f"tile, {name}", "", f"{median:.0f} ms (max {most:.0f})"))
    return [*figures, Figure("memory after tiles", "", f"{emulator.memory():.0f} MB")]


def _tile(http: httpx.Client, path: str) -> None:
    assert http.get(path, params={"assets": "image"}).status_code == 200


def _installed() -> list[Figure]:
    sizes = {extras: install_size(extras) for extras in ("emulator", "emulator,tiles")}
    return [
        Figure(f"installed pcsync[{extras}], virtual environment and all", "", "not measured" if size is None else f"{size:.0f} MB")
        for extras, size in sizes.items()
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--full", action="store_true", help="200,000 items and the sizes of two installations")
    parser.add_argument("--install", action="store_true", help="only the sizes of two installations")
    chosen = parser.parse_args()
    show(_installed() if chosen.install else measure(chosen.full))
