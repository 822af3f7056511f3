"""Whatever is asked of the tiler, it answers no 5xx but the 501 of colours that are not published."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcsync.emulator import GeoCatalog, Settings, create_app
from pcsync.emulator.table import ROUTES
from tests.emulator.catalog import API_VERSION, BASE, Catalog

pytest.importorskip("rio_tiler")

from . import cogs
from .test_pixels import SQUARE

DATA = [route for route in ROUTES if route.path.startswith("/data/")]
KNOWN = {
    "collectionId": ["naip", "no"],
    "itemId": ["scene", "no"],
    "searchId": ["SEARCH", "no"],
    "tileMatrixSetId": ["WebMercatorQuad", "WorldCRS84Quad", "UPSArcticWGS84Quad", "NZTM2000Quad", "LINZAntarticaMapTilegrid", "no"],
    "z": ["9", "7.0", "0", "24", "99", "-1", "x"],
    "x": ["271", "67.0", "0", "1e9"],
    "y": ["191", "47.0", "0", "1.5"],
    "scale": ["1", "2.0", "0", "9", "x"],
    "format": ["png", "tif", "jpeg", "webp", "jp2", "npy", "gif", "PNG"],
    "minx": ["10.5", "-180", "nan", "x"],
    "miny": ["40.5", "-90"],
    "maxx": ["11", "180", "1e308"],
    "maxy": ["41", "90"],
    "width": ["16", "0", "1e9", "x"],
    "height": ["16", "3.5"],
    "longitude": ["11", "-180", "1e308", "inf"],
    "latitude": ["41", "90", "-1e308"],
    "classmapName": ["mtbs-severity", "modis-10A1", "no"],
    "colorMapName": ["viridis", "lidar-returns", "modis-10A1", "no"],
}
QUERY: dict[str, list[str]] = {
    "assets": ["image", "hill", "one", "three", "no", ""],
    "expression": [
        "one/three",
        "one_b1-three_b1;1",
        "where(one>1,one,0)",
        "1",
        "one**-9",
        "log(-one)",
        "one%0",
        "hill/0",
        "((((",
        "image_b9",
    ],
    "asset_bidx": ["image|1,2,3", "image|9", "one|1", "hill|1,1,1,1,1,1", "|"],
    "bidx": ["1", "9", "-1"],
    "asset_as_band": ["true", "maybe"],
    "nodata": ["0", "nan", "inf", "-1", "300", "1e30", "x"],
    "unscale": ["true"],
    "resampling": ["bilinear", "gauss", "mode", "average", "cubic_spline"],
    "reproject": ["cubic", "q3", "rms", "sum"],
    "rescale": ["0,1", "1,0", "-1e308,1e308", "0,0", "nan,1"],
    "colormap_name": ["viridis", "jrc-change", "modis-64A1", "no"],
    "colormap": ['{"1": [1,2,3]}', "[[[0,1],[1,2,3,4]]]", '{"-5": "#00000000"}', "{}", "[[0]]", "[" * 3000],
    "color_formula": ["Gamma RGB 2", "Saturation 2", "Sigmoidal RGB 9 0.5", "Gamma RGB -1", "Gamma RGB 0", "Sigmoidal R 1 7", "  ", "x"],
    "algorithm": ["hillshade", "slope", "contours", "normalizedIndex", "terrarium", "terrainrgb", "cast", "ceil", "std", "var", "no"],
    "algorithm_params": [
        '{"buffer": 0}',
        '{"buffer": 99}',
        '{"increment": 0}',
        '{"minz": 9, "maxz": 1}',
        '{"interval": 1e-9}',
        "{",
        "null",
    ],
    "buffer": ["3", "0.5", "0.3", "-1", "999"],
    "padding": ["2", "-2"],
    "pixel_selection": ["mean", "stdev", "count", "lastbandhigh", "no"],
    "return_mask": ["false"],
    "max_size": ["64", "0", "99999"],
    "width": ["10", "0"],
    "height": ["10"],
    "dst_crs": ["EPSG:3857", "EPSG:32632", "EPSG:3031", "EPSG:4978", "EPSG:5773", "no"],
    "coord_crs": ["EPSG:3857", "EPSG:5041", "EPSG:4978", "no"],
    "scan_limit": ["1", "0"],
    "items_limit": ["1"],
    "time_limit": ["0.001", "0"],
    "ids": ["scene", ","],
    "bbox": ["10,40,12,42", "1,2", "170,-10,-170,10"],
    "datetime": ["2022-01-01T00:00:00Z", "../..", "x"],
    "sortby": ["-datetime", "-", "eo:cloud_cover"],
    "query": ['{"a": {"eq": 1}}', "{", '{"a": 1}'],
    "categorical": ["true"],
    "c": ["1,2", "x"],
    "p": ["2,98", "-1"],
    "histogram_bins": ["5", "0,1,2", "2,1", "0", "x"],
    "histogram_range": ["0,1", "1,0", "0"],
    "asset_expression": ["one|b1*2", "one|b9", "|"],
    "tile_format": ["png", "no"],
    "tile_scale": ["2", "9"],
    "minzoom": ["3", "99"],
    "TileMatrixSetId": ["WorldCRS84Quad", "no"],
    "trim_start": ["1", "9999"],
    "subdataset_name": ["x"],
    "sel": ["time=1"],
}
FOLDED = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0], [0, 0]]]}
BODIES: list[Any] = [
    SQUARE,
    {**SQUARE, "geometry": FOLDED},
    {"type": "FeatureCollection", "features": [SQUARE, 1]},
    {"type": "Feature"},
    [],
    1,
]


@pytest.fixture(scope="module")
def app(folder: Path) -> Iterator[GeoCatalog]:
    made = create_app(":memory:", Settings(read_folders=[folder]))

    async def seed() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=made), base_url=BASE) as http:
            catalog = Catalog(made, http)
            await catalog.add("naip")
            assets = {name: (folder / f"{name}.tif").as_uri() for name in ("image", "hill", "one", "three")}
            await catalog.post("/stac/collections/naip/items", cogs.item("scene", assets))
            await catalog.post("/stac/collections/naip/items", cogs.item("beside", assets, (11.5, 41.5, 13, 43)))
            KNOWN["searchId"][0] = (await catalog.post("/data/mosaic/register", {"collections": ["naip"]})).json()["searchid"]

    asyncio.run(seed())
    yield made
    made.close()


@st.composite
def requests(draw: Any) -> tuple[str, str, Any]:
    """Mostly what could be meant, with something wrong in it."""
    route = draw(st.sampled_from(DATA))

    def value(match: re.Match[str]) -> str:
        known = KNOWN[match[1]]
        wild = draw(st.integers(0, 19)) == 0
        return quote(
            draw(st.text(min_size=1, max_size=8)) if wild else known[0] if draw(st.integers(0, 3)) else draw(st.sampled_from(known)),
            safe="",
        )

    path = re.sub(r"\{(\w+)\}", value, route.path)
    names = draw(st.lists(st.sampled_from(sorted(QUERY)), max_size=5, unique=True))
    pairs = [("assets", draw(st.sampled_from(QUERY["assets"])))] if draw(st.booleans()) else []
    pairs += [(name, draw(st.text(max_size=6)) if draw(st.integers(0, 9)) == 0 else draw(st.sampled_from(QUERY[name]))) for name in names]
    query = "&".join(f"{name}={quote(text)}" for name, text in pairs)
    return route.method, f"{path}?api-version={API_VERSION}&{query}", draw(st.sampled_from(BODIES))


async def _send(app: GeoCatalog, method: str, path: str, body: Any) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE) as http:
        return await http.request(method, path, **({"json": body} if method == "POST" else {}))


@pytest.mark.slow
@settings(max_examples=800, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(request=requests())
def test_no_request_for_pixels_gets_a_server_error(app: GeoCatalog, request: tuple[str, str, Any]) -> None:
    reply = asyncio.run(_send(app, *request))

    assert reply.status_code < 500 or reply.status_code == 501, (request, reply.text)
    if reply.status_code >= 400:
        assert set(reply.json()["error"]) == {"code", "message"}
