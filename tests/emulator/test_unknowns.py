"""Every choice about an unknown does what it says, and says that it is a guess."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from pcsync.emulator import Settings, create_app
from pcsync.emulator.unknowns import UNKNOWNS, choices, describe

from .catalog import Catalog, asset_form, collection, item, open_catalog, sas_source, static_catalog, static_ingestion

HERE = "/stac/collections/naip"
MOSAICS = f"{HERE}/configurations/mosaics"
MOSAIC = {"id": "a", "name": "A", "cql": []}
OTHER = "99999999-2222-3333-4444-555555555555"
CONTAINER = "https://acct.blob.core.windows.net/data"
Probe = Callable[[Catalog], Awaitable[Any]]


def identity(object_id: str = "11111111-2222-3333-4444-555555555555") -> dict[str, Any]:
    return {"kind": "BlobManagedIdentity", "connectionInfo": {"containerUrl": CONTAINER, "objectId": object_id}}


async def _validation(c: Catalog) -> Any:
    return (await c.post("/stac/collections", {})).status_code


async def _put_collection(c: Catalog) -> Any:
    return (await c.put("/stac/collections/new", collection("new"))).status_code, (await c.get("/stac/collections/new")).status_code


async def _put_mosaic(c: Catalog) -> Any:
    return (await c.put(f"{MOSAICS}/a", MOSAIC)).status_code


async def _put_source(c: Catalog) -> Any:
    return (await c.put(f"/inma/ingestion-sources/{OTHER}", sas_source())).status_code


async def _put_asset(c: Catalog) -> Any:
    return (await c.put(f"{HERE}/assets/thumbnail", files=asset_form())).status_code


async def _second_collection(c: Catalog) -> Any:
    reply = await c.post("/stac/collections", collection("naip"))
    return reply.status_code if reply.status_code != 202 else (await c.operation(reply))["status"]


async def _twice(c: Catalog, path: str, **options: Any) -> Any:
    await c.send("POST", path, **options)
    return (await c.send("POST", path, **options)).status_code


async def _second_mosaic(c: Catalog) -> Any:
    return await _twice(c, MOSAICS, json=MOSAIC)


async def _second_queryable(c: Catalog) -> Any:
    return await _twice(c, f"{HERE}/queryables", json=[{"name": "a", "definition": {}}])


async def _second_asset(c: Catalog) -> Any:
    return await _twice(c, f"{HERE}/assets", files=asset_form())


async def _second_source(c: Catalog) -> Any:
    return await _twice(c, "/inma/ingestion-sources", json=identity())


async def _second_item(c: Catalog) -> Any:
    await c.post(f"{HERE}/items", item("one"))
    reply = await c.post(f"{HERE}/items", item("one"))
    return reply.status_code if reply.status_code != 202 else (await c.operation(reply))["error"]["error"]["code"]


async def _mosaics(c: Catalog) -> Any:
    return len((await c.get(MOSAICS)).json())


async def _min_zoom(c: Catalog) -> Any:
    return (await c.get(f"{HERE}/configurations/tile-settings")).json()["minZoom"]


async def _reserved(c: Catalog) -> Any:
    return (await c.post(f"{HERE}/queryables", [{"name": "id", "definition": {}}])).status_code


async def _create_index(c: Catalog) -> Any:
    return (await c.post(f"{HERE}/queryables", [{"name": "a", "definition": {}}])).json()[0]["create_index"]


async def _data_type(c: Catalog) -> Any:
    return (await c.post(f"{HERE}/queryables", [{"name": "a", "definition": {}}])).json()[0]["data_type"]


async def _merge(c: Catalog) -> Any:
    await c.add("other")
    for name in ("naip", "other"):
        await c.post(f"/stac/collections/{name}/queryables", [{"name": "a", "definition": {"title": name}}])
    return (await c.get("/stac/queryables")).json()["properties"]["a"]["title"]


async def _partition(c: Catalog, scheme: str = "year") -> Any:
    await c.post(f"{HERE}/items", item("one"))
    return (await c.put(f"{HERE}/configurations/partition-type", {"scheme": scheme})).status_code


async def _same_partition(c: Catalog) -> Any:
    return await _partition(c, "none")


async def _strange_key(c: Catalog) -> Any:
    return (await c.post(MOSAICS, {**MOSAIC, "colour": "red"})).status_code


async def _differing_asset(c: Catalog) -> Any:
    await c.post(f"{HERE}/assets", files=asset_form())
    live = (await c.get(HERE)).json()
    assert (await c.put(HERE, live)).status_code == 200
    live["assets"]["thumbnail"]["title"] = "Other"
    return (await c.put(HERE, live)).status_code


async def _untitled(c: Catalog) -> Any:
    return (await c.put(HERE, collection("naip", item_assets={"a": {"roles": ["data"]}}))).status_code


async def _stac_1_1(c: Catalog) -> Any:
    return (await c.put(HERE, collection("naip", stac_version="1.1.0"))).status_code


async def _children(c: Catalog) -> Any:
    return len([link for link in (await c.get("/stac/")).json()["links"] if link["rel"] == "child"])


async def _page(c: Catalog) -> Any:
    for _ in range(11):
        await c.post("/inma/collections/naip/ingestions", static_ingestion())
    return len((await c.get("/inma/collections/naip/ingestions")).json()["value"])


async def _no_token(c: Catalog) -> Any:
    return (await c.post("/inma/ingestion-sources", {"kind": "SasToken", "connectionInfo": {"containerUrl": CONTAINER}})).status_code


async def _unknown_identity(c: Catalog) -> Any:
    return (await c.post("/inma/ingestion-sources", identity(OTHER))).status_code


async def _kind_change(c: Catalog) -> Any:
    made = (await c.post("/inma/ingestion-sources", identity())).json()
    return (await c.put(f"/inma/ingestion-sources/{made['id']}", sas_source())).status_code


async def _flags(c: Catalog) -> Any:
    return (await c.post("/inma/collections/naip/ingestions", static_ingestion())).json().get("skipExistingItems")


async def _patch(c: Catalog) -> Any:
    made = (await c.post("/inma/collections/naip/ingestions", static_ingestion())).json()
    return (await c.patch(f"/inma/collections/naip/ingestions/{made['id']}", {"displayName": "n"})).status_code


async def _active_run(c: Catalog) -> Any:
    path = f"/inma/collections/naip/ingestions/{(await c.post('/inma/collections/naip/ingestions', static_ingestion())).json()['id']}"
    await c.post(f"{path}/runs", headers={"x-emulator-fault": '{"effect": "slow-operation", "seconds": 60}'})
    return (await c.delete(path)).status_code


async def _cancel(c: Catalog) -> Any:
    fault = {"x-emulator-fault": '{"effect": "slow-operation", "seconds": 60}'}
    reply = await c.post("/stac/collections", collection("new"), headers=fault)
    await c.delete(f"/inma/operations/{reply.json()['id']}")
    return (await c.operation(reply))["status"]


async def _cancel_finished(c: Catalog) -> Any:
    return (await c.delete(f"/inma/operations/{(await c.get('/inma/operations')).json()['value'][0]['id']}")).status_code


async def _existing_item(c: Catalog) -> Any:
    await c.post(f"{HERE}/items", item("i0"))
    await c.run(static_ingestion())
    return (await c.get(f"{HERE}/items/i0")).json()["properties"].get("from")


async def _partly_failed(c: Catalog) -> Any:
    return (await c.run(static_ingestion()))["operation"]["status"]


async def _high_limit(c: Catalog) -> Any:
    return (await c.post("/stac/search", {"limit": 1001})).status_code


async def _heights(c: Catalog) -> Any:
    await c.post(f"{HERE}/items", {**item("one"), "bbox": [0, 0, 100, 0, 0, 200]})
    return len(await c.search(bbox=[-1, -1, 500, 1, 1, 600]))


async def _gone_asset(c: Catalog) -> Any:
    pytest.importorskip("rio_tiler")
    await c.post(f"{HERE}/items", item("one"))
    return (await c.get("/data/mosaic/collections/naip/point/0,0", params={"assets": "image"})).status_code


async def _publisher_colours(c: Catalog) -> Any:
    return (await c.get("/data/legend/classmap/usda-cdl")).status_code


async def _cube(c: Catalog) -> Any:
    pytest.importorskip("rio_tiler")
    await c.post(f"{HERE}/items", item("one"))
    path = "/data/mosaic/collections/naip/items/one/preview.png"
    return (await c.get(path, params={"assets": "image", "sel": "time=2022-01-01"})).status_code


async def _empty_picture(c: Catalog) -> Any:
    pytest.importorskip("rio_tiler")
    return (await c.get("/data/mosaic/collections/naip/tiles/0/0/0", params={"assets": "image"})).status_code


PROBES: dict[str, tuple[Probe, list[Any]]] = {
    "validation-status": (_validation, [400, 422]),
    "put-missing-collection": (_put_collection, [(404, 404), (201, 200)]),
    "put-missing-configuration": (_put_mosaic, [404, 201]),
    "put-missing-source": (_put_source, [404, 201]),
    "put-missing-asset": (_put_asset, [404, 200]),
    "duplicate-collection": (_second_collection, [409, "Failed"]),
    "duplicate-configuration": (_second_mosaic, [409, 201]),
    "duplicate-queryable": (_second_queryable, [409, 201]),
    "duplicate-asset": (_second_asset, [409, 201]),
    "duplicate-source": (_second_source, [409, 201]),
    "duplicate-item": (_second_item, [409, "ItemAlreadyExistsInCollection"]),
    "default-mosaic": (_mosaics, [1, 0]),
    "fresh-tile-settings": (_min_zoom, [0, 6, 12]),
    "reserved-queryable": (_reserved, [400, 201]),
    "queryable-create-index": (_create_index, [False, None]),
    "queryable-data-type": (_data_type, ["string", None]),
    "queryables-merge": (_merge, ["naip", "other"]),
    "partition-on-items": (_partition, [409, 400]),
    "partition-same-value": (_same_partition, [409, 200]),
    "configuration-unknown-keys": (_strange_key, [201, 400]),
    "put-differing-asset": (_differing_asset, [200, 400]),
    "item-assets-without-title": (_untitled, [200, 400]),
    "stac-version-1.1": (_stac_1_1, [200, 400]),
    "landing-child-links": (_children, [1, 0]),
    "page-size": (_page, [11, 10, 11]),
    "source-without-token": (_no_token, [400, 201]),
    "source-unknown-identity": (_unknown_identity, [201, 400]),
    "source-kind-change": (_kind_change, [400, 200]),
    "ingestion-flags": (_flags, [None, False]),
    "ingestion-patch-without-import-type": (_patch, [400, 200]),
    "ingestion-delete-active-run": (_active_run, [409, 400]),
    "ingestion-existing-items": (_existing_item, ["run", None]),
    "partly-failed-run": (_partly_failed, ["Failed", "Succeeded"]),
    "search-limit-over-maximum": (_high_limit, [200, 400]),
    "search-bbox-heights": (_heights, [1, 0]),
    "mosaic-missing-asset": (_gone_asset, [424, 404]),
    "publisher-colours": (_publisher_colours, [200, 501]),
    "cube-parameters": (_cube, [501, 424]),
    "empty-picture": (_empty_picture, [404, 204, 200]),
    "cancel-outcome": (_cancel, ["Canceled", "Canceling"]),
    "cancel-finished": (_cancel_finished, [409, 400, 204]),
}


@pytest.mark.parametrize("name", [unknown.name for unknown in UNKNOWNS])
async def test_each_choice_about_an_unknown_can_be_told_from_the_others(name: str, tmp_path: Path) -> None:
    probe, expected = PROBES[name]
    static_catalog(tmp_path / "data", **{"from": "run"})
    (tmp_path / "data" / "child" / "i2.json").unlink()
    seen = []
    for choice in next(unknown.choices for unknown in UNKNOWNS if unknown.name == name):
        async with open_catalog(unknowns={name: choice}, mounts={CONTAINER: tmp_path / "data"}) as catalog:
            await catalog.add("naip")
            seen.append(await probe(catalog))

    assert seen == expected


def test_every_unknown_has_alternatives_and_says_why_it_is_one() -> None:
    assert len({unknown.name for unknown in UNKNOWNS}) == len(UNKNOWNS) == len(PROBES)
    for unknown in UNKNOWNS:
        assert len(set(unknown.choices)) >= 2
        assert len(unknown.guess) > 20
        assert f"{unknown.name}={'|'.join(unknown.choices)}\n    {unknown.guess}" in describe()


@pytest.mark.parametrize(
    ("overrides", "message"),
    [({"duplicate-colection": "conflict"}, "you mean 'duplicate-collection'"), ({"page-size": "7"}, "one of 100, 10, 1000")],
)
def test_an_unknown_that_is_not_known_is_refused_with_what_was_meant(overrides: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        create_app(":memory:", Settings(unknowns=overrides))
    assert choices({})["page-size"] == "100"
