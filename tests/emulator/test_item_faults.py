"""Faults that hit items, search and tokens."""

from __future__ import annotations

import json

import httpx
import pytest

from pcsync.emulator.gate import ConnectionDroppedError

from .catalog import Catalog, item, open_catalog

ITEMS = "/stac/collections/naip/items"


async def test_an_item_operation_fails_is_stuck_or_cancelled_on_demand(naip: Catalog) -> None:
    ends = {}
    for number, effect in enumerate(("operation-failed", "operation-stuck", "operation-canceling", "operation-canceled")):
        fault = {"x-emulator-fault": json.dumps({"effect": effect, "code": "CogTransformationTimeout"})}
        reply = await naip.post(ITEMS, item(f"i{number}"), headers=fault)
        ends[effect] = (await naip.operation(reply))["status"]

    assert list(ends.values()) == ["Failed", "Pending", "Canceling", "Canceled"]
    assert await naip.search() == []


async def test_a_lost_answer_to_a_posted_item_leaves_the_item(naip: Catalog) -> None:
    with pytest.raises(ConnectionDroppedError):
        await naip.post(ITEMS, item("one"), headers={"x-emulator-fault": '{"effect": "drop-after"}'})

    assert await naip.search() == ["one"]


async def test_a_search_may_answer_from_the_past() -> None:
    async with open_catalog() as catalog:
        await catalog.fault("stale-reads", seconds=60, path="^/never$")
        await catalog.add("naip")
        await catalog.post(ITEMS, item("one"))
        await catalog.get(f"{ITEMS}/one")
        stale = {"x-emulator-fault": '{"effect": "stale-reads", "seconds": 60}'}

        assert (await catalog.get(f"{ITEMS}/one", headers=stale)).status_code == 404
        catalog.clock.advance(61)
        assert (await catalog.get(f"{ITEMS}/one", headers=stale)).status_code == 200


async def test_entries_go_missing_from_searches_and_lists(naip: Catalog) -> None:
    await naip.post(ITEMS, {"type": "FeatureCollection", "features": [item("one"), item("two")]})
    omit = {"x-emulator-fault": '{"effect": "omit-entries", "count": 1}'}

    assert len((await naip.post("/stac/search", {}, headers=omit)).json()["features"]) == 1
    assert len((await naip.get(ITEMS, headers=omit)).json()["features"]) == 1


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"effect": "expired-token"}, 401),
        ({"effect": "role-missing"}, 403),
        ({"effect": "status", "status": 429, "retry_after": 2}, 429),
        ({"effect": "status", "status": 503}, 503),
    ],
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/stac/search"), ("GET", ITEMS), ("GET", "/sas/token/naip"), ("GET", "/blob/a/b")])
async def test_each_new_route_is_refused_on_demand(naip: Catalog, fault: dict[str, object], status: int, method: str, path: str) -> None:
    body = {"json": {}} if method == "POST" else {}
    reply: httpx.Response = await naip.send(method, path, headers={"x-emulator-fault": json.dumps(fault)}, **body)

    assert reply.status_code == status
    assert reply.headers.get("retry-after") == ("2" if status == 429 else None)
