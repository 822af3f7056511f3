"""A run of a definition walks its catalog: what it counts, what it skips, what fails, and what it may read."""

from __future__ import annotations

import importlib.util
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from .catalog import Catalog, item, open_catalog, static_catalog

ITEMS = "/stac/collections/naip/items"
CONTAINER = "https://acct.blob.core.windows.net/data"


def definition(url: str, **fields: Any) -> dict[str, Any]:
    return {"importType": "StaticCatalog", "sourceCatalogUrl": url, **fields}


def counts(run: dict[str, Any]) -> tuple[int, int, int, int]:
    operation = run["operation"]
    return tuple(operation[f"total{which}Items"] for which in ("", "Pending", "Successful", "Failed"))  # type: ignore[return-value]


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without a word, but for /moved, which leads to a host that is on no list."""

    def do_GET(self) -> None:
        if self.path.startswith("/moved"):
            self.send_response(302)
            self.send_header("Location", "https://example.com/catalog.json")
            self.end_headers()
        elif self.path.startswith("/secret"):
            self.send_error(403)
        else:
            super().do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def over_http(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture
async def reading(tmp_path: Path) -> Any:
    """A catalog that may read the test's folder."""
    async with open_catalog(read_folders=[tmp_path], mounts={CONTAINER: tmp_path}) as catalog:
        await catalog.add("naip")
        yield catalog


async def test_a_run_ingests_every_item_below_the_catalog(reading: Catalog, tmp_path: Path) -> None:
    run = await reading.run(definition(static_catalog(tmp_path).as_uri()))
    operation = (await reading.get(f"/inma/operations/{run['operation']['id']}")).json()
    shown = (await reading.get(f"{ITEMS}/i1")).json()

    assert (run["operation"]["status"], counts(run)) == ("Succeeded", (3, 0, 3, 0))
    assert [entry["status"] for entry in run["operation"]["statusHistory"]] == ["Pending", "Running", "Finished"]
    assert operation["type"] == "IngestionStaticCatalog"
    assert operation["additionalInformation"] == {
        "TotalFailedItems": "0",
        "TotalItems": "3",
        "TotalPendingItems": "0",
        "TotalSuccessfulItems": "3",
    }
    assert await reading.search() == ["i2", "i1", "i0"]
    assert (shown["collection"], shown["links"][0]["rel"]) == ("naip", "collection")
    assert "/blob/naip-" in shown["assets"]["image"]["href"]


async def test_catalogs_are_read_over_loopback_http_and_through_mounts(reading: Catalog, tmp_path: Path) -> None:
    static_catalog(tmp_path)
    with over_http(tmp_path) as url:
        assert counts(await reading.run(definition(f"{url}/catalog.json"))) == (3, 0, 3, 0)
    assert counts(await reading.run(definition(f"{CONTAINER}/catalog.json?sv=token"))) == (3, 0, 3, 0)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://example.com/catalog.json", "IngestionResourceForbidden"),
        ("http://169.254.169.254/metadata", "IngestionResourceForbidden"),
        ("file:///etc/passwd", "IngestionResourceForbidden"),
        (f"{CONTAINER}/../../etc/passwd", "IngestionResourceForbidden"),
        (f"{CONTAINER}/%2e%2e/%2e%2e/etc/passwd", "IngestionResourceForbidden"),
        (f"{CONTAINER}/link/passwd", "IngestionResourceForbidden"),
        (f"{CONTAINER}/none.json", "IngestionResourceUriNotFound"),
        (f"{CONTAINER}/child", "IngestionResourceUriNotFound"),
        (f"{CONTAINER}/child/i0.json", "InvalidStacCatalog"),
        (f"{CONTAINER}/child/i0.tif", "InvalidStacCatalog"),
        ("HTTP/none.json", "IngestionResourceUriNotFound"),
        ("HTTP/secret", "IngestionResourceForbidden"),
        ("HTTP/moved", "IngestionResourceForbidden"),
        ("http://127.0.0.1:1/catalog.json", "IngestionResourceConnectionFailed"),
        ("gopher://127.0.0.1/catalog.json", "IngestionResourceForbidden"),
        ("http://[::1/catalog.json", "IngestionResourceConnectionFailed"),
    ],
)
async def test_a_catalog_that_cannot_be_read_fails_the_run(reading: Catalog, tmp_path: Path, url: str, code: str) -> None:
    static_catalog(tmp_path)
    (tmp_path / "link").symlink_to("/etc")
    with over_http(tmp_path) as here:
        run = await reading.run(definition(url.replace("HTTP", here)))
    operation = (await reading.get(f"/inma/operations/{run['operation']['id']}")).json()

    assert (operation["status"], operation["error"]["error"]["code"]) == ("Failed", code)
    assert operation["statusHistory"][-1]["errorCode"] == code
    assert counts(run) == (0, 0, 0, 0)


