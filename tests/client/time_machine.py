"""A clock whose seconds pass only when somebody sleeps."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from pcsync.client.clock import Clock


@dataclass
class TimeMachine:
    """``slept`` lists every wait in seconds."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    @property
    def clock(self) -> Clock:
        return Clock(monotonic=lambda: self.now, wall=lambda: self.now, sleep=self.sleep)
