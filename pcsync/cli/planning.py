"""Planning for the commands that plan: manifests and catalog side by side, one event loop."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pcsync import __version__
from pcsync.cli.checks import moved
from pcsync.cli.desired import ManifestState
from pcsync.cli.options import NOTHING_MORE, Allowance
from pcsync.core.canonical import fingerprint
from pcsync.core.checks import CollectionChecks
from pcsync.core.diagnostic import Diagnostic, Severity
from pcsync.core.errors import UsageError
from pcsync.core.kind import COLLECTION_MANIFEST
from pcsync.core.mark import Policy
from pcsync.core.plan import Check
from pcsync.core.policy import Guards
from pcsync.core.resource import Desired, Key
from pcsync.core.shard import WHOLE, Part, Seen, Shard
from pcsync.core.state import Scope
from pcsync.kinds import KINDS
from pcsync.reconcile.planning import make_plan
from pcsync.reconcile.sight import Selection

if TYPE_CHECKING:
    from pcsync.cli.printing import Printer
    from pcsync.cli.wiring import Wiring
    from pcsync.client.http import Catalog
    from pcsync.core.plan import Plan


SHOWN = 20  # warnings of a plan; validate shows all
UNASKED = Check("validation", "warn", "the rules were not asked (--no-validate)")


def state_of(wiring: Wiring, *, validate: bool) -> ManifestState:
    """What the manifests declare; with ``validate`` the rules are asked in the same reading, and an error of theirs stops the plan."""
    if not validate:
        return ManifestState(wiring.project.files(), wiring.context)
    from pcsync.cli.checking import beforehand

    examination, found = beforehand(wiring.project)
    return ManifestState(wiring.project.files(), wiring.context, examination, found)


async def plan_on(
    catalog: Catalog,
    wiring: Wiring,
    state: ManifestState,
    printer: Printer,
    *,
    only: Sequence[str],
    concurrency: int,
    unmanaged: bool,
    allowance: Allowance = NOTHING_MORE,
    adopting: bool = False,
    unasked: bool = False,
    shard: Shard | None = None,
) -> Plan:
    """The plan of a project on an open catalog; warnings about the manifests go to stderr. ``unasked``: the rules were passed over."""
    witnessed = Witnessed(state)
    plan = await make_plan(
        wiring.target,
        witnessed if shard else state,
        KINDS,
        catalog.reader(),
        wiring.locate,
        concurrency=concurrency,
        only=selection(only),
        show_unmanaged=unmanaged,
        progress=printer.progress(),
        policy=policy(wiring, allowance),
        guards=guards(wiring, allowance),
        adopting=adopting,
        removals=state.removals,
        shard=shard or WHOLE,
    )
    warnings = sorted({it for it in state.diagnostics if tells(it)}, key=lambda it: it.order)
    printer.warn(warnings[:SHOWN])
    if len(warnings) > SHOWN:
        printer.say(f"and {len(warnings) - SHOWN} more: pcsync validate")
    checks = (*plan.checks, *([UNASKED] if unasked else validation(warnings)))
    plan = replace(plan, checks=checks, checks_after=() if adopting else following(plan, state, wiring))
    if shard is None:
        return plan
    flags = {
        "only": sorted(only),
        "unmanaged": unmanaged,
        "unasked": unasked,
        "version": __version__,
        "policy": _said(policy(wiring, allowance)),
    }
    return in_part(plan, Part(shard, witnessed.basis(flags), guards(wiring, allowance)))


def in_part(plan: Plan, part: Part) -> Plan:
    """The plan of a shard, which says so."""
    return replace(plan, part=part, notes=(part.note, *plan.notes))


def _said(policy: Policy) -> list[Any]:
    return [policy.endpoint, policy.owners, sorted(policy.take_over), policy.force_conflicts, policy.marks]


class Witnessed:
    """A desired state (core.state.DesiredState) that remembers, as a sum, all that was declared."""

    def __init__(self, state: ManifestState) -> None:
        self._state, self._seen = state, Seen()

    async def scopes(self) -> AsyncIterator[Sequence[Scope]]:
        """The state's own batches."""
        async for batch in self._state.scopes():
            for _, entries in batch:
                self._seen.add(entries)
            yield batch

    def expand(self, scope: str) -> Sequence[Desired]:
        """As the state."""
        return self._state.expand(scope)

    def basis(self, flags: Mapping[str, Any]) -> str:
        """The fingerprint of all that was declared, and of what the command line said of it."""
        removals = sorted([it.collection, it.expect_items] for it in self._state.removals())
        return fingerprint({"declared": self._seen.sum.hex(), "removals": removals, **flags})


def following(plan: Plan, state: ManifestState, wiring: Wiring) -> tuple[CollectionChecks, ...]:
    """What the manifests declare to be checked of the collections that a plan changes: it is approved with the plan."""
    return tuple(it for it in state.checks(moved(plan), wiring.locate) if it.declared is not None)


def tells(diagnostic: Diagnostic) -> bool:
    """It is worth a word beside a plan: notes are not, nor is a suppression that may be of use to another target."""
    return diagnostic.severity is Severity.WARNING and diagnostic.rule != "style-idle-suppression"


def validation(warnings: Sequence[Diagnostic]) -> list[Check]:
    """What a reviewer, who sees the plan alone, is told of the warnings: how many of which rule."""
    counts = Counter(it.rule for it in warnings)
    said = ", ".join(f"{rule} {count} times" if count > 1 else rule for rule, count in sorted(counts.items()))
    return [Check("validation", "warn", f"{said}: pcsync validate says where")] if counts else []


def policy(wiring: Wiring, allowance: Allowance) -> Policy:
    """Whose markers count as ours, and what the command line allows."""
    project, endpoint = wiring.project, wiring.target.endpoint
    return Policy(endpoint, (project.owner, *project.previous_owners), allowance.take_over, allowance.force_conflicts, wiring.spec.marker)


def guards(wiring: Wiring, allowance: Allowance) -> Guards:
    """The limits of the project, and what the command line allows all the same. Raises UsageError."""
    limits = wiring.project.guards
    allowed = frozenset(_key(address, "--allow-delete") for address in allowance.deletes)
    return Guards(limits.get("maxDeletes"), limits.get("maxDeletePercent"), allowed)


def selection(addresses: Sequence[str]) -> Selection | None:
    """The keys at these addresses and below them, and whole kinds of the catalog; None for no addresses. Raises UsageError."""
    kinds = frozenset(address for address in addresses if address in KINDS and KINDS[address].manifest != COLLECTION_MANIFEST)
    keys = frozenset(_key(address, "--only") for address in addresses if address not in kinds)
    return Selection(keys, kinds) if addresses else None


def _key(address: str, where: str) -> Key:
    try:
        key = Key.parse(address)
    except ValueError:
        raise UsageError(f"{address!r} is no address", where=where, fix="write it as the plan does: collection/naip") from None
    if key.kind not in KINDS:
        raise UsageError(f"there is no kind {key.kind!r}", where=where, fix=f"one of: {', '.join(KINDS)}")
    return key
