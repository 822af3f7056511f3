"""The plan of a catalog: manifests stream in, live state streams in, and only what differs is ever looked at closely.

A whole plan asks for one listing of all collections and, beside it, for each declared collection's children; as soon as both sides
of a collection are known it is compared and its bodies are dropped. Requests for N collections: 1 + 2N, and N more for each of
partition types and ingestions where they are declared; 1 for the listing of sources, and 1 for each that may be of interest: all where
some are declared, else those that a project may have made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from pcsync.core.change import Action, Unknown
from pcsync.core.compare import Declared, Locate
from pcsync.core.kind import Kind, Kinds, Listed, Proving
from pcsync.core.mark import Policy
from pcsync.core.order import ordered
from pcsync.core.plan import Check, Plan, Target
from pcsync.core.policy import Guards, limits, without_allowed
from pcsync.core.removal import Removal
from pcsync.core.resource import CATALOG_SCOPE, Key
from pcsync.core.shard import WHOLE, Shard
from pcsync.core.state import DesiredState, Progress, Reader, Scope, Silence
from pcsync.reconcile.in_use import dependent_kinds, in_use
from pcsync.reconcile.judge import Findings, Judge, Stance
from pcsync.reconcile.observe import interpret, observe
from pcsync.reconcile.removing import remove
from pcsync.reconcile.roster import NOT_LISTED, ListedKind, Roster
from pcsync.reconcile.sight import Look, Only, Selection, Sight
from pcsync.reconcile.steady import Steady
from pcsync.reconcile.together import together

FEW = 32
"""Up to this many collections are read one by one: half a wave at the default concurrency, so it adds no round trip, while the
listing of a catalog whose size we do not know may be a hundred megabytes."""

UNMARKED = "This target keeps no ownership marker (marker: false): nothing in it is deleted, and drift is not told from our changes."

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
    policy: Policy | None = None,
    adopting: bool = False,
    guards: Guards | None = None,
    removals: Callable[[], Iterable[Removal]] = tuple,
    shard: Shard = WHOLE,
) -> Plan:
    """Compare what the manifests declare with what the catalog has.

    ``concurrency`` scopes are read at a time; ``only`` narrows the plan to some resources, and such a plan never lists the catalog.
    ``policy`` says whose markers count as ours (None: the target's owner) and what is allowed; an ``adopting`` plan writes markers and
    nothing else. ``removals`` are asked for once all manifests are read. Of a ``shard`` only its own collections are read and compared.
    The plan is the same byte for byte whatever the order of answers. Raises what ``desired`` raises, AuthenticationError at once,
    and ServiceError or DeadlineError when the catalog stopped answering; any other failed read is in the plan as unknown.
    """
    stance = Stance(policy or Policy(target.endpoint, (target.owner,)), only, adopting)
    planning = Planning(desired, kinds, Steady(reader), locate, stance, show_unmanaged, progress or Silence(), shard)
    await planning.run(concurrency)
    if not stance.policy.marks:
        planning.note(UNMARKED)
    if not adopting:
        await planning.remove((it for it in removals() if shard.holds(it.collection)), locate, stance, guards or Guards())
    return planning.plan(target, guards or Guards())


class Planning:
    """One plan in the making."""

    def __init__(
        self,
        desired: DesiredState,
        kinds: Kinds,
        reader: Steady,
        locate: Locate,
        stance: Stance,
        show_unmanaged: bool,
        progress: Progress,
        shard: Shard = WHOLE,
    ) -> None:
        self._desired, self._kinds, self._reader, self._only, self._shard = desired, kinds, reader, stance.chosen, shard
        self._show_unmanaged, self._progress = show_unmanaged, progress
        self._look = Look(
            stance.policy, stance.chosen is not None or stance.adopting, show_unmanaged, None if stance.adopting else stance.chosen
        )
        self._findings = Findings()
        self._judge = Judge(desired, kinds, reader, locate, self._findings, stance)
        self._jobs: asyncio.Queue[Job | None] = asyncio.Queue()
        self._roster: Roster | None = None
        self._decided: asyncio.Future[Roster | None] = asyncio.get_running_loop().create_future()
        self._root: ListedKind | None = next((kind for kind in kinds.values() if isinstance(kind, Listed)), None)
        self._listed = self._read_with_the_listing()
        self._catalog_wide: set[Key] = set()  # declared
        self._proving = [] if stance.adopting else [kind for kind in kinds.values() if isinstance(kind, Proving)]
        self._catalog_needing = dependent_kinds(kinds, {name for name, kind in kinds.items() if isinstance(kind, Proving)})
        self._scopes: dict[str, frozenset[str]] = {}  # collections that declare such kinds

    async def run(self, concurrency: int) -> None:
        """Read and compare everything that is declared."""
        try:
            await together(self._read_listing(), self._admit_all(concurrency), *(self._work() for _ in range(concurrency)))
        finally:
            if self._decided.done():
                self._progress.finish()

    def note(self, said: str) -> None:
        """Something to say of the plan as a whole."""
        self._findings.notes.add(said)

    async def remove(self, removals: Iterable[Removal], locate: Locate, stance: Stance, guards: Guards) -> None:
        """Add the collections that manifests want gone."""
        if self._root is not None:
            await remove(removals, self._root, self._reader, locate, stance, guards, self._findings)

    def plan(self, target: Target, guards: Guards) -> Plan:
        """The findings as a plan, with what the guards say of it."""
        found = self._findings
        kept = {name: count for name, count in sorted(found.kept.items()) if count}
        checks = [*without_allowed(found.checks, guards), *self._in_use()]
        plan = Plan(
            target=target,
            changes=ordered(found.changes, self._kinds),
            kept=sum(kept.values()),
            unknown=tuple(sorted(found.unknown, key=_by_address)),
            unmanaged=tuple(sorted(found.unmanaged)),
            notes=tuple(sorted(found.notes)),
            kept_by_kind=kept,
            checks=tuple(sorted(checks, key=lambda check: (check.name, check.address))),
            seals=tuple(sorted(found.seals, key=lambda seal: seal.collection)),
        )
        return replace(plan, checks=(*plan.checks, *limits(plan, guards)))

    def _in_use(self) -> list[Check]:
        """What the deletes of catalog-wide resources would take away; only then manifests are read again for it."""
        deletes = [it for it in self._findings.changes if it.action is Action.DELETE and it.key.collection == CATALOG_SCOPE]
        if not deletes:
            return []
        needing = dependent_kinds(self._kinds, {it.key.kind for it in deletes})
        scopes = sorted(scope for scope, kinds in self._scopes.items() if not needing.isdisjoint(kinds))
        dependants = [it for scope in scopes for it in self._desired.expand(scope) if it.key.kind in needing]
        return list(in_use(deletes, self._catalog_wide, dependants, self._kinds))

    # Which scopes there are

    async def _admit_all(self, concurrency: int) -> None:
        held: list[Scope] = []
        async for batch in self._desired.scopes():
            held.extend(scope for scope in batch if self._concerns(*scope) and self._holds(*scope))
            self._decide(len(held))
            if self._decided.done():
                self._admit(held)
                held.clear()
        self._decide(len(held), last=True)
        self._admit(held)
        # what we made once and no manifest declares any more has to be found all the same
        if not self._catalog_wide and self._shard.holds(CATALOG_SCOPE):
            self._admit_scope(CATALOG_SCOPE, ())
        await self._finish(concurrency)

    def _concerns(self, scope: str, entries: Sequence[Declared]) -> bool:
        return self._only is None or bool(self._narrowed(entries) or _named(self._only, scope))

    def _holds(self, scope: str, entries: Sequence[Declared]) -> bool:
        """It is to be read; of another shard's it is kept what it needs of the catalog as a whole."""
        if self._shard.holds(scope):
            return True
        self._register(scope, entries)
        return False

    def _register(self, scope: str, entries: Sequence[Declared]) -> None:
        if scope == CATALOG_SCOPE:
            self._catalog_wide.update(entry.key for entry in entries)
        elif names := self._catalog_needing.intersection(entry.key.kind for entry in entries):
            self._scopes[scope] = names

    def _narrowed(self, entries: Sequence[Declared]) -> tuple[Declared, ...]:
        only = self._only
        if only is None:
            return tuple(entries)
        named = only.named if isinstance(only, Selection) else lambda entry: only(entry.key)
        return tuple(entry for entry in entries if named(entry))

    def _wanted(self, scope: str, entries: Sequence[Declared], root: Kind | None) -> dict[str, Kind]:
        """The kinds to read: those of which something is declared, or whose list is, and the collection itself."""
        claimed = {kind for entry in entries for kind, _ in entry.claims if self._only is None or self._only(Key(kind, scope))}
        names = {entry.key.kind for entry in self._narrowed(entries)} | claimed | (_named(self._only, scope) if self._only else set())
        names |= {kind.name for kind in self._proving} if scope == CATALOG_SCOPE and self._only is None else set()
        return {name: self._kinds[name] for name in [*sorted(names - {root.name if root else ""}), *([root.name] if root else [])]}

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
        self._register(scope, entries)
        wanted = self._wanted(scope, entries, root)
        if not wanted:
            return
        sight = Sight(scope, self._narrowed(entries), root, list(wanted.values()), self._look)
        path = next(iter(root.reads(scope, {}))) if root is not None else ""
        if self._roster is None or root is None or self._roster.lacks(path):
            self._jobs.put_nowait(partial(self._read, sight, sight.kinds))
            return
        listed = [kind for kind in wanted.values() if kind.name in self._listed]
        others = [kind for kind in wanted.values() if kind.name not in self._listed]
        sight.parts = 2 if others else 1
        if others:
            self._jobs.put_nowait(partial(self._read_children, sight, others, listed))
        self._roster.claim(path, partial(self._take_listed, sight, path, listed))

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
            self._findings.unmanaged.update(key for key in roster.strangers if self._shard.holds(key.collection))
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
        observation = await observe(sight.scope, kinds, self._reader, but_strangers=not sight.entries)
        self._reader.require()
        sight.absorb(observation, self._kinds, {kind.name for kind in kinds})
        if sight.complete and sight.disputed:
            await self._judged(sight)
        elif sight.complete:
            self._tally(sight)

    def _take_listed(self, sight: Sight, path: str, kinds: Sequence[Kind], body: Any) -> None:
        if body is NOT_LISTED:
            sight.unlisted = True
            if sight.started or sight.parts == 1:
                self._jobs.put_nowait(partial(self._read, sight, kinds))
            return
        sight.absorb(interpret(sight.scope, kinds, {path: body}), self._kinds, {kind.name for kind in kinds})
        if sight.complete and sight.disputed:
            self._jobs.put_nowait(partial(self._judged, sight))
        elif sight.complete:
            self._tally(sight)

    async def _judged(self, sight: Sight) -> None:
        await self._judge.judge(sight)
        self._reader.require()
        self._progress.step(sight.scope)

    def _tally(self, sight: Sight) -> None:
        self._judge.tally(sight)
        if sight.entries:  # nobody counted on a scope of which nothing is declared
            self._progress.step(sight.scope)


def _named(only: Only, scope: str) -> frozenset[str]:
    """The kinds of a scope that a selection names outright, declared or not."""
    return only.below(scope) if isinstance(only, Selection) else frozenset()


def _by_address(gap: Unknown) -> tuple[str, tuple[str, ...], str]:
    return gap.address, gap.kinds, gap.reason
