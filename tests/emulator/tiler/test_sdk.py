"""The official SDK, sync and async, drives every public method of its data group; what comes back is looked at."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.planetarycomputer import PlanetaryComputerProClient, models
from azure.planetarycomputer.aio import PlanetaryComputerProClient as AsyncClient
from azure.planetarycomputer.operations import DataOperations

from pcsync.emulator import Settings, create_app
from tests.emulator.catalog import collection
from tests.emulator.port import on_port
from tests.emulator.test_sdk import Bearer, Driver

pytest.importorskip("rio_tiler")

from . import cogs
from .test_pixels import SQUARE, bands

VALUES: dict[str, Any] = {
    "collection_id": "naip",
    "item_id": "scene",
    "tile_matrix_set_id": "WebMercatorQuad",
    "z": 9,
    "x": 271,
    "y": 191,
    "scale": 2,
    "format": "png",
    "min_x": 10.5,
    "min_y": 40.5,
    "max_x": 11.0,
    "max_y": 41.0,
    "width": 32,
    "height": 16,
    "longitude": 11.1,
    "latitude": 41.0,
    "body": SQUARE,
}
WORDS = ("_tile", "crop_", "_crop", "preview")
NO_PICTURES = ("tile_json", "tile_matri", "tileset", "assets_for")
WMTS_NAME = "wmts_capabilities"


@pytest.fixture(params=["sync", "async"])
async def sdk(request: pytest.FixtureRequest, folder: Path) -> AsyncIterator[Driver]:
    app, driver = create_app(":memory:", Settings(require_bearer=True, read_folders=[folder])), Driver()
    with on_port(app) as url:
        options: dict[str, Any] = {"endpoint": url, "credential": object(), "authentication_policy": Bearer(), "retry_total": 0}
        if request.param == "sync":
            with PlanetaryComputerProClient(**options) as client:
                driver.client = client
                yield driver
        else:
            async with AsyncClient(**options) as client:
                driver.client = client
                yield driver
    app.close()


def public() -> set[str]:
    return {name for name in vars(DataOperations) if not name.startswith("_")}


def pictures() -> list[str]:
    return sorted(name for name in public() if any(word in name for word in WORDS) and not any(word in name for word in NO_PICTURES))


async def everything(stream: Any) -> bytes:
    return b"".join([part async for part in stream]) if hasattr(stream, "__aiter__") else b"".join(stream)


@pytest.mark.slow
async def test_the_sdk_drives_every_method_of_the_data_group(sdk: Driver, folder: Path) -> None:
    assets = {"image": (folder / "image.tif").as_uri(), "columns": (folder / "columns.tif").as_uri()}
    naip = models.StacCollection(collection("naip", item_assets={"image": {"type": "image/tiff", "title": "t"}}))
    await sdk.done(sdk.client.stac.begin_create_collection, naip)
    await sdk.done(sdk.client.stac.begin_create_item, "naip", models.StacItem(cogs.item("scene", assets)))
    sdk.called.clear()

    search = await _register(sdk)
    values = {**VALUES, "search_id": search}
    await _pictures(sdk, values)
    await _maps(sdk, values)
    await _lists(sdk, values)
    await _figures(sdk)
    await _legends(sdk)
    with pytest.raises(ResourceNotFoundError):
        await sdk.call(sdk.client.data.get_item_bounds, "naip", "nothing")

    assert sdk.called == public()


async def call(sdk: Driver, name: str, values: dict[str, Any], **named: Any) -> Any:
    """A method with the arguments that it has to have."""
    method = getattr(sdk.client.data, name)
    parameters = inspect.signature(method).parameters.values()
    needed = [each for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD and each.default is each.empty]
    return await sdk.call(method, *(values[each.name] for each in needed), **named)


async def _register(sdk: Driver) -> str:
    body = {"collections": ["naip"], "filter": {"op": "=", "args": [{"property": "id"}, "scene"]}, "filter-lang": "cql2-json"}
    made = await sdk.call(sdk.client.data.register_mosaics_search, body)
    info = await sdk.call(sdk.client.data.get_search_info, made.search_id)
    mosaic = await sdk.call(sdk.client.data.get_collection_info, "naip")

    assert len(made.search_id) == 32
    assert info.search.hash == made.search_id
    assert info.search.search["collections"] == ["naip"]
    assert mosaic.search.metadata.assets == ["image"]
    assert mosaic.search.metadata.name == "Mosaic for 'naip' Collection"
    return str(made.search_id)


async def _pictures(sdk: Driver, values: dict[str, Any]) -> None:
    """Whatever the route, the picture is red."""
    assert len(pictures()) == 41
    for name in pictures():
        matrix = bands(httpx.Response(200, content=await everything(await call(sdk, name, values, assets=["image"]))))

        assert matrix[0].min() >= 250, name
        assert matrix[1].max() <= 5, name
        if "scale" in name:
            assert matrix.shape[1:] == (512, 512), name
        elif "dimensions" in name or "width_by_height" in name:
            assert matrix.shape[1:] == (16, 32), name


async def _maps(sdk: Driver, values: dict[str, Any]) -> None:
    for name in sorted(public()):
        if "tile_json" in name:
            found = await call(sdk, name, values, assets=["image"], tile_format="png", tile_scale=2)
            assert "/{z}/{x}/{y}@2x.png?" in found.tiles[0], name
            assert "assets=image" in found.tiles[0], name
            assert found.scheme == "xyz", name
        elif WMTS_NAME in name:
            content = await everything(await call(sdk, name, values, assets=["image"]))
            assert b"{TileMatrix}/{TileCol}/{TileRow}" in content, name
        elif name.endswith("tilesets"):
            assert len((await call(sdk, name, values)).tilesets) == 11, name
        elif name.endswith("tileset_metadata"):
            assert (await call(sdk, name, values)).tile_matrix_set_limits[0].tile_matrix == "0", name
    assert "WebMercatorQuad" in await sdk.call(sdk.client.data.get_tile_matrices)
    assert (await sdk.call(sdk.client.data.get_tile_matrix_definitions, "WebMercatorQuad")).tile_matrices[3].matrix_width == 8


async def _lists(sdk: Driver, values: dict[str, Any]) -> None:
    lists = [name for name in public() if "assets_for" in name or name in ("get_collection_point_assets", "get_search_point_with_assets")]
    assert len(lists) == 7
    for name in [*lists, "get_search_bbox_assets"]:
        named = {"collection_id": "naip"} if name == "get_search_assets_for_tile" else {}
        found = await call(sdk, name, values, **named)
        assert [entry["id"] for entry in found] == ["scene"], name
    assert sorted(await sdk.call(sdk.client.data.get_item_available_assets, "naip", "scene")) == ["columns", "image"]
    assert (await sdk.call(sdk.client.data.get_item_bounds, "naip", "scene")).bounds == list(cogs.BOX)


async def _figures(sdk: Driver) -> None:
    data = sdk.client.data
    search = await _register(sdk)
    info = await sdk.call(data.get_item_info, "naip", "scene", assets=["image"])
    feature = await sdk.call(data.get_item_info_geo_json, "naip", "scene", assets=["image"])
    statistics = await sdk.call(data.get_item_statistics, "naip", "scene", assets=["columns"])
    by_asset = await sdk.call(data.get_item_asset_statistics, "naip", "scene", assets=["columns"])
    within = await sdk.call(data.get_item_feature_statistics, "naip", "scene", SQUARE, assets=["columns"])
    item_point = await sdk.call(data.get_item_point, "naip", "scene", 11.1, 41.0, assets=["image"])
    collection_point = await sdk.call(data.get_collection_point, "naip", 11.1, 41.0, assets=["image"])
    search_point = await sdk.call(data.get_search_point, search, 11.1, 41.0, assets=["image"], asset_band_indices=["image|1"])

    assert (info["image"]["width"], info["image"]["dtype"]) == (256, "uint8")
    assert feature.properties["image"].width == 256
    assert statistics["columns_b1"]["mean"] == by_asset["columns"]["b1"]["mean"] == 127.5
    assert within.properties.statistics["columns_b1"].minimum == 64
    assert item_point.values_property == collection_point.values_property == [255, 0, 0]
    assert search_point.values_property == [255]
    assert item_point.band_names == ["image_b1", "image_b2", "image_b3"]


async def _legends(sdk: Driver) -> None:
    data = sdk.client.data
    classes = await sdk.call(data.get_class_map_legend, "mtbs-severity", trim_start=1)
    intervals = await sdk.call(data.get_interval_legend, "modis-64A1")
    legend = await everything(await sdk.call(data.get_legend, "viridis", width=2, height=1))

    assert classes["1"] == [0, 100, 0, 255]
    assert "0" not in classes
    assert intervals[1] == [[1, 32], [255, 255, 178, 255]]
    assert legend.startswith(b"\x89PNG")
