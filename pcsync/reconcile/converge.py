"""After the last write: every touched resource is read back and must be as desired."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from pcsync.core.change import Change
from pcsync.core.kind import Kinds
from pcsync.core.mark import reserved
from pcsync.core.ownership import MARKER
from pcsync.core.plan import Seal
from pcsync.core.resource import COLLECTION, Key
from pcsync.core.state import Progress, Reader, Silence
from pcsync.reconcile.attempt import Sleep
from pcsync.reconcile.events import Converged, Diverged, OnEvent, Unsealed, unheard
from pcsync.reconcile.sealing import DROPPED
from pcsync.reconcile.touched import Seen, read_again, remaining

DEADLINE = 60.0
"""Seconds that a read may stay behind the write before it; some services answer from a replica."""

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between two looks; the last one repeats."""


async def converge(
    changes: Sequence[Change],
    kinds: Kinds,
    reader: Reader,
    *,
    deadline: float = DEADLINE,
    concurrency: int = 64,
    on_event: OnEvent = unheard,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Sleep = asyncio.sleep,
    seals: Sequence[Seal] = (),
) -> tuple[Diverged, ...]:
    """What of applied changes does not read back as desired, after looking again until the deadline (seconds); () is the proof.

    ``seals`` are the plan's: where one takes the marker away in the end, its absence is no divergence.
    Raises AuthenticationError, and ServiceError or DeadlineError when the catalog stopped answering.
    """
    unmarked = frozenset(Key(COLLECTION, it.collection) for it in seals if it.whole == {})
    proof = Proof(kinds, on_event, progress or Silence(), unmarked)
    proof.open(changes)
    end, attempt = clock() + deadline, 0
    try:
        while True:
            proof.take(await read_again(proof.pending, kinds, reader, concurrency=concurrency))
            pause = min(PAUSES[min(attempt, len(PAUSES) - 1)], end - clock())
            if not proof.pending or pause <= 0:
                return proof.close()
            await sleep(pause)
            attempt += 1
    finally:
        proof.over()


class Proof:
    """The changes whose effect was not seen yet, and why."""

    def __init__(self, kinds: Kinds, on_event: OnEvent, progress: Progress, unmarked: frozenset[Key]) -> None:
        self._kinds, self._on_event, self._progress, self._unmarked = kinds, on_event, progress, unmarked
        self._open: dict[Key, Diverged | None] = {}
        self.pending: list[Change] = []

    def open(self, changes: Sequence[Change]) -> None:
        """The changes to be proven."""
        self.pending = list(changes)
        self._progress.start("proving", len(changes))

    def take(self, seen: dict[Key, Seen]) -> None:
        """Compare what was read; what is as desired is done with."""
        self._open = {change.key: self._compare(change, seen[change.key]) for change in self.pending}
        for change in self.pending:
            if self._open[change.key] is None:
                self._on_event(Converged(change))
                self._progress.step(change.address)
        self.pending = [change for change in self.pending if self._open[change.key] is not None]

    def close(self) -> tuple[Diverged, ...]:
        """What did not come about."""
        left = tuple(entry for entry in self._open.values() if entry is not None)
        for entry in left:
            self._on_event(Unsealed(entry.change, entry.why, dropped=True) if entry.why == DROPPED else entry)
        return tuple(entry for entry in left if entry.why != DROPPED)

    def over(self) -> None:
        """The phase is over, one way or another."""
        self._progress.finish()

    def _compare(self, change: Change, seen: Seen) -> Diverged | None:
        if seen.unread:
            return Diverged(change, (), seen.unread)
        fields = remaining(self._kinds[change.key.kind], change, seen.live)
        if not fields and seen.live and reserved(change) and MARKER not in seen.live.body and change.key not in self._unmarked:
            return Diverged(change, (), DROPPED)
        return Diverged(change, fields, "it is not there" if seen.live is None else "") if fields else None
