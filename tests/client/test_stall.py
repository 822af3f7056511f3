"""A limit on waiting."""

from __future__ import annotations

import asyncio

import pytest

from pcsync.client.stall import StallWatch


async def test_waiting_longer_than_the_limit_is_a_timeout_and_not_a_cancellation():
    watch = StallWatch(0.02)

    with pytest.raises(TimeoutError, match=r"0\.02 seconds"), watch:
        await asyncio.sleep(5)

    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    watch.close()


async def test_many_tasks_are_watched_and_only_the_stalled_one_stops():
    watch = StallWatch(0.1)

    async def waiting(seconds: float) -> str:
        try:
            with watch:
                await asyncio.sleep(seconds)
        except TimeoutError:
            return "stalled"
        return "done"

    assert await asyncio.gather(*(waiting(seconds) for seconds in (0, 0.01, 5, 0.02))) == ["done", "done", "stalled", "done"]
    watch.close()


async def test_a_cancelled_task_stays_cancelled():
    watch = StallWatch(5)

    async def waiting() -> None:
        with watch:
            await asyncio.sleep(5)

    task = asyncio.ensure_future(waiting())
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    watch.close()
