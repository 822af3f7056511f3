"""Work that would hold up the event loop, in a few threads; more than a queue's worth of it is refused."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from threading import BoundedSemaphore
from typing import TypeVar

from .errors import Busy

T = TypeVar("T")
WORKERS = min(8, (os.cpu_count() or 1) + 1)
WAITING = 500
"""Requests at work or in the queue; beyond them 503 is kinder than a queue that never ends."""
_places = BoundedSemaphore(WAITING)


async def run(work: Callable[[], T]) -> T:
    """What `work` returns. Raises Busy when too many are waiting."""
    if not _places.acquire(blocking=False):
        raise Busy("Too many requests for pixels are waiting.", headers={"Retry-After": "1"})
    try:
        return await asyncio.get_running_loop().run_in_executor(_pool(), copy_context().run, work)
    finally:
        _places.release()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(WORKERS, "tiler")
