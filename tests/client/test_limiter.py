"""One budget of requests for one catalog."""

from __future__ import annotations

import asyncio

import pytest

from pcsync.client.limiter import Limiter
from tests.client.time_machine import TimeMachine


@pytest.fixture
def time():
    return TimeMachine()


async def test_no_more_requests_than_allowed_are_under_way(time):
    limiter, busy, most = Limiter(3, time.clock), 0, 0

    async def request() -> None:
        nonlocal busy, most
        await limiter.enter()
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0)
        busy -= 1
        limiter.leave()

    await asyncio.gather(*(request() for _ in range(20)))

    assert most == 3


async def test_throttling_halves_the_budget_once_for_all_that_were_on_their_way(time):
    limiter = Limiter(64, time.clock)
    rounds = [await limiter.enter() for _ in range(64)]
    for round_ in rounds:
        limiter.throttled(round_, None)
        limiter.leave()

    assert limiter.limit == 32
    limiter.throttled(await limiter.enter(), None)
    assert limiter.limit == 16


async def test_the_budget_never_falls_below_one_and_grows_back_by_one_a_round(time):
    limiter = Limiter(4, time.clock)
    for _ in range(10):
        limiter.throttled(await limiter.enter(), None)
        limiter.leave()
    assert limiter.limit == 1

    limiter.succeeded()
    assert limiter.limit == 2
    for _ in range(100):
        limiter.succeeded()
    assert limiter.limit == 4


async def test_a_retry_after_holds_for_every_request(time):
    limiter = Limiter(4, time.clock)
    limiter.throttled(await limiter.enter(), 30.0)
    limiter.leave()

    await limiter.enter()

    assert time.now == 1030.0


async def test_a_cancelled_wait_leaves_no_slot_behind(time):
    limiter = Limiter(1, time.clock)
    await limiter.enter()
    waiting = [asyncio.ensure_future(limiter.enter()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    limiter.leave()
    waiting[1].cancel()  # it was given the slot in this very moment
    await asyncio.sleep(0)

    await asyncio.wait_for(waiting[2], 1)

    assert [task.cancelled() for task in waiting] == [True, True, False]


async def test_a_catalog_that_is_gone_is_not_asked_ten_thousand_times(time):
    limiter = Limiter(8, time.clock)
    for _ in range(24):
        assert not limiter.dead
        limiter.failed()
    assert limiter.dead

    await time.sleep(31)
    assert not limiter.dead
