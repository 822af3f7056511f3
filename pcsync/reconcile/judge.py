"""From what differs to changes: bodies in full, field by field, with the preconditions that only further reading can tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from pcsync.core.change import Action, Change, Unknown
from pcsync.core.compare import Locate, change, refused
from pcsync.core.errors import AuthenticationError, PcsyncError
from pcsync.core.kind import Conditional, Kind, Kinds
from pcsync.core.resource import Desired, Key
from pcsync.core.state import DesiredState, Reader
from pcsync.reconcile.observe import reason, scope_address
from pcsync.reconcile.sight import Sight


@dataclass
class Findings:
    """What a plan is made of, as it comes in; the order of arrival leaves no trace in the plan."""

    changes: list[Change] = field(default_factory=list)
    kept: Counter[str] = field(default_factory=Counter)
    unknown: list[Unknown] = field(default_factory=list)
    unmanaged: set[Key] = field(default_factory=set)
    notes: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Judge:
    """Turns a scope that differs into changes."""

    desired: DesiredState
    kinds: Kinds
    reader: Reader
    locate: Locate
    findings: Findings

    def tally(self, sight: Sight) -> None:
        """Add what is as declared, what is unmanaged and what is unknown to the findings."""
        self.findings.kept.update(sight.kept)
        self.findings.unmanaged.update(sight.unmanaged)
        self.findings.unknown.extend(sight.unknown)

    async def judge(self, sight: Sight) -> None:
        """Add the changes that what differs takes to the findings."""
        for desired in self._differing(sight):
            await self._resource(sight, desired)

    def _differing(self, sight: Sight) -> Iterable[Desired]:
        if not sight.differing:
            return []
        bodies = {resource.key: resource for resource in self.desired.expand(sight.scope)}
        if lost := sorted(sight.differing - bodies.keys()):
            raise PcsyncError(f"the manifest of {lost[0]} changed while it was being compared", fix="plan again")
        return [bodies[key] for key in sorted(sight.differing)]

    async def _resource(self, sight: Sight, desired: Desired) -> None:
        kind, live = self.kinds[desired.key.kind], sight.live.get(desired.key)
        found = change(kind, desired, live, self.locate)
        if found.action is Action.KEEP:
            self.findings.kept[kind.name] += 1
            self._note_twins(found, live.twins if live else 0)
            return
        self.findings.changes.append(refused(found, self._orphaned(sight) or await self._refusal(sight, kind, desired)))

    def _note_twins(self, found: Change, twins: int) -> None:
        if twins:
            self.findings.notes.add(f"{found.address}: {twins + 1} of that name are in the catalog; none of them is touched.")

    def _orphaned(self, sight: Sight) -> str:
        if not sight.missing or sight.root is None or any(key.kind == sight.root.name for key in sight.differing):
            return ""
        return f"{scope_address(sight.scope)} is not in the catalog, and this plan does not create it"

    async def _refusal(self, sight: Sight, kind: Kind, desired: Desired) -> str:
        live = sight.live.get(desired.key)
        if isinstance(kind, Conditional) and await self._probed(sight, kind, desired):
            why = kind.refusal(desired, live, sight.bodies)
            if why:
                return why
        return f"{live.twins + 1} of that name are in the catalog, and which of them is meant cannot be told" if live and live.twins else ""

    async def _probed(self, sight: Sight, kind: Conditional, desired: Desired) -> bool:
        """Read what the precondition depends on; False when that failed, and then the plan is not complete."""
        try:
            for path in kind.probes(desired, sight.live.get(desired.key)):
                if path not in sight.bodies:
                    sight.bodies[path] = await self.reader.get(path)
        except AuthenticationError:
            raise
        except PcsyncError as error:
            self.findings.unknown.append(Unknown(str(desired.key), (desired.key.kind,), reason(error)))
            return False
        return True
