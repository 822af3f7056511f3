"""NetCDF, Zarr and GRIB, which the service reads and the emulator does not: it says so, and paints nothing else instead."""

from __future__ import annotations

import pytest

from tests.emulator.catalog import Catalog, item

PATHS = ("preview.png", "tiles/WebMercatorQuad/5/16/12.png", "statistics", "info", "point/11,41", "bbox/10,40,11,41.png")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("query", ["sel=time=2100-01-01", "subdataset_name=tas", "datetime=2100-01-01T00:00:00Z", "subdataset_bands=2"])
async def test_a_parameter_that_chooses_within_a_data_cube_is_not_ignored(scene: Catalog, path: str, query: str) -> None:
    reply = await scene.get(f"/data/mosaic/collections/naip/items/scene/{path}?api-version=2026-04-15&assets=image&{query}")

    assert reply.status_code == 501
    assert query.partition("=")[0] in reply.json()["error"]["message"]


@pytest.mark.parametrize("query", ["sel=time", "sel==1", "sel_method=guess", "datetime=soon", "subdataset_bands=0", "subdataset_bands=x"])
async def test_a_choice_within_a_data_cube_that_makes_no_sense_is_refused_as_such(scene: Catalog, query: str) -> None:
    reply = await scene.get(f"/data/mosaic/collections/naip/items/scene/preview.png?api-version=2026-04-15&assets=image&{query}")

    assert reply.status_code == 400


@pytest.mark.parametrize(
    ("kind", "name"), [("application/x-netcdf", "NetCDF"), ("application/vnd+zarr", "Zarr"), ("application/wmo-GRIB2; v=2", "GRIB")]
)
async def test_an_asset_that_is_a_data_cube_is_said_not_to_be_read(scene: Catalog, kind: str, name: str) -> None:
    """Not 424, which would say that the file is gone."""
    body = item("cube")
    await scene.post("/stac/collections/naip/items", {**body, "assets": {"data": {"href": "https://example.com/a.nc", "type": kind}}})
    reply = await scene.get("/data/mosaic/collections/naip/items/cube/preview.png?api-version=2026-04-15&assets=data")

    assert reply.status_code == 501
    assert f"is {name}" in reply.json()["error"]["message"]
