"""A plan's changes by collection: what belongs to the catalog as a whole first, then each collection by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pcsync.core.change import Action, Change
from pcsync.core.plan import Plan
from pcsync.core.resource import CATALOG_SCOPE, COLLECTION, Key
from pcsync.render.wording import number

WORDS = {
    Action.CREATE: "to create",
    Action.ADOPT: "to adopt",
    Action.UPDATE: "to change",
    Action.DELETE: "to delete",
    Action.KEEP: "unchanged",
}
DONE = {Action.CREATE: "created", Action.ADOPT: "adopted", Action.UPDATE: "changed", Action.DELETE: "deleted"}
ALWAYS = (Action.CREATE, Action.UPDATE, Action.DELETE)


@dataclass(frozen=True, slots=True)
class Group:
    """The changes of one collection ("" for the catalog as a whole), in the order apply makes them."""

    scope: str
    changes: tuple[Change, ...]

    @property
    def title(self) -> str:
        """The heading: the collection's address."""
        return str(Key(COLLECTION, self.scope)) if self.scope else "catalog"


def groups(changes: Iterable[Change]) -> tuple[Group, ...]:
    """Changes by collection; the catalog's own come first."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(change.key.collection, []).append(change)
    return tuple(Group(scope, tuple(found[scope])) for scope in sorted(found))


def tail(change: Change) -> str:
    """A change's address below its group's heading: ``render-option/ndvi``, ``tile-settings``."""
    if change.key.collection == CATALOG_SCOPE:
        return change.address
    return COLLECTION if change.key.kind == COLLECTION else str(change.key).removeprefix(f"{Key(COLLECTION, change.key.collection)}/")


def counted(changes: Iterable[Change]) -> str:
    """``2 to create, 1 to change, 1 refused``: what there is, and nothing about what there is not."""
    changes = tuple(changes)
    counts = Counter(change.action for change in changes if not change.refusal)
    words = [f"{number(counts[action])} {word}" for action, word in WORDS.items() if counts[action]]
    refused = sum(bool(change.refusal) for change in changes)
    return ", ".join([*words, *([f"{number(refused)} refused"] if refused else [])])


def tally(plan: Plan) -> str:
    """A plan's counts: created, changed, deleted and unchanged always, adopted, refused and unknown where there are any."""
    counts = Counter(change.action for change in plan.changes if not change.refusal) + Counter({Action.KEEP: plan.kept})
    words = [
        f"{number(counts[action])} {word}" for action, word in WORDS.items() if action in ALWAYS or action is Action.KEEP or counts[action]
    ]
    refused = sum(bool(change.refusal) for change in plan.changes)
    words += [f"{number(refused)} refused"] if refused else []
    words += [f"{number(len(plan.unknown))} unknown"] if plan.unknown else []
    return ", ".join(words)
