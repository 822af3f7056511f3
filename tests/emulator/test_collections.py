"""Collections: documents, links, times, assets rules, tombstones (geocatalog-api 2.1)."""

from __future__ import annotations

from typing import Any

import pytest

from .catalog import BASE, Catalog, asset_form, collection, item, open_catalog


async def test_get_answers_keys_in_jsonb_order_at_every_level(catalog: Catalog) -> None:
    extras = {"zz": {"bb": 1, "a": {"long": 1, "x": 2}}, "stac_extensions": [], "keywords": ["b", "a"]}
    await catalog.add("naip", **extras, item_assets={"image": {"title": "t", "type": "image/tiff", "eo:bands": [{"name": "r", "a": 1}]}})
    body = (await catalog.get("/stac/collections/naip")).json()

    assert list(body) == sorted(body, key=lambda key: (len(key), key))
    assert list(body["zz"]) == ["a", "bb"]
    assert list(body["zz"]["a"]) == ["x", "long"]
    assert list(body["item_assets"]["image"]["eo:bands"][0]) == ["a", "name"]
    assert body["keywords"] == ["b", "a"]


async def test_numbers_come_back_as_they_were_written(catalog: Catalog) -> None:
    await catalog.add("naip", summaries={"gsd": [0.6, 1, 731874.0]})

    assert '"gsd":[0.6,1,731874.0]' in (await catalog.get("/stac/collections/naip")).text


async def test_links_of_users_follow_the_five_structural_ones(catalog: Catalog) -> None:
    sent = [{"rel": "license", "href": "https://a/b"}, {"rel": "self", "href": "https://wrong"}, {"rel": "items", "href": "https://wrong"}]
    await catalog.add("naip", links=sent)
    links = (await catalog.get("/stac/collections/naip")).json()["links"]

    assert [link["rel"].rpartition("/")[2] for link in links] == ["items", "parent", "root", "self", "queryables", "license"]
    assert all(link["href"].startswith(BASE) for link in links[:5])


async def test_links_carry_the_host_that_was_asked(naip: Catalog) -> None:
    body = (await naip.http.get("http://other.example:8080/stac/collections/naip?api-version=2026-04-15")).json()

    assert body["links"][3]["href"] == "http://other.example:8080/stac/collections/naip"


async def test_unknown_keys_are_kept(catalog: Catalog) -> None:
    await catalog.add("naip", **{"msft:region": "westeurope", "pcsync:managed": {"v": 1, "owner": "x"}})
    body = (await catalog.get("/stac/collections/naip")).json()

    assert body["msft:region"] == "westeurope"
    assert body["pcsync:managed"] == {"v": 1, "owner": "x"}


async def test_no_extension_is_added(naip: Catalog) -> None:
    assert "stac_extensions" not in (await naip.get("/stac/collections/naip")).json()


async def test_creation_time_stays_and_update_time_moves_on_replace(naip: Catalog) -> None:
    before = (await naip.get("/stac/collections/naip")).json()
    answer = (await naip.put("/stac/collections/naip", {**before, "msft:_created": "1999-01-01T00:00:00Z"})).json()
    after = (await naip.get("/stac/collections/naip")).json()

    assert after["msft:_created"] == before["msft:_created"] == answer["msft:_created"]
    assert after["msft:_updated"] == answer["msft:_updated"] > before["msft:_updated"]


async def test_an_equal_body_still_moves_the_update_time(naip: Catalog) -> None:
    first = (await naip.put("/stac/collections/naip", collection("naip"))).json()
    second = (await naip.put("/stac/collections/naip", collection("naip"))).json()

    assert second["msft:_updated"] > first["msft:_updated"]


async def test_a_replaced_collection_loses_what_was_not_sent(catalog: Catalog) -> None:
    await catalog.add("naip", title="old", extra=1)
    await catalog.put("/stac/collections/naip", collection("naip"))
    body = (await catalog.get("/stac/collections/naip")).json()

    assert "title" not in body
    assert "extra" not in body


async def test_assets_are_refused_on_create(catalog: Catalog) -> None:
    reply = await catalog.post("/stac/collections", collection("naip", assets={"thumbnail": {"href": "x"}}))

    assert reply.status_code == 400
    assert "must be added using the GeoCatalog Collection Asset API" in reply.json()["detail"]


async def test_a_replace_must_name_every_live_asset_and_no_other(naip: Catalog) -> None:
    await naip.post("/stac/collections/naip/assets", files=asset_form())
    live = (await naip.get("/stac/collections/naip")).json()
    gone = await naip.put("/stac/collections/naip", {**live, "assets": {}})
    new = await naip.put("/stac/collections/naip", {**live, "assets": {**live["assets"], "other": {"href": "x"}}})
    echoed = await naip.put("/stac/collections/naip", live)

    assert gone.status_code == 400
    assert gone.json()["detail"] == "'thumbnail' must be removed using the GeoCatalog Collection Asset API"
    assert new.status_code == 400
    assert "'other' must be added" in new.json()["detail"]
    assert echoed.status_code == 200
    assert (await naip.get("/stac/collections/naip")).json()["assets"] == live["assets"]


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"id": ""}, "body.id"),
        ({"id": "x" * 501}, "body.id"),
        ({"id": None}, "body.id"),
        ({"description": ""}, "body.description"),
        ({"license": None}, "body.license"),
        ({"type": "Catalog"}, "body.type"),
        ({"links": None}, "body.links"),
        ({"links": [{"rel": "x"}]}, "body.links[0].href"),
        ({"extent": {}}, "body.extent.spatial"),
        ({"extent": {"spatial": {"bbox": [[1, 2, 3]]}, "temporal": {"interval": [[None, None]]}}}, "body.extent.spatial.bbox[0]"),
        ({"extent": {"spatial": {"bbox": [[0, 0, 1, 1]]}, "temporal": {"interval": [["2020", None]]}}}, "interval[0][0]"),
        ({"msft:short_description": "x" * 301}, "msft:short_description"),
        ({"providers": [{"name": ""}]}, "body.providers[0].name"),
        ({"keywords": "a"}, "body.keywords"),
    ],
)
async def test_a_collection_outside_the_model_is_refused(catalog: Catalog, fields: dict[str, Any], where: str) -> None:
    reply = await catalog.post("/stac/collections", collection("naip", **fields))

    assert reply.status_code == 400
    assert where in reply.json()["detail"]


