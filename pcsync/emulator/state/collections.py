"""Collections, their assets and tombstones.

A collection is kept twice: the document as sent, and the text that GET serves (`served`), so that reading and listing
never parse anything.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any

from pcsync.emulator.clock import of_seconds, rfc3339
from pcsync.emulator.errors import Missing
from pcsync.emulator.jsonb import STORED_BASE, reloads, stored
from pcsync.emulator.world import Upload, World

from . import blobs, documents, items
from .documents import Json, quoted

DEFAULT_MOSAIC = {"id": "default", "name": "Default", "description": "", "cql": []}


@dataclass(frozen=True, slots=True)
class Collection:
    """One row; `document` is as sent, without what the server adds."""

    id: str
    document: Json
    container: str
    created: int
    updated: int
    partition: str
    tile_settings: Json | None

    @property
    def stamps(self) -> dict[str, str]:
        return {"msft:_created": rfc3339(self.created), "msft:_updated": rfc3339(self.updated)}


def exists(db: Connection, collection: str) -> bool:
    return db.execute("SELECT 1 FROM collections WHERE id = ?", (collection,)).fetchone() is not None


def need(db: Connection, collection: str) -> None:
    """Raises Missing with the recorded text (collection-get-missing)."""
    if not exists(db, collection):
        raise Missing(f"Collection '{collection}' not found. Please verify the collection ID and try again.")


def load(db: Connection, collection: str) -> Collection:
    need(db, collection)
    row = db.execute(
        "SELECT document, container, created, updated, partition, tile_settings FROM collections WHERE id = ?", (collection,)
    ).fetchone()
    document, container, created, updated, partition, settings = row
    return Collection(collection, json.loads(document), container, created, updated, partition, json.loads(settings) if settings else None)


def served_text(db: Connection, collection: str) -> str:
    need(db, collection)
    return str(db.execute("SELECT served FROM collections WHERE id = ?", (collection,)).fetchone()[0])


def all_served(db: Connection) -> Iterator[str]:
    return (row[0] for row in db.execute("SELECT served FROM collections ORDER BY seq"))


def all_ids(db: Connection) -> list[tuple[str, str | None]]:
    """(id, title) of every collection, oldest first."""
    rows = db.execute("SELECT id, json_extract(document, '$.title') FROM collections ORDER BY seq")
    return [(row[0], row[1]) for row in rows]


def buried_until(db: Connection, collection: str, now: int) -> int | None:
    """When the id of a deleted collection is free again; None when it is."""
    row = db.execute("SELECT until FROM tombstones WHERE id = ? AND until > ?", (collection, now)).fetchone()
    return int(row[0]) if row else None


def add(db: Connection, world: World, document: Json, now: int) -> None:
    """A new collection, born with the `default` mosaic (configurations-get)."""
    collection = document["id"]
    container = f"{collection}-{world.fresh(db).hex()[:8]}"
    db.execute("DELETE FROM tombstones WHERE id = ?", (collection,))
    db.execute(
        "INSERT INTO collections (id, document, served, container, created, updated) VALUES (?, ?, '', ?, ?, ?)",
        (collection, stored(document), container, now, now),
    )
    if world.chose("default-mosaic", "present"):
        _add_default_mosaic(db, collection)
    refresh(db, collection)


def _add_default_mosaic(db: Connection, collection: str) -> None:
    db.execute("INSERT INTO members (collection, kind, id, body) VALUES (?, 'mosaic', 'default', ?)", (collection, stored(DEFAULT_MOSAIC)))


def replace(db: Connection, world: World, document: Json) -> Collection:
    """The new document under the old creation time; `msft:_updated` always moves."""
    collection = document["id"]
    db.execute("UPDATE collections SET document = ? WHERE id = ?", (stored(document), collection))
    return touch(db, world, collection)


def touch(db: Connection, world: World, collection: str) -> Collection:
    """Moves `msft:_updated` and renders anew what GET serves."""
    now = world.clock.stamp()
    db.execute("UPDATE collections SET updated = max(updated + 1, ?) WHERE id = ?", (now, collection))
    return refresh(db, collection)


def refresh(db: Connection, collection: str) -> Collection:
    row = load(db, collection)
    text = stored(documents.served(row.document, assets(db, row), row.stamps))
    db.execute("UPDATE collections SET served = ? WHERE id = ?", (text, collection))
    return row


def remove(db: Connection, world: World, collection: str, now: int) -> None:
    """Cascades to items, assets, configuration and ingestions (2.1); leaves a tombstone."""
    until = now + of_seconds(world.settings.tombstone)
    db.execute("INSERT OR REPLACE INTO tombstones VALUES (?, ?)", (collection, until))
    db.execute("DELETE FROM runs WHERE ingestion IN (SELECT id FROM ingestions WHERE collection = ?)", (collection,))
    db.execute("DELETE FROM ingestions WHERE collection = ?", (collection,))
    blobs.forget_container(db, load(db, collection).container)
    items.remove_all(db, collection)
    db.execute("DELETE FROM assets WHERE collection = ?", (collection,))
    db.execute("DELETE FROM members WHERE collection = ?", (collection,))
    db.execute("DELETE FROM collections WHERE id = ?", (collection,))


def assets(db: Connection, collection: Collection) -> dict[str, Json]:
    """Managed assets by key, oldest first; `href` points into the collection's container."""
    rows = db.execute("SELECT key, body FROM assets WHERE collection = ? ORDER BY seq", (collection.id,))
    return {row[0]: reloads(row[1]) for row in rows}


def asset_exists(db: Connection, collection: str, key: str) -> bool:
    return db.execute("SELECT 1 FROM assets WHERE collection = ? AND key = ?", (collection, key)).fetchone() is not None


def put_asset(db: Connection, world: World, collection: Collection, upload: Upload) -> None:
    """Stores an asset; one that exists keeps its place. The href sent is replaced (collection-asset-create)."""
    key = upload.data["key"]
    folder = f"{blobs.root(world)}/{quoted(collection.container)}/{blobs.COLLECTION_ASSETS}"
    href = f"{folder}/{quoted(key)}/{quoted(upload.filename)}"
    fields = {name: value for name, value in upload.data.items() if name not in ("key", "href") and value is not None}
    row = (collection.id, key, stored({"href": href, **fields}), upload.content)
    db.execute(
        "INSERT INTO assets (collection, key, body, bytes) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (collection, key) DO UPDATE SET body = excluded.body, bytes = excluded.bytes",
        row,
    )


def remove_asset(db: Connection, collection: str, key: str) -> None:
    db.execute("DELETE FROM assets WHERE collection = ? AND key = ?", (collection, key))


def asset_bytes(db: Connection, collection: str, key: str) -> tuple[str, bytes] | None:
    """(media type, bytes) of one asset."""
    row = db.execute("SELECT body, bytes FROM assets WHERE collection = ? AND key = ?", (collection, key)).fetchone()
    return (_media_type(row[0]), bytes(row[1])) if row else None


def _media_type(body: str) -> str:
    declared: Any = json.loads(body.replace(STORED_BASE, "")).get("type")
    return str(declared)
