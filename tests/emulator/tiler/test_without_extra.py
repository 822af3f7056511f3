"""Without the extra `tiles` everything that needs no pixels works, and pixels say how to get them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import asyncio, json, sys
for name in ("numpy", "rasterio", "rio_tiler", "affine", "morecantile"):
    sys.modules[name] = None
from tests.emulator.catalog import item, open_catalog
NAIP = "/data/mosaic/collections/naip"
PATHS = {paths}
async def main():
    async with open_catalog() as catalog:
        await catalog.add("naip")
        await catalog.post("/stac/collections/naip/items", item("one"))
        replies = [await catalog.get(NAIP + path if not path.startswith("/") else path) for path in PATHS]
        registered = await catalog.post("/data/mosaic/register", {{"collections": ["naip"]}})
        found = {{path: [reply.status_code, reply.text[:300]] for path, reply in zip(PATHS, replies)}}
        print(json.dumps({{**found, "register": [registered.status_code, ""]}}))
asyncio.run(main())
"""
LIGHT = (
    *("/data/tile-matrix-sets", "/data/tile-matrix-sets/NZTM2000Quad", "/data/legend/colormap/viridis", "/data/legend/classmap/io-lulc"),
    *("/info", "/tilejson.json", "/WMTSCapabilities.xml", "/tiles", "/tiles/WebMercatorQuad", "/point/0,0/assets", "/tiles/0/0/0/assets"),
    *("/items/one/bounds", "/items/one/assets", "/items/one/tilejson.json", "/bbox/-1,-1,1,1/assets"),
)
PIXELS = (
    *("/tiles/0/0/0.png", "/point/0,0", "/bbox/-1,-1,1,1.png", "/items/one/preview", "/items/one/info", "/items/one/statistics"),
    *("/tiles/NZTM2000Quad", "/tiles/NZTM2000Quad/0/0/0/assets", "/point/0,0/assets?api-version=2026-04-15&coord_crs=EPSG:3857"),
)


def _answers(paths: tuple[str, ...]) -> dict[str, list[str | int]]:
    whole = [path if path.startswith("/data") else f"/data/mosaic/collections/naip{path}" for path in paths]
    script = SCRIPT.format(paths=json.dumps(whole))
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_what_needs_no_pixels_works_without_the_extra() -> None:
    assert {path: answer for path, answer in _answers(LIGHT).items() if answer[0] != 200} == {}


def test_pixels_answer_501_with_the_way_to_install_them() -> None:
    answers = _answers(PIXELS)

    assert answers.pop("register")[0] == 200
    for path, (status, text) in answers.items():
        assert status == 501, path
        assert "pip install 'pcsync[emulator,tiles]'" in str(text)
