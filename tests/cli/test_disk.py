"""Lines on disk for many who wait: nobody returns before his own lines are there, and those who wait together share an fsync."""

from __future__ import annotations

import asyncio
import errno
import threading
from pathlib import Path

import pytest

from pcsync.cli.disk import Disk


class Spindle:
    """A disk that finishes an fsync when told to."""

    def __init__(self) -> None:
        self.turns = 0
        self.broken = False
        self._free = threading.Semaphore(0)

    def fsync(self, descriptor: int) -> None:
        assert self._free.acquire(timeout=10)
        self.turns += 1
        if self.broken:
            raise OSError(errno.EIO, "broken")

    def turn(self, times: int = 1) -> None:
        self._free.release(times)


async def begun(*waiting: asyncio.Task[None]) -> None:
    """Let tasks run until they wait."""
    for _ in range(5):
        await asyncio.sleep(0)
    assert not any(it.done() for it in waiting)


async def test_those_who_wait_together_share_an_fsync() -> None:
    spindle = Spindle()
    disk = Disk(0, spindle.fsync)
    lanes = [asyncio.create_task(disk.holds(4)) for _ in range(4)]
    await begun(*lanes)
    spindle.turn()
    await asyncio.gather(*lanes)
    disk.close()

    assert spindle.turns == 1


async def test_an_fsync_that_began_before_a_line_was_written_does_not_count_for_it() -> None:
    spindle = Spindle()
    disk = Disk(0, spindle.fsync)
    first = asyncio.create_task(disk.holds(1))
    await begun(first)
    second, third = asyncio.create_task(disk.holds(2)), asyncio.create_task(disk.holds(3))
    await begun(second, third)

    spindle.turn()
    await first
    await begun(second, third)
    spindle.turn()
    await asyncio.gather(second, third)
    disk.close()

    assert spindle.turns == 2


async def test_what_is_on_disk_already_waits_for_nothing() -> None:
    spindle = Spindle()
    disk = Disk(0, spindle.fsync)
    spindle.turn()
    await disk.holds(3)
    await disk.holds(2)
    disk.close()

    assert spindle.turns == 1


async def test_the_event_loop_goes_on_meanwhile_and_a_lane_that_is_cancelled_takes_nobody_along() -> None:
    spindle = Spindle()
    disk = Disk(0, spindle.fsync)
    impatient, patient = asyncio.create_task(disk.holds(1)), asyncio.create_task(disk.holds(1))
    await begun(impatient, patient)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    spindle.turn()
    await patient
    disk.close()

    assert spindle.turns == 1


async def test_a_disk_that_failed_once_is_never_believed_again() -> None:
    """A second fsync after a failed one may succeed without the lines being there."""
    spindle = Spindle()
    spindle.broken = True
    disk = Disk(0, spindle.fsync)
    spindle.turn(2)
    with pytest.raises(OSError, match="broken"):
        await disk.holds(1)
    spindle.broken = False
    with pytest.raises(OSError, match="broken"):
        await disk.holds(2)
    disk.close()

    assert spindle.turns == 1


async def test_a_real_file_is_held(tmp_path: Path) -> None:
    with (tmp_path / "lines").open("wb") as opened:
        opened.write(b"1\n")
        opened.flush()
        disk = Disk(opened.fileno())
        await disk.holds(1)
        disk.close()

    assert (tmp_path / "lines").read_bytes() == b"1\n"
