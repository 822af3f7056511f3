"""Ingestion definitions and their runs."""

import json
from dataclasses import dataclass
from sqlite3 import Connection, Row
from typing import Any

from pcsync.emulator.clock import rfc3339

from . import operations

Json = dict[str, Any]
SELECT = (
    "SELECT ingestions.id, ingestions.created, definition, operations.status AS deletion FROM ingestions"
    " LEFT JOIN operations ON operations.id = ingestions.deletion WHERE ingestions.collection = ?"
)
SNAPSHOT_KEYS = ("sourceCatalogUrl", "stacGeoparquetUrl", "skipExistingItems", "keepOriginalAssets")


@dataclass(frozen=True, slots=True)
class Ingestion:
    """One definition; `definition` holds the fields that were sent."""

    id: str
    created: int
    definition: Json
    deleting: bool

    @property
    def whole(self) -> Json:
        head = {"id": self.id, "creationTime": rfc3339(self.created)}
        return {**head, **self.definition, "status": "Deleting" if self.deleting else "Ready"}


def find(db: Connection, collection: str, ingestion: str) -> Ingestion | None:
    row = db.execute(SELECT + " AND ingestions.id = ?", (collection, ingestion)).fetchone()
    return _ingestion(row) if row else None


def listed(db: Connection, collection: str, skip: int, top: int) -> list[Ingestion]:
    """Oldest first (ingestions-list)."""
    rows = db.execute(SELECT + " ORDER BY ingestions.seq LIMIT ? OFFSET ?", (collection, top, skip))
    return [_ingestion(row) for row in rows]


def add(db: Connection, collection: str, ingestion: Ingestion) -> None:
    db.execute(
        "INSERT INTO ingestions (collection, id, created, definition) VALUES (?, ?, ?, ?)",
        (collection, ingestion.id, ingestion.created, json.dumps(ingestion.definition)),
    )


def redefine(db: Connection, ingestion: str, definition: Json) -> None:
    db.execute("UPDATE ingestions SET definition = ? WHERE id = ?", (json.dumps(definition), ingestion))


def deleting(db: Connection, ingestion: str, operation: str) -> None:
    db.execute("UPDATE ingestions SET deletion = ? WHERE id = ?", (operation, ingestion))


def remove(db: Connection, ingestion: str) -> None:
    """Removes the definition and its runs (2.10)."""
    db.execute("DELETE FROM runs WHERE ingestion = ?", (ingestion,))
    db.execute("DELETE FROM ingestions WHERE id = ?", (ingestion,))


def has_active_run(db: Connection, ingestion: str) -> bool:
    sql = (
        "SELECT 1 FROM runs JOIN operations ON operations.id = runs.operation"
        " WHERE runs.ingestion = ? AND operations.status IN ('Open', 'Canceling')"
    )
    return db.execute(sql, (ingestion,)).fetchone() is not None


def add_run(db: Connection, ingestion: Ingestion, run: str, created: int, operation: str) -> None:
    """A run; it keeps a snapshot of the definition's URL and flags (ingestion-run-create)."""
    snapshot = {key: ingestion.definition[key] for key in SNAPSHOT_KEYS if key in ingestion.definition}
    db.execute(
        "INSERT INTO runs (ingestion, id, created, operation, definition) VALUES (?, ?, ?, ?, ?)",
        (ingestion.id, run, created, operation, json.dumps(snapshot)),
    )


def find_run(db: Connection, ingestion: str, run: str, now: int) -> Json | None:
    row = db.execute("SELECT * FROM runs WHERE ingestion = ? AND id = ?", (ingestion, run)).fetchone()
    return _run(db, row, now) if row else None


def listed_runs(db: Connection, ingestion: str, now: int, skip: int, top: int) -> list[Json]:
    rows = db.execute("SELECT * FROM runs WHERE ingestion = ? ORDER BY seq LIMIT ? OFFSET ?", (ingestion, top, skip)).fetchall()
    return [_run(db, row, now) for row in rows]


def _run(db: Connection, row: Row, now: int) -> Json:
    operation = operations.find(db, row["operation"], now)
    shown = operations.shown_in_run(operation) if operation is not None else None
    head = {"id": row["id"], "creationTime": rfc3339(row["created"])}
    return {**head, **json.loads(row["definition"]), "operation": shown}


def _ingestion(row: Row) -> Ingestion:
    return Ingestion(row["id"], row["created"], json.loads(row["definition"]), row["deletion"] in ("Open", "Canceling"))
