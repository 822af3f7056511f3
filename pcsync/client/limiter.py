"""How many requests a catalog gets at a time: additive increase, multiplicative decrease, one pause for everybody."""

from __future__ import annotations

import asyncio
from collections import deque

from pcsync.client.clock import Clock

DEAD_AIR = 30.0  # seconds after which a catalog that stopped answering is tried again


class Limiter:
    """Slots for requests to one catalog.

    Starts at ``concurrency``, never exceeds it, halves when the catalog throttles (once for all requests that were on their way)
    and grows by one slot for every full round of successes. Not shared between event loops.
    """

    def __init__(self, concurrency: int, clock: Clock) -> None:
        self._ceiling = max(1, concurrency)
        self._limit = float(self._ceiling)
        self._clock = clock
        self._busy = 0
        self._queue: deque[asyncio.Future[None]] = deque()
        self._round = 0
        self._resume_at = 0.0
        self._failures = 0
        self._last_failure = 0.0

    @property
    def limit(self) -> int:
        """Requests that may be under way right now."""
        return int(self._limit)

    async def enter(self) -> int:
        """Wait for a slot, and for the end of a pause the catalog asked for; returns the round that ``throttled`` wants."""
        if self._busy < int(self._limit) and not self._queue:
            self._busy += 1
        else:
            await self._wait_for_slot()
        if self._resume_at:
            await self._sit_out()
        return self._round

    def leave(self) -> None:
        """Give the slot to whoever waits longest."""
        self._busy -= 1
        self._admit()

    def succeeded(self) -> None:
        """The catalog answered as it should."""
        self._failures = 0
        if self._limit < self._ceiling:
            self._limit = min(self._ceiling, self._limit + 1 / self._limit)
            self._admit()

    def throttled(self, round_: int, pause: float | None) -> None:
        """The catalog asked to slow down; ``pause`` is its Retry-After in seconds, and holds for every request."""
        if round_ == self._round:  # the others of this round tell the same news
            self._round += 1
            self._limit = max(1.0, self._limit / 2)
        if pause:
            self._resume_at = max(self._resume_at, self._clock.monotonic() + pause)

    def failed(self) -> None:
        """A request found no catalog at the other end."""
        self._failures += 1
        self._last_failure = self._clock.monotonic()

    @property
    def dead(self) -> bool:
        """So many requests in a row found nobody that waiting for each of the rest would only cost hours."""
        if self._failures < max(20, 3 * self._ceiling):
            return False
        return self._clock.monotonic() - self._last_failure < DEAD_AIR

    async def _wait_for_slot(self) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # the slot was given and nobody is left to use it
                self.leave()
            elif turn in self._queue:
                self._queue.remove(turn)
            raise

    async def _sit_out(self) -> None:
        """Sleep out the pause with the slot in hand: nobody else may send either."""
        try:
            while (left := self._resume_at - self._clock.monotonic()) > 0:
                await self._clock.sleep(left)
        except asyncio.CancelledError:
            self.leave()
            raise
        self._resume_at = 0.0

    def _admit(self) -> None:
        while self._queue and self._busy < int(self._limit):
            turn = self._queue.popleft()
            if not turn.done():
                self._busy += 1
                turn.set_result(None)
