"""Work side by side fails as one, and the failure is the one that happened."""

from __future__ import annotations

import asyncio

import pytest

from pcsync.core.errors import ServiceError
from pcsync.reconcile.converge import converge
from pcsync.reconcile.together import together
from pcsync.reconcile.touched import read_again
from tests.reconcile.fakes import KINDS, FakeReader


async def fails(after: float = 0.0) -> None:
    await asyncio.sleep(after)
    raise ServiceError("500") from ValueError("the cause")


@pytest.mark.parametrize("first", [True, False], ids=["in the caller's task", "in a task of its own"])
async def test_a_failure_stops_the_others_and_keeps_its_cause(first: bool) -> None:
    stopped = asyncio.Event()

    async def waits() -> None:
        try:
            await asyncio.sleep(30)
        finally:
            stopped.set()

    with pytest.raises(ServiceError, match="500") as raised:
        await together(*((fails(0.001), waits()) if first else (waits(), fails(0.001))))

    assert isinstance(raised.value.__cause__, ValueError)
    assert stopped.is_set()


async def test_nothing_to_read_again_is_nothing_to_prove() -> None:
    reader = FakeReader({})

    assert await read_again([], KINDS, reader) == {}
    assert await converge([], KINDS, reader) == ()
    assert reader.asked == []
