"""Faults on demand: from settings, rules and headers; deterministic."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import pytest

from pcsync.emulator import Fault, Settings, create_app

from .catalog import Catalog, asset_form, collection, item, open_catalog
from .port import on_port

HERE = "/stac/collections/naip"
OPTIONS = f"{HERE}/configurations/render-options"
OPTION = {"id": "rgb", "name": "RGB"}


def header(effect: str, **fields: Any) -> dict[str, str]:
    return {"x-emulator-fault": json.dumps({"effect": effect, **fields})}


@pytest.mark.parametrize(("status", "code"), [(429, "TooManyRequests"), (503, "ServiceUnavailable"), (500, "InternalServerError")])
async def test_a_status_comes_with_retry_after_and_without_effect(naip: Catalog, status: int, code: str) -> None:
    reply = await naip.post(OPTIONS, OPTION, headers=header("status", status=status, retry_after=1.5))

    assert (reply.status_code, reply.headers["retry-after"], reply.json()["error"]["code"]) == (status, "1.5", code)
    assert (await naip.get(f"{OPTIONS}/rgb")).status_code == 404


async def test_a_fault_hits_the_nth_match_and_as_many_as_it_says(naip: Catalog) -> None:
    await naip.fault("status", status=503, method="GET", path="/configurations$", nth=2, times=2)
    seen = [(await naip.get(f"{HERE}/configurations")).status_code for _ in range(5)]

    assert seen == [200, 503, 503, 200, 200]
    assert (await naip.get(HERE)).status_code == 200


async def test_cleared_faults_are_gone(naip: Catalog) -> None:
    await naip.fault("status")
    assert (await naip.get(HERE)).status_code == 503
    assert len((await naip.http.get("/_emulator/faults")).json()) == 1
    await naip.http.delete("/_emulator/faults")
    assert (await naip.get(HERE)).status_code == 200


async def test_faults_of_the_settings_are_armed_from_the_start() -> None:
    async with open_catalog(faults=[Fault("status", status=503, times=1)]) as catalog:
        seen = [(await catalog.get("/stac/conformance")).status_code for _ in range(2)]

    assert seen == [503, 200]


async def test_a_connection_dropped_before_leaves_no_trace_and_after_leaves_the_effect(naip: Catalog) -> None:
    for effect, name in (("drop-before", "a"), ("drop-after", "b")):
        with pytest.raises(ConnectionResetError):
            await naip.post(OPTIONS, {**OPTION, "id": name}, headers=header(effect))

    assert [option["id"] for option in (await naip.get(OPTIONS)).json()] == ["b"]


def test_on_a_port_a_dropped_connection_is_a_closed_socket() -> None:
    with on_port(create_app(":memory:", Settings())) as url, httpx.Client(base_url=url, params={"api-version": "2026-04-15"}) as http:
        for effect, name in (("drop-before", "a"), ("drop-after", "b")):
            with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
                http.post("/stac/collections", json=collection(name), headers=header(effect))
        listed = http.get("/stac/collections").json()["collections"]

    assert [entry["id"] for entry in listed] == ["b"]


async def test_a_garbage_body_comes_after_the_effect(naip: Catalog) -> None:
    reply = await naip.post(OPTIONS, OPTION, headers=header("garbage-body"))

    assert reply.status_code == 201
    with pytest.raises(json.JSONDecodeError):
        reply.json()
    assert (await naip.get(f"{OPTIONS}/rgb")).status_code == 200


@pytest.mark.parametrize(
    ("effect", "status", "code"), [("expired-token", 401, "Unauthorized"), ("role-missing", 403, "AuthorizationFailed")]
)
async def test_tokens_and_roles_can_be_missing(naip: Catalog, effect: str, status: int, code: str) -> None:
    reply = await naip.put(HERE, collection("naip", title="new"), headers=header(effect))

    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)
    assert "title" not in (await naip.get(HERE)).json()


async def test_a_configuration_conflict_has_its_own_code(naip: Catalog) -> None:
    reply = await naip.post(OPTIONS, OPTION, headers=header("config-conflict"))

    assert (reply.status_code, reply.headers["x-ms-error-code"]) == (409, "CollectionConfigChanged")


@pytest.mark.parametrize(
    ("effect", "status", "history"),
    [
        ("operation-failed", "Failed", ["Pending", "Running", "Failed"]),
        ("operation-stuck", "Pending", ["Pending"]),
        ("operation-canceling", "Canceling", ["Pending", "Running"]),
        ("operation-canceled", "Canceled", ["Pending", "Running", "Canceled"]),
    ],
)
async def test_an_operation_can_end_badly_or_not_at_all(catalog: Catalog, effect: str, status: str, history: list[str]) -> None:
    reply = await catalog.post("/stac/collections", collection("naip"), headers=header(effect))
    catalog.clock.advance(3600)
    operation = await catalog.operation(reply)

    assert reply.json()["status"] in ("Pending", "Canceling")
    assert (operation["status"], [entry["status"] for entry in operation["statusHistory"]]) == (status, history)
    assert (await catalog.get(HERE)).status_code == 404


async def test_a_failed_operation_says_what_the_fault_says(catalog: Catalog) -> None:
    fault = header("operation-failed", code="IngestionResourceForbidden", message="no")
    operation = await catalog.operation(await catalog.post("/stac/collections", collection("naip"), headers=fault))

    assert operation["error"] == {"error": {"code": "IngestionResourceForbidden", "message": "no"}}


async def test_a_slow_operation_takes_that_much_longer(catalog: Catalog) -> None:
    reply = await catalog.post("/stac/collections", collection("naip"), headers=header("slow-operation", seconds=30))
    catalog.clock.advance(29)
    before = (await catalog.operation(reply))["status"]
    catalog.clock.advance(2)

    assert (before, (await catalog.operation(reply))["status"]) == ("Running", "Succeeded")


async def test_reads_are_stale_for_as_long_as_the_fault_says(naip: Catalog) -> None:
    await naip.put(HERE, collection("naip", title="old"))
    naip.clock.advance(10)
    await naip.fault("stale-reads", method="GET", path="^/stac/", seconds=5)
    await naip.put(HERE, collection("naip", title="first"))
    naip.clock.advance(3)
    await naip.put(HERE, collection("naip", title="second"))
    seen = []
    for _ in range(3):
        seen.append((await naip.get(HERE)).json()["title"])
        naip.clock.advance(2.5)

    assert seen == ["old", "first", "second"]


async def test_a_deleted_collection_can_still_be_read_for_a_while(naip: Catalog) -> None:
    await naip.get(HERE)
    naip.clock.advance(10)
    await naip.fault("stale-reads", path="^/stac/", seconds=5)
    await naip.delete(HERE)
    before = [(await naip.get(HERE)).status_code, (await naip.get("/inma/operations")).json()["value"][0]["status"]]
    naip.clock.advance(6)

    assert before == [200, "Succeeded"]
    assert (await naip.get(HERE)).status_code == 404


@pytest.mark.parametrize("path", ["/stac/collections", "/inma/operations", f"{HERE}/configurations/mosaics", f"{HERE}/items"])
async def test_a_list_can_lack_entries(naip: Catalog, path: str) -> None:
    await naip.add("other")
    await naip.post(f"{HERE}/items", item("one"))
    whole = _entries((await naip.get(path)).json())
    lacking = _entries((await naip.get(path, headers=header("omit-entries", count=1))).json())

    assert whole
    assert lacking == whole[1:]


def _entries(body: Any) -> list[Any]:
    if isinstance(body, list):
        return body
    return list(next(body[name] for name in ("collections", "value", "features") if name in body))


async def test_unknown_keys_of_a_collection_can_be_dropped(naip: Catalog) -> None:
    body = collection("naip", title="kept", **{"pcsync:managed": {"v": 1}})
    reply = await naip.put(HERE, body, headers=header("drop-unknown-keys"))

    assert reply.json()["title"] == "kept"
    assert "pcsync:managed" not in (await naip.get(HERE)).json()
    assert "links" in (await naip.get(HERE)).json()


async def test_latency_is_real_time(naip: Catalog) -> None:
    began = time.monotonic()
    reply = await naip.get(HERE, headers=header("latency", seconds=0.05))

    assert reply.status_code == 200
    assert time.monotonic() - began >= 0.05


@pytest.mark.parametrize(
    "rule",
    [
        {},
        [],
        "x",
        {"effect": "nonsense"},
        {"effect": "status", "path": "("},
        {"effect": "status", "nth": "1"},
        {"effect": "status", "x": 1},
        {"effect": "status", "status": 200},
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused(naip: Catalog, rule: Any) -> None:
    by_route = await naip.http.post("/_emulator/faults", json=rule)
    by_header = await naip.get(HERE, headers={"x-emulator-fault": json.dumps(rule)})

    assert (by_route.status_code, by_header.status_code) == ((201, 200) if rule == [] else (400, 400))


async def test_the_log_tells_every_request_with_what_hit_it(naip: Catalog) -> None:
    await naip.http.delete("/_emulator/requests")
    await naip.get(f"{HERE}/configurations/mosaics/a%2Fb")
    await naip.get(HERE, headers=header("status", status=429))
    log = (await naip.http.get("/_emulator/requests")).json()

    assert [(entry["method"], entry["path"], entry["status"], entry["faults"]) for entry in log] == [
        ("GET", f"{HERE}/configurations/mosaics/a/b", 404, []),
        ("GET", HERE, 429, ["status"]),
    ]


async def test_the_log_holds_no_tokens(naip: Catalog) -> None:
    await naip.get(HERE, headers={"authorization": "Bearer planted"})
    await naip.post(f"{HERE}/assets", files=asset_form())

    assert "planted" not in (await naip.http.get("/_emulator/requests")).text
