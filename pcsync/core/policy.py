"""Guards: what a plan must not do without another word. They annotate the plan, and apply stops at a failed one (exit 4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pcsync.core.change import Action, Change
from pcsync.core.plan import Check, Plan
from pcsync.core.resource import COLLECTION, Desired, Key

EMPTIED = "emptied"
MAX_DELETES, MAX_DELETE_PERCENT = "maxDeletes", "maxDeletePercent"
LIMITS = frozenset({MAX_DELETES, MAX_DELETE_PERCENT})
"""The checks that are about a plan as a whole."""


@dataclass(frozen=True, slots=True)
class Guards:
    """The limits of a project (None: no limit), and what somebody allowed by address all the same."""

    max_deletes: int | None = None
    max_delete_percent: float | None = None
    allowed: frozenset[Key] = frozenset()

    def allow(self, key: Key) -> bool:
        """Deleting the resource, or what lies below it, was allowed."""
        return key in self.allowed or Key(COLLECTION, key.collection) in self.allowed


def limits(plan: Plan, guards: Guards) -> Iterator[Check]:
    """The thresholds by count and by share of the managed resources; what was allowed by address does not count."""
    deletes = [change for change in plan.changes if change.action is Action.DELETE and not guards.allow(change.key)]
    managed = plan.kept + sum(change.action in (Action.UPDATE, Action.DELETE, Action.ADOPT) for change in plan.changes)
    if guards.max_deletes is not None and len(deletes) > guards.max_deletes:
        yield Check(MAX_DELETES, "fail", f"{len(deletes)} resources would be deleted; the limit of this project is {guards.max_deletes}")
    share = 100 * len(deletes) / managed if managed else 0.0
    if guards.max_delete_percent is not None and share > guards.max_delete_percent:
        limit = f"the limit of this project is {guards.max_delete_percent:g} %"
        yield Check(MAX_DELETE_PERCENT, "fail", f"{share:.0f} % of {managed} managed resources would be deleted; {limit}")


def emptied(scope: str, desired: Sequence[Desired], changes: Iterable[Change]) -> Iterator[Check]:
    """Child lists of a collection of which nothing would be left."""
    declared = {it.key.kind for it in desired}
    gone = Counter(change.key.kind for change in changes if change.action is Action.DELETE and change.key.kind not in declared)
    address = str(Key(COLLECTION, scope))
    for kind, count in sorted(gone.items()):
        what = f"the manifest has an empty list, and {count} {kind}{'s' if count > 1 else ''} would be deleted"
        yield Check(EMPTIED, "fail", f"{what}; if that is meant: --allow-delete {address}", address)


def without_allowed(checks: Iterable[Check], guards: Guards) -> Iterator[Check]:
    """The checks less the emptied lists that somebody allowed."""
    for check in checks:
        if check.name != EMPTIED or not guards.allow(Key.parse(check.address)):
            yield check
