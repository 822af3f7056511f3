"""Ingestion sources, definitions, runs and paging (geocatalog-api 2.9 to 2.12, 1.5)."""

from __future__ import annotations

from typing import Any

import pytest

from .catalog import Catalog, open_catalog, sas_source, static_ingestion

SOURCES = "/inma/ingestion-sources"
INGESTIONS = "/inma/collections/naip/ingestions"
IDENTITY = "11111111-2222-3333-4444-555555555555"
CONTAINER = "https://acct.blob.core.windows.net/data"


def identity_source(container: str = CONTAINER, **fields: Any) -> dict[str, Any]:
    return {"kind": "BlobManagedIdentity", "connectionInfo": {"containerUrl": container, "objectId": IDENTITY}, **fields}


async def test_a_sas_token_never_comes_back(catalog: Catalog) -> None:
    made = await catalog.post(SOURCES, sas_source())
    path = f"{SOURCES}/{made.json()['id']}"
    replies = [made, await catalog.get(path), await catalog.put(path, sas_source()), await catalog.get(SOURCES)]

    assert all("planted-signature" not in reply.text and "sasToken" not in reply.text for reply in replies)
    with catalog.app.world.store.read() as db:
        assert not any("planted" in statement for statement in db.iterdump())


@pytest.mark.parametrize(
    ("expiry", "shown"),
    [
        ("2026-04-22T15:55:57Z", "2026-04-22T15:55:57.0000000Z"),
        ("2026-04-22T15%3A55%3A57Z", "2026-04-22T15:55:57.0000000Z"),
        ("2026-04-22", "2026-04-22T00:00:00.0000000Z"),
        (None, None),
        ("soon", None),
    ],
)
async def test_the_expiration_is_the_se_of_the_token_with_seven_digits(catalog: Catalog, expiry: str | None, shown: str | None) -> None:
    reply = await catalog.post(SOURCES, sas_source(expiry=expiry))

    assert reply.json()["connectionInfo"].get("expiration") == shown


async def test_a_second_sas_source_for_a_container_is_409_and_names_the_first(catalog: Catalog) -> None:
    first = (await catalog.post(SOURCES, sas_source())).json()["id"]
    reply = await catalog.post(SOURCES, sas_source())

    assert reply.status_code == 409
    assert reply.json()["detail"] == f"Container url {CONTAINER} already contains a SAS token ingestion source with id {first}"
    assert (await catalog.post(SOURCES, identity_source())).status_code == 201


async def test_the_client_may_choose_the_id_once(catalog: Catalog) -> None:
    chosen = "AAAAAAAA-0000-4000-8000-000000000001"
    reply = await catalog.post(SOURCES, identity_source(id=chosen))

    assert reply.json()["id"] == chosen.lower()
    assert reply.headers["location"].endswith(f"{SOURCES}/{chosen.lower()}?api-version=2026-04-15")
    assert (await catalog.post(SOURCES, identity_source("https://acct.blob.core.windows.net/other", id=chosen))).status_code == 409
    assert (await catalog.get(f"{SOURCES}/{chosen}")).status_code == 200


async def test_a_replaced_source_keeps_its_creation_time(catalog: Catalog) -> None:
    made = (await catalog.post(SOURCES, sas_source())).json()
    reply = await catalog.put(f"{SOURCES}/{made['id']}", {**sas_source(expiry="2026-05-01T00:00:00Z"), "id": made["id"]})
    read = (await catalog.get(f"{SOURCES}/{made['id']}")).json()

    assert "created" not in reply.json()
    assert read["created"] == made["created"]
    assert read["connectionInfo"]["expiration"] == "2026-05-01T00:00:00.0000000Z"


async def test_the_binder_ignores_the_case_of_keys(catalog: Catalog) -> None:
    body = identity_source()

    assert (await catalog.post(SOURCES, {"Kind": body["kind"], "ConnectionInfo": body["connectionInfo"]})).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"kind": "Other", "connectionInfo": {}},
        {"kind": "SasToken"},
        {"kind": "SasToken", "connectionInfo": {"containerUrl": CONTAINER}},
        {"kind": "SasToken", "connectionInfo": {"containerUrl": CONTAINER + "/", "sasToken": "sig=a"}},
        {"kind": "SasToken", "connectionInfo": {"containerUrl": CONTAINER + "/folder/a", "sasToken": "sig=a"}},
        {"kind": "SasToken", "connectionInfo": {"containerUrl": CONTAINER + "?sig=a", "sasToken": "sig=a"}},
        {"kind": "BlobManagedIdentity", "connectionInfo": {"containerUrl": CONTAINER, "objectId": "no-guid"}},
        identity_source(id="no-guid"),
    ],
)
async def test_a_source_outside_the_model_is_refused(catalog: Catalog, body: Any) -> None:
    assert (await catalog.post(SOURCES, body)).status_code == 400


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_a_missing_source_is_404_as_problem_details(catalog: Catalog, method: str) -> None:
    options = {"json": sas_source()} if method == "PUT" else {}
    reply = await catalog.send(method, f"{SOURCES}/{IDENTITY}", **options)

    assert reply.status_code == 404
    assert set(reply.json()) == {"type", "title", "status", "traceId"}


