"""What a marker says of one scope's desired state: the entry of each child, the fields of the collection, and their comparison."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pcsync.core.canonical import digest
from pcsync.core.change import Change
from pcsync.core.compare import Declared, desired_form, live_form, settled
from pcsync.core.kind import Kind, Kinds
from pcsync.core.ownership import MARKER, Claim, Marker, binding, child_address, read_marker, short
from pcsync.core.resource import COLLECTION, Desired, Key, Live
from pcsync.core.source import step

SHORT_BYTES = 8
WHOLE = ""  # the JSON pointer of the document itself: the hash of all compared fields together


class Mode(StrEnum):
    """How far pcsync may go with one child list of a collection."""

    OBSERVE = "observe"  # show what differs, change nothing
    ADDITIVE = "additive"  # create and update, never delete
    OWNED = "owned"  # delete what we applied and the manifest dropped
    AUTHORITATIVE = "authoritative"  # delete everything that the manifest does not declare


@dataclass(frozen=True, slots=True)
class Policy:
    """Who plans, for which catalog, and what the command line allows. ``owners``: the project's id first, then its former ones.

    ``marks``: the catalog keeps our markers. Where it does not, nothing can be proven to be ours, and nothing is deleted.
    """

    endpoint: str
    owners: tuple[str, ...]
    take_over: frozenset[str] = frozenset()
    force_conflicts: bool = False
    marks: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """A child as a marker remembers it: hash of the compared form, of what cannot be read, and the fields that were compared."""

    hash: str
    unreadable: str = ""
    fields: tuple[str, ...] | None = None

    def __str__(self) -> str:
        hidden = f".{self.unreadable}" if self.unreadable else ""
        return self.hash + hidden + (":" + ",".join(self.fields) if self.fields is not None else "")

    @classmethod
    def parse(cls, text: str | None) -> Entry | None:
        """The entry of a marker's text; None where the marker has none."""
        if text is None:
            return None
        hashes, colon, names = text.partition(":")
        known, _, hidden = hashes.partition(".")
        return cls(known, hidden, tuple(names.split(",")) if colon else None)


def entry_of(declared: Declared) -> Entry:
    """What the marker will say once a child is as declared."""
    return Entry(declared.digest[:SHORT_BYTES].hex(), declared.unreadable[:SHORT_BYTES].hex(), declared.fields)


def as_last(kind: Kind, last: Entry, live: Live | None, ignore: tuple[str, ...]) -> bool:
    """The live resource still is what we last applied."""
    return live is not None and digest(live_form(kind, live, last.fields, ignore))[:SHORT_BYTES].hex() == last.hash


def field_hashes(kind: Kind, desired: Desired) -> dict[str, str]:
    """The collection's part of a marker: a hash for every field that the manifest sets, and one for all of them."""
    form = desired_form(kind, desired)
    ignored = set(desired.ignore)
    names = (name for name in desired.body if name != "id" and step(name) not in ignored)
    return {WHOLE: short(form), **{step(name): short(form.get(name)) for name in names}}


def modes(entries: Iterable[Declared | Desired]) -> Mapping[str, Mode]:
    """The mode of every kind whose section the collection's manifest has."""
    return {kind: Mode(mode) for entry in entries if entry.key.kind == COLLECTION for kind, mode in entry.claims}


def children_entries(entries: Iterable[Declared], managed: Mapping[str, Mode]) -> dict[str, str]:
    """The children's part of a marker; what is only observed is not in it."""
    mine = (entry for entry in entries if entry.key.kind != COLLECTION and managed.get(entry.key.kind) is not Mode.OBSERVE)
    return {child_address(entry.key): str(entry_of(entry)) for entry in mine}


def untouched(scope: str, entries: Sequence[Declared], live: Mapping[Key, Live], kinds: Kinds, policy: Policy) -> bool:
    """Every declared resource of a collection is as declared, and its marker says so: there is nothing to look at closely."""
    if not all(entry.key in live and settled(kinds[entry.key.kind], entry, live[entry.key]) for entry in entries):
        return False
    return witnessed(live.get(Key(COLLECTION, scope)), entries, policy) and not any(surplus(entries, live))


def witnessed(document: Live | None, entries: Sequence[Declared], policy: Policy) -> bool:
    """The collection's marker is ours and says of every declared resource what it would say after an apply."""
    claim, marker = read_marker(document.body if document else None, policy.endpoint, policy.owners)
    if claim is not Claim.OURS or marker is None or marker.owner != policy.owners[0]:
        return False
    whole = next((entry.digest[:SHORT_BYTES].hex() for entry in entries if entry.key.kind == COLLECTION), None)
    return marker.fields.get(WHOLE) == whole and marker.children == children_entries(entries, modes(entries))


def surplus(entries: Sequence[Declared], live: Iterable[Key]) -> Iterator[Key]:
    """Live children that an authoritative list does not name."""
    authoritative = {kind for kind, mode in modes(entries).items() if mode is Mode.AUTHORITATIVE}
    if authoritative:
        declared = {entry.key for entry in entries}
        yield from (key for key in live if key.kind in authoritative and key not in declared)


def new_marker(scope: str, policy: Policy, fields: Mapping[str, str], children: Mapping[str, str], before: Marker | None) -> Marker:
    """The marker that comes after another one."""
    rev = before.rev + 1 if before else 1
    return Marker(policy.owners[0], binding(policy.endpoint, scope), rev, dict(fields), dict(children))


def reserved(change: Change) -> dict[str, Any]:
    """The marker that a collection's change writes; empty where it writes none."""
    body = change.calls[0].json if change.calls else None
    marker = body.get(MARKER) if isinstance(body, Mapping) else None
    return dict(marker) if isinstance(marker, Mapping) else {}


def hidden_fields(desired: Desired) -> Mapping[str, Any]:
    """What of a desired resource is sent but cannot be read back."""
    return desired.unreadable or {}
