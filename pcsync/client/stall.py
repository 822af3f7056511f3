"""A time limit on waiting that costs one timer for all tasks instead of one for every request.

A timer for each read is what aiohttp and asyncio.timeout offer; at 3,000 requests a second they take 4 % of the speed.
"""

from __future__ import annotations

import asyncio
from types import TracebackType


class StallWatch:
    """``with watch: await ...`` raises TimeoutError when the awaiting takes longer than ``limit`` seconds, to within a quarter.

    One watch serves many tasks side by side; a task is inside it once at a time.
    """

    def __init__(self, limit: float) -> None:
        self._limit, self._tick = limit, min(1.0, limit / 4)
        self._waiting: dict[asyncio.Task[object], tuple[float, int]] = {}
        self._stalled: set[asyncio.Task[object]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> None:
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None  # noqa: S101  # code that awaits runs in a task
        self._waiting[task] = loop.time(), task.cancelling()
        if self._timer is None:
            self._timer = loop.call_later(self._tick, self._look, loop)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  # the task that entered
        _, cancelling = self._waiting.pop(task)
        if task not in self._stalled:
            return
        self._stalled.discard(task)
        # Somebody else may have cancelled the task as well; then it stays cancelled (asyncio.timeout does the same).
        if task.uncancel() <= cancelling and kind is asyncio.CancelledError:
            raise TimeoutError(f"nothing came for {self._limit:g} seconds") from None

    def close(self) -> None:
        """Stop looking."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        latest = loop.time() - self._limit
        for task, (since, _) in self._waiting.items():
            if since < latest and task not in self._stalled:
                self._stalled.add(task)
                task.cancel()
        self._timer = loop.call_later(self._tick, self._look, loop) if self._waiting else None
