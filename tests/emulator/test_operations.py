"""Operations over time (geocatalog-api 1.4) and the item operations that fail late (2.13)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from .catalog import Catalog, collection, item, open_catalog

ITEMS = "/stac/collections/naip/items"


@pytest.fixture
async def slow() -> AsyncIterator[Catalog]:
    """A catalog whose operations take ten seconds, with a collection `naip`."""
    async with open_catalog(lro_delay=10) as catalog:
        await catalog.add("naip")
        catalog.clock.advance(10)
        yield catalog


def words(operation: dict[str, Any]) -> list[str]:
    return [entry["status"] for entry in operation["statusHistory"]]


async def test_an_operation_is_pending_then_running_then_succeeded(slow: Catalog) -> None:
    reply = await slow.post("/stac/collections", collection("new"))
    seen = [(await slow.operation(reply))["status"]]
    for _ in range(2):
        slow.clock.advance(5)
        seen.append((await slow.operation(reply))["status"])

    assert seen == ["Pending", "Running", "Succeeded"]
    assert words(await slow.operation(reply)) == ["Pending", "Running", "Finished"]


async def test_nothing_happens_before_the_operation_ends(slow: Catalog) -> None:
    await slow.delete("/stac/collections/naip")
    slow.clock.advance(9.9)
    assert (await slow.get("/stac/collections/naip")).status_code == 200
    slow.clock.advance(0.2)
    assert (await slow.get("/stac/collections/naip")).status_code == 404


async def test_the_times_of_an_operation_are_in_order(slow: Catalog) -> None:
    reply = await slow.post(ITEMS, item("one"))
    slow.clock.advance(3600)
    operation = await slow.operation(reply)
    times = [entry["timestamp"] for entry in operation["statusHistory"]]

    assert times == sorted(times)
    assert operation["creationTime"] <= times[0]
    assert operation["finishTime"] == times[-1] < "2026-04-12T13:21"


async def test_a_cancelled_operation_has_no_effect(slow: Catalog) -> None:
    reply = await slow.post("/stac/collections", collection("new"))
    cancelled = await slow.delete(f"/inma/operations/{reply.json()['id']}")
    slow.clock.advance(20)

    assert cancelled.status_code == 204
    assert (await slow.operation(reply))["status"] == "Canceled"
    assert (await slow.get("/stac/collections/new")).status_code == 404


async def test_an_operation_cancelled_before_it_ran_never_ran(slow: Catalog) -> None:
    early, late = await slow.post(ITEMS, item("early")), await slow.post(ITEMS, item("late"))
    slow.clock.advance(1)
    await slow.delete(f"/inma/operations/{early.json()['id']}")
    slow.clock.advance(5)
    await slow.delete(f"/inma/operations/{late.json()['id']}")
    first, second = await slow.operation(early), await slow.operation(late)

    assert words(first) == ["Pending", "Canceled"]
    assert "startTime" not in first
    assert words(second) == ["Pending", "Running", "Canceled"]
    assert second["startTime"] < second["finishTime"]


async def test_a_finished_operation_cannot_be_cancelled(naip: Catalog) -> None:
    operation = (await naip.get("/inma/operations")).json()["value"][0]

    assert (await naip.delete(f"/inma/operations/{operation['id']}")).status_code == 409
    assert (await naip.delete("/inma/operations/no-such-one")).status_code == 404


async def test_cancel_all_ends_what_is_open_in_the_whole_catalog(slow: Catalog) -> None:
    open_ones = [await slow.post("/stac/collections", collection("new")), await slow.post(ITEMS, item("one"))]
    await slow.delete("/inma/operations")

    assert [(await slow.operation(reply))["status"] for reply in open_ones] == ["Canceled", "Canceled"]
    assert len((await slow.get("/inma/operations", params={"status": "Succeeded"})).json()["value"]) == 1


async def test_operations_are_listed_newest_first_and_filtered(slow: Catalog) -> None:
    await slow.post("/stac/collections", collection("new"))
    await slow.post(ITEMS, item("one"))
    everything = (await slow.get("/inma/operations")).json()["value"]
    of_naip = (await slow.get("/inma/operations", params={"collectionId": "naip"})).json()["value"]
    pending = (await slow.get("/inma/operations", params={"status": "Pending"})).json()["value"]

    assert [entry["type"] for entry in everything] == ["AddItem", "AddCollection", "AddCollection"]
    assert [entry["type"] for entry in of_naip] == ["AddItem", "AddCollection"]
    assert [entry["collectionId"] for entry in pending] == ["naip", "new"]
    assert (await slow.get("/inma/operations", params={"status": "Done"})).status_code == 400


async def test_counters_are_strings_in_operations(naip: Catalog) -> None:
    reply = await naip.post(ITEMS, {"type": "FeatureCollection", "features": [item("one"), item("two")]})

    assert (await naip.operation(reply))["additionalInformation"] == {
        "TotalFailedItems": "0",
        "TotalItems": "2",
        "TotalPendingItems": "0",
        "TotalSuccessfulItems": "2",
    }


@pytest.mark.parametrize(
    ("method", "options", "code"),
    [
        ("PUT", {"json": item("nix")}, "NoRecordsToUpdate"),
        ("PATCH", {"content": b"{}", "headers": {"content-type": "application/merge-patch+json"}}, "NoRecordsToUpdate"),
        ("DELETE", {}, "NoRecordsToDelete"),
    ],
)
async def test_a_write_to_a_missing_item_is_accepted_and_fails_later(
    naip: Catalog, method: str, options: dict[str, Any], code: str
) -> None:
    operation = await naip.operation(await naip.send(method, f"{ITEMS}/nix", **options))

    assert operation["status"] == "Failed"
    assert operation["error"]["error"]["code"] == operation["statusHistory"][-1]["errorCode"] == code
    assert operation["additionalInformation"]["TotalFailedItems"] == "1"


async def test_a_patch_that_breaks_the_item_fails_and_leaves_it(naip: Catalog) -> None:
    await naip.post(ITEMS, item("one"))
    operation = await naip.operation(await naip.patch(f"{ITEMS}/one", {"properties": None}))

    assert operation["error"]["error"]["code"] == "PatchValidation"
    assert (await naip.get(f"{ITEMS}/one")).json()["properties"] == {"datetime": "2022-01-01T00:00:00Z"}


async def test_an_item_that_exists_answers_409(naip: Catalog) -> None:
    await naip.post(ITEMS, item("one"))

    assert (await naip.post(ITEMS, item("one"))).status_code == 409


async def test_items_are_paged_newest_first_without_gaps(naip: Catalog) -> None:
    features = [item(f"i{n}", datetime=f"20{10 + n % 4}-01-01T00:00:00Z") for n in range(23)]
    await naip.post(ITEMS, {"type": "FeatureCollection", "features": features})
    found: list[dict[str, Any]] = []
    link: str | None = f"{ITEMS}?api-version=2026-04-15&limit=5"
    while link:
        page = (await naip.get(link)).json()
        found += page["features"]
        link = next((entry["href"] for entry in page["links"] if entry["rel"] == "next"), None)

    expected = sorted(features, key=lambda feature: (feature["properties"]["datetime"], feature["id"]), reverse=True)
    assert [feature["id"] for feature in found] == [feature["id"] for feature in expected]
    assert len((await naip.get(ITEMS)).json()["features"]) == 10
    assert (await naip.get(ITEMS, params={"limit": "99999999"})).status_code == 200


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "token=x", "token=WzFd"])
async def test_strange_item_paging_is_refused(naip: Catalog, query: str) -> None:
    assert (await naip.get(f"{ITEMS}?api-version=2026-04-15&{query}")).status_code == 400


@pytest.mark.parametrize(
    "body", [item("x" * 150), item("one", "other"), {"type": "Feature", "id": "a"}, {"type": "FeatureCollection", "features": []}]
)
async def test_an_item_outside_the_model_is_refused(naip: Catalog, body: dict[str, Any]) -> None:
    assert (await naip.post(ITEMS, body)).status_code == 400
