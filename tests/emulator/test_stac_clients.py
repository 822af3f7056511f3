"""Clients that know STAC only: pystac-client opens the catalog, searches and pages; stac-api-validator judges it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pcsync.emulator import create_app

from .catalog import API_VERSION, collection, item
from .port import on_port

pystac_client = pytest.importorskip("pystac_client", reason="pystac-client is not installed")
PARAMS = {"api-version": API_VERSION}
LACKING = re.compile(r"service-desc|GET http://[^ ]*/stac/search.* 405 instead of 200|GET Search body was empty")
"""Neither is among the 144 routes of routes-2026-04-15.json."""
VALIDATOR = Path(__file__).parent / "offline_validator.py"


class Misspelt:
    """Collections have a word of the same length in place of `license`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def changed(message: Message) -> None:
            await send({**message, "body": message.get("body", b"").replace(b'"license"', b'"licence"')} if "body" in message else message)

        await self._app(scope, receive, changed)


class WithVersion:
    """Adds the api-version that clients of plain STAC do not know of."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and b"api-version" not in scope["query_string"]:
            scope = {**scope, "query_string": b"&".join(filter(None, [scope["query_string"], f"api-version={API_VERSION}".encode()]))}
        await self._app(scope, receive, send)


@pytest.fixture(scope="module")
def app() -> ASGIApp:
    return WithVersion(create_app(":memory:"))


@pytest.fixture(scope="module")
def url(app: ASGIApp) -> Iterator[str]:
    """Two collections, 25 items over the eastern and western hemispheres."""
    with on_port(app) as served, httpx.Client(base_url=served, params=PARAMS) as http:
        for name in ("naip", "other"):
            http.post("/stac/collections", json=collection(name, title=name.upper())).raise_for_status()
        for number in range(25):
            name = "naip" if number % 5 else "other"
            west, day = number * 10 - 125, f"20{10 + number % 12}-01-01T00:00:00Z"
            ring = [[west, -40], [west + 5, -40], [west + 5, 40], [west, 40], [west, -40]]
            place = {"geometry": {"type": "Polygon", "coordinates": [ring]}, "bbox": [west, -40, west + 5, 40]}
            http.post(f"/stac/collections/{name}/items", json={**item(f"i{number:02}", name, datetime=day), **place}).raise_for_status()
        yield served


def test_pystac_client_opens_the_catalog(url: str) -> None:
    client = pystac_client.Client.open(f"{url}/stac/", parameters=PARAMS)

    assert {found.id: found.title for found in client.get_collections()} == {"naip": "NAIP", "other": "OTHER"}
    assert client.get_collection("naip").extent.spatial.bboxes == [[-180, -90, 180, 90]]
    assert client.get_collection("naip").get_item("i01").collection_id == "naip"
    assert len(list(client.get_collection("naip").get_items())) == 20


def test_pystac_client_searches_and_pages(url: str) -> None:
    client = pystac_client.Client.open(f"{url}/stac/", parameters=PARAMS)
    everything = [found.id for found in client.search(limit=4).items()]
    narrowed = client.search(
        collections=["naip"],
        bbox=[-180, -10, 0, 10],
        datetime="2012/2016",
        sortby=["+id"],
        filter={"op": "<", "args": [{"property": "id"}, "i05"]},
        limit=1,
    )

    assert len(everything) == len(set(everything)) == 25
    assert [found.id for found in narrowed.items()] == ["i02", "i03", "i04"]


@pytest.mark.slow
def test_stac_api_validator_finds_nothing_but_what_the_service_lacks(url: str) -> None:
    """Core, collections, features, item search by POST. The service has no GET of search and no link to an API description."""
    pytest.importorskip("stac_api_validator", reason="stac-api-validator is not installed")
    asked = ["--conformance", "core", "--conformance", "collections", "--conformance", "features", "--conformance", "item-search"]
    region = '{"type": "Polygon", "coordinates": [[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]]}'
    command = [sys.executable, str(VALIDATOR), "--root-url", f"{url}/stac/", *asked, "--collection", "naip", "--geometry", region]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    report = ended.stdout.partition("Errors:")[2]
    errors = [line for line in report.splitlines() if line.startswith("- ")]
    assert errors, ended.stdout + ended.stderr
    assert [line for line in errors if not LACKING.search(line)] == []


@pytest.mark.slow
def test_stac_api_validator_notices_a_collection_without_a_licence(app: ASGIApp, url: str) -> None:
    """The schemas that it is given are read. (To a server that answers `{}` to everything it has no objection at all.)"""
    pytest.importorskip("stac_api_validator", reason="stac-api-validator is not installed")
    with on_port(Misspelt(app)) as wrong:
        command = [sys.executable, str(VALIDATOR), "--root-url", f"{wrong}/stac/", "--conformance", "collections", "--collection", "naip"]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    assert "'license' is a required property" in ended.stdout
