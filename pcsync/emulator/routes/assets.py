"""Collection assets and the thumbnail (geocatalog-api 2.2): every write answers the whole collection."""

from pcsync.emulator.checks import demand
from pcsync.emulator.errors import Conflict, Invalid, Missing
from pcsync.emulator.models import COLLECTION_ASSET
from pcsync.emulator.state import collections, documents
from pcsync.emulator.world import Answer, Call, Upload

from .replies import json_answer

FORBIDDEN = frozenset('/\\?#%"<>|') | {chr(code) for code in range(32)} | {"\x7f"}
"""Characters that would leave the asset's own folder or break its URL."""


def create(call: Call) -> Answer:
    upload = _upload(call)
    name, key = call.params["collectionId"], upload.data["key"]
    if collections.asset_exists(call.db, name, key) and call.world.chose("duplicate-asset", "conflict"):
        raise Conflict(f"Asset key '{key}' already exists in collection '{name}'.")
    return _store(call, upload, 201)


def replace(call: Call) -> Answer:
    upload = _upload(call)
    key = call.params["assetId"]
    if upload.data["key"] != key:
        raise Invalid(f"data.key is '{upload.data['key']}', the path says '{key}'")
    if call.world.chose("put-missing-asset", "refuse"):
        _need(call, key)
    return _store(call, upload, 200)


def delete(call: Call) -> Answer:
    key = call.params["assetId"]
    _need(call, key)
    collections.remove_asset(call.db, call.params["collectionId"], key)
    return _answer(call, 200)


def thumbnail(call: Call) -> Answer:
    """The bytes of the asset with key `thumbnail`; 404 without one is a guess."""
    name = call.params["collectionId"]
    collections.need(call.db, name)
    found = collections.asset_bytes(call.db, name, "thumbnail")
    if found is None:
        raise Missing(f"Thumbnail not found for collection '{name}'")
    return Answer(200, content=found[1], media_type=_header(found[0]))


def _upload(call: Call) -> Upload:
    collections.need(call.db, call.params["collectionId"])
    upload: Upload = call.body
    demand(COLLECTION_ASSET, upload.data, "data")
    if FORBIDDEN & set(upload.data["key"]) or set(upload.data["key"]) == {"."}:
        raise Invalid("data.key must not contain path or URL separators")
    return Upload(upload.data, _file_name(upload.filename, upload.data["key"]), upload.content)


def _file_name(sent: str, key: str) -> str:
    """The last part of the name sent, so that no name leaves the asset's folder."""
    last = sent.replace("\\", "/").rpartition("/")[2]
    kept = "".join(letter for letter in last if letter not in FORBIDDEN).strip()
    return kept[:255] if kept.strip(".") else key


def _need(call: Call, key: str) -> None:
    name = call.params["collectionId"]
    collections.need(call.db, name)
    if not collections.asset_exists(call.db, name, key):
        raise Missing(f"Asset key '{key}' not found in collection '{name}'. Please verify the asset key and collection ID, and try again.")


def _store(call: Call, upload: Upload, status: int) -> Answer:
    collections.put_asset(call.db, call.world, collections.load(call.db, call.params["collectionId"]), upload)
    return _answer(call, status)


def _answer(call: Call, status: int) -> Answer:
    row = collections.touch(call.db, call.world, call.params["collectionId"])
    return json_answer(status, documents.with_assets(row.document, collections.assets(call.db, row), row.stamps))


def _header(media_type: str) -> str:
    """A stored type as a header value; anything that is none is served as bytes."""
    fine = media_type.isascii() and media_type.isprintable() and "/" in media_type
    return media_type if fine else "application/octet-stream"
