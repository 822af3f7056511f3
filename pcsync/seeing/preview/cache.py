"""Pictures kept between runs, in files named by what they depend on."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES = 200 * 2**20


@dataclass(frozen=True, slots=True)
class FolderCache:
    """A folder of pictures; what cannot be read or written is not kept."""

    folder: Path

    def get(self, key: str) -> bytes | None:
        """What was kept, None for nothing."""
        path = self.folder / key
        try:
            content = path.read_bytes()
        except OSError:
            return None
        with suppress(OSError):
            os.utime(path)
        return content

    def put(self, key: str, content: bytes) -> None:
        """Keep an answer, in one step."""
        draft = self.folder / f".{key}.{os.getpid()}"
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(content)
            draft.replace(self.folder / key)

    def trim(self, most: int = MOST_BYTES) -> None:
        """Drop what was longest not looked at, until ``most`` bytes are left."""
        with suppress(OSError):
            files = [(it.stat(), it.path) for it in os.scandir(self.folder) if it.is_file()]
            left = sum(stat.st_size for stat, _ in files) - most
            for stat, path in sorted(files, key=lambda it: it[0].st_mtime):
                if left <= 0:
                    break
                Path(path).unlink(missing_ok=True)
                left -= stat.st_size
