"""One apply of a target at a time on this machine; the kernel takes the lock back when the process dies, however it dies."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import orjson

from pcsync.core.canonical import fingerprint
from pcsync.core.errors import DeadlineError

OWNER_ONLY = 0o600
FOLDER_MODE = 0o700
HOLDER = 4096  # bytes at most of who holds it
EMULATOR = "emulator:"

if sys.platform == "win32":
    import msvcrt

    BEYOND = 1 << 30  # a byte nobody reads, so that who holds the lock can be read beside it

    def _taken(descriptor: int) -> bool:
        os.lseek(descriptor, BEYOND, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _taken(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def locked(endpoint: str, root: Path) -> Iterator[None]:
    """Hold the target's lock. Raises DeadlineError (exit 9), saying who holds it.

    Take it after worker processes were forked: they would hold it as long as they live.
    """
    path = _folder(root) / f"{fingerprint(identity(endpoint, root))[:32]}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), OWNER_ONLY)
    try:
        if not _taken(descriptor):
            raise DeadlineError(
                f"another apply to {endpoint} is running on this machine{_holder(descriptor)}",
                fix="wait until it has ended, then plan again",
            )
        _sign(descriptor, root)
        yield
    finally:
        os.close(descriptor)


def identity(endpoint: str, root: Path) -> str:
    """What two projects that write to one catalog have in common: the endpoint, or the emulator's file."""
    if endpoint.startswith(EMULATOR):
        return EMULATOR + str((root / endpoint.removeprefix(EMULATOR)).resolve())
    return endpoint.rstrip("/").lower()


def _folder(root: Path) -> Path:
    """A folder of ours for the whole machine; where somebody else made one of that name, the project's own."""
    shared = Path(tempfile.gettempdir()) / f"pcsync-locks-{getattr(os, 'getuid', int)()}"
    for folder in (shared, root / ".pcsync" / "locks"):
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        if _ours(folder):
            return folder
    return root


def _ours(folder: Path) -> bool:
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and (not hasattr(os, "getuid") or found.st_uid == os.getuid())


def _sign(descriptor: int, root: Path) -> None:
    since = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    os.ftruncate(descriptor, 0)
    os.write(descriptor, orjson.dumps({"pid": os.getpid(), "since": since, "project": str(root)}))


def _holder(descriptor: int) -> str:
    """Who holds it, as far as that can be read."""
    try:
        holder = orjson.loads(os.read(descriptor, HOLDER))
        return f": process {int(holder['pid'])}, since {str(holder['since'])[:32]}, in {str(holder['project'])[:200]}"
    except (OSError, orjson.JSONDecodeError, LookupError, TypeError, ValueError):
        return ""
