"""What the manifests still need: a catalog-wide resource that one of their collections cannot do without is not removed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pcsync.core.change import Action, Change
from pcsync.core.kind import Kinds
from pcsync.core.plan import Check
from pcsync.core.resource import Desired, Key
from pcsync.reconcile.lanes import concerns


def in_use(deletes: Iterable[Change], declared: Iterable[Key], dependants: Sequence[Desired], kinds: Kinds) -> Iterator[Check]:
    """A failed check for each delete that takes the last declared source away from a desired resource that needs it."""
    staying = [Change(key, Action.KEEP, None, None) for key in declared]
    for delete in deletes:
        for desired in dependants:
            dependant = Change(desired.key, Action.KEEP, None, desired.body)
            if not _needs(kinds, dependant, delete) or any(_needs(kinds, dependant, other) for other in staying):
                continue
            yield Check("in-use", "fail", f"{dependant.address} needs it, and no other manifest declares one in its place", delete.address)


def dependent_kinds(kinds: Kinds, catalog_wide: Iterable[str]) -> frozenset[str]:
    """Kinds that need one of these."""
    names = set(catalog_wide)
    return frozenset(kind.name for kind in kinds.values() if not names.isdisjoint(kind.needs))


def _needs(kinds: Kinds, dependant: Change, needed: Change) -> bool:
    return needed.key.kind in kinds[dependant.key.kind].needs and concerns(needed, dependant)
