"""Desired state out of manifest files: parsed by worker processes, kept as digests, expanded only where something differs.

Workers return identities, digests and diagnostics, never documents, so ten thousand collections cost the main process some
kilobytes each. Below a few dozen files the workers' start would cost more than they save.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import sys
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pcsync.core.compare import Declared, declared
from pcsync.core.diagnostic import Diagnostic, Severity
from pcsync.core.errors import ManifestError
from pcsync.core.resource import CATALOG_SCOPE, Desired
from pcsync.core.source import Document
from pcsync.core.state import Scope
from pcsync.kinds import KINDS
from pcsync.manifests.load import Context, Loaded, conflicts, load_file

FEW_FILES = 48  # up to this many are parsed in process: about what two workers take to start
CHUNK = 32  # files a worker parses before it answers: large enough that messages cost little, small enough that reading starts early


@dataclass(frozen=True, slots=True)
class Summary:
    """What the main process keeps of one manifest file."""

    path: Path
    entries: tuple[Declared, ...]
    documents: tuple[Document, ...]  # bodies left out
    diagnostics: tuple[Diagnostic, ...]


def resources(documents: Iterable[Document]) -> Iterator[Desired]:
    """All resources that documents declare, by every kind."""
    for document in documents:
        for kind in KINDS.values():
            if kind.manifest == document.kind:
                yield from kind.declare(document)


def summarise(path: Path, context: Context) -> Summary:
    """Parse one manifest file and reduce it to digests."""
    loaded = load_file(path, context)
    entries = () if _broken(loaded) else tuple(declared(KINDS[it.key.kind], it) for it in resources(loaded.documents))
    bare = tuple(Document(it.kind, it.id, {}, it.origin) for it in loaded.documents)
    return Summary(path, entries, bare, loaded.diagnostics)


def _broken(loaded: Loaded) -> bool:
    return any(it.severity is Severity.ERROR for it in loaded.diagnostics)


_context: Context  # of this worker process


def _start_worker(context: Context) -> None:
    global _context  # noqa: PLW0603  a worker has one context for its life; sending it with every chunk would cost more than parsing
    _context = context
    gc.freeze()


def _work(paths: Sequence[Path]) -> list[Summary]:
    return [summarise(path, _context) for path in paths]


def workers(files: Sequence[Path], context: Context) -> Executor | None:
    """A pool of processes for many files, None for few. Start it before any thread or event loop: it forks where that is safe."""
    if len(files) <= FEW_FILES:
        return None
    method = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    return ProcessPoolExecutor(os.cpu_count() or 1, mp_context=method, initializer=_start_worker, initargs=(context,))


class ManifestState:
    """The desired state of a project on one target (core.state.DesiredState).

    ``diagnostics`` fills while scopes are read. Raises ManifestError, with every problem of every file, once all are read.
    """

    def __init__(self, files: Sequence[Path], context: Context) -> None:
        self._files, self._context = files, context
        self._pool = workers(files, context)
        self._chunks = [files[start : start + CHUNK] for start in range(0, len(files), CHUNK)]
        self._pending = [self._pool.submit(_work, chunk) for chunk in self._chunks] if self._pool else []
        self._where: dict[str, list[Path]] = {}
        self.diagnostics: list[Diagnostic] = []

    async def scopes(self) -> AsyncIterator[Sequence[Scope]]:
        """Batches of (collection, declared resources); what belongs to the catalog as a whole comes last."""
        catalog: list[Declared] = []
        documents: list[Document] = []
        async for summaries in self._summaries():
            self.diagnostics.extend(it for summary in summaries for it in summary.diagnostics)
            documents.extend(document for summary in summaries for document in summary.documents)
            batch = [scope for summary in summaries for scope in self._split(summary, catalog)]
            if batch:
                yield batch
        self.diagnostics.extend(conflicts(documents, self._context))
        self.require_valid()
        if catalog:
            yield [(CATALOG_SCOPE, tuple(catalog))]

    def expand(self, scope: str) -> Sequence[Desired]:
        """The desired resources of one scope in full; its files are parsed again."""
        documents = (document for path in self._where.get(scope, ()) for document in load_file(path, self._context).documents)
        return [resource for resource in resources(documents) if resource.key.collection == scope]

    def require_valid(self) -> None:
        """Raises ManifestError when any manifest has an error."""
        if any(it.severity is Severity.ERROR for it in self.diagnostics):
            raise ManifestError(sorted(self.diagnostics, key=lambda it: it.order))

    def close(self) -> None:
        """End the worker processes, finished or not."""
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)

    async def _summaries(self) -> AsyncIterator[list[Summary]]:
        if not self._pool:
            for chunk in self._chunks:
                yield [summarise(path, self._context) for path in chunk]
        for future in self._pending:
            yield await asyncio.wrap_future(future)

    def _split(self, summary: Summary, catalog: list[Declared]) -> Iterator[Scope]:
        scopes: dict[str, list[Declared]] = {}
        for entry in summary.entries:
            scopes.setdefault(entry.key.collection, []).append(entry)
        for scope, entries in scopes.items():
            self._where.setdefault(scope, []).append(summary.path)
            if scope == CATALOG_SCOPE:
                catalog.extend(entries)
            else:
                yield scope, tuple(entries)
