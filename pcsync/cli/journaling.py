"""Journals on disk: ``.pcsync/journal/<time>-<digest>.jsonl`` under the project's root, each line on disk before the next request."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pcsync.cli.disk import Disk
from pcsync.core.document import digest
from pcsync.core.errors import PcsyncError, UsageError
from pcsync.reconcile.journal import SETTLED, Doubt, Line, Run, closed, end, entry, head, last_line, line_count, read_run, sealed

if TYPE_CHECKING:
    from pcsync.core.plan import Plan, Target
    from pcsync.core.resource import Key
    from pcsync.reconcile.events import Event

FOLDER = Path(".pcsync") / "journal"
SUFFIX = ".jsonl"
OWNER_ONLY = 0o600
TAIL = 8192  # bytes in which a closing line is
MAX_BYTES = 256 * 2**20
KEPT = 50  # journals; older ones are of no use to anybody


class Journal:
    """The journal of an apply that runs. A line that was noted survives the death of the process, one that was kept a power cut too."""

    def __init__(self, path: Path, descriptor: int, clock: Callable[[], float]) -> None:
        self.path, self._descriptor, self._clock = path, descriptor, clock
        self._number = 0
        self._disk = Disk(descriptor)

    def note(self, event: Event) -> None:
        """Write an event's line. Raises OSError, and then nothing more may be sent."""
        line = entry(event, self._clock())
        if line is not None:
            self._write(line)

    async def kept(self) -> None:
        """Return once every line so far is on disk. Raises OSError, and then nothing more may be sent."""
        await self._disk.holds(self._number)

    def put(self, line: Line) -> None:
        """One more line, on disk on return; for when nothing else goes on."""
        self._write(line)
        os.fsync(self._descriptor)

    def end(self, *, finished: bool, counts: Mapping[str, int]) -> None:
        """The closing line."""
        self.put(end(finished=finished, counts=counts, at=stamp(self._clock())))

    def close(self) -> None:
        """After the last line, whatever ended the apply: all of it on disk."""
        try:
            self._disk.close()
            os.fsync(self._descriptor)
        finally:
            os.close(self._descriptor)

    def _write(self, line: Line) -> None:
        content = sealed(line, self._number)
        if os.write(self._descriptor, content) != len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
        self._number += 1


def name_of(plan: Plan, now: float) -> str:
    """What the journal and the undo file of an apply are called, without suffix: time to the microsecond, start of the digest."""
    at = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    return f"{at}-{digest(plan)[:12]}"


@contextmanager
def journal(root: Path, plan: Plan, name: str, clock: Callable[[], float]) -> Iterator[Journal]:
    """A new journal, readable by its owner only, its head on disk."""
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}{SUFFIX}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, OWNER_ONLY)
    opened = Journal(path, descriptor, clock)
    try:
        opened.put(head(plan, digest(plan), stamp(clock()), os.getpid()))
        flush_folder(folder)
        yield opened
    finally:
        opened.close()


def flush_folder(folder: Path) -> None:
    """A new file's name on disk as well, where the platform has that."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def stamp(now: float) -> str:
    """An instant as people read it."""
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Interrupted:
    """The applies of a target that did not end well, the latest last, and the journals nobody can read."""

    root: Path
    runs: Sequence[Run] = ()
    unreadable: Sequence[tuple[Path, str]] = field(default=())

    def say(self, say: Callable[[str], None]) -> None:
        """Name them; they block nothing."""
        for run in self.runs:
            left = len(run.keys) - len(run.done)
            say(f"the apply of {run.at} did not finish ({left} of {len(run.keys)} changes left); pcsync apply --resume, or apply as usual")
        for path, why in self.unreadable:
            say(f"{path.relative_to(self.root)} is ignored: {why}")

    def last(self) -> Run:
        """The one to resume. Raises UsageError where there is none, PcsyncError where only a damaged journal is left of it."""
        if self.unreadable and (not self.runs or self.unreadable[-1][0].stem > self.runs[-1].name):
            path, why = self.unreadable[-1]
            raise PcsyncError(why, where=str(path.relative_to(self.root)), fix="pcsync apply plans anew and needs no journal")
        if not self.runs:
            raise UsageError("no apply of this target was interrupted", where="--resume", fix="pcsync apply")
        return self.runs[-1]

    def covered(self, keys: Collection[Key]) -> Interrupted:
        """Those of which nothing is left once these resources are as declared."""
        return Interrupted(self.root, [run for run in self.runs if set(run.keys) - run.done <= set(keys)])

    def young(self, now: float) -> tuple[Doubt, ...]:
        """Requests in doubt that are so recent that reads may not show yet what they did."""
        return tuple(doubt for run in self.runs for doubt in run.doubts if doubt.age(now) < SETTLED)

    def close(self, by: str, now: float) -> None:
        """Nothing of them is left to do: say so in each; a journal nobody can read is put aside."""
        for run in self.runs:
            path = self.root / FOLDER / f"{run.name}{SUFFIX}"
            raw = path.read_bytes()
            whole = raw[: raw.rfind(b"\n") + 1]
            _replace(path, whole + sealed(closed(by, stamp(now)), line_count(whole)))
        for path, _ in self.unreadable:
            path.replace(path.with_suffix(".damaged"))


def interrupted(root: Path, target: Target) -> Interrupted:
    """Every apply of the target whose journal does not say that nothing is left to do."""
    runs: list[Run] = []
    unreadable: list[tuple[Path, str]] = []
    for path in sorted((root / FOLDER).glob(f"*{SUFFIX}")):
        try:
            run = _open(path)
        except PcsyncError as wrong:
            unreadable.append((path, wrong.what))
            continue
        if run is not None and run.of(target) and not run.finished:
            runs.append(run)
    return Interrupted(root, runs, unreadable)


def discard_old(folder: Path, suffix: str) -> None:
    """Keep the latest files only; their names begin with the time."""
    for path in sorted(folder.glob(f"*{suffix}"))[:-KEPT]:
        path.unlink(missing_ok=True)


def _open(path: Path) -> Run | None:
    """The run of a journal; None for one that its last line calls finished."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise PcsyncError(f"the file is too large to be a journal: {MAX_BYTES // 2**20} MiB is the limit", where=str(path))
        with path.open("rb") as opened:
            opened.seek(max(0, size - TAIL))
            last = last_line(opened.read())
            if last is not None and last.get("finished"):
                return None
            opened.seek(0)
            return read_run(path.stem, opened.read())
    except OSError as wrong:
        raise PcsyncError(f"the journal cannot be read: {wrong.strerror}", where=str(path)) from wrong


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    draft.replace(path)
