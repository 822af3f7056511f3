"""Worker processes over many manifest files; below a few dozen files their start would cost more than they save."""

from __future__ import annotations

import gc
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

    from pcsync.manifests.load import Context

FEW_FILES = 48  # up to this many are parsed in process: about what two workers take to start
CHUNK = 32  # files a worker parses before it answers: messages then cost little, and reading the catalog still starts early
SELDOM = 100_000  # objects made before the collector looks for circles

Result = TypeVar("Result")
Work = Callable[[Path, "Context"], Result]
"""A function of a module, so that it can be sent: a manifest file and the context to what is kept of it."""

_context: Context  # of this worker process


def worth_workers(files: Sequence[Path]) -> bool:
    """So many files are parsed by worker processes."""
    return len(files) > FEW_FILES


class Workers(Generic[Result]):
    """The results of one piece of work over many files, in the files' order.

    Make it before any thread or event loop: processes are forked where that is safe, and all of them at once.
    """

    def __init__(self, work: Work[Result], files: Sequence[Path], context: Context) -> None:
        self._work, self._context = work, context
        self._chunks = [files[start : start + CHUNK] for start in range(0, len(files), CHUNK)]
        self._pool = _pool(context) if worth_workers(files) else None
        self._futures = deque(self._pool.submit(_run, work, chunk) for chunk in self._chunks) if self._pool else deque()

    def futures(self) -> Iterator[Future[list[Result]]]:
        """A future for each chunk of files, once; without processes the work is done as the future is asked for."""
        from concurrent.futures import Future

        while self._futures:
            yield self._futures.popleft()  # not kept here, so that its results live as long as whoever takes them wants
        for chunk in self._chunks if self._pool is None else ():
            done: Future[list[Result]] = Future()
            done.set_result(self._here(chunk))
            yield done

    def results(self) -> Iterator[Result]:
        """The results one by one, waiting for each."""
        if self._pool is None:
            yield from (result for chunk in self._chunks for result in self._here(chunk))
        else:
            yield from (result for future in self.futures() for result in future.result())

    def _here(self, chunk: Sequence[Path]) -> list[Result]:
        return [self._work(path, self._context) for path in chunk]

    def close(self) -> None:
        """End the processes, finished or not."""
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)


def _pool(context: Context) -> ProcessPoolExecutor:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor  # these two take as long to import as a file takes to validate

    method = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    gc.freeze()  # what was imported is shared with the workers and never collected
    gc.set_threshold(SELDOM)  # what a run over so many files keeps is no garbage, and looking through it again and again takes long
    return ProcessPoolExecutor(os.cpu_count() or 1, mp_context=method, initializer=_start, initargs=(context,))


def _start(context: Context) -> None:
    global _context
    _context = context
    gc.disable()  # a worker lives for seconds and keeps nothing


def _run(work: Work[Result], paths: Sequence[Path]) -> list[Result]:
    return [work(path, _context) for path in paths]
