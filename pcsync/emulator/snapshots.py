"""A whole catalog as one file: the database as it is, with the bytes of managed storage inside."""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from .blobfiles import BlobFiles, folder_beside
from .clock import Clock
from .faults import FaultBook
from .settings import Settings
from .state import blobs
from .store import SCHEMA_VERSION, Store
from .unknowns import choices
from .world import World

BYTES = "snapshot_bytes"


class NotASnapshotError(ValueError):
    """The file is no snapshot of this version of the emulator."""


def on_disk(database: Path) -> World:
    """The catalog of a file that a server may be serving at the same time: nothing in its folders is tidied up.

    Raises store.SchemaMismatchError, sqlite3.DatabaseError for a file that is no catalog.
    """
    settings = Settings()
    files = BlobFiles(folder_beside(database))
    return World(Store(database, settings.clock), Clock(settings.clock), settings, choices({}), FaultBook(()), files)


def save(world: World, target: Path) -> None:
    """Writes the snapshot; a file that is there is replaced in one step."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".snapshot-") as folder:
        part = Path(folder, "part.sqlite")
        with closing(sqlite3.connect(part, isolation_level=None)) as copy:
            world.store.copy_to(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            copy.execute(f"CREATE TABLE {BYTES} (digest TEXT PRIMARY KEY, content BLOB NOT NULL)")
            for digest in sorted(blobs.referenced(copy)):
                file = world.files.path(digest)
                if file.is_file():
                    copy.execute(f"INSERT INTO {BYTES} VALUES (?, ?)", (digest, file.read_bytes()))  # noqa: S608 - a constant
        part.replace(target)


def restore(world: World, source: Path) -> None:
    """Puts the catalog back as it was. Raises NotASnapshotError and leaves the catalog alone when the file is none."""
    with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)) as copy:
        _check(copy)
        for row in copy.execute(f"SELECT content FROM {BYTES}"):  # noqa: S608 - a constant
            world.files.keep(row[0])
        world.store.copy_from(copy)
    with world.store.write() as db:
        db.execute(f"DROP TABLE {BYTES}")


def _check(copy: sqlite3.Connection) -> None:
    try:
        version = copy.execute("PRAGMA user_version").fetchone()[0]
        sound = copy.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
        complete = copy.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (BYTES,)).fetchone() is not None
    except sqlite3.DatabaseError as broken:
        raise NotASnapshotError(f"this is no snapshot: {broken}") from broken
    if not sound or not complete or version != SCHEMA_VERSION:
        raise NotASnapshotError(f"this is no snapshot of schema version {SCHEMA_VERSION}")
