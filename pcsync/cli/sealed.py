"""Files that pcsync leaves for its own next run, below ``.pcsync/cache``: whole, its own, or not there at all.

Each is sealed with a key that lies in the user's own cache folder, never in the project. So a file that was cut short, edited, made by
somebody else or committed by a pull request is one that is not there: what it says is never believed. Losing such a file costs time only,
so nothing here ever fails because of one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from hmac import compare_digest
from pathlib import Path

FOLDER = Path(".pcsync") / "cache"
IGNORE = "*\n"
KEY_BYTES = 32
SEAL_BYTES = 32
OWNER_ONLY = 0o600
MAX_BYTES = 64 * 2**20
KEPT = 8  # files of one sort; older ones go


def sealing_key(environ: Mapping[str, str]) -> bytes | None:
    """The user's key, made the first time; None where there is no folder to keep it in."""
    folder = _home(environ)
    if folder is None:
        return None
    path = folder / "pcsync" / "seal"
    try:
        return _key(path) or _new_key(path)
    except OSError:
        return None


def _home(environ: Mapping[str, str]) -> Path | None:
    if cache := environ.get("XDG_CACHE_HOME") or environ.get("LOCALAPPDATA"):
        return Path(cache)
    return Path(environ["HOME"]) / ".cache" if environ.get("HOME") else None


def _key(path: Path) -> bytes | None:
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        return None
    return found if len(found) == KEY_BYTES else None


def _new_key(path: Path) -> bytes | None:
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, os.urandom(KEY_BYTES))
    return _key(path)  # of two that are made at once the last one counts


def read_sealed(path: Path, key: bytes) -> bytes | None:
    """What is in a sealed file; None where there is none that this key sealed."""
    try:
        with path.open("rb") as opened:
            whole = opened.read(MAX_BYTES + 1)
    except OSError:
        return None
    seal, content = whole[:SEAL_BYTES], whole[SEAL_BYTES:]
    return content if len(whole) <= MAX_BYTES and compare_digest(seal, _seal(content, key)) else None


def write_sealed(path: Path, content: bytes, key: bytes) -> None:
    """The file with this content, at once or not at all; nothing where it cannot be written."""
    if len(content) > MAX_BYTES - SEAL_BYTES:
        return
    with suppress(OSError):  # a read-only checkout, a full disk: the next run takes longer, nothing else
        path.parent.mkdir(parents=True, exist_ok=True)
        ignore = path.parent / ".gitignore"
        if not ignore.exists():
            ignore.write_text(IGNORE, encoding="utf-8")
        replace_file(path, _seal(content, key) + content)
        _discard_old(path)


def _seal(content: bytes, key: bytes) -> bytes:
    return blake2b(content, key=key, digest_size=SEAL_BYTES, person=b"pcsync cache").digest()


def replace_file(path: Path, content: bytes) -> None:
    """Write beside the file and rename, so that nobody ever reads half of it."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}.new")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "wb") as opened:
            opened.write(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _discard_old(written: Path) -> None:
    """Keep the newest files of the sort; what a crash left half written goes too."""
    others = sorted(written.parent.glob(f"*{written.suffix}"), key=lambda it: it.stat().st_mtime_ns, reverse=True)
    left = [
        it for it in written.parent.glob(f"*{written.suffix}.*.new") if it.stat().st_mtime_ns < written.stat().st_mtime_ns - 3600 * 10**9
    ]
    for path in [*others[KEPT:], *left]:
        path.unlink(missing_ok=True)
