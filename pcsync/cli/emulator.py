"""The embedded emulator, reached from inside functions so that nobody else pays for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pcsync.core.errors import PcsyncError, UsageError

if TYPE_CHECKING:
    import httpx

PREFIX = "emulator:"
ORIGIN = "http://emulator.localhost"


@contextmanager
def emulator() -> Iterator[None]:
    """Turn a missing ``emulator`` extra into an error that says how to get it."""
    try:
        yield
    except ModuleNotFoundError as missing:
        if missing.name not in {"starlette", "uvicorn", "python_multipart", "multipart", "trustme"}:
            raise
        raise UsageError(f"the emulator needs {missing.name}", fix="pip install 'pcsync[emulator]'") from missing


def in_process(endpoint: str, root: Path) -> httpx.AsyncBaseTransport:
    """The way to a catalog kept in an SQLite file, ``emulator:PATH`` with PATH relative to the project's root."""
    import httpx

    with emulator():
        from pcsync.emulator import create_app

        path = endpoint.removeprefix(PREFIX)
        with readable(path):
            return httpx.ASGITransport(app=create_app(path if path == ":memory:" else root / path))


@contextmanager
def readable(path: str) -> Iterator[None]:
    """Turn a file that is no catalog, a damaged one, or one of another version into an error that says so."""
    import sqlite3

    from pcsync.emulator.store import SchemaMismatchError

    try:
        yield
    except SchemaMismatchError as other:
        raise PcsyncError(str(other), where=path, fix="use the version of pcsync that wrote it, or name another file") from other
    except sqlite3.OperationalError as wrong:
        raise PcsyncError(f"the emulated catalog cannot be opened: {wrong}", where=path) from wrong
    except sqlite3.DatabaseError as wrong:
        raise PcsyncError(f"this is no emulated catalog: {wrong}", where=path, fix="name another file, or delete this one") from wrong