async def test_what_is_wrong_with_single_items_is_counted_and_the_rest_ingested(reading: Catalog, tmp_path: Path) -> None:
    source = static_catalog(tmp_path)
    (tmp_path / "child" / "i0.json").write_text('{"type": "Feature"}')
    (tmp_path / "child" / "i1.json").unlink()
    run = await reading.run(definition(source.as_uri()))
    error = (await reading.get(f"/inma/operations/{run['operation']['id']}")).json()["error"]["error"]

    assert (run["operation"]["status"], counts(run)) == ("Failed", (3, 0, 1, 2))
    assert error["code"] == "ErrorsInBatchOperation"
    assert "2 of 3 items failed" in error["message"]
    assert await reading.search() == ["i2"]


async def test_items_that_exist_are_skipped_or_replaced(reading: Catalog, tmp_path: Path) -> None:
    url = static_catalog(tmp_path, gsd=1).as_uri()
    await reading.post(ITEMS, item("i0", gsd=0))
    skipping = await reading.run(definition(url, skipExistingItems=True))
    kept = (await reading.get(f"{ITEMS}/i0")).json()["properties"]["gsd"]
    await reading.run(definition(url, skipExistingItems=False))
    replaced = (await reading.get(f"{ITEMS}/i0")).json()["properties"]["gsd"]

    assert (kept, replaced, counts(skipping)) == (0, 1, (3, 0, 3, 0))


async def test_original_assets_stay_where_they_are_when_asked(reading: Catalog, tmp_path: Path) -> None:
    await reading.run(definition(static_catalog(tmp_path).as_uri(), keepOriginalAssets=True))

    assert (await reading.get(f"{ITEMS}/i0")).json()["assets"]["image"]["href"] == (tmp_path / "child" / "i0.tif").as_uri()


async def test_a_catalog_that_links_in_a_circle_ends(reading: Catalog, tmp_path: Path) -> None:
    source = static_catalog(tmp_path)
    child = json.loads((tmp_path / "child" / "collection.json").read_text())
    child["links"] += [{"rel": "child", "href": "../catalog.json"}, {"rel": "child", "href": "./collection.json"}, {"rel": "item"}, 5]
    (tmp_path / "child" / "collection.json").write_text(json.dumps(child))

    assert counts(await reading.run(definition(source.as_uri()))) == (3, 0, 3, 0)


async def test_a_run_that_is_cancelled_before_it_began_reads_nothing(tmp_path: Path) -> None:
    async with open_catalog(read_folders=[tmp_path], lro_delay=10) as catalog:
        await catalog.add("naip")
        catalog.clock.advance(10)
        run = await catalog.run(definition(static_catalog(tmp_path).as_uri()))
        await catalog.delete(f"/inma/operations/{run['operation']['id']}")
        catalog.clock.advance(10)

        assert (await catalog.get(f"/inma/operations/{run['operation']['id']}")).json()["status"] == "Canceled"
        assert await catalog.search() == []


async def test_a_run_whose_collection_is_gone_fails(tmp_path: Path) -> None:
    async with open_catalog(read_folders=[tmp_path], lro_delay=10) as catalog:
        await catalog.add("naip")
        catalog.clock.advance(10)
        deletion = await catalog.delete("/stac/collections/naip")
        run = await catalog.run(definition(static_catalog(tmp_path).as_uri()))
        catalog.clock.advance(10)
        ended = (await catalog.get(f"/inma/operations/{run['operation']['id']}")).json()

        assert (await catalog.operation(deletion))["status"] == "Succeeded"
        assert (ended["status"], ended["error"]["error"]["code"]) == ("Failed", "CollectionDoesNotExist")


