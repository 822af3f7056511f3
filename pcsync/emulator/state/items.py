"""Items as rows: enough for the partition-type rule, reads and the item operations of the recordings."""

import json
from collections.abc import Iterable
from sqlite3 import Connection
from typing import Any
from uuid import UUID

from pcsync.emulator.clock import rfc3339
from pcsync.emulator.jsonb import BASE, ordered, stored
from pcsync.emulator.world import World

from .documents import quoted
from .operations import EffectError

Json = dict[str, Any]
STRUCTURAL_RELS = frozenset({"collection", "parent", "root", "self"})


def any_in(db: Connection, collection: str) -> bool:
    return db.execute("SELECT 1 FROM items WHERE collection = ? LIMIT 1", (collection,)).fetchone() is not None


def exists(db: Connection, collection: str, item: str) -> bool:
    return db.execute("SELECT 1 FROM items WHERE collection = ? AND id = ?", (collection, item)).fetchone() is not None


def served_text(db: Connection, collection: str, item: str) -> str | None:
    row = db.execute("SELECT served FROM items WHERE collection = ? AND id = ?", (collection, item)).fetchone()
    return row[0] if row else None


def page(db: Connection, collection: str, after: tuple[str, str] | None, limit: int) -> list[tuple[str, str, str]]:
    """(datetime, id, served text), newest first, after a (datetime, id)."""
    beyond = " AND (datetime, id) < (?, ?)" if after else ""
    sql = f"SELECT datetime, id, served FROM items WHERE collection = ?{beyond} ORDER BY datetime DESC, id DESC LIMIT ?"  # noqa: S608
    return [tuple(row) for row in db.execute(sql, (collection, *(after or ()), limit))]


def document(db: Connection, collection: str, item: str) -> Json:
    """The item as sent. Raises EffectError NoRecordsToUpdate (operation-item-failed)."""
    row = db.execute("SELECT document FROM items WHERE collection = ? AND id = ?", (collection, item)).fetchone()
    if row is None:
        raise EffectError("NoRecordsToUpdate", f"Item '{item}' does not exist in collection '{collection}' to update")
    return dict(json.loads(row[0]))


def put(db: Connection, world: World, collection: str, item: Json) -> None:
    """Adds or replaces one item."""
    body = {**item, "collection": collection}
    row = (collection, item["id"], str(item["properties"].get("datetime") or ""), stored(body), stored(_served(db, world, body)))
    db.execute("INSERT OR REPLACE INTO items (collection, id, datetime, document, served) VALUES (?, ?, ?, ?, ?)", row)


def remove(db: Connection, collection: str, item: str) -> None:
    if not db.execute("DELETE FROM items WHERE collection = ? AND id = ?", (collection, item)).rowcount:
        raise EffectError("NoRecordsToDelete", f"Item '{item}' does not exist in collection '{collection}' to delete")


def _served(db: Connection, world: World, item: Json) -> Json:
    stamp = {"_msft:ts": rfc3339(world.clock.stamp()), "_msft:etag": str(UUID(bytes=world.fresh(db)[:16], version=4))}
    own = [link for link in item.get("links") or [] if link.get("rel") not in STRUCTURAL_RELS]
    shown = ordered({**item, **stamp, "links": []})
    links = [*_links(item["collection"], item["id"]), *ordered(own)]
    return {key: links if key == "links" else value for key, value in shown.items()}


def _links(collection: str, item: str) -> Iterable[Json]:
    parent = f"{BASE}/stac/collections/{quoted(collection)}"
    yield {"rel": "collection", "type": "application/json", "href": parent}
    yield {"rel": "parent", "type": "application/json", "href": parent}
    yield {"rel": "root", "type": "application/json", "href": f"{BASE}/stac/"}
    yield {"rel": "self", "type": "application/geo+json", "href": f"{parent}/items/{quoted(item)}"}
