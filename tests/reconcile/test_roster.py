"""The listing and the manifests meet in any order, and neither piles up waiting for the other."""

from __future__ import annotations

import asyncio
from typing import Any

from pcsync.core.resource import Key
from pcsync.reconcile.roster import NOT_LISTED, Roster
from tests.reconcile.fakes import KINDS, LISTING, FakeReader


def listing(count: int) -> FakeReader:
    return FakeReader({LISTING: {"collections": [{"id": f"c{number}"} for number in range(count)]}})


async def turns(count: int = 50) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_body_is_handed_on_whichever_side_comes_first() -> None:
    roster, taken = Roster(KINDS["collection"], listing(2)), []
    roster.claim("/c/c0", taken.append)

    await roster.read()
    roster.claim("/c/c1", taken.append)
    roster.claim("/c/c2", taken.append)

    assert taken == [{"id": "c0"}, {"id": "c1"}, NOT_LISTED]


async def test_the_listing_waits_for_the_manifests_when_it_is_far_ahead() -> None:
    roster, taken = Roster(KINDS["collection"], listing(20), ahead=5), []
    reading = asyncio.create_task(roster.read())
    await turns()
    assert not reading.done()

    for number in range(10):
        roster.claim(f"/c/c{number}", taken.append)
        await turns()
    assert not reading.done()
    assert len(taken) == 10

    roster.complete()
    await reading
    assert roster.strangers == {Key("collection", f"c{number}") for number in range(10, 20)}


async def test_a_member_listed_twice_is_taken_once() -> None:
    members: list[Any] = [{"id": "c0"}, {"id": "c0"}]
    roster, taken = Roster(KINDS["collection"], FakeReader({LISTING: {"collections": members}})), []
    roster.claim("/c/c0", taken.append)
    roster.complete()

    await roster.read()

    assert taken == [{"id": "c0"}]
    assert roster.strangers == set()
