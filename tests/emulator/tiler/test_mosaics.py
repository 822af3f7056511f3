"""Mosaics: many items in one picture."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.catalog import Catalog, open_catalog

rasterio = pytest.importorskip("rasterio")
pytest.importorskip("rio_tiler")

from . import cogs  # noqa: E402 - needs rasterio
from .test_pixels import INSIDE, SQUARE, bands  # noqa: E402

NAIP = "/data/mosaic/collections/naip"
HALVES = {"west": (10.0, 40.0, 11.0, 42.0), "east": (11.0, 40.0, 12.0, 42.0)}


@pytest.fixture
async def mosaic(folder: Path) -> AsyncIterator[Catalog]:
    """Three items one above the other, newest on top with the value 10, then 30, then 20; and two halves beside each other."""
    values = {"new": (10, 2022), "middle": (30, 2021), "old": (20, 2020)}
    async with open_catalog(read_folders=[folder]) as opened:
        await opened.add("naip")
        await opened.add("halves")
        for name, (value, year) in values.items():
            href = cogs.write(folder / f"{name}.tif", cogs.flat(value, 200 - value))
            await opened.post(
                "/stac/collections/naip/items", cogs.item(name, {"image": href}, datetime=f"{year}-06-01T00:00:00Z", value=value)
            )
        for value, (name, box) in enumerate(HALVES.items(), 1):
            href = cogs.write(folder / f"{name}.tif", cogs.flat(value), box)
            await opened.post("/stac/collections/halves/items", cogs.item(name, {"image": href}, box, "halves"))
        yield opened


async def value(catalog: Catalog, path: str, **params: Any) -> int:
    matrix = bands(await catalog.get(path, params={"assets": "image", "asset_bidx": "image|1", **params}))
    return int(matrix[0, 128, 128])


async def test_the_newest_item_is_on_top(mosaic: Catalog) -> None:
    assert await value(mosaic, f"{NAIP}/tiles/{INSIDE}.png") == 10
    assert await value(mosaic, f"{NAIP}/tiles/WebMercatorQuad/{INSIDE}@2x.png") == 10


@pytest.mark.parametrize(
    ("selection", "expected"), [("first", 10), ("highest", 30), ("lowest", 10), ("mean", 20), ("median", 20), ("stdev", 8), ("count", 3)]
)
async def test_pixel_selection_decides_between_items(mosaic: Catalog, selection: str, expected: int) -> None:
    wide = {"exitwhenfull": "false", "skipcovered": "false", "pixel_selection": selection}
    rescale = {"rescale": "0,255"} if selection == "stdev" else {}

    assert await value(mosaic, f"{NAIP}/tiles/{INSIDE}.png", **wide, **rescale) == expected


@pytest.mark.parametrize(("selection", "expected"), [("lastbandhigh", 10), ("lastbandlow", 30)])
async def test_the_last_band_can_decide(mosaic: Catalog, selection: str, expected: int) -> None:
    params = {"exitwhenfull": "false", "skipcovered": "false", "pixel_selection": selection, "asset_bidx": "image|1,2"}

    assert await value(mosaic, f"{NAIP}/tiles/{INSIDE}.png", **params) == expected


async def test_items_limit_ends_a_mosaic(mosaic: Catalog) -> None:
    params = {"exitwhenfull": "false", "skipcovered": "false", "pixel_selection": "highest", "items_limit": "1"}

    assert await value(mosaic, f"{NAIP}/tiles/{INSIDE}.png", **params) == 10


async def test_neighbours_fill_one_tile(mosaic: Catalog) -> None:
    matrix = bands(await mosaic.get("/data/mosaic/collections/halves/bbox/10.5,40.5,11.5,41.5/100x100.png", params={"assets": "image"}))

    assert matrix[0, 50, [10, 90]].tolist() == [1, 2]
    assert set(matrix[1].flat) == {255}


async def test_the_query_of_a_collection_narrows_its_mosaic(mosaic: Catalog) -> None:
    tile = f"{NAIP}/tiles/{INSIDE}.png"

    assert await value(mosaic, tile, ids="old") == 20
    assert await value(mosaic, tile, datetime="2021-01-01T00:00:00Z/2021-12-31T00:00:00Z") == 30
    assert await value(mosaic, tile, sortby="datetime") == 20
    assert await value(mosaic, tile, query='{"value": {"eq": 30}}') == 30


async def test_a_registered_search_draws_what_its_filter_lets_through(mosaic: Catalog) -> None:
    body = {"collections": ["naip"], "filter": {"op": ">", "args": [{"property": "value"}, 15]}, "filter-lang": "cql2-json"}
    name = (await mosaic.post("/data/mosaic/register", body)).json()["searchid"]
    search = f"/data/mosaic/searches/{name}"

    assert await value(mosaic, f"{search}/tiles/{INSIDE}.png") == 30
    assert await value(mosaic, f"{search}/tiles/WebMercatorQuad/{INSIDE}.png", collection="naip") == 30
    assert await value(mosaic, f"{search}/bbox/10.5,40.5,11,41/256x256.png") == 30
    point = (await mosaic.get(f"{search}/point/11,41", params={"assets": "image"})).json()
    assert point == {"coordinates": [11, 41], "values": [30, 170], "band_names": ["image_b1", "image_b2"]}
    cut = await mosaic.post(f"{search}/feature/64x64.png", SQUARE, params={"assets": "image", "asset_bidx": "image|1"})
    assert set(bands(cut)[0].flat) == {30}


async def test_a_mosaic_without_items_there_is_not_found(mosaic: Catalog) -> None:
    for path in ("tiles/9/0/0.png", "point/50,50", "bbox/50,10,51,11.png"):
        assert (await mosaic.get(f"{NAIP}/{path}", params={"assets": "image"})).status_code == 404


async def test_an_item_without_the_asset_is_passed_over_unless_all_lack_it(mosaic: Catalog, folder: Path) -> None:
    href = (folder / "old.tif").as_uri()
    await mosaic.post("/stac/collections/naip/items", cogs.item("other", {"other": href}, datetime="2023-01-01T00:00:00Z"))
    wide = {"exitwhenfull": "false", "skipcovered": "false"}

    assert await value(mosaic, f"{NAIP}/tiles/{INSIDE}.png", **wide) == 10
    assert await value(mosaic, f"{NAIP}/tiles/{INSIDE}.png", assets="other", asset_bidx="other|1", **wide) == 20
    assert (await mosaic.get(f"{NAIP}/tiles/{INSIDE}.png", params={"assets": "none", **wide})).status_code == 404


async def test_one_asset_that_is_gone_makes_a_point_and_a_tile_424_or_is_skipped(folder: Path) -> None:
    for choice, status in (("fail", 424), ("skip", 200)):
        async with open_catalog(read_folders=[folder], unknowns={"mosaic-missing-asset": choice}) as catalog:
            await catalog.add("naip")
            gone = cogs.item("gone", {"image": "https://example.com/a.tif"}, datetime="2023-01-01T00:00:00Z")
            here = cogs.item("here", {"image": (folder / "image.tif").as_uri()})
            await catalog.post("/stac/collections/naip/items", {"type": "FeatureCollection", "features": [gone, here]})
            for path in ("point/11,41", f"tiles/{INSIDE}.png"):
                params = {"assets": "image", "exitwhenfull": "false", "skipcovered": "false"}
                assert (await catalog.get(f"{NAIP}/{path}", params=params)).status_code == status
