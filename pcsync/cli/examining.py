"""What a worker process does with one manifest file when it validates: load it, look at it with every chosen rule, keep what is small."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pcsync.core.diagnostic import Diagnostic
from pcsync.core.source import Document, Extent, Origin, step
from pcsync.manifests.load import Context, Loaded, load_file
from pcsync.rules.book import rules, rules_across
from pcsync.rules.catalog import Catalog, Extract
from pcsync.rules.choice import Choice, by_subject
from pcsync.rules.engine import Engine, Reported, merged
from pcsync.rules.place import Places
from pcsync.rules.plugged import plugged

if TYPE_CHECKING:
    from pcsync.rules.policy import Policy
    from pcsync.rules.rule import Rule

LINES = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class SchemaFolder:
    """Schemas of STAC extensions by their URLs: DIR/stac-extensions.github.io/eo/v1.1.0/schema.json, or without the host."""

    folder: Path | None = None

    def __call__(self, url: str) -> Any:
        """The decoded schema; None where there is none, or it is no JSON."""
        if self.folder is None:
            return None
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        names = [part for part in parts.path.split("/") if part not in ("", ".", "..")]
        for path in (self.folder.joinpath(parts.netloc, *names), self.folder.joinpath(*names)):
            if path.is_file():
                return _decoded(path)
        return None


def _decoded(path: Path) -> Any:
    import json

    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class Examination:
    """Which rules count, the moment of the run, where extension schemas are, the project's own rules; the same for every file."""

    choice: Choice
    now: datetime
    schemas: SchemaFolder = SchemaFolder()
    policies: tuple[Policy, ...] = ()
    plugins: tuple[str, ...] = ()

    @property
    def engine(self) -> Engine:
        """The engine of this run, once per process."""
        return _engine(self)

    @property
    def overview(self) -> Engine:
        """The engine for what only shows when documents are seen together; once per process."""
        return _overview(self)

    def look(self, path: Path, context: Context) -> Examined:
        """Everything about one manifest file."""
        return self.examined(load_file(path, context), context)

    def examined(self, loaded: Loaded, context: Context) -> Examined:
        """Everything about one manifest file that has been loaded."""
        reported = [it for document in loaded.documents for it in self.about(document, context.project.root)]
        if loaded.aside:
            reported += self.idle(loaded.documents, context.project.root)
        home = next((it.origin.file for it in loaded.documents), "")
        return Examined(
            tuple(Document(it.kind, it.id, {}, it.origin) for it in loaded.documents),
            tuple(merged(loaded.diagnostics, reported, home) if reported else loaded.diagnostics),
            tuple(Extract.of(document) for document in loaded.documents),
            frozenset(context.variables.used),
            loaded.valid,
        )

    def about(self, document: Document, root: Path) -> Sequence[Reported]:
        """What the rules have to say about one document."""
        found = self.engine.look(document)
        return self.engine.diagnostics(found, places(root), document) if found else ()

    def idle(self, documents: Sequence[Document], root: Path) -> Iterator[Reported]:
        """The suppressions of a file that hide nothing, once its rules were asked."""
        for file in dict.fromkeys(document.origin.file for document in documents):
            yield from self.engine.idle(file, _lines(root / file))

    def across(self, examined: Sequence[Examined], context: Context, *, complete: bool) -> Iterator[Diagnostic]:
        """What the rules have to say about all documents together."""
        extracts = [extract for one in examined for extract in one.extracts]
        valid = all(one.valid for one in examined)
        catalog = Catalog(extracts, complete, unused(examined, context) if complete and valid else (), self._at_hand(extracts))
        found = self.overview.across(catalog)
        if found:
            yield from (it.diagnostic for it in self.overview.diagnostics(found, places(context.project.root)))

    def _at_hand(self, extracts: Sequence[Extract]) -> frozenset[str]:
        """The extensions whose schemas are there."""
        if self.schemas.folder is None:
            return frozenset()
        named = {url for extract in extracts for url in extract.extensions}
        return frozenset(url for url in named if self.overview.schemas.extension(url) is not None)


@cache
def _engine(examination: Examination) -> Engine:
    return _with_own(examination, rules())


@cache
def _overview(examination: Examination) -> Engine:
    return _with_own(examination, rules_across())


def _with_own(examination: Examination, ours: Sequence[Rule]) -> Engine:
    engine = Engine(examination.choice, examination.now, examination.schemas, ours)
    own = [*(it.rule for it in examination.policies), *(rule for name in examination.plugins for rule in plugged(name))]
    for subject, members in by_subject(examination.choice, own).items():
        engine.chosen.setdefault(subject, []).extend(members)
    return engine


@dataclass(frozen=True, slots=True)
class Examined:
    """What the main process keeps of one file: documents without bodies, diagnostics, extracts, names of variables met so far."""

    documents: tuple[Document, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    extracts: tuple[Extract, ...] = ()
    used: frozenset[str] = frozenset()
    valid: bool = True


def unused(examined: Sequence[Examined], context: Context) -> list[tuple[str, Origin]]:
    """The target's variables that nothing mentions, with their places in pcsync.yaml."""
    used = context.variables.used.union(*(one.used for one in examined))
    at = f"/targets{step(context.target.name)}/variables"
    file = context.project.file.name
    return [(name, Origin(file, at + step(name))) for name in context.target.variables if name not in used]


def places(root: Path) -> Places:
    """How origins of a project become positions, and positions lines."""
    return Places(partial(_extent, root), partial(_key_extent, root), partial(_line, root))


def _extent(root: Path, origin: Origin) -> Extent:
    from pcsync.manifests.positions import extent  # composes files with PyYAML, which good files never need, nor notes about whole files

    return extent(origin, root)


def _key_extent(root: Path, origin: Origin) -> Extent:
    from pcsync.manifests.positions import key_extent

    return key_extent(origin, root)


def _line(root: Path, file: str, number: int) -> str | None:
    lines = _lines(root / file)
    return lines[number - 1] if 0 < number <= len(lines) else None


@lru_cache(maxsize=16)
def _lines(path: Path) -> tuple[str, ...]:
    try:
        return tuple(LINES.split(path.read_text(encoding="utf-8-sig", errors="replace")))
    except OSError:
        return ()
