"""Items: what the service makes of them, how they are listed, and how they fail."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from .catalog import BASE, Catalog, item, open_catalog

COUNTS = [
    "SELECT count(*) FROM items",
    "SELECT count(*) FROM item_documents",
    "SELECT count(*) FROM footprints",
    "SELECT count(*) FROM blobs",
]
ITEMS = "/stac/collections/naip/items"


async def test_a_recorded_item_comes_back_as_the_service_shows_it(catalog: Catalog, reference: Path) -> None:
    """Sent is the example of Replace, expected the shape of the example of Search."""
    sent = json.loads((reference / "examples/StacItems_Replace.json").read_text())["parameters"]["body"]
    example = json.loads((reference / "examples/StacSearch_Get.first-feature.json").read_text())["responses"]["200"]["body"]["features"][0]
    await catalog.add("naip-atl")
    await catalog.post("/stac/collections/naip-atl/items", sent)
    reply = await catalog.get(f"/stac/collections/naip-atl/items/{sent['id']}")
    shown = reply.json()

    assert reply.headers["content-type"] == "application/geo+json"
    assert list(shown) == list(example)
    assert [link["rel"] for link in shown["links"]] == [link["rel"] for link in example["links"]]
    assert shown["links"][3] == {
        "rel": "self",
        "type": "application/geo+json",
        "href": f"{BASE}{ITEMS.replace('naip', 'naip-atl')}/{sent['id']}",
    }
    assert re.fullmatch(rf"{BASE}/blob/naip-atl-[0-9a-f]{{8}}/[0-9a-f]{{3}}/{sent['id']}/image\.tif", shown["assets"]["image"]["href"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", shown["_msft:ts"])
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", shown["_msft:etag"])
    assert shown["stac_extensions"] == ["https://stac-extensions.github.io/projection/v1.1.0/schema.json"]
    assert shown["properties"] == sent["properties"]


async def test_hrefs_may_be_those_of_a_storage_account() -> None:
    async with open_catalog(storage_url="https://account.blob.core.windows.net") as catalog:
        await catalog.add("naip")
        await catalog.post(ITEMS, item("one"))
        shown = (await catalog.get(f"{ITEMS}/one")).json()

    assert re.fullmatch(
        r"https://account\.blob\.core\.windows\.net/naip-[0-9a-f]{8}/[0-9a-f]{3}/one/image\.tif", shown["assets"]["image"]["href"]
    )


async def test_a_replaced_item_has_a_new_stamp_and_etag(naip: Catalog) -> None:
    await naip.post(ITEMS, item("one"))
    before = (await naip.get(f"{ITEMS}/one")).json()
    naip.clock.advance(1)
    await naip.put(f"{ITEMS}/one", item("one", gsd=1))
    after = (await naip.get(f"{ITEMS}/one")).json()

    assert after["_msft:ts"] > before["_msft:ts"]
    assert after["_msft:etag"] != before["_msft:etag"]
    assert after["properties"]["gsd"] == 1


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_an_item_that_was_read_cannot_be_written_back(naip: Catalog, method: str) -> None:
    """Its hrefs point at managed storage, which ingestion cannot read (geocatalog-api 2.13 [R])."""
    await naip.post(ITEMS, item("one"))
    shown = (await naip.get(f"{ITEMS}/one")).json()
    mime = "application/json" if method == "PUT" else "application/merge-patch+json"
    reply = await naip.send(method, f"{ITEMS}/one", content=json.dumps(shown), headers={"content-type": mime})

    operation = await naip.operation(reply)
    assert (operation["status"], operation["error"]["error"]["code"]) == ("Failed", "PublicAccessRestricted")


async def test_a_patch_of_properties_keeps_the_sources_of_the_assets(naip: Catalog) -> None:
    await naip.post(ITEMS, item("one"))
    operation = await naip.operation(await naip.patch(f"{ITEMS}/one", {"properties": {"gsd": 2, "datetime": "2023-01-01T00:00:00Z"}}))
    found = (await naip.get(ITEMS, params={"datetime": "2023-01-01T00:00:00Z"})).json()["features"]

    assert (operation["status"], operation["type"]) == ("Succeeded", "UpdateItem")
    assert [feature["properties"]["gsd"] for feature in found] == [2]


async def test_a_deleted_item_is_in_no_list_and_no_search(naip: Catalog) -> None:
    await naip.post(ITEMS, {"type": "FeatureCollection", "features": [item("one"), item("two")]})
    operation = await naip.operation(await naip.delete(f"{ITEMS}/one"))

    assert (operation["status"], operation["type"]) == ("Succeeded", "DeleteItem")
    assert (await naip.get(f"{ITEMS}/one")).status_code == 404
    assert await naip.search(bbox=[-1, -1, 1, 1]) == ["two"]
    assert [feature["id"] for feature in (await naip.get(ITEMS)).json()["features"]] == ["two"]


async def test_deleting_a_collection_takes_its_items_and_no_others(naip: Catalog) -> None:
    await naip.add("other")
    await naip.post(ITEMS, item("one"))
    await naip.post("/stac/collections/other/items", item("one", "other"))
    await naip.delete("/stac/collections/naip")

    assert await naip.search(bbox=[-1, -1, 1, 1]) == ["one"]
    with naip.app.world.store.read() as db:
        counts = [db.execute(sql).fetchone()[0] for sql in COUNTS]
    assert counts == [1, 1, 1, 1]


async def test_a_failed_batch_adds_nothing() -> None:
    async with open_catalog(unknowns={"duplicate-item": "operation-fails"}) as catalog:
        await catalog.add("naip")
        await catalog.post(ITEMS, item("one"))
        reply = await catalog.post(ITEMS, {"type": "FeatureCollection", "features": [item("new"), item("one")]})
        operation = await catalog.operation(reply)

        assert operation["error"]["error"]["code"] == "ItemAlreadyExistsInCollection"
        assert operation["additionalInformation"]["TotalFailedItems"] == "2"
        assert (await catalog.get(f"{ITEMS}/new")).status_code == 404


async def test_a_list_is_narrowed_by_bbox_and_datetime_over_its_pages(naip: Catalog) -> None:
    features = [{**item(f"i{n}", datetime=f"2020-01-{n + 1:02}T00:00:00Z"), **_at(n, 0)} for n in range(10)]
    await naip.post(ITEMS, {"type": "FeatureCollection", "features": features})
    found: list[str] = []
    link: str | None = f"{ITEMS}?api-version=2026-04-15&limit=2&bbox=1.5,-1,8.5,1&datetime=2020-01-04T00:00:00Z/.."
    while link:
        page = (await naip.get(link)).json()
        found += [feature["id"] for feature in page["features"]]
        link = next((entry["href"] for entry in page["links"] if entry["rel"] == "next"), None)

    assert found == ["i8", "i7", "i6", "i5", "i4", "i3"]


@pytest.mark.parametrize(
    "query", ["bbox=1,2,3", "bbox=a,b,c,d", "bbox=nan,0,1,1", "bbox=0,2,1,1", "datetime=yesterday", "sign=maybe", "duration=0"]
)
async def test_a_list_that_cannot_be_narrowed_so_is_refused(naip: Catalog, query: str) -> None:
    assert (await naip.get(f"{ITEMS}?api-version=2026-04-15&{query}")).status_code == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}},
        {"geometry": {"type": "Circle", "coordinates": [0, 0]}},
        {"geometry": {"type": "Point", "coordinates": ["0", "0"]}},
        {"bbox": [0, 0]},
        {"properties": {}},
        {"properties": {"datetime": None}},
        {"properties": {"datetime": "2020"}},
        {"properties": {"datetime": None, "start_datetime": "2020-01-01T00:00:00Z"}},
        {"assets": []},
        {"type": "FeatureCollection"},
    ],
)
async def test_an_item_that_is_none_is_refused(naip: Catalog, changes: dict[str, Any]) -> None:
    assert (await naip.post(ITEMS, {**item("one"), **changes})).status_code == 400


async def test_a_span_takes_the_place_of_a_missing_datetime(naip: Catalog) -> None:
    span = {"datetime": None, "start_datetime": "2020-01-01T00:00:00Z", "end_datetime": "2020-12-31T00:00:00Z"}
    await naip.post(ITEMS, {**item("one"), "properties": span})

    assert await naip.search(datetime="2020-06-01T00:00:00Z") == ["one"]
    assert await naip.search(datetime="2021-06-01T00:00:00Z") == []


async def test_a_feature_collection_that_names_an_item_twice_is_refused(naip: Catalog) -> None:
    assert (await naip.post(ITEMS, {"type": "FeatureCollection", "features": [item("one"), item("one")]})).status_code == 400


async def test_an_item_without_geometry_is_found_by_everything_but_place(naip: Catalog) -> None:
    await naip.post(ITEMS, {**item("one"), "geometry": None})

    assert await naip.search(ids=["one"]) == ["one"]
    assert await naip.search(bbox=[-180, -90, 180, 90]) == []


async def test_links_of_other_kinds_stay_behind_the_structural_ones(naip: Catalog) -> None:
    links = [{"rel": "via", "href": "https://example.com/x"}, {"rel": "self", "href": "https://example.com/y"}]
    await naip.post(ITEMS, {**item("one"), "links": links})

    assert [link["rel"] for link in (await naip.get(f"{ITEMS}/one")).json()["links"]] == ["collection", "parent", "root", "self", "via"]


def _at(longitude: float, latitude: float) -> dict[str, Any]:
    return {"geometry": {"type": "Point", "coordinates": [longitude, latitude]}, "bbox": [longitude, latitude, longitude, latitude]}
