"""The embedded emulator, reached from inside functions so that nobody else pays for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pcsync.core.errors import UsageError

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
        return httpx.ASGITransport(app=create_app(path if path == ":memory:" else root / path))
