"""Ingestion sources: connection to a container, by SAS token or managed identity. Tokens are never stored."""

import json
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any

from pcsync.emulator.clock import rfc3339

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """One source; `connection` is what a read shows of connectionInfo."""

    id: str
    kind: str
    created: int
    connection: Json

    @property
    def summary(self) -> Json:
        """An entry of the list: no connectionInfo (ingestion-sources-list)."""
        return {"id": self.id, "kind": self.kind, "created": rfc3339(self.created)}

    @property
    def whole(self) -> Json:
        return {**self.summary, "connectionInfo": self.connection}


def find(db: Connection, source: str) -> Source | None:
    row = db.execute("SELECT id, kind, created, connection FROM sources WHERE id = ?", (source,)).fetchone()
    return Source(row[0], row[1], row[2], json.loads(row[3])) if row else None


def on_container(db: Connection, kind: str, container: str) -> str | None:
    """The id of a source of this kind on this container."""
    row = db.execute("SELECT id FROM sources WHERE kind = ? AND container = ?", (kind, _folded(container))).fetchone()
    return str(row[0]) if row else None


def listed(db: Connection, skip: int, top: int) -> list[Source]:
    rows = db.execute("SELECT id, kind, created, connection FROM sources ORDER BY seq LIMIT ? OFFSET ?", (top, skip))
    return [Source(row[0], row[1], row[2], json.loads(row[3])) for row in rows]


def put(db: Connection, source: Source) -> None:
    """Adds or replaces; a replaced source keeps its place and its creation time."""
    row = (source.id, source.kind, _folded(source.connection["containerUrl"]), source.created, json.dumps(source.connection))
    db.execute(
        "INSERT INTO sources (id, kind, container, created, connection) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, container = excluded.container, connection = excluded.connection",
        row,
    )


def remove(db: Connection, source: str) -> bool:
    return db.execute("DELETE FROM sources WHERE id = ?", (source,)).rowcount > 0


def _folded(container: str) -> str:
    """Hosts do not differ by case; container names have none."""
    return container.rstrip("/").lower()
