"""Desired state out of manifest files: parsed by worker processes, kept as digests, expanded only where something differs.

Workers return identities, digests and diagnostics, never documents, so ten thousand collections cost the main process some
kilobytes each.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import partial
from operator import attrgetter
from pathlib import Path
from sys import intern
from typing import TYPE_CHECKING, Any

from pcsync.cli.workers import Workers
from pcsync.core.checks import CollectionChecks, DeclaredCheck
from pcsync.core.compare import Declared, declared
from pcsync.core.diagnostic import Diagnostic, Severity
from pcsync.core.errors import ManifestError
from pcsync.core.removal import Removal
from pcsync.core.resource import CATALOG_SCOPE, Desired, Key
from pcsync.core.source import Document, Origin, Position
from pcsync.core.state import Scope
from pcsync.kinds import KINDS
from pcsync.manifests.load import Context, conflicts, load_file

if TYPE_CHECKING:
    from pcsync.cli.examining import Examination, Examined

REMOVAL, CHECKS = "Removal", "checks"

Packed = tuple[Any, ...]
"""A Declared on its way between processes: kind, collection and name of its key, then its other fields.

Plain tuples are pickled thirty times as fast as the dataclasses. What is one object in a message is one again in the main process,
so names that many collections have in common are kept once for a whole message.
"""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a worker says about one manifest file; the documents are without their bodies, ``examined`` is there where rules were asked.

    ``checking`` are the collections that say something about their checks.
    """

    path: Path
    entries: tuple[Packed, ...]
    documents: tuple[Document, ...]
    diagnostics: tuple[Diagnostic, ...]
    examined: Examined | None = None
    checking: tuple[str, ...] = ()


def resources(documents: Iterable[Document]) -> Iterator[Desired]:
    """All resources that documents declare, by every kind."""
    for document in documents:
        for kind in KINDS.values():
            if kind.manifest == document.kind:
                yield from kind.declare(document)


def summarise(path: Path, context: Context, examination: Examination | None = None) -> Summary:
    """Parse one manifest file, ask the rules about it, and reduce it to digests."""
    loaded = load_file(path, context)
    entries = tuple(packed(declared(KINDS[it.key.kind], it)) for it in resources(loaded.documents)) if loaded.valid else ()
    checking = tuple(it.id for it in loaded.documents if it.body.get(CHECKS) is not None)
    if examination is None:
        return Summary(path, entries, tuple(map(without_body, loaded.documents)), loaded.diagnostics, checking=checking)
    examined = examination.examined(loaded, context)
    return Summary(path, entries, examined.documents, examined.diagnostics, examined, checking)


_rest = attrgetter(*(it.name for it in fields(Declared) if it.name != "key"))
_equal: dict[tuple[Any, ...], tuple[Any, ...]] = {}


def packed(entry: Declared) -> Packed:
    """The entry as plain values, equal names and tuples being one object."""
    key = entry.key
    rest = (_equal.setdefault(it, it) if isinstance(it, tuple) else it for it in _rest(entry))
    return (key.kind, key.collection, intern(key.name), *rest)


def unpacked(entry: Packed) -> Declared:
    """The entry that was packed."""
    return Declared(Key(*entry[:3]), *entry[3:])


def without_body(document: Document) -> Document:
    """A document by name and place only: small enough to be sent between processes."""
    return Document(document.kind, document.id, {}, document.origin)


