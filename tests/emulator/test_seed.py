"""A catalog filled from a folder of JSON, and one saved to and brought back from a single file."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from pcsync.emulator import snapshots
from pcsync.emulator.seed import Seeded, SeedError, seed

from .catalog import PNG, Catalog, asset_form, collection, item, open_catalog, static_catalog

CONTAINER = "https://acct.blob.core.windows.net/data"
ITEMS = "/stac/collections/naip/items"
OPTION = {"id": "rgb", "name": "RGB", "type": "raster-tile", "options": "assets=image", "minZoom": None, "conditions": None}
CONFIGURATIONS = {
    "tileSettings": {"minZoom": 6, "maxItemsPerTile": 35, "defaultLocation": None},
    "mosaicInfo": {
        "mosaics": [{"id": "default", "name": "All", "description": None, "cql": []}, {"id": "new", "name": "New", "cql": []}],
        "renderOptions": [OPTION],
        "defaultLocation": None,
        "defaultCustomQuery": None,
    },
}


def write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One collection with everything, one that lies flat with its items beside it."""
    here = tmp_path / "seed"
    write(here / "naip" / "collection.json", collection("naip", assets={"thumbnail": {"href": "x"}}))
    write(here / "naip" / "configurations.json", CONFIGURATIONS)
    write(here / "naip" / "queryables.json", [{"name": "gsd", "definition": {"type": "number"}}])
    write(here / "naip" / "partition-type.json", {"scheme": "year"})
    (here / "naip" / "thumbnail.png").write_bytes(PNG)
    own = {key: value for key, value in item("one").items() if key != "collection"}
    write(here / "naip" / "items" / "one.json", {**own, "assets": {"image": {"href": "one.tif"}}})
    (here / "naip" / "items" / "one.tif").write_bytes(b"pixels")
    write(here / "other.json", collection("other"))
    write(here / "items.geojson", {"type": "FeatureCollection", "features": [item("two", "other"), item("three", "naip")]})
    write(here / "package.json", {"name": "something else"})
    return here


async def test_a_folder_becomes_a_catalog(catalog: Catalog, folder: Path) -> None:
    seeded = seed(catalog.app.world, folder)
    shown = (await catalog.get("/stac/collections/naip/configurations")).json()
    image = (await catalog.get(f"{ITEMS}/one", params={"sign": "true"})).json()["assets"]["image"]["href"]

    assert seeded == Seeded(("naip", "other"), 3, ())
    assert [option["id"] for option in shown["mosaicInfo"]["renderOptions"]] == ["rgb"]
    assert [(mosaic["id"], mosaic["name"]) for mosaic in shown["mosaicInfo"]["mosaics"]] == [("default", "All"), ("new", "New")]
    assert shown["tileSettings"]["minZoom"] == 6
    assert (await catalog.get("/stac/collections/naip/configurations/partition-type")).json() == {"scheme": "year"}
    assert "gsd" in (await catalog.get("/stac/collections/naip/queryables")).json()["properties"]
    assert (await catalog.get("/stac/collections/naip/thumbnail")).content == PNG
    assert await catalog.search(collections=["naip"]) == ["three", "one"] or await catalog.search(collections=["naip"]) == ["one", "three"]
    assert await catalog.search(collections=["other"]) == ["two"]
    assert (await catalog.http.get(image)).content == b"pixels"


async def test_a_second_load_leaves_what_is_there_alone(catalog: Catalog, folder: Path) -> None:
    seed(catalog.app.world, folder)
    await catalog.delete(f"{ITEMS}/one")
    seeded = seed(catalog.app.world, folder)

    assert seeded == Seeded((), 0, ("naip", "other"))
    assert (await catalog.get(f"{ITEMS}/one")).status_code == 404


