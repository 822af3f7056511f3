"""What was found good before is not looked at again: a verdict on a manifest file holds while its bytes and all it depends on are the same.

A verdict is kept only of a file in which nothing at all was found, suppressed or not, and in which no secret, nothing of the environment
and no comment to pcsync is: so neither the day nor the machine is part of it. It is asked for by the SHA-256 of the bytes that are there
now, never by a file's date, and by a hash of everything else that counts (``standing``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import orjson

from pcsync.cli.examining import Examination, Examined
from pcsync.cli.sealed import FOLDER, read_sealed, write_sealed
from pcsync.core.source import Document, Graft, Origin
from pcsync.manifests.load import Context, Loaded, load_bytes, read_file
from pcsync.manifests.reads import Read, digest
from pcsync.rules.catalog import Extract

SUFFIX = ".verdicts"
Written = list[Any]
"""A verdict as it is kept: SHA-256, reads, names of variables used, extracts."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A manifest file in which nothing was found: the SHA-256 of its bytes in hex, the other files it read, the target's variables it uses,
    and what the rules across documents want to know of it."""

    sha256: str
    reads: tuple[Read, ...]
    used: frozenset[str]
    extracts: tuple[Extract, ...]

    def examined(self) -> Examined:
        """The file as if it had been looked at."""
        return Examined(tuple(Document(it.kind, it.id, {}, it.origin) for it in self.extracts), (), self.extracts, self.used)

    def written(self) -> Written:
        """The verdict as JSON."""
        reads = [[it.beside, it.named, it.path, it.sha256] for it in self.reads]
        return [self.sha256, reads, sorted(self.used), [[getattr(it, name) for name in NAMES] for it in self.extracts]]

    @classmethod
    def of(cls, written: Written) -> Verdict:
        """The verdict that was written."""
        sha256, reads, used, extracts = written
        return cls(sha256, tuple(Read(*it) for it in reads), frozenset(used), tuple(_extract(it) for it in extracts))


NAMES = tuple(it.name for it in fields(Extract))
ORIGIN = NAMES.index("origin")


def _extract(written: list[Any]) -> Extract:
    values: list[Any] = [_tuples(it) if isinstance(it, list) else it for it in written]
    origin = values[ORIGIN]
    grafts = tuple(Graft(**it) for it in origin["grafts"])
    values[ORIGIN] = Origin(origin["file"], origin["pointer"], origin["document"], grafts)
    return Extract(*values)


def _tuples(values: list[Any]) -> tuple[Any, ...]:
    return tuple(_tuples(it) if isinstance(it, list) else it for it in values)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the verdicts of one standing are kept: the project's root, the standing's hash in hex, the user's key."""

    root: Path
    standing: str
    key: bytes

    @property
    def path(self) -> Path:
        """The file."""
        return self.root / FOLDER / (self.standing[:32] + SUFFIX)

    def read(self) -> Mapping[str, Written]:
        """The verdicts by file, still as JSON; none where the file is damaged, foreign or of another standing."""
        content = read_sealed(self.path, self.key)
        if content is None:
            return {}
        try:
            whole = orjson.loads(content)
        except orjson.JSONDecodeError:
            return {}
        found: Mapping[str, Written] = whole["good"] if whole.get("standing") == self.standing else {}
        return found

    def write(self, good: Mapping[str, Written]) -> None:
        """Keep these verdicts and no others."""
        write_sealed(self.path, orjson.dumps({"standing": self.standing, "good": good}), self.key)


_taken: dict[Shelf, Mapping[str, Written]] = {}
"""What was read of a shelf: by the main process as a run begins, so that forked workers have it; by a spawned worker itself."""


def taken(shelf: Shelf) -> Mapping[str, Written]:
    """The verdicts of a shelf, read once in a run."""
    if shelf not in _taken:
        _taken[shelf] = shelf.read()
    return _taken[shelf]


@dataclass(frozen=True, slots=True)
class Look:
    """What was found in one file; ``learned`` is the verdict to keep, where it is new."""

    file: str
    examined: Examined
    learned: Written | None = None
    known: bool = False


@dataclass(frozen=True, slots=True)
class Looking:
    """The work on one manifest file: a verdict that holds, else everything. Without a shelf there are no verdicts."""

    examination: Examination
    shelf: Shelf | None = None

    def __call__(self, path: Path, context: Context) -> Look:
        """Everything about one manifest file."""
        written = read_file(path, context.project.root)
        if isinstance(written, Loaded):
            return Look(str(path), self.examination.examined(written, context))
        file, raw = written
        sha256 = digest(raw)
        kept = taken(self.shelf).get(file) if self.shelf else None
        if kept is not None and kept[0] == sha256:
            verdict = Verdict.of(kept)
            if all(it.holds(context.project.root) for it in verdict.reads):
                return Look(file, verdict.examined(), known=True)
        return self.anew(file, raw, sha256, context)

    def anew(self, file: str, raw: bytes, sha256: str, context: Context) -> Look:
        """Load the file and ask the rules."""
        before = set(context.variables.used)
        context.variables.used.clear()
        loaded = load_bytes(file, raw, context)
        used = frozenset(context.variables.used)
        examined = self.examination.examined(loaded, context)
        context.variables.used.update(before)
        good = bool(self.shelf) and loaded.lasting and not examined.diagnostics and not loaded.diagnostics
        return Look(file, examined, faithful(Verdict(sha256, loaded.reads, used, examined.extracts)) if good else None)


def keep(shelf: Shelf, looks: Sequence[Look], *, complete: bool) -> None:
    """Keep the verdicts of a run, and of files it did not look at unless it looked at all there are."""
    before = _taken.pop(shelf, {})
    seen = {it.file for it in looks}
    good = {} if complete else {file: kept for file, kept in before.items() if file not in seen}
    good |= {it.file: before[it.file] for it in looks if it.known}
    good |= {it.file: it.learned for it in looks if it.learned}
    if good != before:
        shelf.write(good)


def faithful(verdict: Verdict) -> Written | None:
    """The verdict as JSON, where that reads back as the same verdict."""
    try:
        written: Written = orjson.loads(orjson.dumps(verdict.written()))
        return written if Verdict.of(written) == verdict else None
    except (TypeError, ValueError):
        return None
