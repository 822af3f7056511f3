"""The one way to delete a whole collection: a manifest that says so, proof that it is ours, and the items its author expects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pcsync.core.change import OWNERSHIP, Change
from pcsync.core.compare import Locate, deletion, refused
from pcsync.core.kind import Kind
from pcsync.core.mark import Policy
from pcsync.core.ownership import Claim, read_marker
from pcsync.core.plan import Check
from pcsync.core.policy import Guards
from pcsync.core.resource import COLLECTION, Key, Live
from pcsync.core.source import Origin
from pcsync.core.why import REMOVAL


@dataclass(frozen=True, slots=True)
class Removal:
    """A collection that a manifest wants gone, with the number of items its author believes it to have."""

    collection: str
    expect_items: int
    reason: str
    origin: Origin

    @property
    def key(self) -> Key:
        """The collection."""
        return Key(COLLECTION, self.collection)


def removal_change(removal: Removal, kind: Kind, live: Live, policy: Policy, locate: Locate, hindrance: str) -> Change:
    """The delete of a collection; refused where it is not proven to be ours, or where ``hindrance`` says why not."""
    notes = [f"takes {removal.expect_items} item{'s' if removal.expect_items > 1 else ''} along"] if removal.expect_items else []
    notes += [f"reason: {removal.reason}"] if removal.reason else []
    found = replace(deletion(kind, live, REMOVAL), position=locate(removal.origin), notes=tuple(notes), takes=removal.expect_items)
    claim, marker = read_marker(live.body, policy.endpoint, policy.owners)
    if claim is Claim.FOREIGN and marker:
        return refused(found, f"{marker.owner} manages this collection, so only they remove it", OWNERSHIP)
    if claim is not Claim.OURS:
        return refused(found, "nothing proves that this project manages the collection, so it is not deleted", OWNERSHIP)
    return refused(found, hindrance)


def unallowed(removal: Removal, guards: Guards) -> Iterator[Check]:
    """The guard that wants the collection's address on the command line as well."""
    if removal.key not in guards.allowed:
        what = "a whole collection would be deleted, and nobody can put its items back; if that is meant"
        yield Check("removal", "fail", f"{what}: --allow-delete {removal.key}", str(removal.key))