async def test_slow_operations_do_not_slow_a_load(folder: Path) -> None:
    async with open_catalog(lro_delay=60) as catalog:
        seed(catalog.app.world, folder)

        assert len(await catalog.search()) == 3


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("broken.json", "{", "broken.json"),
        ("bad/collection.json", '{"type": "Collection", "id": "bad"}', "body.description is required"),
        ("naip/more.json", json.dumps(item("one")), "twice|already exists"),
        ("naip/configurations.json", "[]", "tileSettings and mosaicInfo"),
        ("naip/configurations.json", '{"mosaicInfo": {"mosaics": [{"id": "-"}]}}', "body.id must match"),
        ("stray.json", json.dumps({"type": "Feature", "id": "x"}), "properties is required"),
        ("naip/bad.json", json.dumps({**item("x"), "assets": 5}), "assets must be an object"),
        ("naip/bad.json", '{"type": "FeatureCollection", "features": [5]}', "must be an object"),
    ],
)
def test_a_file_that_cannot_be_loaded_is_named(tmp_path: Path, folder: Path, name: str, content: str, message: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(content)
    (folder / "items.geojson").unlink()

    async def load() -> None:
        async with open_catalog() as catalog:
            with pytest.raises(SeedError, match=message) as raised:
                seed(catalog.app.world, folder)
            assert str(folder) in str(raised.value)

    import asyncio

    asyncio.run(load())


async def test_a_configuration_beside_two_collections_belongs_to_neither(catalog: Catalog, folder: Path) -> None:
    write(folder / "another.json", collection("another"))
    write(folder / "queryables.json", [])

    with pytest.raises(SeedError, match="not exactly one collection"):
        seed(catalog.app.world, folder)


async def test_a_snapshot_brings_everything_back(tmp_path: Path) -> None:
    static_catalog(tmp_path / "data", 2)
    async with open_catalog(tmp_path / "catalog.sqlite", mounts={CONTAINER: tmp_path / "data"}) as catalog:
        await catalog.add("naip")
        await catalog.run({"importType": "StaticCatalog", "sourceCatalogUrl": f"{CONTAINER}/catalog.json"})
        await catalog.post("/stac/collections/naip/assets", files=asset_form())
        before = (await catalog.get("/stac/collections/naip")).json()
        snapshots.save(catalog.app.world, tmp_path / "kept")
        await catalog.delete("/stac/collections/naip")
        assert await catalog.search() == []
        snapshots.restore(catalog.app.world, tmp_path / "kept")

        assert (await catalog.get("/stac/collections/naip")).json() == before
        assert await catalog.search(bbox=[-1, -1, 1, 1]) == ["i1", "i0"]
    async with open_catalog(tmp_path / "catalog.sqlite") as again:
        await again.put("/stac/collections/naip", {**before, "title": "after"})
        assert (await again.get("/stac/collections/naip")).json()["title"] == "after"


async def test_a_snapshot_holds_the_bytes_of_managed_storage(tmp_path: Path) -> None:
    static_catalog(tmp_path / "data", 1)
    async with open_catalog(mounts={CONTAINER: tmp_path / "data"}) as catalog:
        await catalog.add("naip")
        await catalog.run({"importType": "StaticCatalog", "sourceCatalogUrl": f"{CONTAINER}/catalog.json"})
        snapshot = (await catalog.http.get("/_emulator/snapshot")).content
    async with open_catalog() as other:
        reply = await other.http.put("/_emulator/snapshot", content=snapshot)
        url = (await other.get(f"{ITEMS}/i0", params={"sign": "true"})).json()["assets"]["image"]["href"]

        assert reply.status_code == 204
        assert (await other.http.get(url)).content == b"pixels of i0"


@pytest.mark.parametrize(
    "content", [b"", b"junk", b"SQLite format 3\x00" + b"\x00" * 4096, "another"], ids=["empty", "junk", "header", "other"]
)
async def test_what_is_no_snapshot_is_refused_and_changes_nothing(naip: Catalog, tmp_path: Path, content: bytes | str) -> None:
    if isinstance(content, str):
        with sqlite3.connect(tmp_path / "other") as db:
            db.execute("CREATE TABLE a (b)")
        db.close()
        content = (tmp_path / "other").read_bytes()
    reply = await naip.http.put("/_emulator/snapshot", content=content)

    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "InvalidSnapshot")
    assert (await naip.get("/stac/collections/naip")).status_code == 200


async def test_old_bytes_that_nothing_refers_to_are_swept_at_the_next_start(tmp_path: Path) -> None:
    blobs = tmp_path / "catalog.sqlite.blobs"
    static_catalog(tmp_path / "data", 1)
    async with open_catalog(tmp_path / "catalog.sqlite", mounts={CONTAINER: tmp_path / "data"}) as catalog:
        await catalog.add("naip")
        await catalog.run({"importType": "StaticCatalog", "sourceCatalogUrl": f"{CONTAINER}/catalog.json"})
    for name in ("old", "new"):
        (blobs / name).write_bytes(b"")
    for path in blobs.iterdir():
        if path.name != "new":
            os.utime(path, (0, 0))
    async with open_catalog(tmp_path / "catalog.sqlite"):
        assert sorted(len(path.name) for path in blobs.iterdir()) == [3, 64]
