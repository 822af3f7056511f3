"""Work side by side that fails as one."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


async def together(first: Coroutine[Any, Any, Any], *others: Coroutine[Any, Any, Any]) -> None:
    """Run all of it; the first failure stops the rest and is raised as it is, not in a group.

    One part runs in the caller's own task: a plan reads two paths of each of thousands of collections, and a task costs time.
    """
    failure: BaseException | None = None
    try:
        async with asyncio.TaskGroup() as group:
            for part in others:
                group.create_task(part)
            await first
    except BaseExceptionGroup as several:
        failure = several.exceptions[0]
    if failure is not None:
        raise failure
