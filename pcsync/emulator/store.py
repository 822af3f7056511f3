"""The SQLite file of one catalog: schema, transactions, and the past for stale reads.

One connection per process, write-ahead log, immediate write transactions: several processes may share a file.
"""

import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .search.functions import register

SCHEMA_VERSION = 2
SCHEMA = """
CREATE TABLE counters (name TEXT PRIMARY KEY, n INTEGER NOT NULL);
INSERT INTO counters VALUES ('fresh', 0), ('revoked', 0);
CREATE TABLE collections (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document TEXT NOT NULL, served TEXT NOT NULL, container TEXT NOT NULL,
    created INTEGER NOT NULL, updated INTEGER NOT NULL, partition TEXT NOT NULL DEFAULT 'none', tile_settings TEXT,
    revision INTEGER NOT NULL DEFAULT 0);
CREATE INDEX collections_container ON collections (container);
CREATE TABLE tombstones (id TEXT PRIMARY KEY, until INTEGER NOT NULL);
CREATE TABLE members (
    seq INTEGER PRIMARY KEY, collection TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
    UNIQUE (collection, kind, id));
CREATE TABLE assets (
    seq INTEGER PRIMARY KEY, collection TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, bytes BLOB NOT NULL,
    UNIQUE (collection, key));
CREATE TABLE items (
    n INTEGER PRIMARY KEY, collection TEXT NOT NULL, id TEXT NOT NULL, datetime INTEGER NOT NULL, ends INTEGER NOT NULL,
    west REAL, south REAL, east REAL, north REAL, low REAL, high REAL, geometry TEXT, UNIQUE (collection, id));
CREATE INDEX items_newest ON items (collection, datetime DESC, id DESC);
CREATE INDEX items_newest_of_all ON items (datetime DESC, id DESC, collection DESC);
CREATE INDEX items_by_id ON items (id);
CREATE INDEX items_longest ON items (collection, ends - datetime DESC);
CREATE INDEX items_longest_of_all ON items (ends - datetime DESC);
CREATE VIRTUAL TABLE footprints USING rtree (n, west, east, south, north);
CREATE TABLE item_documents (n INTEGER PRIMARY KEY, document TEXT NOT NULL, served TEXT NOT NULL);
CREATE TABLE blobs (
    container TEXT NOT NULL, path TEXT NOT NULL, digest TEXT, size INTEGER, source TEXT, media_type TEXT NOT NULL, stored INTEGER NOT NULL,
    PRIMARY KEY (container, path)) WITHOUT ROWID;
CREATE TABLE searches (
    hash TEXT PRIMARY KEY, search TEXT NOT NULL, metadata TEXT NOT NULL, used INTEGER NOT NULL, uses INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE sources (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, container TEXT NOT NULL, created INTEGER NOT NULL,
    connection TEXT NOT NULL);
CREATE TABLE ingestions (
    seq INTEGER PRIMARY KEY, collection TEXT NOT NULL, id TEXT NOT NULL UNIQUE, created INTEGER NOT NULL, deletion TEXT,
    definition TEXT NOT NULL);
CREATE INDEX ingestions_of ON ingestions (collection, seq);
CREATE TABLE runs (
    seq INTEGER PRIMARY KEY, ingestion TEXT NOT NULL, id TEXT NOT NULL UNIQUE, created INTEGER NOT NULL, operation TEXT NOT NULL,
    definition TEXT NOT NULL);
CREATE INDEX runs_of ON runs (ingestion, seq);
CREATE TABLE operations (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, collection TEXT, created INTEGER NOT NULL,
    running INTEGER, due INTEGER, fate TEXT NOT NULL, status TEXT NOT NULL, finished INTEGER, error_code TEXT, error_message TEXT,
    total INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0, additional TEXT NOT NULL DEFAULT '{}',
    done INTEGER NOT NULL DEFAULT 0, effect TEXT, job INTEGER);
CREATE INDEX operations_due ON operations (due) WHERE status = 'Open';
CREATE INDEX operations_open ON operations (collection, type) WHERE status = 'Open';
"""
BUSY_SECONDS = 30.0
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class SchemaMismatchError(RuntimeError):
    """The file was written by another version of the emulator (or is not one of its files)."""


