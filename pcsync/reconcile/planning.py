"""The plan of a catalog: manifests stream in, live state streams in, and only what differs is ever looked at closely.

A whole plan asks for one listing of all collections and, beside it, for each declared collection's children; as soon as both sides
of a collection are known it is compared and its bodies are dropped. Requests for N collections: 1 + 2N, and N more for each of
partition types and ingestions where they are declared.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from pcsync.core.change import Unknown
from pcsync.core.compare import Declared, Locate
from pcsync.core.kind import Kind, Kinds, Listed
from pcsync.core.order import ordered
from pcsync.core.plan import Plan, Target
from pcsync.core.resource import CATALOG_SCOPE
from pcsync.core.state import DesiredState, Progress, Reader, Scope, Silence
from pcsync.reconcile.judge import Findings, Judge
from pcsync.reconcile.observe import interpret, observe
from pcsync.reconcile.roster import NOT_LISTED, ListedKind, Roster
from pcsync.reconcile.sight import Only, Sight
from pcsync.reconcile.steady import Steady
from pcsync.reconcile.together import together

FEW = 32
"""Up to this many collections are read one by one: half a wave at the default concurrency, so it adds no round trip, while the
listing of a catalog whose size we do not know may be a hundred megabytes."""

ADDITIVE = "Nothing is pruned: what the manifests do not name is left alone (mode additive)."

Job = Callable[[], Awaitable[None]]


async def make_plan(
    target: Target,
    desired: DesiredState,
    kinds: Kinds,
    reader: Reader,
    locate: Locate,
    *,
    concurrency: int = 64,
    only: Only | None = None,
    show_unmanaged: bool = False,
    progress: Progress | None = None,
) -> Plan:
    """Compare what the manifests declare with what the catalog has.

    ``concurrency`` scopes are read at a time; ``only`` narrows the plan to some resources, and such a plan never lists the catalog.
    The plan is the same byte for byte whatever the order of answers. Raises what ``desired`` raises, AuthenticationError at once,
    and ServiceError or DeadlineError when the catalog stopped answering; any other failed read is in the plan as unknown.
    """
    planning = Planning(desired, kinds, Steady(reader), locate, only, show_unmanaged, progress or Silence())
    await planning.run(concurrency)
    return planning.plan(target)


class Planning:
    """One plan in the making."""

    def __init__(
        self,
        desired: DesiredState,
        kinds: Kinds,
        reader: Steady,
        locate: Locate,
        only: Only | None,
        show_unmanaged: bool,
        progress: Progress,
    ) -> None:
        self._desired, self._kinds, self._reader, self._only = desired, kinds, reader, only
        self._show_unmanaged, self._progress = show_unmanaged, progress
        self._findings = Findings()
        self._judge = Judge(desired, kinds, reader, locate, self._findings)
        self._jobs: asyncio.Queue[Job | None] = asyncio.Queue()
        self._roster: Roster | None = None
        self._decided: asyncio.Future[Roster | None] = asyncio.get_running_loop().create_future()
        self._root: ListedKind | None = next((kind for kind in kinds.values() if isinstance(kind, Listed)), None)
        self._listed = self._read_with_the_listing()

    async def run(self, concurrency: int) -> None:
        """Read and compare everything that is declared."""
        try:
            await together(self._read_listing(), self._admit_all(concurrency), *(self._work() for _ in range(concurrency)))
        finally:
            if self._decided.done():
                self._progress.finish()

    def plan(self, target: Target) -> Plan:
        """The findings as a plan."""
        found = self._findings
        kept = {name: count for name, count in sorted(found.kept.items()) if count}
        return Plan(
            target=target,
            changes=ordered(found.changes, self._kinds),
            kept=sum(kept.values()),
            unknown=tuple(sorted(found.unknown, key=_by_address)),
            unmanaged=tuple(sorted(found.unmanaged)),
            notes=(ADDITIVE, *sorted(found.notes)),
            kept_by_kind=kept,
        )

    # Which scopes there are

    async def _admit_all(self, concurrency: int) -> None:
        held: list[Scope] = []
        async for batch in self._desired.scopes():
            held.extend(scope for scope in map(self._narrowed, batch) if scope[1])
            self._decide(len(held))
            if self._decided.done():
                self._admit(held)
                held.clear()
        self._decide(len(held), last=True)
        self._admit(held)
        await self._finish(concurrency)

    def _narrowed(self, scope: Scope) -> Scope:
        name, entries = scope
        return (name, entries) if self._only is None else (name, tuple(entry for entry in entries if self._only(entry.key)))

    def _decide(self, count: int, last: bool = False) -> None:
        """Whether to list the catalog: when there is more than a few to read, or when somebody wants to see the rest of it."""
        if self._decided.done():
            return
        if self._only is None and self._root is not None and (count > FEW or self._show_unmanaged):
            self._roster = Roster(self._root, self._reader)
            self._decided.set_result(self._roster)
        elif last or self._only is not None:
            self._decided.set_result(None)
        if self._decided.done():
            self._progress.start("reading", count if last else None)

    def _admit(self, scopes: Sequence[Scope]) -> None:
        for scope, entries in scopes:
            self._admit_scope(scope, entries)

    def _admit_scope(self, scope: str, entries: tuple[Declared, ...]) -> None:
        root = self._root if scope != CATALOG_SCOPE else None
        wanted = {entry.key.kind: self._kinds[entry.key.kind] for entry in entries}
        if root is not None:
            wanted[root.name] = root
        path = next(iter(root.reads(scope, {}))) if root is not None else ""
        if self._roster is None or root is None or self._roster.lacks(path):
            self._jobs.put_nowait(partial(self._read, self._sight(scope, entries, root, 1), list(wanted.values())))
            return
        listed = [kind for kind in wanted.values() if kind.name in self._listed]
        others = [kind for kind in wanted.values() if kind.name not in self._listed]
        sight = self._sight(scope, entries, root, 2 if others else 1)
        if others:
            self._jobs.put_nowait(partial(self._read_children, sight, others, listed))
        self._roster.claim(path, partial(self._take_listed, sight, path, listed))

    def _sight(self, scope: str, entries: tuple[Declared, ...], root: Kind | None, parts: int) -> Sight:
        return Sight(scope, entries, root, parts, {entry.key for entry in entries} if self._show_unmanaged else None)

    async def _finish(self, concurrency: int) -> None:
        if self._roster is not None:
            self._roster.complete()
            await self._roster.over.wait()
            self._conclude(self._roster)
        await self._jobs.join()
        for _ in range(concurrency):
            self._jobs.put_nowait(None)

    def _conclude(self, roster: Roster) -> None:
        if self._show_unmanaged:
            self._findings.unmanaged.update(roster.strangers)
        if roster.failure:
            self._findings.notes.add(f"The listing of the catalog broke off, so collections were read one by one: {roster.failure}")

    # Reading them

    def _read_with_the_listing(self) -> frozenset[str]:
        """Kinds that read nothing but what the listing gives."""
        if self._root is None:
            return frozenset()
        sample = set(self._root.reads("sample", {}))
        return frozenset(name for name, kind in self._kinds.items() if sample == set(kind.reads("sample", {})))

    async def _read_listing(self) -> None:
        if roster := await self._decided:
            await roster.read()

    async def _work(self) -> None:
        while job := await self._jobs.get():
            await job()
            self._jobs.task_done()

    async def _read_children(self, sight: Sight, others: Sequence[Kind], listed: Sequence[Kind]) -> None:
        """Read what the listing does not give; all of it, the collection first, where the listing ended without it meanwhile."""
        sight.started = True
        if sight.unlisted:
            sight.parts = 1
            others = [*listed, *others]
        await self._read(sight, others)

    async def _read(self, sight: Sight, kinds: Sequence[Kind]) -> None:
        observation = await observe(sight.scope, kinds, self._reader)
        self._reader.require()
        sight.absorb(observation, self._kinds, {kind.name for kind in kinds})
        if sight.complete:
            self._tally(sight)
            await self._judge.judge(sight)

    def _take_listed(self, sight: Sight, path: str, kinds: Sequence[Kind], body: Any) -> None:
        if body is NOT_LISTED:
            sight.unlisted = True
            if sight.started or sight.parts == 1:
                self._jobs.put_nowait(partial(self._read, sight, kinds))
            return
        sight.absorb(interpret(sight.scope, kinds, {path: body}), self._kinds, {kind.name for kind in kinds})
        if sight.complete:
            self._tally(sight)
            if sight.differing:
                self._jobs.put_nowait(partial(self._judge.judge, sight))

    def _tally(self, sight: Sight) -> None:
        self._judge.tally(sight)
        self._progress.step(sight.scope)


def _by_address(gap: Unknown) -> tuple[str, tuple[str, ...], str]:
    return gap.address, gap.kinds, gap.reason