async def test_equal_ingestions_may_coexist_oldest_first(naip: Catalog) -> None:
    ids = [(await naip.post(INGESTIONS, static_ingestion())).json()["id"] for _ in range(3)]

    assert [entry["id"] for entry in (await naip.get(INGESTIONS)).json()["value"]] == ids


async def test_an_ingestion_shows_what_was_sent_and_no_more(naip: Catalog) -> None:
    body = (await naip.post(INGESTIONS, static_ingestion())).json()

    assert set(body) == {"id", "creationTime", "importType", "sourceCatalogUrl", "status"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"importType": "Other"},
        {"importType": "StaticCatalog"},
        static_ingestion(sourceCatalogUrl="nonsense"),
        static_ingestion(importType="StacGeoparquet"),
        static_ingestion(skipExistingItems="yes"),
    ],
)
async def test_an_ingestion_outside_the_model_is_refused(naip: Catalog, body: dict[str, Any]) -> None:
    assert (await naip.post(INGESTIONS, body)).status_code == 400


async def test_a_merge_patch_of_null_removes_a_field(naip: Catalog) -> None:
    made = (await naip.post(INGESTIONS, static_ingestion(displayName="n", skipExistingItems=True))).json()
    reply = await naip.patch(f"{INGESTIONS}/{made['id']}", {"importType": "StaticCatalog", "displayName": None})

    assert "displayName" not in reply.json()
    assert reply.json()["skipExistingItems"] is True


async def test_an_ingestion_is_deleting_until_its_operation_ends_and_ready_again_when_cancelled() -> None:
    async with open_catalog(lro_delay=10) as catalog:
        await catalog.add("naip")
        catalog.clock.advance(10)
        path = f"{INGESTIONS}/{(await catalog.post(INGESTIONS, static_ingestion())).json()['id']}"
        first = await catalog.delete(path)
        deleting = (await catalog.get(path)).json()["status"]
        await catalog.delete(f"/inma/operations/{first.json()['id']}")
        ready = (await catalog.get(path)).json()["status"]
        await catalog.delete(path)
        catalog.clock.advance(10)

        assert (deleting, ready) == ("Deleting", "Ready")
        assert (await catalog.get(path)).status_code == 404


async def test_an_ingestion_with_a_run_in_progress_cannot_be_deleted() -> None:
    async with open_catalog(lro_delay=10) as catalog:
        await catalog.add("naip")
        catalog.clock.advance(10)
        path = f"{INGESTIONS}/{(await catalog.post(INGESTIONS, static_ingestion())).json()['id']}"
        await catalog.post(f"{path}/runs")

        assert (await catalog.delete(path)).status_code == 409
        catalog.clock.advance(10)
        assert (await catalog.delete(path)).status_code == 202


async def test_a_run_keeps_the_definition_of_its_day(naip: Catalog) -> None:
    path = f"{INGESTIONS}/{(await naip.post(INGESTIONS, static_ingestion(skipExistingItems=True))).json()['id']}"
    run = await naip.post(f"{path}/runs")
    await naip.patch(path, {"importType": "StaticCatalog", "sourceCatalogUrl": "https://elsewhere/catalog.json"})
    read = (await naip.get(f"{path}/runs/{run.json()['id']}")).json()
    operation = (await naip.get(f"/inma/operations/{read['operation']['id']}")).json()

    assert read["sourceCatalogUrl"] == static_ingestion()["sourceCatalogUrl"]
    assert (operation["type"], operation["status"], read["operation"]["totalItems"]) == ("IngestionStaticCatalog", "Failed", 0)
    assert operation["error"]["error"]["code"] == "IngestionResourceForbidden"
    assert operation["finishTime"] == read["operation"]["finishTime"]


@pytest.mark.parametrize("path", ["/inma/ingestion-sources", "/inma/collections/naip/ingestions", "/inma/operations"])
async def test_a_list_is_paged_by_top_and_skip_and_next_link(naip: Catalog, path: str) -> None:
    for number in range(7):
        await naip.post(SOURCES, identity_source(f"https://acct.blob.core.windows.net/c{number}"))
        await naip.post(INGESTIONS, static_ingestion(displayName=str(number)))
        await naip.post("/stac/collections", {**(await naip.get("/stac/collections/naip")).json(), "id": f"c{number}", "links": []})
    whole = [entry["id"] for entry in (await naip.get(path)).json()["value"]]
    found: list[str] = []
    link: str | None = f"{path}?api-version=2026-04-15&$top=3"
    while link:
        page = (await naip.get(link)).json()
        assert len(page["value"]) <= 3
        found += [entry["id"] for entry in page["value"]]
        link = page.get("nextLink")

    assert found == whole
    assert len(found) >= 7
    skipped = (await naip.get(f"{path}?api-version=2026-04-15&$skip=2&$top=2")).json()
    assert [entry["id"] for entry in skipped["value"]] == whole[2:4]


@pytest.mark.parametrize("query", ["$top=0", "$top=-1", "$top=x", "$skip=-1", "$skip=1e9"])
async def test_strange_paging_is_refused(catalog: Catalog, query: str) -> None:
    assert (await catalog.get(f"/inma/operations?api-version=2026-04-15&{query}")).status_code == 400


async def test_the_last_page_has_no_next_link(catalog: Catalog) -> None:
    assert (await catalog.get(SOURCES)).json() == {"value": []}
