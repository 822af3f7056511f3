"""A preview from a plan to comparisons: reading, searching and drawing, within limits. No configuration is written: a Viewer cannot."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Any, TypeVar
from urllib.parse import quote

from pcsync.core.change import Action, Change
from pcsync.core.picture import Comparison, Picture, Place
from pcsync.core.plan import Plan
from pcsync.core.resource import COLLECTION
from pcsync.core.state import Progress, Silence, Viewer
from pcsync.seeing.pixels import compare
from pcsync.seeing.preview.configuration import Configuration, live_configuration, planned
from pcsync.seeing.preview.drawing import Cache, Drawing, Forgetful, had
from pcsync.seeing.preview.settings import Looking
from pcsync.seeing.preview.spots import Finder, opening, spots
from pcsync.seeing.preview.thumbnails import Files, concerns, thumbnail
from pcsync.seeing.preview.wishes import Side, Wish, visible, wishes

Given = TypeVar("Given")
Made = TypeVar("Made")
ABSENT = "the collection is not on this catalog yet: there is nothing to draw before it has items"
ELSEWHERE = "the map opens elsewhere: two places are shown"
Looks = Callable[[str], Looking]
"""What the manifest of a collection says about looking at it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a preview may ask for: pictures in all, pictures at a time, collections read at a time, seconds for a picture."""

    pictures: int = 60
    at_once: int = 4
    collections: int = 16
    seconds: float = 90.0


@dataclass(frozen=True, slots=True)
class Preview:
    """What was seen. ``requests`` counts those to the tiler, ``cached`` the pictures that needed none, ``seconds`` wall time."""

    comparisons: tuple[Comparison, ...] = ()
    requests: int = 0
    cached: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Shot:
    """A layer at a place, or the reason why there is none."""

    wish: Wish
    place: Place | None = None
    why: str = ""
    size: int = 0

    @property
    def cost(self) -> int:
        """Pictures that it takes."""
        return sum(side is not None for side in self.sides)

    @property
    def sides(self) -> tuple[tuple[Side, Place] | None, tuple[Side, Place] | None]:
        """Before and after, each with where it is looked at."""
        before, after = (self._at(side) for side in (self.wish.before, self.wish.after))
        return before, after

    def _at(self, side: Side | None) -> tuple[Side, Place] | None:
        if side is None or self.place is None:
            return None
        return side, opening(side, self.size) if side.opening else self.place


def collections_seen(plan: Plan) -> Mapping[str, list[Change]]:
    """The changes that can be seen, by their collection, in the order of the plan."""
    found: dict[str, list[Change]] = {}
    for change in plan.changes:
        if visible(change):
            found.setdefault(change.key.collection, []).append(change)
    return found


async def preview(
    plan: Plan,
    viewer: Viewer,
    looks: Looks = lambda _: Looking(),
    *,
    limits: Limits | None = None,
    cache: Cache | None = None,
    files: Files | None = None,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Preview:
    """Before and after of every change that can be seen; of thumbnails too, where the plan's ``files`` can be read.

    Raises what reading the catalog raises, AuthenticationError for one.
    """
    started = clock()
    previewing = Previewing(plan, viewer, looks, limits or Limits(), cache or Forgetful(), files, progress or Silence(), clock)
    comparisons = await previewing.run()
    return Preview(tuple(comparisons), previewing.drawing.requests, previewing.drawing.cached, clock() - started)


@dataclass
class Previewing:
    """One preview in the making."""

    plan: Plan
    viewer: Viewer
    looks: Looks
    limits: Limits
    cache: Cache
    files: Files | None
    progress: Progress
    clock: Callable[[], float]
    finder: Finder = field(init=False)
    drawing: Drawing = field(init=False)

    def __post_init__(self) -> None:
        self.finder = Finder(self.viewer)
        self.drawing = Drawing(self.viewer, self.finder, self.plan.target.endpoint, self.cache, self.limits.at_once, self.limits.seconds)

    async def run(self) -> list[Comparison]:
        """Every comparison, in the order of the plan: first what the tiler draws, then thumbnails."""
        return [*await self._layers(), *await self._thumbnails()]

    async def _thumbnails(self) -> list[Comparison]:
        files = self.files
        if files is None:
            return []
        wanted = [it for it in self.plan.changes if concerns(it)][: self.limits.pictures]
        return [it for it in await _few(self.limits.at_once, lambda change: thumbnail(change, self.viewer, files), wanted) if it]

    async def _layers(self) -> list[Comparison]:
        shots = list(self._affordable(await self._all_shots()))
        self.progress.start("drawing", len(shots))
        try:
            return await _few(2 * self.limits.at_once, self._drawn, shots)
        finally:
            self.progress.finish()

    async def _all_shots(self) -> list[Shot]:
        """Collection after collection, some at a time, until there is more to draw than may be drawn; the others are not read."""
        left, shots = list(collections_seen(self.plan).items()), list[Shot]()
        while left and sum(shot.cost for shot in shots) <= self.limits.pictures:
            wave, left = left[: self.limits.collections], left[self.limits.collections :]
            shots += chain.from_iterable(await _few(self.limits.collections, self._shots, wave))
        rest = (change for _, changes in left for change in changes)
        return [*shots, *(Shot(Wish(change, change.key.name or change.key.kind), why=self._spent) for change in rest)]

    async def _shots(self, seen: tuple[str, Sequence[Change]]) -> list[Shot]:
        """What to look at of one collection, and where; more than may be drawn is not searched for."""
        collection, changes = seen
        all_changes = self._changes[collection]
        born = any(it.key.kind == COLLECTION and it.action is Action.CREATE for it in all_changes)
        body = None if born else await self.viewer.get(f"/stac/collections/{quote(collection, safe='')}/configurations")
        how = self.looks(collection)
        live = live_configuration(body) if body is not None else Configuration()
        after = planned(live, all_changes)
        found, left = list[Shot](), self.limits.pictures
        for wish in wishes(changes, live, after, how):
            why = wish.why or (ABSENT if body is None else "" if left > 0 else self._spent)
            places = why or await spots(wish, collection, after, how, self.finder)
            more = [Shot(wish, why=places)] if isinstance(places, str) else [Shot(wish, place, size=how.size) for place in places]
            found, left = found + more, left - sum(shot.cost for shot in more)
        return found

    @cached_property
    def _changes(self) -> Mapping[str, list[Change]]:
        """Every change of the plan by its collection."""
        found: dict[str, list[Change]] = {}
        for change in self.plan.changes:
            found.setdefault(change.key.collection, []).append(change)
        return found

    @property
    def _spent(self) -> str:
        many = self.limits.pictures
        return f"not drawn: the limit of {many} {'picture' if many == 1 else 'pictures'} was reached"

    def _affordable(self, shots: Iterable[Shot]) -> Iterable[Shot]:
        """The first ones with their places; those beyond the limit say so."""
        left = self.limits.pictures
        for shot in shots:
            yield shot if shot.cost <= left else Shot(shot.wish, why=self._spent)
            left = left - shot.cost if shot.cost <= left else 0

    async def _drawn(self, shot: Shot) -> Comparison:
        started, wish = self.clock(), shot.wish
        before, after = await had(self.drawing, wish.change.key.collection, shot.sides, shot.size)
        found = await asyncio.to_thread(compared, shot, before, after)
        self.progress.step(found.title)
        return replace(found, seconds=self.clock() - started)


def compared(shot: Shot, before: Picture | str | None, after: Picture | str | None) -> Comparison:
    """The comparison of what was had of a shot."""
    said = [f"{side}: {it}" for side, it in (("before", before), ("after", after)) if isinstance(it, str)]
    one, other = (it if isinstance(it, Picture) else None for it in (before, after))
    why = shot.why or "; ".join(said)
    if before == after and isinstance(before, str):
        why = before
    found = None
    if one and other and shot.wish.opens:
        why = ELSEWHERE
    elif one and other:
        found = compare(one, other)
        why = why or ("" if found else f"the pictures are of two sizes: {one.width} x {one.height} and {other.width} x {other.height}")
    change = shot.wish.change
    head = Comparison(change.address, shot.wish.title, change.key.collection, shot.place, one, other, why=why)
    return replace(head, changed=found.changed, difference=found.difference, mask=found.mask) if found else head


async def _few(most: int, work: Callable[[Given], Coroutine[Any, Any, Made]], given: Iterable[Given]) -> list[Made]:
    """What becomes of each, in their order, few at a time. The first failure ends the rest and is raised as it is, not in a group."""
    turn = asyncio.Semaphore(most)

    async def one(each: Given) -> Made:
        async with turn:
            return await work(each)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(each)) for each in given]
    except BaseExceptionGroup as several:
        failure = several.exceptions[0]
    else:
        return [task.result() for task in tasks]
    raise failure