async def test_a_collection_outside_the_model_is_not_stored(catalog: Catalog) -> None:
    await catalog.post("/stac/collections", collection("naip", description=""))

    assert (await catalog.get("/stac/collections/naip")).status_code == 404


async def test_body_id_must_be_path_id(naip: Catalog) -> None:
    assert (await naip.put("/stac/collections/naip", collection("other"))).status_code == 400


async def test_a_second_create_answers_409(naip: Catalog) -> None:
    assert (await naip.post("/stac/collections", collection("naip"))).status_code == 409


async def test_a_create_while_the_first_is_pending_answers_409() -> None:
    async with open_catalog(lro_delay=10) as catalog:
        await catalog.post("/stac/collections", collection("naip"))

        assert (await catalog.post("/stac/collections", collection("naip"))).status_code == 409
        assert (await catalog.get("/stac/collections/naip")).status_code == 404


async def test_a_deleted_collection_id_answers_409_for_45_seconds(naip: Catalog) -> None:
    await naip.delete("/stac/collections/naip")
    assert (await naip.get("/stac/collections/naip")).status_code == 404
    assert (await naip.post("/stac/collections", collection("naip"))).status_code == 409
    naip.clock.advance(44.9)
    assert (await naip.post("/stac/collections", collection("naip"))).status_code == 409
    naip.clock.advance(0.2)
    assert (await naip.post("/stac/collections", collection("naip"))).status_code == 202


async def test_the_45_seconds_count_from_the_end_of_the_deletion_not_from_the_next_request() -> None:
    async with open_catalog(lro_delay=10) as catalog:
        await catalog.post("/stac/collections", collection("naip"))
        catalog.clock.advance(10)
        await catalog.delete("/stac/collections/naip")
        assert (await catalog.get("/stac/collections/naip")).status_code == 200
        catalog.clock.advance(10 + 46)

        assert (await catalog.post("/stac/collections", collection("naip"))).status_code == 202


async def test_a_deleted_collection_takes_everything_with_it(naip: Catalog) -> None:
    await naip.post("/stac/collections/naip/items", item("one"))
    await naip.post("/stac/collections/naip/assets", files=asset_form())
    await naip.put("/stac/collections/naip/configurations/partition-type", {"scheme": "year"})
    await naip.post("/stac/collections/naip/queryables", [{"name": "gsd", "definition": {}}])
    await naip.delete("/stac/collections/naip")
    naip.clock.advance(60)
    await naip.add("naip")

    assert (await naip.get("/stac/collections/naip/items")).json()["features"] == []
    assert (await naip.get("/stac/collections/naip/thumbnail")).status_code == 404
    assert (await naip.get("/stac/collections/naip/configurations/partition-type")).json() == {"scheme": "none"}
    assert len((await naip.get("/stac/queryables")).json()["properties"]) == 3


async def test_the_list_holds_what_single_reads_answer(catalog: Catalog) -> None:
    for name in ("b", "a", "c"):
        await catalog.add(name, title=name.upper())
    listed = (await catalog.get("/stac/collections")).json()

    assert [entry["id"] for entry in listed["collections"]] == ["b", "a", "c"]
    assert listed["collections"][1] == (await catalog.get("/stac/collections/a")).json()
    assert {link["rel"] for link in listed["links"]} == {"root", "parent", "self"}


async def test_the_landing_page_links_every_collection(catalog: Catalog) -> None:
    await catalog.add("naip", title="NAIP")
    page = (await catalog.get("/stac/")).json()

    assert [(link["title"], link["href"]) for link in page["links"] if link["rel"] == "child"] == [
        ("NAIP", f"{BASE}/stac/collections/naip")
    ]


@pytest.mark.parametrize("query", ["sign=maybe", "duration=-1", "duration=x"])
async def test_strange_signing_parameters_are_refused(naip: Catalog, query: str) -> None:
    assert (await naip.get(f"/stac/collections/naip?api-version=2026-04-15&{query}")).status_code == 400


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "ApiVersionUnspecified"),
        ("?api-version=", "ApiVersionUnspecified"),
        ("?api-version=2024-01-31-preview", "UnsupportedApiVersionValue"),
    ],
)
async def test_every_request_needs_a_known_api_version(naip: Catalog, query: str, code: str) -> None:
    reply = await naip.http.get(f"/stac/collections/naip{query}")

    assert (reply.status_code, reply.headers["x-ms-error-code"]) == (400, code)


async def test_a_bearer_token_is_needed_only_when_asked_for() -> None:
    async with open_catalog(require_bearer=True) as catalog:
        without = await catalog.get("/stac/conformance")
        with_token = await catalog.get("/stac/conformance", headers={"authorization": "Bearer any"})

    assert without.status_code == 401
    assert without.headers["www-authenticate"] == "Bearer"
    assert with_token.status_code == 200
