"""What an apply leaves on disk beside its result: the way back, written before its first write, and the journal of all it does."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from pcsync.cli.documents import read_document
from pcsync.cli.journaling import OWNER_ONLY, Journal, discard_old, flush_folder, journal, name_of
from pcsync.core.document import digest
from pcsync.core.errors import UsageError
from pcsync.reconcile.undo import Record, read_record, record, record_json

if TYPE_CHECKING:
    from pcsync.core.plan import Plan, Target
    from pcsync.core.resource import Key
    from pcsync.reconcile.touched import Seen

UNDO = Path(".pcsync") / "undo"
SUFFIX = ".json"


@contextmanager
def kept(root: Path, plan: Plan, seen: Mapping[Key, Seen], clock: Callable[[], float]) -> Iterator[Journal]:
    """The undo file on disk, then the journal, open. ``seen`` is what was read of every touched resource just now."""
    name = name_of(plan, clock())
    _write(root / UNDO / f"{name}{SUFFIX}", record(plan, digest(plan), seen))
    with journal(root, plan, name, clock) as opened:
        yield opened
    discard_old(root / UNDO, SUFFIX)
    discard_old(opened.path.parent, opened.path.suffix)


def latest(root: Path, target: Target) -> Path:
    """The undo file of the last apply to the target. Raises UsageError where there is none."""
    for path in sorted((root / UNDO).glob(f"*{SUFFIX}"), reverse=True):
        found = read(path).target
        if (found.endpoint, found.owner) == (target.endpoint, target.owner):
            return path
    raise UsageError(f"nothing was applied to {target.endpoint} from this folder", where="undo", fix="name an undo file")


def read(path: Path) -> Record:
    """What an undo file says. Raises PcsyncError where it is none, is damaged or was edited."""
    return read_document(path, "an undo file", "apply writes them to .pcsync/undo: ls .pcsync/undo", read_record)


def _write(path: Path, content: Record) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(orjson.dumps(record_json(content)))
        opened.flush()
        os.fsync(opened.fileno())
    flush_folder(path.parent)
