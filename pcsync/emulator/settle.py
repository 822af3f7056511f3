"""Ending what is due, before a request looks at the catalog."""

import asyncio

from .ingest import jobs
from .state import operations
from .state.effects import EFFECTS
from .world import World

PATIENCE = 5.0
"""Seconds that a request waits for jobs."""

_tasks: set[asyncio.Future[None]] = set()


async def settle_all(world: World) -> None:
    """Ends what is due, jobs included; those that take longer than PATIENCE go on while requests see them Running."""
    settle(world)
    if not jobs.any_due(world):
        return
    task = asyncio.ensure_future(asyncio.to_thread(jobs.run_due, world))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    done, _ = await asyncio.wait({task}, timeout=PATIENCE)
    for ended in done:
        ended.result()


def settle(world: World) -> None:
    """Ends the operations that are due and read nothing."""
    now = world.clock.now()
    with world.store.read() as db:
        due = operations.any_due(db, now)
    if due:
        with world.store.write() as db:
            operations.settle(db, world, now, EFFECTS)
