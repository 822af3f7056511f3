"""Managed storage: unsigned reads are refused, tokens expire and are revoked, ranges are served, no path leaves it."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import Any

import pytest

from .catalog import BASE, PNG, Catalog, asset_form, item, open_catalog, static_catalog

ITEMS = "/stac/collections/naip/items"
CONTAINER = "https://acct.blob.core.windows.net/data"
PIXELS = b"pixels of i0"


@pytest.fixture
async def stored(tmp_path: Path) -> Any:
    """A catalog with one ingested item whose asset was copied."""
    static_catalog(tmp_path / "data", 1)
    async with open_catalog(mounts={CONTAINER: tmp_path / "data"}) as catalog:
        await catalog.add("naip")
        await catalog.run({"importType": "StaticCatalog", "sourceCatalogUrl": f"{CONTAINER}/catalog.json"})
        yield catalog


async def href(catalog: Catalog, name: str = "i0", **query: str) -> str:
    reply = await catalog.get(f"{ITEMS}/{name}", params=query)
    return str(reply.json()["assets"]["image"]["href"])


async def signed(catalog: Catalog, **query: str) -> str:
    reply = await catalog.get("/sas/sign", params={"href": await href(catalog), **query})
    return str(reply.json()["href"])


async def test_a_signed_href_reads_the_bytes_that_were_ingested(stored: Catalog) -> None:
    reply = await stored.http.get(await signed(stored))

    assert (reply.status_code, reply.content) == (200, PIXELS)
    assert reply.headers["content-type"] == "image/tiff"
    assert reply.headers["accept-ranges"] == "bytes"
    assert reply.headers["content-length"] == str(len(PIXELS))
    assert (await stored.http.head(await signed(stored))).headers["content-length"] == str(len(PIXELS))


async def test_an_unsigned_read_is_refused_as_azure_does(stored: Catalog) -> None:
    reply = await stored.http.get(await href(stored))

    assert (reply.status_code, reply.headers["x-ms-error-code"]) == (409, "PublicAccessNotPermitted")
    assert reply.headers["content-type"] == "application/xml"
    assert b"<Code>PublicAccessNotPermitted</Code>" in reply.content


@pytest.mark.parametrize(
    ("old", "new"),
    [("sig=", "sig=A"), ("sp=rl", "sp=rw"), ("sr=c", "sr=b"), (r"se=20\d\d", "se=2099"), (r"st=[^&]*", "st="), (r"se=[^&]*&", "")],
)
async def test_a_token_that_was_changed_is_refused(stored: Catalog, old: str, new: str) -> None:
    reply = await stored.http.get(re.sub(old, new, await signed(stored), count=1))

    assert (reply.status_code, reply.headers["x-ms-error-code"]) == (403, "AuthenticationFailed")


async def test_a_token_reads_its_own_container_only(stored: Catalog) -> None:
    await stored.add("other")
    await stored.post("/stac/collections/other/assets", files=asset_form())
    token = (await stored.get("/sas/token/naip")).json()["token"]
    own = (await stored.get("/sas/token/other")).json()["token"]
    thumbnail = (await stored.get("/stac/collections/other")).json()["assets"]["thumbnail"]["href"]

    assert (await stored.http.get(f"{thumbnail}?{token}")).status_code == 403
    reply = await stored.http.get(f"{thumbnail}?{own}")
    assert (reply.status_code, reply.content, reply.headers["content-type"]) == (200, PNG, "image/png")


async def test_a_token_expires_after_its_duration(stored: Catalog) -> None:
    url = await signed(stored, duration="5")
    stored.clock.advance(299)
    before = (await stored.http.get(url)).status_code
    stored.clock.advance(2)

    assert (before, (await stored.http.get(url)).status_code) == (200, 403)


async def test_a_revocation_ends_every_token_and_none_after_it(stored: Catalog) -> None:
    url = await signed(stored)
    reply = await stored.post("/sas/token/revoke")

    assert (reply.status_code, reply.text) == (200, "null")
    assert (await stored.http.get(url)).status_code == 403
    assert (await stored.http.get(await signed(stored))).status_code == 200


async def test_a_token_has_the_fields_of_a_recorded_one_in_their_order(stored: Catalog) -> None:
    body = (await stored.get("/sas/token/naip")).json()

    assert list(body) == ["msft:expiry", "token"]
    names = [pair.partition("=")[0] for pair in body["token"].split("&")]
    assert names == ["st", "se", "sp", "sv", "sr", "skoid", "sktid", "skt", "ske", "sks", "skv", "sig"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body["msft:expiry"])


@pytest.mark.parametrize(
    "other", ["https://example.com/a.tif?x=1", "not a url", f"{BASE}/blob/none-00000000/a/b/c.tif", "https://[x/blob/a/b"]
)
async def test_a_foreign_href_comes_back_unsigned(stored: Catalog, other: str) -> None:
    reply = await stored.get("/sas/sign", params={"href": other})

    assert reply.json() == {"href": other}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/sas/token/none", 404),
        ("/sas/sign", 400),
        ("/sas/sign?api-version=2026-04-15&href=", 400),
        ("/sas/token/naip?api-version=2026-04-15&duration=x", 400),
    ],
)
async def test_a_token_of_nothing_is_refused(stored: Catalog, path: str, status: int) -> None:
    assert (await stored.get(path)).status_code == status


@pytest.mark.parametrize(
    ("wanted", "status", "content"),
    [
        ("bytes=0-5", 206, PIXELS[:6]),
        ("bytes=7-", 206, PIXELS[7:]),
        ("bytes=-2", 206, PIXELS[-2:]),
        ("bytes=0-99999", 206, PIXELS),
        ("bytes=500-", 416, None),
    ],
)
async def test_ranges_are_served(stored: Catalog, wanted: str, status: int, content: bytes | None) -> None:
    reply = await stored.http.get(await signed(stored), headers={"range": wanted})

    assert reply.status_code == status
    if content is not None:
        assert reply.content == content
        assert re.fullmatch(rf"bytes \d+-\d+/{len(PIXELS)}", reply.headers["content-range"])


@pytest.mark.parametrize(
    ("wanted", "status", "length"), [("bytes=1-3", 206, 3), ("bytes=-4", 206, 4), ("bytes=99999-", 416, None), ("lines=1-2", 200, len(PNG))]
)
async def test_ranges_of_collection_assets_are_served(naip: Catalog, wanted: str, status: int, length: int | None) -> None:
    await naip.post("/stac/collections/naip/assets", files=asset_form())
    shown = (await naip.get("/stac/collections/naip", params={"sign": "true"})).json()
    reply = await naip.http.get(shown["assets"]["thumbnail"]["href"], headers={"range": wanted})

    assert reply.status_code == status
    assert length is None or len(reply.content) == length


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/etc/passwd",
        "collection-assets/../x",
        "//etc/passwd",
        "a\x00b",
        "",
        "\ue000",
    ],
)
async def test_no_path_leaves_the_store(stored: Catalog, path: str) -> None:
    container = (await href(stored)).split("/")[4]
    token = (await stored.get("/sas/token/naip")).json()["token"]
    reply = await stored.http.get(
        f"{BASE}/blob/{container}/{path.encode().decode('latin-1') if path == '' else path}?{token}".replace("\x00", "%00")
    )

    assert reply.status_code in (403, 404)
    assert b"root:" not in reply.content


async def test_reads_that_are_signed_carry_tokens_that_work(stored: Catalog) -> None:
    one = await href(stored, sign="true", duration="10")
    listed = (await stored.get(ITEMS, params={"sign": "true"})).json()["features"][0]["assets"]["image"]["href"]
    searched = (await stored.send("POST", "/stac/search?api-version=2026-04-15&sign=true", json={})).json()["features"][0]

    for url in (one, listed, searched["assets"]["image"]["href"]):
        assert (await stored.http.get(url)).content == PIXELS
    assert "sig=" not in await href(stored)
    assert "sig=" not in searched["links"][3]["href"]


async def test_what_was_not_copied_leads_to_its_source(naip: Catalog) -> None:
    await naip.post(ITEMS, item("i0"))
    reply = await naip.http.get(await signed(naip))

    assert (reply.status_code, reply.headers["location"]) == (307, "https://example.com/a.tif")


async def test_under_refer_files_are_served_from_where_they_are(tmp_path: Path) -> None:
    static_catalog(tmp_path / "data", 1)
    async with open_catalog(mounts={CONTAINER: tmp_path / "data"}, asset_policy="refer") as catalog:
        await catalog.add("naip")
        await catalog.run({"importType": "StaticCatalog", "sourceCatalogUrl": f"{CONTAINER}/catalog.json"})
        url = await signed(catalog)
        first = (await catalog.http.get(url)).content
        (tmp_path / "data" / "child" / "i0.tif").write_bytes(b"changed")

        assert (first, (await catalog.http.get(url)).content) == (PIXELS, b"changed")


async def test_placeholders_are_pictures_of_the_right_kind() -> None:
    assets = {
        "image": {"href": "https://example.com/a.tif", "type": "image/tiff; application=geotiff", "eo:bands": [{}, {}, {}, {}]},
        "preview": {"href": "https://example.com/a.png"},
        "other": {"href": "https://example.com/a.xml"},
    }
    async with open_catalog(asset_policy="placeholder") as catalog:
        await catalog.add("naip")
        geometry = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 1], [0, 1], [0, 0]]]}
        await catalog.post(ITEMS, {**item("i0"), "assets": assets, "geometry": geometry, "bbox": [0, 0, 2, 1]})
        shown = (await catalog.get(f"{ITEMS}/i0", params={"sign": "true"})).json()["assets"]
        preview = (await catalog.http.get(shown["preview"]["href"])).content
        picture = await catalog.http.get(shown["image"]["href"])

        assert preview[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", preview[16:24]) == (256, 256)
        assert (await catalog.http.get(shown["other"]["href"])).status_code == 307
    rasterio = pytest.importorskip("rasterio", reason="the tiles extra is not installed")
    with rasterio.MemoryFile(picture.content) as file, file.open() as dataset:
        assert (dataset.count, tuple(dataset.bounds), dataset.crs.to_epsg()) == (4, (0.0, 0.0, 2.0, 1.0), 4326)
        assert dataset.dataset_mask().min() == 255


async def test_bytes_survive_the_end_of_the_process_and_unused_ones_are_swept(tmp_path: Path) -> None:
    static_catalog(tmp_path / "data", 1)
    options: dict[str, Any] = {"mounts": {CONTAINER: tmp_path / "data"}}
    async with open_catalog(tmp_path / "catalog.sqlite", **options) as catalog:
        await catalog.add("naip")
        await catalog.run({"importType": "StaticCatalog", "sourceCatalogUrl": f"{CONTAINER}/catalog.json"})
    async with open_catalog(tmp_path / "catalog.sqlite", **options) as again:
        assert (await again.http.get(await signed(again))).content == PIXELS
        assert len(list((tmp_path / "catalog.sqlite.blobs").iterdir())) == 1