async def test_an_injected_failure_reads_nothing(reading: Catalog, tmp_path: Path) -> None:
    await reading.fault("operation-failed", code="InternalError", method="POST", path="/runs")
    run = await reading.run(definition(static_catalog(tmp_path).as_uri()))

    assert run["operation"]["status"] == "Failed"
    assert await reading.search() == []


@pytest.mark.parametrize(("policy", "strict", "expected"), [("copy", False, 3), ("copy", True, 2), ("refer", False, 3), ("refer", True, 2)])
async def test_an_asset_that_is_gone_fails_its_item_only_when_strict(tmp_path: Path, policy: str, strict: bool, expected: int) -> None:
    source = static_catalog(tmp_path)
    (tmp_path / "child" / "i1.tif").unlink()
    async with open_catalog(read_folders=[tmp_path], asset_policy=policy, strict_assets=strict) as catalog:
        await catalog.add("naip")
        run = await catalog.run(definition(source.as_uri()))

        assert counts(run) == (3, 0, expected, 3 - expected)
        assert len(await catalog.search()) == expected


async def test_a_posted_item_whose_asset_is_gone_fails_when_strict(tmp_path: Path) -> None:
    async with open_catalog(strict_assets=True, read_folders=[tmp_path]) as catalog:
        await catalog.add("naip")
        lost = {**item("one"), "assets": {"image": {"href": (tmp_path / "none.tif").as_uri()}}}
        operation = await catalog.operation(await catalog.post(ITEMS, lost))

        assert (operation["status"], operation["error"]["error"]["code"]) == ("Failed", "IngestionResourceUriNotFound")
        assert operation["additionalInformation"]["TotalFailedItems"] == "1"


async def test_a_run_of_a_file_that_is_no_geoparquet_fails(reading: Catalog, tmp_path: Path) -> None:
    (tmp_path / "items.parquet").write_bytes(b"not parquet")
    run = await reading.run({"importType": "StacGeoparquet", "stacGeoparquetUrl": f"{CONTAINER}/items.parquet"})
    operation = (await reading.get(f"/inma/operations/{run['operation']['id']}")).json()

    known = importlib.util.find_spec("pyarrow") is not None
    assert operation["type"] == "IngestionStacGeoparquet"
    assert operation["error"]["error"]["code"] == ("InvalidGeoparquet" if known else "InternalError")
    assert known or "pip install pyarrow" in operation["error"]["error"]["message"]


async def test_a_geoparquet_file_is_ingested_row_by_row(reading: Catalog, tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    rows = [_row(number) for number in range(4)] + [{**_row(4), "geometry": b"\x01\x09\x00\x00\x00"}]
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "items.parquet")
    run = await reading.run({"importType": "StacGeoparquet", "stacGeoparquetUrl": f"{CONTAINER}/items.parquet"})
    shown = (await reading.get(f"{ITEMS}/p2")).json()

    assert counts(run) == (5, 0, 4, 1)
    assert await reading.search(bbox=[1.5, 0, 2.5, 5]) == ["p2"]
    assert shown["properties"] == {"datetime": "2020-01-03T00:00:00Z", "gsd": 0.5}
    assert shown["geometry"] == {"type": "Point", "coordinates": [2.0, 1.0]}
    assert (shown["bbox"], shown["assets"]["image"]["type"]) == ([2.0, 1.0, 2.0, 1.0], "image/tiff")


def _row(number: int) -> dict[str, Any]:
    import struct
    from datetime import UTC, datetime

    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": f"p{number}",
        "geometry": struct.pack("<BIdd", 1, 1, float(number), 1.0),
        "bbox": {"xmin": float(number), "ymin": 1.0, "xmax": float(number), "ymax": 1.0},
        "assets": {"image": {"href": "https://example.com/a.tif", "type": "image/tiff", "title": None}},
        "links": [],
        "datetime": datetime(2020, 1, number + 1, tzinfo=UTC),
        "gsd": 0.5,
    }
