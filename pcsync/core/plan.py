"""The plan: every change of one apply, as a value. No client, clock or file is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pcsync.core.change import Action, Change, Unknown
from pcsync.core.checks import CollectionChecks
from pcsync.core.diff import FieldDiff, diff
from pcsync.core.resource import Key

if TYPE_CHECKING:
    from pcsync.core.shard import Part


@dataclass(frozen=True, slots=True)
class Target:
    """The catalog a plan is for: its name in the project, endpoint without trailing slash, and the project's owner id."""

    name: str
    endpoint: str
    owner: str
    protected: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """What a guard or precondition says about a plan: ``pass``, ``warn`` or ``fail``; a failed one stops apply (exit 4)."""

    name: str
    status: str
    message: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Seal:
    """How a collection's ownership marker ends, once its children are written; the reserved one is in the collection's own change.

    ``leaving`` are the child addresses that the marker names until they are deleted, ``former`` the entries that were there before:
    what the marker says again of a child whose change did not happen. ``whole`` is the marker once every change of the collection
    happened ({}: none at all), None where that is the reserved one less what left.
    """

    collection: str
    leaving: tuple[str, ...] = ()
    former: Mapping[str, str] = field(default_factory=dict)
    whole: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes of one apply, in the order apply makes them, and all a reader needs to trust them.

    ``kept`` counts resources that are as declared; ``unmanaged`` are live resources that no manifest declares and that nothing
    touches; ``unknown`` could not be read, and with one of those the plan cannot be applied. ``checks_after`` is what the
    manifests declare to be looked at after apply, of the collections that are changed. ``part`` is there where this is the plan of a
    shard only (None: of everything that was asked for).
    """

    target: Target
    changes: tuple[Change, ...] = ()
    kept: int = 0
    unknown: tuple[Unknown, ...] = ()
    unmanaged: tuple[Key, ...] = ()
    checks: tuple[Check, ...] = ()
    notes: tuple[str, ...] = ()
    kept_by_kind: Mapping[str, int] = field(default_factory=dict)
    seals: tuple[Seal, ...] = ()
    checks_after: tuple[CollectionChecks, ...] = ()
    part: Part | None = None

    def counts(self) -> Counter[Action]:
        """How many resources each action concerns."""
        return Counter(change.action for change in self.changes) + Counter({Action.KEEP: self.kept})

    @property
    def complete(self) -> bool:
        """Everything that was asked for could be read."""
        return not self.unknown

    @property
    def refusals(self) -> tuple[Check, ...]:
        """The checks that stop apply, those of single changes included."""
        own = (Check(it.refused_by or "precondition", "fail", it.refusal, it.address) for it in self.changes if it.refusal)
        return (*(check for check in self.checks if check.status == "fail"), *own)

    @property
    def applyable(self) -> bool:
        """There is something to do, all of it is known, and nothing forbids it."""
        return bool(self.changes) and self.complete and not self.refusals

    def only(self, keys: frozenset[Key]) -> Plan:
        """The same plan with no changes but those of the keys."""
        return replace(self, changes=tuple(change for change in self.changes if change.key in keys))


def moved(approved: Change, current: Change) -> tuple[FieldDiff, ...] | None:
    """What of the live state moved since a change was approved; None when the change is still exactly the same.

    The tuple is empty where what moved is not in the compared part (an asset to echo, a path).
    """
    same_state = approved.fingerprint == current.fingerprint
    if same_state and approved.action is current.action and approved.calls == current.calls:
        return None
    return tuple(diff(approved.before, current.before))
