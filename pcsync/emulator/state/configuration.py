"""The members of a collection's configuration: mosaics, render options and queryables, each kind a list in insertion order."""

import json
from sqlite3 import Connection
from typing import Any, Literal

from pcsync.emulator.jsonb import dumps

Json = dict[str, Any]
Kind = Literal["mosaic", "render-option", "queryable"]


def members(db: Connection, collection: str, kind: Kind) -> list[Json]:
    rows = db.execute("SELECT body FROM members WHERE collection = ? AND kind = ? ORDER BY seq", (collection, kind))
    return [json.loads(row[0]) for row in rows]


def member(db: Connection, collection: str, kind: Kind, name: str) -> Json | None:
    row = db.execute("SELECT body FROM members WHERE collection = ? AND kind = ? AND id = ?", (collection, kind, name)).fetchone()
    return json.loads(row[0]) if row else None


def put_member(db: Connection, collection: str, kind: Kind, name: str, body: Json) -> None:
    """Adds or replaces; what is replaced keeps its place."""
    db.execute(
        "INSERT INTO members (collection, kind, id, body) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (collection, kind, id) DO UPDATE SET body = excluded.body",
        (collection, kind, name, dumps(body)),
    )
    _bump(db, collection)


def remove_member(db: Connection, collection: str, kind: Kind, name: str) -> None:
    db.execute("DELETE FROM members WHERE collection = ? AND kind = ? AND id = ?", (collection, kind, name))
    _bump(db, collection)


def everywhere(db: Connection, kind: Kind) -> list[Json]:
    """The members of every collection, oldest collection first."""
    rows = db.execute(
        "SELECT members.body FROM members JOIN collections ON collections.id = members.collection"
        " WHERE kind = ? ORDER BY collections.seq, members.seq",
        (kind,),
    )
    return [json.loads(row[0]) for row in rows]


def set_tile_settings(db: Connection, collection: str, body: Json) -> None:
    db.execute("UPDATE collections SET tile_settings = ? WHERE id = ?", (dumps(body), collection))
    _bump(db, collection)


def set_partition(db: Connection, collection: str, scheme: str) -> None:
    db.execute("UPDATE collections SET partition = ? WHERE id = ?", (scheme, collection))
    _bump(db, collection)


def _bump(db: Connection, collection: str) -> None:
    db.execute("UPDATE collections SET revision = revision + 1 WHERE id = ?", (collection,))
