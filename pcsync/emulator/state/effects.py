"""What each type of operation does when it is due."""

from collections.abc import Mapping
from sqlite3 import Connection
from typing import Any

from pcsync.emulator import models
from pcsync.emulator.world import World

from . import blobs, collections, ingestions, items
from .operations import Due, Effect, EffectError


def add_collection(db: Connection, world: World, due: Due) -> None:
    if collections.exists(db, due.collection):
        raise EffectError("InvalidInputData", f"Collection '{due.collection}' already exists")
    collections.add(db, world, due.payload, due.when)


def delete_collection(db: Connection, world: World, due: Due) -> None:
    _need_collection(db, due)
    collections.remove(db, world, due.collection, due.when)


def delete_ingestion(db: Connection, _: World, due: Due) -> None:
    ingestions.remove(db, due.payload)


def add_item(db: Connection, world: World, due: Due) -> None:
    shelf = _shelf(db, due)
    for name in sorted(items.known(db, due.collection, (item["id"] for item in due.payload))):
        raise EffectError("ItemAlreadyExistsInCollection", f"Item '{name}' already exists in collection '{due.collection}'")
    for item in due.payload:
        refuse_managed(db, world, item)
    items.put(db, world, due.collection, [(item, shelf) for item in due.payload])


def update_item(db: Connection, world: World, due: Due) -> None:
    """`replace` holds a whole item, `patch` a merge patch."""
    shelf = _shelf(db, due)
    item = updated(db, due.collection, due.payload)
    refuse_managed(db, world, item)
    items.put(db, world, due.collection, [(item, shelf)])


def updated(db: Connection, collection: str, payload: Any) -> Any:
    """The item as it will be. Raises EffectError NoRecordsToUpdate, PatchValidation."""
    name = payload["id"]
    current = items.document(db, collection, name)
    item = {**(payload.get("replace") or merged(current, payload.get("patch"))), "id": name}
    if wrong := list(models.ITEM(item, "item")):
        raise EffectError("PatchValidation", "; ".join(wrong))
    return item


def delete_item(db: Connection, _: World, due: Due) -> None:
    if not items.remove(db, due.collection, due.payload):
        raise EffectError("NoRecordsToDelete", f"Item '{due.payload}' does not exist in collection '{due.collection}' to delete")


def refuse_managed(db: Connection, world: World, item: Any) -> None:
    """Assets that lie in managed storage cannot be ingested: GET, then PUT of the same body fails (geocatalog-api 2.13 [R])."""
    managed = [key for key, asset in item["assets"].items() if blobs.is_managed(db, world, asset.get("href"))]
    if managed:
        text = f"The asset '{managed[0]}' of item '{item['id']}' is in storage that does not permit public access"
        raise EffectError("PublicAccessRestricted", text)


EFFECTS: Mapping[str, Effect] = {
    "AddCollection": add_collection,
    "DeleteCollection": delete_collection,
    "DeleteIngestion": delete_ingestion,
    "AddItem": add_item,
    "UpdateItem": update_item,
    "DeleteItem": delete_item,
}
"""Ingestion runs are jobs (`pcsync.emulator.ingest`)."""


def merged(target: Any, patch: Any) -> Any:
    """RFC 7396 JSON merge patch."""
    if not isinstance(patch, dict):
        return patch
    base = target if isinstance(target, dict) else {}
    both = {**base, **{key: merged(base.get(key), value) for key, value in patch.items()}}
    return {key: value for key, value in both.items() if key not in patch or patch[key] is not None}


def _need_collection(db: Connection, due: Due) -> None:
    if not collections.exists(db, due.collection):
        raise EffectError("CollectionDoesNotExist", f"Collection '{due.collection}' does not exist")


def _shelf(db: Connection, due: Due) -> items.Shelf:
    _need_collection(db, due)
    return items.Shelf(collections.load(db, due.collection).container, due.found)
