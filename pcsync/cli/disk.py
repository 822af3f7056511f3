"""One file's lines on disk, for many who wait: while one fsync runs, the next one gathers all that was written meanwhile.

An fsync takes some milliseconds whatever it has to write, and an apply waits for one before each request. In a thread it holds up
nobody but those who wait for it, and lanes that wait at the same time share one.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field


@dataclass
class Disk:
    """How many lines of the file behind a descriptor are known to be on disk; lines are written by somebody else, in order."""

    descriptor: int
    fsync: Callable[[int], None] = os.fsync
    _held: int = 0
    _written: int = 0  # lines that somebody waits for
    _under_way: asyncio.Future[None] | None = None
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "journal"))

    async def holds(self, lines: int) -> None:
        """Return once the first so many lines, all of them written, are on disk.

        Raises OSError where the disk failed, now or earlier: after a failed fsync a second one may claim what is not so.
        """
        self._written = max(self._written, lines)
        while self._held < lines:
            if self._under_way is None or (self._under_way.done() and not _failed(self._under_way)):
                self._under_way = asyncio.ensure_future(self._flush(self._written))
            await asyncio.shield(self._under_way)

    def close(self) -> None:
        """Wait for the fsync under way; the descriptor may be closed then."""
        self._thread.shutdown()

    async def _flush(self, lines: int) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self.fsync, self.descriptor)
        self._held = lines


def _failed(future: asyncio.Future[None]) -> bool:
    return future.cancelled() or future.exception() is not None