class Store:
    """Transactions over one database; `:memory:` lives as long as the object."""

    def __init__(self, database: str | os.PathLike[str], now: Callable[[], float] = time.time) -> None:
        self._path = os.fspath(database)
        self._now = now
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._past: list[tuple[float, sqlite3.Connection]] = []
        self.keeps_past: float = 0.0
        with self.read():
            pass

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A consistent view; write nothing through it."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """An immediate transaction, rolled back when the block raises."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            if self.keeps_past:
                self._remember(connection)
            yield connection

    @contextmanager
    def past(self, seconds: float) -> Iterator[sqlite3.Connection]:
        """The state before every write of the last `seconds`, as far as it was kept; else the present."""
        horizon = self._now() - seconds
        kept = next((connection for taken, connection in self._past if taken > horizon), None)
        if kept is None:
            with self.read() as connection:
                yield connection
        else:
            yield kept

    def copy_to(self, target: sqlite3.Connection) -> None:
        """The last commit, whole."""
        with self._lock:
            (self._connection or self._open()).backup(target)

    def copy_from(self, source: sqlite3.Connection) -> None:
        """Another database in place of this one. Raises sqlite3.OperationalError while another process writes."""
        with self._lock:
            source.backup(self._connection or self._open())
            self._past = []

    def close(self) -> None:
        """Give the file back. A database in memory stays; a file opens again on next use."""
        with self._lock:
            if self._connection is not None and self._path != ":memory:":
                self._connection.close()
                self._connection = None

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._lock:
            connection = self._connection or self._open()
            connection.execute(begin)
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def _open(self) -> sqlite3.Connection:
        if self._path != ":memory:":
            Path(self._path).parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS)
        weakref.finalize(self, connection.close)
        connection.row_factory = sqlite3.Row
        register(connection)
        _require_ours(connection, self._path)
        _into_wal(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA cache_size = -32000")  # kB, taken when needed: a load touches every index
        _migrate(connection)
        self._connection = connection
        return connection

    def _remember(self, connection: sqlite3.Connection) -> None:
        """A copy of the database as it is before this write; copies older than any stale read asks for are let go.

        The connection that writes cannot be copied inside its own transaction, so a second one reads the last commit.
        """
        copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        copy.row_factory = sqlite3.Row
        register(copy)
        connection.execute("ROLLBACK")
        connection.backup(copy)
        connection.execute("BEGIN IMMEDIATE")
        now = self._now()
        for taken, old in self._past:
            if taken <= now - self.keeps_past:
                old.close()
        self._past = [kept for kept in self._past if kept[0] > now - self.keeps_past] + [(now, copy)]


def _into_wal(connection: sqlite3.Connection) -> None:
    """The switch to write-ahead logging does not wait for other processes by itself."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as wrong:
            if wrong.sqlite_errorcode & 0xFF not in BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _require_ours(connection: sqlite3.Connection, path: str) -> None:
    """Before anything is changed: the switch to write-ahead logging would change somebody else's file as well."""
    connection.execute("BEGIN")  # both reads see one state: another process may be making the schema just now
    found = _version(connection)
    filled = connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
    connection.execute("COMMIT")
    if found != SCHEMA_VERSION and (found or filled):
        connection.close()
        raise SchemaMismatchError(
            f"{path} holds schema version {found}, this emulator writes {SCHEMA_VERSION}: delete the file or use another"
        )


def _migrate(connection: sqlite3.Connection) -> None:
    if _version(connection) == SCHEMA_VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        found = _version(connection)
        if found == 0 and not connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone():
            for statement in SCHEMA.split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    except BaseException:
        connection.execute("ROLLBACK")
        connection.close()
        raise
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
