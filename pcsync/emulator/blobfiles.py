"""The bytes of managed storage: files in one folder, named by the SHA-256 of what they hold.

No name of a user ever becomes a path here, and equal files are kept once. The folder is made with the first file.
"""

import os
import tempfile
import time
import weakref
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 20
KEPT_UNREFERENCED = 3_600.0
"""Seconds: another process may have written a file whose row is not committed yet."""


class BlobFiles:
    """None as folder: a temporary one that goes when the object does."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    @property
    def folder(self) -> Path:
        if self._folder is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="geocatalog-blobs-")
            weakref.finalize(self, self._temporary.cleanup)
            self._folder = Path(self._temporary.name)
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder

    def path(self, digest: str) -> Path:
        return self.folder / digest

    def keep(self, content: bytes) -> str:
        """The digest of bytes that are now kept."""
        return self.keep_stream(iter((content,)))[0]

    def keep_stream(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """(digest, size); a file appears whole or not at all."""
        digest, size = sha256(), 0
        descriptor, name = tempfile.mkstemp(dir=self.folder, prefix=".part-")
        try:
            with os.fdopen(descriptor, "wb") as part:
                for chunk in chunks:
                    digest.update(chunk)
                    size += part.write(chunk)
            Path(name).replace(self.path(digest.hexdigest()))
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return digest.hexdigest(), size

    def sweep(self, referenced: Iterable[str]) -> int:
        """Removes old files that nothing refers to; how many."""
        if self._folder is None or not self._folder.exists():
            return 0
        kept, horizon = set(referenced), time.time() - KEPT_UNREFERENCED
        gone = [entry for entry in self._folder.iterdir() if entry.name not in kept and entry.stat().st_mtime < horizon]
        for entry in gone:
            entry.unlink(missing_ok=True)
        return len(gone)


def folder_beside(database: str | os.PathLike[str]) -> Path | None:
    """`<database>.blobs`; None for a database in memory."""
    path = os.fspath(database)
    return None if path == ":memory:" else Path(f"{path}.blobs")


def chunks_of(stream: BinaryIO) -> Iterable[bytes]:
    return iter(lambda: stream.read(CHUNK), b"")
