"""Collections: create and delete are operations, replace is not (geocatalog-api 2.1)."""

from typing import Any

from pcsync.emulator import models
from pcsync.emulator.checks import demand
from pcsync.emulator.errors import Conflict, Invalid, Missing
from pcsync.emulator.jsonb import BASE, STORED_BASE
from pcsync.emulator.state import collections, documents, operations
from pcsync.emulator.world import Answer, Call

from .replies import accepted, json_answer
from .signing import signer

ADD_ASSETS = "'{}' must be added using the GeoCatalog Collection Asset API"
REMOVE_ASSETS = "'{}' must be removed using the GeoCatalog Collection Asset API"

DEFAULTS = {"type": "Collection", "stac_version": "1.0.0"}
"""Of the collection model (3.10)."""

Json = dict[str, Any]


def list_all(call: Call) -> Answer:
    """Every collection in one answer, from the text as stored."""
    sign = signer(call)
    root = f'{{"rel":"root","type":"application/json","href":"{STORED_BASE}/stac/"}}'
    parent = root.replace("root", "parent")
    own = f'{{"rel":"self","type":"application/json","href":"{STORED_BASE}/stac/collections"}}'
    bodies = ",".join(sign(text) for text in collections.all_served(call.db))
    return Answer(200, f'{{"collections":[{bodies}],"links":[{root},{parent},{own}]}}')


def read(call: Call) -> Answer:
    sign = signer(call)
    return Answer(200, sign(collections.served_text(call.db, call.params["collectionId"])))


def create(call: Call) -> Answer:
    document = _document(call)
    if call.body.get("assets"):
        raise Invalid(ADD_ASSETS.format("', '".join(call.body["assets"])))
    if call.world.chose("duplicate-collection", "conflict"):
        _refuse_taken(call, document["id"])
    return _begin(call, operations.Work("AddCollection", document["id"], document, {}))


def replace(call: Call) -> Answer:
    """200 and the collection, at once; `assets` must name every live asset."""
    name = call.params["collectionId"]
    document = _document(call)
    if document["id"] != name:
        raise Invalid(f"body.id is '{document['id']}', the path says '{name}'")
    if not collections.exists(call.db, name):
        return _replace_missing(call, document)
    _compare_assets(call, name)
    row = collections.replace(call.db, call.world, document)
    return json_answer(200, documents.replaced(row.document, collections.assets(call.db, row), row.stamps))


def delete(call: Call) -> Answer:
    name = call.params["collectionId"]
    collections.need(call.db, name)
    return _begin(call, operations.Work("DeleteCollection", name, None, {}))


def _begin(call: Call, work: operations.Work) -> Answer:
    operation = operations.start(call, work)
    return accepted(call, operations.shown(operations.get(call.db, operation)))


def _document(call: Call) -> Json:
    """The body as it will be stored: model defaults in, server-made fields out."""
    demand(models.COLLECTION, call.body)
    if call.world.chose("item-assets-without-title", "refuse"):
        demand(models.TITLED_ITEM_ASSETS, call.body)
    sent = {key: value for key, value in call.body.items() if value is not None}
    document = sent | {key: value for key, value in DEFAULTS.items() if key not in sent}
    if call.world.chose("stac-version-1.1", "refuse") and document["stac_version"] != "1.0.0":
        raise Invalid(f"body.stac_version {document['stac_version']} is not supported")
    known = models.COLLECTION_KEYS if call.struck("drop-unknown-keys") else document
    return {key: value for key, value in document.items() if key in known and key not in documents.SERVER_KEYS - {"links"}}


def _refuse_taken(call: Call, name: str) -> None:
    busy = operations.open_of(call.db, name, "AddCollection", "DeleteCollection")
    if collections.exists(call.db, name) and not busy:
        raise Conflict(f"Collection '{name}' already exists.")
    if busy or collections.buried_until(call.db, name, call.world.clock.now()):
        raise Conflict(f"Collection '{name}' is being created or deleted. Please try again later.")


def _replace_missing(call: Call, document: Json) -> Answer:
    if call.world.chose("put-missing-collection", "refuse"):
        raise Missing(f"Collection '{document['id']}' not found. Please verify the collection ID and try again.")
    collections.add(call.db, call.world, document, call.world.clock.stamp())
    row = collections.load(call.db, document["id"])
    return json_answer(201, documents.replaced(row.document, {}, row.stamps))


def _compare_assets(call: Call, name: str) -> None:
    """Refuses assets that came or went; whether they may differ is unknown."""
    live = collections.assets(call.db, collections.load(call.db, name))
    sent = call.body.get("assets") or {}
    if gone := [key for key in live if key not in sent]:
        raise Invalid(REMOVE_ASSETS.format("', '".join(gone)))
    if new := [key for key in sent if key not in live]:
        raise Invalid(ADD_ASSETS.format("', '".join(new)))
    strict = call.world.chose("put-differing-asset", "refuse")
    if strict and any(sent[key] != _seen(call, asset) for key, asset in live.items()):
        raise Invalid("assets must be changed using the GeoCatalog Collection Asset API")


def _seen(call: Call, asset: Json) -> Json:
    return {key: value.replace(BASE, call.base) if isinstance(value, str) else value for key, value in asset.items()}
