"""Operations that read: claimed one by one, carried out in a thread, told about as they go on.

Several processes may share a database; each job is claimed by one of them.
"""

from collections.abc import Iterator
from itertools import islice
from sqlite3 import Connection, Row
from typing import Any

from pcsync.emulator.jsonb import reloads
from pcsync.emulator.reach import UnreachableError
from pcsync.emulator.state import collections, effects, items, operations
from pcsync.emulator.state.operations import EffectError
from pcsync.emulator.world import World

from . import assets, geoparquet
from .walk import Rejected, walk

BATCH = 500
"""Items written in one transaction."""
Json = dict[str, Any]


def run_due(world: World) -> None:
    """Carries out every job that is due. Does nothing while another thread of this process does."""
    if not world.busy.acquire(blocking=False):
        return
    try:
        while (row := _claim(world)) is not None:
            _run(world, row)
    finally:
        world.busy.release()


def any_due(world: World) -> bool:
    with world.store.read() as db:
        return operations.any_job_due(db, world.clock.now())


def _claim(world: World) -> Row | None:
    with world.store.write() as db:
        return operations.claim(db, world.clock.now())


def _run(world: World, row: Row) -> None:
    try:
        if row["type"] in SOURCES:
            _ingest(world, row)
        else:
            _with_assets(world, row)
    except (EffectError, UnreachableError) as failed:
        with world.store.write() as db:
            operations.finish(db, row, EffectError(failed.code, failed.message))


def _with_assets(world: World, row: Row) -> None:
    """An item operation whose assets are read first."""
    payload = reloads(row["effect"])
    try:
        with world.store.read() as db:
            found_items = payload if row["type"] == "AddItem" else [effects.updated(db, row["collection"], payload)]
        found = assets.fetch(world, found_items)
    except EffectError as failed:
        with world.store.write() as db:
            operations.tell(db, row["seq"], row["total"], 0, row["total"], world.clock.now())
            operations.finish(db, row, failed)
        return
    with world.store.write() as db:
        if operations.is_open(db, row["seq"]):
            operations.end(db, world, row, effects.EFFECTS, found)


def _static_catalog(world: World, definition: Json) -> Iterator[Json | Rejected]:
    return walk(world.settings, definition["sourceCatalogUrl"])


def _stac_geoparquet(world: World, definition: Json) -> Iterator[Json | Rejected]:
    return geoparquet.items_of(world.settings, definition["stacGeoparquetUrl"])


SOURCES = {"IngestionStaticCatalog": _static_catalog, "IngestionStacGeoparquet": _stac_geoparquet}


def _ingest(world: World, row: Row) -> None:
    """An ingestion run: batch after batch, until the source ends or the operation is cancelled."""
    definition = reloads(row["effect"])
    source = SOURCES[row["type"]](world, definition)
    tally = Tally()
    while batch := list(islice(source, BATCH)):
        tally.rejected([entry for entry in batch if isinstance(entry, Rejected)])
        found_items = [entry for entry in batch if not isinstance(entry, Rejected)]
        ready = _fetched(world, found_items, definition, tally)
        with world.store.write() as db:
            if not operations.is_open(db, row["seq"]):
                return
            _put_batch(db, world, row["collection"], ready, definition, tally)
            operations.tell(db, row["seq"], tally.done + tally.failed, tally.done, tally.failed, world.clock.now())
    with world.store.write() as db:
        operations.finish(db, row, tally.failure(world))


class Tally:
    """Counts of a run, and its first failure."""

    def __init__(self) -> None:
        self.done = 0
        self.failed = 0
        self.first = ""

    def rejected(self, entries: list[Rejected]) -> None:
        for entry in entries:
            self.fail(f"{entry.url.partition('?')[0]}: {entry.code}: {entry.message}")

    def fail(self, text: str) -> None:
        self.failed += 1
        self.first = self.first or text

    def failure(self, world: World) -> EffectError | None:
        """A run with failed items ends as Failed or not: unknown."""
        if not self.failed or world.chose("partly-failed-run", "succeeded"):
            return None
        total = self.done + self.failed
        return EffectError("ErrorsInBatchOperation", f"{self.failed} of {total} items failed, first: {self.first}"[:2000])


def _fetched(world: World, found_items: list[Json], definition: Json, tally: Tally) -> list[tuple[Json, Any]]:
    """(item, what became of its assets) of the items whose assets could be had."""
    ready = []
    for item in found_items:
        try:
            keeps = definition.get("keepOriginalAssets") or not assets.needs_reading(world.settings, [item])
            ready.append((item, {} if keeps else assets.fetch(world, [item])))
        except EffectError as failed:
            tally.fail(f"{item['id']}: {failed.code}: {failed.message}")
    return ready


def _put_batch(db: Connection, world: World, collection: str, ready: list[tuple[Json, Any]], definition: Json, tally: Tally) -> None:
    if not collections.exists(db, collection):
        raise EffectError("CollectionDoesNotExist", f"Collection '{collection}' does not exist")
    container = collections.load(db, collection).container
    known = items.known(db, collection, (item["id"] for item, _ in ready))
    arrivals: dict[str, tuple[Json, items.Shelf]] = {}
    for item, found in ready:
        there = item["id"] in known or item["id"] in arrivals
        if there and not definition.get("skipExistingItems") and world.chose("ingestion-existing-items", "fail"):
            tally.fail(f"{item['id']}: ItemAlreadyExistsInCollection")
            continue
        if not there or not definition.get("skipExistingItems"):
            arrivals[item["id"]] = item, items.Shelf(container, found, bool(definition.get("keepOriginalAssets")))
        tally.done += 1
    items.put(db, world, collection, list(arrivals.values()))