class ManifestState:
    """The desired state of a project on one target (core.state.DesiredState).

    ``diagnostics`` begins with what is known ``beforehand`` and fills while scopes are read; an ``examination`` asks the rules as well.
    Raises ManifestError, with every problem of every file, once all are read.
    """

    def __init__(
        self, files: Sequence[Path], context: Context, examination: Examination | None = None, beforehand: Iterable[Diagnostic] = ()
    ) -> None:
        self._context, self._examination = context, examination
        if examination:
            _ = examination.engine  # made here, worker processes have it from the start
        self._workers = Workers(partial(summarise, examination=examination), files, context)
        self._where: dict[str, list[Path]] = {}
        self._removing: list[Path] = []
        self._checking: set[str] = set()
        self.diagnostics: list[Diagnostic] = [*beforehand]

    async def scopes(self) -> AsyncIterator[Sequence[Scope]]:
        """Batches of (collection, declared resources); what belongs to the catalog as a whole comes last."""
        catalog: list[Declared] = []
        documents: list[Document] = []
        examined: list[Examined] = []
        for future in self._workers.futures():
            summaries = await asyncio.wrap_future(future)
            self.diagnostics.extend(it for summary in summaries for it in summary.diagnostics)
            documents.extend(document for summary in summaries for document in summary.documents)
            examined.extend(summary.examined for summary in summaries if summary.examined)
            self._checking.update(name for summary in summaries for name in summary.checking)
            self._removing.extend(it.path for it in summaries if any(document.kind == REMOVAL for document in it.documents))
            if batch := [scope for summary in summaries for scope in self._split(summary, catalog)]:
                yield batch
        self.diagnostics.extend(conflicts(documents, self._context))
        if self._examination:
            self.diagnostics.extend(self._examination.across(examined, self._context, complete=True))
        self.require_valid()
        if catalog:
            yield [(CATALOG_SCOPE, tuple(catalog))]

    def expand(self, scope: str) -> Sequence[Desired]:
        """The desired resources of one scope in full; its files are parsed again."""
        return [resource for resource in resources(self.documents(scope)) if resource.key.collection == scope]

    def documents(self, scope: str) -> Iterator[Document]:
        """The manifests of the files that declare something of one scope, parsed again."""
        return (document for path in self._where.get(scope, ()) for document in load_file(path, self._context).documents)

    def checks(self, collections: Iterable[str], locate: Callable[[Origin], Position]) -> list[CollectionChecks]:
        """What manifests say about the checks of collections, in their order; known once all scopes were read."""
        return [CollectionChecks(name, self._checks(name, locate) if name in self._checking else None) for name in collections]

    def _checks(self, collection: str, locate: Callable[[Origin], Position]) -> tuple[DeclaredCheck, ...]:
        for document in self.documents(collection):
            if document.id == collection and document.body.get(CHECKS) is not None:
                members = enumerate(document.body[CHECKS])
                return tuple(DeclaredCheck(body, locate(document.origin.at(f"/{CHECKS}/{index}"))) for index, body in members)
        return ()

    def origin(self, key: Key) -> Origin | None:
        """Where a resource is declared."""
        return next((it.origin for it in self.expand(key.collection) if it.key == key), None)

    def removals(self) -> Iterator[Removal]:
        """The collections that manifests want gone; known once all scopes were read."""
        for path in self._removing:
            for document in load_file(path, self._context).documents:
                if document.kind == REMOVAL:
                    expected, reason = document.body.get("expectItems") or 0, document.body.get("reason") or ""
                    yield Removal(document.id, expected, reason, document.origin.at("/collection"))

    def require_valid(self) -> None:
        """Raises ManifestError when any manifest has an error."""
        if any(it.severity is Severity.ERROR for it in self.diagnostics):
            raise ManifestError(sorted(self.diagnostics, key=lambda it: it.order))

    def close(self) -> None:
        """End the worker processes, finished or not."""
        self._workers.close()

    def _split(self, summary: Summary, catalog: list[Declared]) -> Iterator[Scope]:
        scopes: dict[str, list[Declared]] = {}
        for entry in map(unpacked, summary.entries):
            scopes.setdefault(entry.key.collection, []).append(entry)
        for scope, entries in scopes.items():
            paths = self._where.setdefault(scope, [])
            if summary.path not in paths:
                paths.append(summary.path)
            if scope == CATALOG_SCOPE:
                catalog.extend(entries)
            else:
                yield scope, tuple(entries)
