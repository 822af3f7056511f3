"""What each type of operation does when it is due."""

from collections.abc import Mapping
from sqlite3 import Connection
from typing import Any

from pcsync.emulator import models
from pcsync.emulator.world import World

from . import collections, ingestions, items
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
    _need_collection(db, due)
    for item in due.payload:
        if items.exists(db, due.collection, item["id"]):
            raise EffectError("ItemAlreadyExistsInCollection", f"Item '{item['id']}' already exists in collection '{due.collection}'")
    for item in due.payload:
        items.put(db, world, due.collection, item)


def update_item(db: Connection, world: World, due: Due) -> None:
    """`replace` holds a whole item, `patch` a merge patch."""
    name = due.payload["id"]
    current = items.document(db, due.collection, name)
    item = {**(due.payload.get("replace") or merged(current, due.payload.get("patch"))), "id": name}
    if wrong := list(models.ITEM(item, "item")):
        raise EffectError("PatchValidation", "; ".join(wrong))
    items.put(db, world, due.collection, item)


def delete_item(db: Connection, _: World, due: Due) -> None:
    items.remove(db, due.collection, due.payload)


def run_ingestion(db: Connection, _: World, due: Due) -> None:
    """Nothing is walked yet: a run succeeds with no items."""
    _need_collection(db, due)


EFFECTS: Mapping[str, Effect] = {
    "AddCollection": add_collection,
    "DeleteCollection": delete_collection,
    "DeleteIngestion": delete_ingestion,
    "AddItem": add_item,
    "UpdateItem": update_item,
    "DeleteItem": delete_item,
    "IngestionStaticCatalog": run_ingestion,
    "IngestionStacGeoparquet": run_ingestion,
}


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
