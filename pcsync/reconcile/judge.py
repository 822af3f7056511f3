"""From what differs to changes: bodies in full, field by field, with the preconditions that only further reading can tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pcsync.core.assess import Assessment, assess
from pcsync.core.change import OWNERSHIP, Action, Change, Unknown
from pcsync.core.compare import Locate, change, deletion, refused
from pcsync.core.errors import AuthenticationError, PcsyncError
from pcsync.core.kind import Conditional, Kind, Kinds
from pcsync.core.mark import Policy
from pcsync.core.plan import Check, Seal
from pcsync.core.policy import emptied
from pcsync.core.resource import Desired, Key, Live
from pcsync.core.sides import Chosen
from pcsync.core.state import DesiredState, Reader
from pcsync.core.why import ABSENT, BY_ITS_ID, CATALOG_WIDE, because
from pcsync.reconcile.observe import MISSHAPEN, Observation, leaving, observe, reason, scope_address
from pcsync.reconcile.sight import Sight

LINGERING = "it is being deleted, and the ownership marker names it until it is gone"


@dataclass
class Findings:
    """What a plan is made of, as it comes in; the order of arrival leaves no trace in the plan."""

    changes: list[Change] = field(default_factory=list)
    kept: Counter[str] = field(default_factory=Counter)
    unknown: list[Unknown] = field(default_factory=list)
    unmanaged: set[Key] = field(default_factory=set)
    notes: set[str] = field(default_factory=set)
    checks: list[Check] = field(default_factory=list)
    seals: list[Seal] = field(default_factory=list)


@dataclass(frozen=True)
class Stance:
    """From where a plan is made: what may be done, which resources it is about, and whether it only takes into ownership."""

    policy: Policy
    chosen: Chosen | None = None
    adopting: bool = False


@dataclass(frozen=True)
class Judge:
    """Turns a scope that differs into changes."""

    desired: DesiredState
    kinds: Kinds
    reader: Reader
    locate: Locate
    findings: Findings
    stance: Stance

    def tally(self, sight: Sight) -> None:
        """Add what is as declared, what is unmanaged and what is unknown to the findings."""
        self.findings.kept.update(sight.kept)
        self.findings.unmanaged.update(sight.unmanaged)
        self.findings.unknown.extend(sight.unknown)

    async def judge(self, sight: Sight) -> None:
        """Add the changes of a scope, and all else there is to say of it, to the findings."""
        if sight.root is None:
            await self._catalog(sight)
        else:
            await self._collection(sight, sight.root)

    # What belongs to the catalog as a whole

    async def _catalog(self, sight: Sight) -> None:
        self.tally(sight)
        if self.stance.adopting:
            return
        bodies = {desired.key: desired for desired in self._expanded(sight)}
        for key in sorted(sight.differing):
            found = change(self.kinds[key.kind], bodies[key], sight.live.get(key), self.locate)
            found = because(found, ABSENT if found.action is Action.CREATE else CATALOG_WIDE)
            await self._conclude(found, bodies[key], sight.live.get(key), sight.bodies)
        for live in (sight.live[key] for key in sorted(sight.dropped)):
            self.findings.changes.append(deletion(self.kinds[live.key.kind], live, BY_ITS_ID))

    # Collections

    async def _collection(self, sight: Sight, root: Kind) -> None:
        desired = self._expanded(sight)
        seen = await observe(sight.scope, sight.kinds, self.reader, sight.bodies)
        if why := next((gap.reason for gap in seen.unknown if root.name in gap.kinds), ""):
            names = tuple(sorted({kind.name for kind in sight.kinds}))
            self.findings.unknown.append(Unknown(scope_address(sight.scope), names, why))
            return
        missing = Key(root.name, sight.scope) not in seen.live
        live, unread = ({}, []) if missing else self._readable(seen)
        self.findings.unknown.extend([] if missing else [*seen.unknown, *(gap for key, gap in unread if sight.asks(key))])
        found = self._assessed(sight, desired, live, frozenset() if missing else leaving(sight.kinds, seen))
        self.findings.notes.update(f"{key}: {LINGERING}." for key in found.lingering)
        blind = {key for key, _ in unread}, frozenset() if missing else seen.unread
        changes = [it for it in found.changes if it.key not in blind[0] and it.key.kind not in blind[1]]
        orphans = missing and not any(it.key.kind == root.name and not it.refusal for it in changes)
        await self._conclude_all(sight, changes, desired, live, dict(seen.bodies), orphans)
        self.findings.checks.extend(emptied(sight.scope, desired, changes))
        self.findings.seals.extend([found.seal] if found.seal else [])
        if sight.declared is not None:
            self.findings.unmanaged.update(found.unmanaged)

    def _assessed(self, sight: Sight, desired: Sequence[Desired], live: Mapping[Key, Live], parting: frozenset[Key]) -> Assessment:
        """The assessment; where nothing but ownership is to be taken, of what is as declared and nothing else."""

        def of(chosen: Chosen | None) -> Assessment:
            return assess(sight.scope, desired, live, self.kinds, self.stance.policy, self.locate, chosen, parting)

        found = of(self.stance.chosen)
        if not self.stance.adopting or any(it.refused_by == OWNERSHIP for it in found.changes):
            return found
        as_declared = {it.key for it in found.changes if it.key in live and not it.fields and it.action is not Action.DELETE}
        return of(as_declared.__contains__)

    def _readable(self, seen: Observation) -> tuple[dict[Key, Live], list[tuple[Key, Unknown]]]:
        """The live resources that can be compared, and those whose body has another shape than the documented one."""
        live, unread = {}, []
        for key, found in seen.live.items():
            try:
                self.kinds[key.kind].normalise(found.body)
                live[key] = found
            except MISSHAPEN as wrong:
                unread.append((key, Unknown(str(key), (key.kind,), reason(wrong))))
        return live, unread

    async def _conclude_all(
        self,
        sight: Sight,
        changes: Sequence[Change],
        desired: Sequence[Desired],
        live: Mapping[Key, Live],
        bodies: dict[str, object],
        orphans: bool,
    ) -> None:
        wanted = {it.key: it for it in desired}
        for found in changes:
            if orphans and not found.refusal:
                found = refused(found, f"{scope_address(sight.scope)} is not in the catalog, and this plan does not create it")
            await self._conclude(found, wanted.get(found.key), live.get(found.key), bodies)

    # Either

    def _expanded(self, sight: Sight) -> Sequence[Desired]:
        desired = self.desired.expand(sight.scope)
        if lost := sorted(entry.key for entry in sight.entries if entry.key not in {it.key for it in desired}):
            raise PcsyncError(f"the manifest of {lost[0]} changed while it was being compared", fix="plan again")
        return desired

    async def _conclude(self, found: Change, desired: Desired | None, live: Live | None, bodies: dict[str, object]) -> None:
        """Take a change in: counted where it is as declared, else with the reason why apply will not make it."""
        if found.action is Action.KEEP:
            self.findings.kept[found.key.kind] += 1
            self._note(found, live)
        elif found.refusal or desired is None:
            self.findings.changes.append(found)
        else:
            kind = self.kinds[found.key.kind]
            self.findings.changes.append(refused(found, await self._refusal(kind, desired, live, bodies)))

    def _note(self, found: Change, live: Live | None) -> None:
        self.findings.notes.update(f"{found.address}: {note}." for note in found.notes)
        if live and live.twins:
            self.findings.notes.add(f"{found.address}: {live.twins + 1} of that name are in the catalog; none of them is touched.")

    async def _refusal(self, kind: Kind, desired: Desired, live: Live | None, bodies: dict[str, object]) -> str:
        if isinstance(kind, Conditional) and await self._probed(kind, desired, live, bodies):
            why = kind.refusal(desired, live, bodies)
            if why:
                return why
        return f"{live.twins + 1} of that name are in the catalog, and which of them is meant cannot be told" if live and live.twins else ""

    async def _probed(self, kind: Conditional, desired: Desired, live: Live | None, bodies: dict[str, object]) -> bool:
        """Read what the precondition depends on; False when that failed, and then the plan is not complete."""
        try:
            for path in kind.probes(desired, live):
                if path not in bodies:
                    bodies[path] = await self.reader.get(path)
        except AuthenticationError:
            raise
        except PcsyncError as error:
            self.findings.unknown.append(Unknown(str(desired.key), (desired.key.kind,), reason(error)))
            return False
        return True
