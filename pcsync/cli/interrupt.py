"""Ctrl-C and SIGTERM while a catalog is being written to."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from pcsync.core.errors import PcsyncError

SIGNAL_BASE = 128


class Interrupt:
    """Ctrl-C and SIGTERM: the first one finishes what runs, the second stops at once."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.stop, self.signal, self._say = asyncio.Event(), 0, say
        self._task = asyncio.current_task()

    def watch(self) -> None:
        """Take over both signals, where the platform lets an event loop do so."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            try:
                loop.add_signal_handler(number, self.received, int(number))
            except (NotImplementedError, RuntimeError):  # Windows, or not the main thread: Python's own handling stays
                return

    def received(self, number: int) -> None:
        """One signal came."""
        if self.stop.is_set() and self._task:
            self._task.cancel()
            return
        self.signal = number
        self.stop.set()
        self._say("finishing what is under way; once more stops at once")

    async def pause(self, seconds: float, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Wait, unless somebody stops it."""
        waiting = asyncio.ensure_future(sleep(seconds))
        stopped = asyncio.ensure_future(self.stop.wait())
        await asyncio.wait({waiting, stopped}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        stopped.cancel()


def until_interrupted(run: Callable[[Interrupt], Coroutine[Any, Any, int]], say: Callable[[str], None]) -> int:
    """Run work to its end and give its exit code, or 128 and the signal that stopped it."""
    interrupted: list[Interrupt] = []

    async def main() -> int:
        interrupted.append(Interrupt(say))
        interrupted[0].watch()
        return await run(interrupted[0])

    try:
        return asyncio.run(main())
    except asyncio.CancelledError:
        number = interrupted[0].signal if interrupted else signal.SIGINT
        return SIGNAL_BASE + int(number or signal.SIGINT)
    except ExceptionGroup as several:
        raise _first(several) from several


def _first(several: ExceptionGroup[Exception]) -> Exception:
    """The failure of ours among several that happened side by side."""
    found = next((it for it in several.exceptions if isinstance(it, PcsyncError)), None)
    return found or several.exceptions[0]
