"""The files that a manifest names, as they were when it was read: what it takes to know later that nothing has changed."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pcsync.manifests.paths import PathError, existing


@dataclass(frozen=True, slots=True)
class Read:
    """A file that the file ``beside`` names: how, its path relative to the project root, the SHA-256 of its bytes in hex."""

    beside: str
    named: str
    path: str
    sha256: str

    def holds(self, root: Path) -> bool:
        """The name still leads to the same file, symbolic links included, and the same bytes are in it."""
        try:
            return existing(root, self.named, self.beside) == self.path and digest((root / self.path).read_bytes()) == self.sha256
        except (PathError, OSError):
            return False


def digest(raw: bytes) -> str:
    """The SHA-256 of some bytes in hex."""
    return sha256(raw).hexdigest()
