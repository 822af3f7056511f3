"""An emulated catalog as tests use it: in process, on a clock that only the test moves."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from pcsync.emulator import GeoCatalog, Settings, create_app

BASE = "https://emulator.local"
API_VERSION = "2026-04-15"
PNG = b"\x89PNG\r\n\x1a\n not really"
START = 1_776_000_000.0
"""Seconds since the epoch: April 2026."""


class Clock:
    """A clock in seconds that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


def collection(name: str = "naip", **fields: Any) -> dict[str, Any]:
    """A minimal collection body (geocatalog-api, appendix A)."""
    return {
        "id": name,
        "type": "Collection",
        "stac_version": "1.0.0",
        "description": "d",
        "license": "proprietary",
        "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [["2020-01-01T00:00:00Z", None]]}},
        "links": [],
        **fields,
    }


def item(name: str = "one", in_collection: str = "naip", **properties: Any) -> dict[str, Any]:
    """A minimal item body."""
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": name,
        "collection": in_collection,
        "geometry": {"type": "Point", "coordinates": [0, 0]},
        "bbox": [0, 0, 0, 0],
        "properties": {"datetime": "2022-01-01T00:00:00Z", **properties},
        "assets": {"image": {"href": "https://example.com/a.tif"}},
        "links": [],
    }


def asset_form(key: str = "thumbnail", filename: str = "thumbnail.png", content: bytes = PNG, **fields: Any) -> dict[str, Any]:
    """The multipart parts of a collection asset, as `files=` of httpx."""
    data = {"key": key, "type": "image/png", "roles": ["thumbnail"], "title": "Thumbnail", **fields}
    return {"file": (filename, content), "data": (None, json.dumps(data))}


def sas_source(container: str = "https://acct.blob.core.windows.net/data", expiry: str | None = "2026-04-22T15:55:57Z") -> dict[str, Any]:
    expires = f"&se={expiry}" if expiry else ""
    token = f"sp=rl&st=2026-04-15T15:55:57Z{expires}&sv=2024-11-04&sr=c&sig=planted-signature"
    return {"kind": "SasToken", "connectionInfo": {"containerUrl": container, "sasToken": token}}


def static_ingestion(**fields: Any) -> dict[str, Any]:
    return {"importType": "StaticCatalog", "sourceCatalogUrl": "https://acct.blob.core.windows.net/data/catalog.json", **fields}


def static_catalog(folder: Path, count: int = 3, **properties: Any) -> Path:
    """A static catalog in files: catalog.json, a child, `count` items with one asset each beside them. Its catalog.json."""
    items = folder / "child"
    items.mkdir(parents=True)
    root = {"type": "Catalog", "id": "root", "stac_version": "1.0.0", "description": "d"}
    links = [{"rel": "item", "href": f"./i{number}.json"} for number in range(count)]
    _write(folder / "catalog.json", {**root, "links": [{"rel": "child", "href": "./child/collection.json"}]})
    _write(items / "collection.json", {**collection("source"), "links": [*links, {"rel": "root", "href": "../catalog.json"}]})
    for number in range(count):
        assets = {"image": {"href": f"i{number}.tif", "type": "image/tiff"}}
        _write(items / f"i{number}.json", {**item(f"i{number}", "source", **properties), "assets": assets})
        (items / f"i{number}.tif").write_bytes(f"pixels of i{number}".encode())
    return folder / "catalog.json"


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value))


@dataclass
class Catalog:
    """One app and its client."""

    app: GeoCatalog
    http: httpx.AsyncClient
    clock: Clock = field(default_factory=Clock)

    async def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Adds the api-version unless the path has a query or is absolute."""
        params = None if "?" in path else {"api-version": API_VERSION, **options.pop("params", {})}
        return await self.http.request(method, path, params=params, **options)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.send("GET", path, **options)

    async def post(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return await self.send("POST", path, **({"json": json} if json is not None else {}), **options)

    async def put(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return await self.send("PUT", path, **({"json": json} if json is not None else {}), **options)

    async def patch(self, path: str, json: Any, **options: Any) -> httpx.Response:
        headers = {"content-type": "application/merge-patch+json", **options.pop("headers", {})}
        return await self.send("PATCH", path, content=_dumps(json), headers=headers, **options)

    async def delete(self, path: str, **options: Any) -> httpx.Response:
        return await self.send("DELETE", path, **options)

    async def add(self, name: str = "naip", **fields: Any) -> None:
        """A collection whose operation has ended."""
        reply = await self.post("/stac/collections", collection(name, **fields))
        assert reply.status_code == 202, reply.text

    async def operation(self, reply: httpx.Response) -> dict[str, Any]:
        """The operation that a 202 points at, as it is now."""
        assert reply.status_code == 202, reply.text
        found = await self.get(reply.headers["location"])
        return dict(found.json())

    async def run(self, ingestion: dict[str, Any], collection: str = "naip") -> dict[str, Any]:
        """A run of a new ingestion definition, as it is after the next read."""
        path = f"/inma/collections/{collection}/ingestions"
        made = (await self.post(path, ingestion)).json()
        run = (await self.post(f"{path}/{made['id']}/runs")).json()
        return dict((await self.get(f"{path}/{made['id']}/runs/{run['id']}")).json())

    async def search(self, **body: Any) -> list[str]:
        """The ids that a search finds, over all its pages."""
        found: list[str] = []
        link: dict[str, Any] | None = {"href": f"/stac/search?api-version={API_VERSION}", "body": body}
        while link:
            reply = await self.http.post(link["href"], json=link["body"])
            assert reply.status_code == 200, reply.text
            found += [feature["id"] for feature in reply.json()["features"]]
            link = next((entry for entry in reply.json()["links"] if entry["rel"] == "next"), None)
        return found

    async def fault(self, effect: str, **fields: Any) -> None:
        reply = await self.http.post("/_emulator/faults", json={"effect": effect, **fields})
        assert reply.status_code == 201, reply.text


@asynccontextmanager
async def open_catalog(database: str | Path = ":memory:", **settings: Any) -> AsyncIterator[Catalog]:
    clock = Clock()
    app = create_app(database, Settings(**{"clock": clock, **settings}))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as http:
        yield Catalog(app, http, clock)
    app.close()


def _dumps(value: Any) -> bytes:
    return json.dumps(value).encode()
