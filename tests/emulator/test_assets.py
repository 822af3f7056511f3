"""Collection assets and the thumbnail (geocatalog-api 2.2)."""

from __future__ import annotations

import pytest

from .catalog import BASE, PNG, Catalog, asset_form

ASSETS = "/stac/collections/naip/assets"


async def test_an_asset_points_into_the_container_of_its_collection_under_the_name_sent(naip: Catalog) -> None:
    reply = await naip.post(ASSETS, files=asset_form(filename="picture.png", href="https://ignored"))
    asset = reply.json()["assets"]["thumbnail"]

    assert reply.status_code == 201
    assert asset["href"].startswith(f"{BASE}/blob/naip-")
    assert asset["href"].endswith("/collection-assets/thumbnail/picture.png")
    assert "key" not in asset


async def test_the_thumbnail_is_the_bytes_of_the_asset_with_that_key(naip: Catalog) -> None:
    await naip.post(ASSETS, files=asset_form())
    reply = await naip.get("/stac/collections/naip/thumbnail")

    assert (reply.status_code, reply.content, reply.headers["content-type"]) == (200, PNG, "image/png")
    assert (await naip.get("/stac/collections/naip/thumbnail")).headers["accept-ranges"] == "bytes"


async def test_a_collection_without_a_thumbnail_answers_404(naip: Catalog) -> None:
    await naip.post(ASSETS, files=asset_form(key="other"))

    assert (await naip.get("/stac/collections/naip/thumbnail")).status_code == 404


async def test_a_replaced_asset_changes_bytes_and_name_and_keeps_its_place(naip: Catalog) -> None:
    await naip.post(ASSETS, files=asset_form())
    await naip.post(ASSETS, files=asset_form(key="other"))
    reply = await naip.put(f"{ASSETS}/thumbnail", files=asset_form(filename="new.jpg", content=b"new", type="image/jpeg"))

    assert reply.status_code == 200
    assert list(reply.json()["assets"]) == ["thumbnail", "other"]
    assert reply.json()["assets"]["thumbnail"]["href"].endswith("/thumbnail/new.jpg")
    assert (await naip.get("/stac/collections/naip/thumbnail")).content == b"new"


async def test_every_asset_write_moves_the_update_time(naip: Catalog) -> None:
    stamps = [
        (await naip.get("/stac/collections/naip")).json()["msft:_updated"],
        (await naip.post(ASSETS, files=asset_form())).json()["msft:_updated"],
        (await naip.put(f"{ASSETS}/thumbnail", files=asset_form())).json()["msft:_updated"],
        (await naip.delete(f"{ASSETS}/thumbnail")).json()["msft:_updated"],
    ]

    assert stamps == sorted(set(stamps))
    assert (await naip.get("/stac/collections/naip")).json()["msft:_updated"] == stamps[-1]


async def test_a_deleted_asset_is_gone_from_the_collection(naip: Catalog) -> None:
    await naip.post(ASSETS, files=asset_form())
    await naip.delete(f"{ASSETS}/thumbnail")

    assert "assets" not in (await naip.get("/stac/collections/naip")).json()
    assert (await naip.delete(f"{ASSETS}/thumbnail")).status_code == 404


async def test_an_existing_key_answers_409_and_a_missing_one_404(naip: Catalog) -> None:
    await naip.post(ASSETS, files=asset_form())

    assert (await naip.post(ASSETS, files=asset_form())).status_code == 409
    assert (await naip.put(f"{ASSETS}/other", files=asset_form(key="other"))).status_code == 404
    assert (await naip.put(f"{ASSETS}/thumbnail", files=asset_form(key="other"))).status_code == 400


@pytest.mark.parametrize("name", ["../../secret.png", "..\\..\\secret.png", "/etc/secret.png", "a/../secret.png"])
async def test_no_file_name_leaves_the_folder_of_its_asset(naip: Catalog, name: str) -> None:
    reply = await naip.post(ASSETS, files=asset_form(filename=name))

    assert reply.json()["assets"]["thumbnail"]["href"].endswith("/collection-assets/thumbnail/secret.png")


@pytest.mark.parametrize("key", ["a/b", "..", "a\\b", "a?b", "", "x" * 256])
async def test_no_key_leaves_the_container(naip: Catalog, key: str) -> None:
    assert (await naip.post(ASSETS, files=asset_form(key=key))).status_code == 400


@pytest.mark.parametrize("missing", ["file", "data"])
async def test_both_parts_are_needed(naip: Catalog, missing: str) -> None:
    form = {name: part for name, part in asset_form().items() if name != missing}

    assert (await naip.post(ASSETS, files=form)).status_code == 400


async def test_a_body_that_is_not_multipart_is_refused(naip: Catalog) -> None:
    assert (await naip.post(ASSETS, {"key": "thumbnail"})).status_code == 415
    broken = {"content": b"--x\r\nnonsense", "headers": {"content-type": "multipart/form-data; boundary=x"}}
    assert (await naip.send("POST", ASSETS, **broken)).status_code == 400


async def test_a_file_of_30_megabytes_is_too_large(naip: Catalog) -> None:
    reply = await naip.post(ASSETS, files=asset_form(content=b"x" * 30_000_000))

    assert (reply.status_code, reply.json()["error"]["code"]) == (413, "RequestTooLarge")


async def test_the_parts_may_come_in_any_order(naip: Catalog) -> None:
    form = dict(reversed(asset_form().items()))

    assert (await naip.post(ASSETS, files=form)).status_code == 201
