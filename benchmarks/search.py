"""Search over many items: load through the API, then the latency of common searches, in process.

    python -m benchmarks.search [items]

In process means: no socket, one request at a time, decoding of the answer included.
"""

import asyncio
import json
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from pcsync.emulator import Settings, create_app

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


async def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Path(folder, "catalog.sqlite"), Settings())
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://x", params=VERSION) as http:
            await http.post("/stac/collections", json=collection("big"))
            await load(http, count)
            size = sum(file.stat().st_size for file in Path(folder).glob("catalog.sqlite*"))
            print(f"{'database':44} {size / 1e6:8.0f} MB")
            for name, body in SEARCHES.items():
                await measure(http, name, body)
        app.close()
    print(f"{'peak memory of the process':44} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:8.0f} MB")


async def load(http: httpx.AsyncClient, count: int) -> None:
    """FeatureCollections of BATCH items; the client's own encoding is not counted."""
    took, batch = 0.0, []
    for number, item in enumerate(items(count), 1):
        batch.append(item)
        if len(batch) == BATCH or number == count:
            content = json.dumps({"type": "FeatureCollection", "features": batch}).encode()
            began = time.perf_counter()
            reply = await http.post("/stac/collections/big/items", content=content, headers={"content-type": "application/json"})
            ended = await http.get(reply.headers["location"], params=VERSION)
            took += time.perf_counter() - began
            assert ended.json()["status"] == "Succeeded", ended.text
            batch = []
    print(f"{f'load {count} items':44} {took:8.1f} s  {count / took:8.0f} items/s")


async def measure(http: httpx.AsyncClient, name: str, body: Json) -> None:
    times, found = [], 0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        reply = await http.post("/stac/search", json=body)
        times.append((time.perf_counter() - began) * 1e3)
        found = len(reply.json()["features"])
    print(f"{name:44} {statistics.median(times):8.2f} ms  (max {max(times):.1f}, found {found})")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
