"""The database file: shared by processes, kept over restarts, never of another version."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pcsync.emulator import create_app
from pcsync.emulator.store import SchemaMismatchError

from .catalog import PNG, Catalog, asset_form, collection, open_catalog

WRITER = """
import asyncio, sys
import httpx
from pcsync.emulator import create_app
from tests.emulator.catalog import collection, item
async def main(path, name):
    app = create_app(path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://x", params={"api-version": "2026-04-15"}) as http:
        for number in range(30):
            made = await http.post("/stac/collections", json=collection(f"{name}-{number}"))
            assert made.status_code == 202, made.text
            done = await http.put("/stac/collections/shared", json=collection("shared", title=f"{name} {number}"))
            assert done.status_code == 200, done.text
            added = await http.post("/stac/collections/shared/items", json=item(f"{name}-{number}", "shared"))
            assert added.status_code == 202, added.text
        await http.get("/stac/collections/shared")
asyncio.run(main(*sys.argv[1:]))
"""


MANY = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
INSERT INTO collections (id, document, served, container, created, updated)
SELECT 'c' || i, document, replace(served, '"id":"c"', '"id":"c' || i || '"'), container, created, updated FROM n, collections
"""


async def test_several_processes_write_one_file_without_losing_anything(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "down" / "catalog.sqlite"
    async with open_catalog(path) as catalog:
        await catalog.add("shared")
        problems = _write_side_by_side(path)
        listed = (await catalog.get("/stac/collections")).json()["collections"]
        operations = (await catalog.get("/inma/operations", params={"$top": "1000"})).json()["value"]
        items = await catalog.search(bbox=[-1, -1, 1, 1])

    assert problems == ["", "", ""]
    assert {entry["id"] for entry in listed} == {"shared"} | {f"{name}-{number}" for name in "abc" for number in range(30)}
    assert len({entry["id"] for entry in operations}) == len(operations) == 181
    assert sorted(items) == sorted(f"{name}-{number}" for name in "abc" for number in range(30))
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()


def _write_side_by_side(path: Path) -> list[str]:
    """What three writers said on stderr."""
    arguments = [sys.executable, "-c", WRITER, str(path)]
    workers = [subprocess.Popen([*arguments, name], cwd=Path(__file__).parents[2], stderr=subprocess.PIPE) for name in ("a", "b", "c")]
    return [worker.communicate(timeout=60)[1].decode() for worker in workers]


async def test_requests_side_by_side_in_one_process_lose_nothing(naip: Catalog) -> None:
    path = "/stac/collections/naip/configurations/render-options"
    replies = await asyncio.gather(*(naip.post(path, {"id": f"o{number}", "name": "O"}) for number in range(40)))

    assert {reply.status_code for reply in replies} == {201}
    assert len((await naip.get(path)).json()) == 40


async def test_a_catalog_survives_the_end_of_its_process(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    async with open_catalog(path) as catalog:
        await catalog.add("naip", title="NAIP")
        await catalog.post("/stac/collections/naip/assets", files=asset_form())
        before = (await catalog.get("/stac/collections/naip")).json()
    async with open_catalog(path) as again:
        assert (await again.get("/stac/collections/naip")).json() == before
        assert (await again.get("/stac/collections/naip/thumbnail")).content == PNG


async def test_a_closed_catalog_opens_its_file_again(tmp_path: Path) -> None:
    async with open_catalog(tmp_path / "catalog.sqlite") as catalog:
        await catalog.add("naip")
        catalog.app.close()

        assert (await catalog.get("/stac/collections/naip")).status_code == 200


def test_a_file_of_another_schema_version_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    create_app(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()

    with pytest.raises(SchemaMismatchError, match="99"):
        create_app(path)


def test_a_database_of_something_else_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE mine (a)")
    db.close()

    with pytest.raises(SchemaMismatchError):
        create_app(path)
    with sqlite3.connect(path) as db:
        assert [row[0] for row in db.execute("SELECT name FROM sqlite_schema")] == ["mine"]
    db.close()


async def test_a_busy_file_answers_503_with_retry_after(tmp_path: Path) -> None:
    async with open_catalog(tmp_path / "catalog.sqlite") as catalog:
        await catalog.add("naip")
        await catalog.get("/stac/collections/naip")
        with catalog.app.world.store.read() as own:
            own.execute("PRAGMA busy_timeout = 50")
        other = sqlite3.connect(tmp_path / "catalog.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        reply = await catalog.put("/stac/collections/naip", collection("naip"))
        read = await catalog.get("/stac/collections/naip")
        other.execute("ROLLBACK")
        other.close()

    assert (reply.status_code, reply.headers["retry-after"]) == (503, "1")
    assert read.status_code == 200


async def test_a_refused_request_leaves_the_database_as_it_was(naip: Catalog) -> None:
    await naip.get("/stac/collections/naip")
    before = _dump(naip)
    await naip.post("/stac/collections/naip/queryables", [{"name": "a", "definition": {}}, {"name": "id", "definition": {}}])
    await naip.put("/stac/collections/naip", collection("naip", license=""))

    assert _dump(naip) == before


def _dump(catalog: Catalog) -> list[str]:
    with catalog.app.world.store.read() as db:
        return list(db.iterdump())


async def test_the_same_seed_and_history_make_the_same_catalog() -> None:
    dumps = []
    for seed in (1, 1, 2):
        async with open_catalog(seed=seed) as catalog:
            await catalog.add("naip")
            await catalog.post("/stac/collections/naip/assets", files=asset_form())
            dumps.append(_dump(catalog))

    assert dumps[0] == dumps[1] != dumps[2]


async def test_ten_thousand_collections_list_in_one_answer(tmp_path: Path) -> None:
    """Inserted below the API, for time; the list is text as stored, so nothing is parsed."""
    async with open_catalog(tmp_path / "catalog.sqlite") as catalog:
        await catalog.add("c", description="x" * 9_000)
        await catalog.get("/stac/collections/c")
        with catalog.app.world.store.write() as db:
            db.execute(MANY)
        began = time.monotonic()
        reply = await catalog.get("/stac/collections")
        took = time.monotonic() - began

    assert len(reply.content) > 90_000_000
    assert reply.content.count(b'"type":"Collection"') == 10_000
    assert took < 10
