"""The three sides of one collection: what is declared, what is live, and what its marker proves that we applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pcsync.core.change import CONFLICT, Change
from pcsync.core.compare import Locate, refused
from pcsync.core.ignoring import pointers_below
from pcsync.core.kind import Kinds
from pcsync.core.mark import Entry, Mode, Policy, as_last, modes
from pcsync.core.ownership import Claim, Marker, Standing, child_address, child_key, read_marker
from pcsync.core.resource import COLLECTION, Desired, Key, Live
from pcsync.core.source import step, within

Chosen = Callable[[Key], bool]
"""Which resources of a collection are in question."""


@dataclass(frozen=True, slots=True)
class Sides:
    """One collection as a plan sees it. ``collection`` and ``children`` are the chosen ones of what is ``declared``.

    ``marker`` is what the live document carries, whatever it is worth; ``proof`` is the same where it is ours, else None.
    ``leaving`` is being deleted: not live, and not gone before that has ended well.
    """

    scope: str
    live: Mapping[Key, Live]
    kinds: Kinds
    policy: Policy
    locate: Locate
    chosen: Chosen
    collection: Desired | None
    children: tuple[Desired, ...]
    declared: frozenset[Key]
    modes: Mapping[str, Mode]
    ignoring: tuple[str, ...]
    claim: Claim
    marker: Marker | None
    leaving: frozenset[Key] = frozenset()

    @classmethod
    def of(
        cls,
        scope: str,
        desired: Sequence[Desired],
        live: Mapping[Key, Live],
        kinds: Kinds,
        policy: Policy,
        locate: Locate,
        chosen: Chosen,
        leaving: frozenset[Key] = frozenset(),
    ) -> Sides:
        """The sides of a collection, its marker read."""
        key, wanted = Key(COLLECTION, scope), [it for it in desired if chosen(it.key)]
        document = live.get(key)
        claim, marker = read_marker(document.body if document else None, policy.endpoint, policy.owners)
        return cls(
            scope,
            live,
            kinds,
            policy,
            locate,
            chosen,
            collection=next((it for it in wanted if it.key == key), None),
            children=tuple(it for it in wanted if it.key != key),
            declared=frozenset({key, *(it.key for it in desired)}),
            modes={kind: mode if policy.marks or mode is Mode.OBSERVE else Mode.ADDITIVE for kind, mode in modes(desired).items()},
            ignoring=next((it.ignoring for it in desired if it.key == key), ()),
            claim=claim,
            marker=marker,
            leaving=leaving,
        )

    @property
    def key(self) -> Key:
        """The collection."""
        return Key(COLLECTION, self.scope)

    @property
    def proof(self) -> Marker | None:
        """The marker that is ours."""
        return self.marker if self.claim is Claim.OURS and self.policy.marks else None

    @property
    def known(self) -> Mapping[str, str]:
        """The entries of the children that we applied, by child address."""
        return self.proof.children if self.proof else {}

    @property
    def foreign(self) -> bool:
        """Somebody else manages the collection, and nobody allowed us to take it over."""
        return self.claim is Claim.FOREIGN and self.marker is not None and self.marker.owner not in self.policy.take_over

    def last(self, key: Key) -> Entry | None:
        """A child as we last applied it."""
        return Entry.parse(self.known.get(child_address(key)))

    def ours(self, key: Key) -> bool:
        """The marker proves that we applied the child and that nobody edited it since; of one that is ignored whole nothing does."""
        last, kind, live = self.last(key), self.kinds[key.kind], self.live[key]
        pointer = f"/{kind.section}{step(key.name) if key.name else ''}"
        if last is None or any(within(pointer, entry) for entry in self.ignoring):
            return False
        return as_last(kind, last, live, pointers_below(self.ignoring, pointer, ()))

    def claimed(self, key: Key) -> bool:
        """The child is ours to delete."""
        mode = self.modes.get(key.kind)
        return self.chosen(key) and (mode is Mode.AUTHORITATIVE or (mode is Mode.OWNED and self.ours(key)))

    def undeclared(self) -> Iterator[Key]:
        """Live children that no manifest declares."""
        yield from sorted(self.live.keys() - self.declared)

    def unmanaged(self) -> tuple[Key, ...]:
        """Live children that no manifest declares and that we leave alone."""
        return tuple(key for key in self.undeclared() if not self.claimed(key))

    def known_children(self) -> Iterator[tuple[str, Key]]:
        """The children that our marker names; an address that is none is passed over."""
        for address in self.known:
            try:
                yield address, child_key(self.scope, address)
            except ValueError:
                continue

    def lingering(self) -> Iterator[Key]:
        """Children of ours that are being deleted, and would come back without a word."""
        yield from sorted(key for _, key in self.known_children() if key in self.leaving and key not in self.declared)

    def verdict(self, found: Change, verdicts: set[Standing]) -> Change:
        """A change marked as drift, or refused as a conflict."""
        if Standing.CONFLICT in verdicts and not self.policy.force_conflicts:
            why = "changed on the catalog and in the manifest since the last apply; --force-conflicts lets the manifest win"
            return refused(found, why, CONFLICT)
        return replace(found, drift=Standing.DRIFT in verdicts)
