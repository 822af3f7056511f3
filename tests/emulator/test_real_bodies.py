"""Bodies that real users sent to real GeoCatalogs are accepted, and read back as they were sent."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from .catalog import Catalog, open_catalog

HERE = "/stac/collections/c"
SERVER_MADE = {"links", "assets", "msft:_created", "msft:_updated"}


@pytest.fixture(scope="module")
def bodies() -> list[tuple[str, str, Any]]:
    """(file, kind, body) of every document of a GeoCatalog."""
    folder = Path(os.environ.get("PCSYNC_REAL_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
    if not (folder / "INDEX.json").exists():
        pytest.skip(f"no real data in {folder}; set PCSYNC_REAL_DATA")
    index = json.loads((folder / "INDEX.json").read_text())
    entries = index["files"] if isinstance(index, dict) else index
    mine = [entry for entry in entries if entry["shape"] in ("geocatalog", "geocatalog-served") and entry["kind"] != "history"]
    return [(entry["file"], entry["kind"], json.loads((folder / entry["file"]).read_text())) for entry in mine]


@pytest.mark.real
async def test_every_real_body_is_accepted_and_comes_back(bodies: list[tuple[str, str, Any]]) -> None:
    checked = 0
    for file, kind, body in bodies:
        async with open_catalog() as catalog:
            await catalog.add("c")
            for sent, read in await _store(catalog, kind, body):
                assert sent == {key: read.get(key) for key in sent}, file
                checked += 1

    assert checked >= 40


async def _store(catalog: Catalog, kind: str, body: Any) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(what was sent, what a read answers) for each resource of a document."""
    if kind in ("render-options", "mosaics"):
        return [await _member(catalog, kind, entry) for entry in body if entry["id"] != "default"]
    if kind == "tile-settings":
        assert (await catalog.put(f"{HERE}/configurations/tile-settings", body)).status_code == 200
        return [(body, (await catalog.get(f"{HERE}/configurations/tile-settings")).json())]
    if kind == "queryables":
        assert (await catalog.post(f"{HERE}/queryables", body)).status_code == 201
        schema = (await catalog.get(f"{HERE}/queryables")).json()["properties"]
        return [({"definition": entry["definition"]}, {"definition": schema[entry["name"]]}) for entry in body]
    sent = {key: value for key, value in body.items() if key not in SERVER_MADE}
    reply = await catalog.post("/stac/collections", {**sent, "links": []})
    assert reply.status_code == 202, reply.text
    return [(sent, (await catalog.get(f"/stac/collections/{sent['id']}")).json())]


async def _member(catalog: Catalog, kind: str, body: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    reply = await catalog.post(f"{HERE}/configurations/{kind}", body)
    assert reply.status_code == 201, reply.text
    return body, (await catalog.get(f"{HERE}/configurations/{kind}/{body['id']}")).json()
