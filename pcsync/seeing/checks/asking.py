"""Questions to a catalog that are counted, bounded in time and number, and few at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic, time
from typing import Any, TypeVar

from pcsync.core.state import Look, Viewer

T = TypeVar("T")


class BudgetSpentError(Exception):
    """No more questions may be asked; the text says why."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What a run of checks may take: seconds of wall time, requests, and requests under way at once."""

    seconds: float = 60.0
    requests: int = 1000
    at_once: int = 8


@dataclass
class Asking:
    """The viewer within a budget. ``clock`` counts seconds from anywhere, ``now`` since the epoch."""

    viewer: Viewer
    budget: Budget = field(default_factory=Budget)
    clock: Callable[[], float] = monotonic
    now: Callable[[], float] = time
    asked: int = 0

    def __post_init__(self) -> None:
        self._gate = asyncio.Semaphore(self.budget.at_once)
        self._until = self.clock() + self.budget.seconds

    @property
    def left(self) -> float:
        """Seconds of the budget that are left."""
        return self._until - self.clock()

    def one(self) -> One:
        """The same, counting by itself: what one check asks."""
        return One(self)

    async def ask(self, question: Callable[[], Any]) -> Any:
        """The answer of a request. Raises BudgetSpentError."""
        async with self._gate:
            if self.asked >= self.budget.requests:
                raise BudgetSpentError(f"the budget of {self.budget.requests} requests is spent")
            if self.left <= 0:
                raise BudgetSpentError(self._late())
            self.asked += 1
            try:
                async with asyncio.timeout(self.left):
                    return await question()
            except TimeoutError as late:
                raise BudgetSpentError(self._late()) from late

    def _late(self) -> str:
        return f"the budget of {self.budget.seconds:g} s is spent"


@dataclass
class One:
    """What one check, or what is known of one collection, asks."""

    asking: Asking
    requests: int = 0

    async def get(self, path: str) -> Any:
        """See Viewer.get. Raises BudgetSpentError."""
        self.requests += 1
        return await self.asking.ask(lambda: self.asking.viewer.get(path))

    async def look(self, path: str, question: Any = None) -> Look:
        """See Viewer.look. Raises BudgetSpentError."""
        self.requests += 1
        found: Look = await self.asking.ask(lambda: self.asking.viewer.look(path, question))
        return found

    @property
    def now(self) -> float:
        """Seconds since the epoch."""
        return self.asking.now()
