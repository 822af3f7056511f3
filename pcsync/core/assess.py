"""One collection's desired state against its live state and what was last applied: what is ours to change, and why.

Pure: the marker is read with the collection, and the markers to write are values like everything else. A delete is only ever made of
what the marker proves we applied and nobody has edited since (or what an authoritative list claims whole).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pcsync.core.change import CONFLICT, OWNERSHIP, Action, Change, Risk
from pcsync.core.compare import Locate, change, declared, live_fingerprint, live_form, refused
from pcsync.core.diff import FieldDiff, Op
from pcsync.core.kind import Kinds
from pcsync.core.mark import (
    WHOLE,
    Entry,
    Mode,
    Policy,
    as_last,
    children_entries,
    entry_of,
    field_hashes,
    hidden_fields,
    modes,
    new_marker,
)
from pcsync.core.ownership import (
    MARKER,
    MAX_BYTES,
    Claim,
    Marker,
    Standing,
    child_address,
    child_key,
    read_marker,
    short,
    standing,
)
from pcsync.core.plan import Seal
from pcsync.core.resource import COLLECTION, Desired, Key, Live
from pcsync.core.source import Origin, step, steps

REQUIRED = frozenset({"id", "type", "stac_version", "description", "license", "extent", "links"})
"""Fields that no collection is without: one that left the manifest is released, never removed."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What an apply would do in one collection.

    ``changes`` holds every declared resource (KEEP among them) and every delete. ``reserve`` goes into the first write, ``final``
    after the last one; both None where the live marker says it all already. ``seal`` is the way from one to the other, None where
    there is nothing to tell.
    """

    changes: tuple[Change, ...]
    unmanaged: tuple[Key, ...] = ()
    reserve: Marker | None = None
    final: Marker | None = None
    claim: Claim = Claim.NONE
    seal: Seal | None = None


Chosen = Callable[[Key], bool]
"""Which resources of a collection are in question."""


def assess(
    scope: str,
    desired: Sequence[Desired],
    live: Mapping[Key, Live],
    kinds: Kinds,
    policy: Policy,
    locate: Locate,
    chosen: Chosen | None = None,
) -> Assessment:
    """The changes of one collection, with the ownership that goes with them.

    Where only some resources are ``chosen``, the others neither change nor lose what the marker says of them.
    """
    return Scope(scope, desired, live, kinds, policy, locate, chosen or _every).assessment()


def _every(_: Key) -> bool:
    return True


class Scope:
    """The three sides of one collection."""

    def __init__(
        self,
        scope: str,
        desired: Sequence[Desired],
        live: Mapping[Key, Live],
        kinds: Kinds,
        policy: Policy,
        locate: Locate,
        chosen: Chosen,
    ) -> None:
        self.scope, self.live, self.kinds, self.policy, self.locate = scope, live, kinds, policy, locate
        self.key, self.chosen = Key(COLLECTION, scope), chosen
        self.collection = next((it for it in desired if it.key == self.key and chosen(it.key)), None)
        self.children = [it for it in desired if it.key != self.key and chosen(it.key)]
        self.declared = {it.key for it in desired} | {self.key}
        self.modes = modes(desired)
        document = live.get(self.key)
        self.claim, self.marker = read_marker(document.body if document else None, policy.endpoint, policy.owners)
        self.proof = self.marker if self.claim is Claim.OURS else None

    def assessment(self) -> Assessment:
        """Everything about the collection as a value."""
        if self.foreign:
            return Assessment((self.hard_stop(),), self.unmanaged(), claim=self.claim)
        deletes = tuple(self.deletes())
        children = tuple(self.child(it) for it in self.children)
        final = self.final()
        reserve = replace(final, children={**self.going(deletes), **final.children})
        said = self.proof is not None and self.proof.owner == final.owner and self.proof.says(final)
        own = self.document(reserve, said and not deletes)
        changes = (*((own,) if own else ()), *children, *deletes)
        quiet = all(it.action is Action.KEEP for it in changes)
        if quiet:
            return Assessment(changes, self.unmanaged(), claim=self.claim)
        writes = own is not None and own.action is not Action.KEEP
        return Assessment(changes, self.unmanaged(), reserve, final, self.claim, self.seal(reserve, final) if writes else None)

    @property
    def foreign(self) -> bool:
        """Somebody else manages the collection, and nobody allowed us to take it over."""
        return self.claim is Claim.FOREIGN and self.marker is not None and self.marker.owner not in self.policy.take_over

    def hard_stop(self) -> Change:
        """The change that says who owns the collection."""
        owner = self.marker.owner if self.marker else "?"
        blank = Change(self.key, Action.UPDATE, None, None, fingerprint=live_fingerprint(self.kinds[COLLECTION], self.live.get(self.key)))
        position = self.locate(self.collection.origin) if self.collection else None
        why = f"{owner} manages this collection; to take it over: --take-over --from {owner}"
        return replace(refused(blank, why, OWNERSHIP), position=position)

    def document(self, reserve: Marker, said: bool) -> Change | None:
        """The change of the collection document, marker included; None where the manifest says nothing of the collection."""
        desired = self.with_prunes(self.collection or Desired(self.key, {"id": self.scope}, Origin("")))
        live, kind = self.live.get(self.key), self.kinds[COLLECTION]
        if live is None and self.collection is None:
            return None
        found = change(kind, desired, live, self.locate)
        if found.action is Action.KEEP and said:
            return found if self.collection else None
        marked = replace(desired, body={**desired.body, MARKER: reserve.to_json()})
        whole = replace(found, calls=tuple(kind.calls(marked, live)), **self.bookkeeping(found))  # type: ignore[arg-type]
        if reserve.oversized:
            return refused(whole, f"its ownership marker would be larger than the {MAX_BYTES:,} bytes that a collection may carry of it")
        return self.judged(whole)

    def bookkeeping(self, found: Change) -> dict[str, object]:
        """How a change reads whose one effect may be the marker."""
        notes = [*found.notes]
        if self.claim is Claim.COPIED:
            notes.append("its ownership marker was copied from elsewhere and proves nothing")
        if self.claim is Claim.DAMAGED:
            notes.append("its ownership marker is damaged and counts as lost")
        if found.action is not Action.KEEP:
            return {"notes": tuple(notes)}
        action = Action.UPDATE if self.proof else Action.ADOPT
        notes.append("writes the ownership marker, nothing else")
        return {"notes": tuple(notes), "action": action, "risk": Risk.COSMETIC}

    def with_prunes(self, desired: Desired) -> Desired:
        """The desired collection, with null for every field that we had applied and the manifest dropped."""
        if self.proof is None or self.collection is None:
            return desired
        form = self.kinds[COLLECTION].normalise(self.live[self.key].body)
        dropped: dict[str, None] = {}
        for pointer, last in self.proof.fields.items():
            name = next(steps(pointer), WHOLE)
            if name and name not in desired.body and name not in REQUIRED and step(name) not in desired.ignore:
                present = short(form[name]) if name in form else None
                if standing(None, present, last) is Standing.PRUNE:
                    dropped[name] = None
        return replace(desired, body={**desired.body, **dropped}) if dropped else desired

    def judged(self, found: Change) -> Change:
        """The collection's change with the verdict over its fields: drift, or a conflict that needs force."""
        if self.proof is None or found.action is not Action.UPDATE:
            return found
        verdicts = {self.field_standing(it) for it in found.fields}
        return self.verdict(found, verdicts)

    def field_standing(self, entry: FieldDiff) -> Standing:
        """How one field of the collection stands."""
        name = next(steps(entry.path), "")
        last = self.proof.fields.get(step(name)) if self.proof else None
        kind = self.kinds[COLLECTION]
        ignore = self.collection.ignore if self.collection else ()
        form = live_form(kind, self.live[self.key], None, ignore)
        wanted = kind.normalise(self.collection.body).get(name) if self.collection else None
        return standing(short(wanted), short(form.get(name)), last)

    def verdict(self, found: Change, verdicts: set[Standing]) -> Change:
        """A change marked as drift, or refused as a conflict."""
        if Standing.CONFLICT in verdicts and not self.policy.force_conflicts:
            return refused(
                found, "changed on the catalog and in the manifest since the last apply; --force-conflicts lets the manifest win", CONFLICT
            )
        return replace(found, drift=Standing.DRIFT in verdicts)

    def child(self, desired: Desired) -> Change:
        """The change of one child."""
        kind, live = self.kinds[desired.key.kind], self.live.get(desired.key)
        found = change(kind, desired, live, self.locate)
        if self.modes.get(kind.name) is Mode.OBSERVE:
            return self.observed(found)
        last = Entry.parse(self.proof.children.get(child_address(desired.key))) if self.proof else None
        if last is None:
            return found
        wanted = entry_of(declared(kind, desired))
        if found.action is Action.KEEP:
            return found if wanted.unreadable in ("", last.unreadable) else self.rewritten(found, desired, live)
        applied = last == wanted
        mine = as_last(kind, last, live, desired.ignore)
        return self.verdict(found, {Standing.AHEAD if mine else Standing.DRIFT if applied else Standing.CONFLICT})

    def observed(self, found: Change) -> Change:
        """A change that is shown and not made."""
        if found.action is Action.KEEP:
            return found
        return replace(found, action=Action.KEEP, calls=(), notes=(*found.notes, f"observed only: would {found.action}"))

    def rewritten(self, found: Change, desired: Desired, live: Live | None) -> Change:
        """The change of a resource that reads as desired, but not in what cannot be read."""
        kind = self.kinds[desired.key.kind]
        fields = tuple(FieldDiff(Op.REPLACE, step(name), None, value) for name, value in sorted(hidden_fields(desired).items()))
        return replace(
            found,
            action=Action.UPDATE,
            fields=fields,
            calls=tuple(kind.calls(desired, live)),
            risk=kind.risk(Action.UPDATE, fields),
            position=self.locate(desired.origin),
            notes=(*found.notes, "these fields cannot be read back; known from what was applied before"),
        )

    def deletes(self) -> Iterator[Change]:
        """Deletes of what we applied and the manifest dropped, or of whatever an authoritative list does not name."""
        for key in sorted(self.live.keys() - self.declared):
            if self.claimed(key) and not self.live[key].twins:
                yield self.delete(key)

    def ours(self, key: Key) -> bool:
        """The marker proves that we applied the child and that nobody edited it since."""
        last = Entry.parse(self.proof.children.get(child_address(key))) if self.proof else None
        return last is not None and as_last(self.kinds[key.kind], last, self.live[key], ())

    def delete(self, key: Key) -> Change:
        """The delete of one live child."""
        kind, live = self.kinds[key.kind], self.live[key]
        return Change(
            key,
            Action.DELETE,
            before=kind.normalise(live.body),
            after=None,
            risk=kind.risk(Action.DELETE, ()),
            calls=tuple(kind.calls(None, live)),
            fingerprint=live_fingerprint(kind, live),
        )

    def going(self, deletes: Sequence[Change]) -> dict[str, str]:
        """The marker's entries of children on their way out: kept until they are gone."""
        known = self.proof.children if self.proof else {}
        addresses = (child_address(it.key) for it in deletes)
        return {address: known[address] for address in addresses if address in known}

    def final(self) -> Marker:
        """The marker once everything is as declared."""
        known = self.proof or Marker("", "")
        fields = field_hashes(self.kinds[COLLECTION], self.collection) if self.collection else {}
        entries = [declared(self.kinds[it.key.kind], it) for it in self.children]
        children = {address: known.children[address] for address, key in self.known_children() if not self.chosen(key)}
        kept = known.fields if not self.chosen(self.key) else {}
        return new_marker(self.scope, self.policy, {**kept, **fields}, {**children, **children_entries(entries, self.modes)}, self.marker)

    def known_children(self) -> Iterator[tuple[str, Key]]:
        """The children that our marker names; an address that is none is passed over."""
        for address in self.proof.children if self.proof else ():
            try:
                yield address, child_key(self.scope, address)
            except ValueError:
                continue

    def seal(self, reserve: Marker, final: Marker) -> Seal | None:
        """How the marker ends; None where the reserved one stays as it is and nothing of it was otherwise before."""
        known = self.proof.children if self.proof else {}
        former = {address: known[address] for address, entry in reserve.children.items() if known.get(address, entry) != entry}
        leaving = tuple(sorted(reserve.children.keys() - final.children.keys()))
        return Seal(self.scope, leaving, former) if leaving or former else None

    def unmanaged(self) -> tuple[Key, ...]:
        """Live children that no manifest declares and that we leave alone."""
        return tuple(sorted(key for key in self.live.keys() - self.declared if not self.claimed(key)))

    def claimed(self, key: Key) -> bool:
        """The child is ours to delete."""
        mode = self.modes.get(key.kind)
        return self.chosen(key) and (mode is Mode.AUTHORITATIVE or (mode is Mode.OWNED and self.ours(key)))
