"""Collection assets: multipart calls, media types, what can be compared of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pcsync.core.change import Action
from pcsync.core.resource import Desired, Key, Live
from pcsync.kinds import KINDS
from pcsync.kinds.asset import media_type
from tests.kinds.emulated import Emulated
from tests.kinds.examples import PNG, document

ASSET = KINDS["asset"]


def desired(asset: dict[str, Any], folder: Path | None = None, **management: Any) -> Desired:
    (found,) = ASSET.declare(document("asset", {"thumbnail": asset}, folder, **management))
    return found


def live(**body: Any) -> Live:
    href = "https://storage.blob.core.windows.net/naip-bf48131e/collection-assets/thumbnail/thumbnail.png"
    return Live(Key("asset", "naip", "thumbnail"), {"key": "thumbnail", "href": href, **body}, "/stac/collections/naip/assets/thumbnail")


def test_a_file_is_sent_under_its_key(tmp_path: Path) -> None:
    wanted = desired({"file": "preview-v3.png", "title": "Thumbnail"}, tmp_path)

    (call,) = ASSET.calls(wanted, None)

    assert (call.method, call.path, call.content_type) == ("POST", "/stac/collections/naip/assets", "multipart/form-data")
    assert call.json == {"key": "thumbnail", "type": "image/png", "title": "Thumbnail", "roles": []}
    assert call.upload is not None
    assert (call.upload.filename, Path(call.upload.path).name) == ("thumbnail.png", "preview-v3.png")


def test_a_replaced_asset_keeps_the_texts_that_the_manifest_does_not_set(tmp_path: Path) -> None:
    wanted = desired({"file": "t.png", "title": "New", "roles": None}, tmp_path)

    (call,) = ASSET.calls(wanted, live(title="Old", description="Theirs", roles=["overview"], type="image/jpeg"))

    assert (call.method, call.path) == ("PUT", "/stac/collections/naip/assets/thumbnail")
    assert call.json == {"key": "thumbnail", "type": "image/png", "title": "New", "description": "Theirs"}


def test_an_ignored_text_is_sent_as_it_is_live(tmp_path: Path) -> None:
    wanted = desired({"file": "t.png", "title": "Ours"}, tmp_path, ignore=["/assets/thumbnail/title"])

    (call,) = ASSET.calls(wanted, live(title="Theirs"))

    assert call.json["title"] == "Theirs"


def test_the_bytes_cannot_be_read_back_and_are_declared_by_their_hash(tmp_path: Path) -> None:
    wanted = desired({"file": "t.png"}, tmp_path)

    assert wanted.upload is not None
    assert wanted.unreadable == {"sha256": wanted.upload.sha256}
    assert desired({"file": "t.png"}).unreadable is None


async def test_the_bytes_arrive(naip: Emulated, tmp_path: Path) -> None:
    await naip.apply(document("asset", {"thumbnail": {"file": "t.png"}}, tmp_path), ASSET)

    reply = await naip.raw("/stac/collections/naip/thumbnail")

    assert (reply.content, reply.headers["content-type"]) == (PNG, "image/png")


async def test_an_asset_that_somebody_named_otherwise_is_taken_as_it_is(naip: Emulated, tmp_path: Path) -> None:
    """The manifest's file is called thumbnail.png, theirs preview.png: the same suffix, nothing to do."""
    wanted = desired({"file": "t.png", "title": "T"}, tmp_path)
    theirs = live(title="T", type="image/png", href="https://storage.blob.core.windows.net/naip-1/collection-assets/thumbnail/preview.png")

    assert ASSET.normalise(wanted.body) == ASSET.normalise(theirs.body)


async def test_two_assets_are_two_resources(naip: Emulated, tmp_path: Path) -> None:
    manifest = document("asset", {"thumbnail": {"file": "t.png"}, "read/me": {"file": "readme.md", "title": "Read me"}}, tmp_path)
    del manifest.body["assets"]["read/me"]  # the emulator takes no separators in a key

    assert await naip.apply(manifest, ASSET) == [Action.CREATE]


@pytest.mark.parametrize(
    ("file", "type_"),
    [
        ("thumbnail.png", "image/png"),
        ("a/b.JPG", "image/jpeg"),
        ("t.webp", "image/webp"),
        ("legend.json", "application/json"),
        ("area.geojson", "application/geo+json"),
        ("readme.md", "text/markdown"),
        ("classes.csv", "text/csv"),
        ("mystery.xyzzy", "application/octet-stream"),
        ("mystery", "application/octet-stream"),
    ],
)
def test_a_media_type_is_told_from_the_suffix(file: str, type_: str) -> None:
    assert media_type(file) == type_
