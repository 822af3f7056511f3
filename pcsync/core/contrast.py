"""Two sides compared as equals: two catalogs as they are, or two plans as they were made. Nothing in it says which side is right.

A is written as ``before`` and B as ``after`` of a change, so that whatever shows changes shows these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from pcsync.core.change import Action, Change, Unknown
from pcsync.core.diff import FieldDiff, Op, diff
from pcsync.core.document import change_json, to_json
from pcsync.core.kind import Kind
from pcsync.core.ownership import MARKER
from pcsync.core.plan import Plan
from pcsync.core.resource import Body, Key, Live
from pcsync.core.source import step

JUDGED = ("action", "risk", "drift", "refusal", "refused_by", "takes", "why", "notes")
"""What a plan says of a change besides the two bodies."""

Chosen = Callable[[Key], bool]


class Presence(StrEnum):
    """Which sides have a resource."""

    A = "a"
    B = "b"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Side:
    """What is compared: its name, and where it is (an endpoint, a file)."""

    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Aspect:
    """One way in which the sides differ, as a change from A to B; "" is the resource itself."""

    title: str
    change: Change


@dataclass(frozen=True, slots=True)
class Difference:
    """A resource that the two sides do not have alike; the aspect of one that only one has is all that side says of it."""

    key: Key
    address: str
    presence: Presence
    aspects: tuple[Aspect, ...]


@dataclass(frozen=True, slots=True)
class Contrast:
    """Everything that differs; ``same`` counts what does not. ``unread`` is what could not be read, and of which side.

    ``remarks`` are what differs between two plans as wholes.
    """

    a: Side
    b: Side
    differences: tuple[Difference, ...] = ()
    same: int = 0
    unread: tuple[tuple[Side, Unknown], ...] = ()
    remarks: tuple[FieldDiff, ...] = ()

    @property
    def alike(self) -> bool:
        """Nothing differs, as far as everything could be read."""
        return not self.differences and not self.remarks and not self.unread


def live_difference(kind: Kind, key: Key, a: Live | None, b: Live | None) -> Difference | None:
    """How the live resources of two catalogs differ under one key; None where they do not. At least one of them is there."""
    before, after = (None if live is None else kind.normalise(live.body) for live in (a, b))
    if before is None or after is None:
        action, presence = (Action.CREATE, Presence.B) if before is None else (Action.DELETE, Presence.A)
        return Difference(key, str(key), presence, (Aspect("", Change(key, action, before, after)),))
    fields = tuple(diff(before, after))
    twins = (a.twins if a else 0) + 1, (b.twins if b else 0) + 1
    if not fields and twins[0] == twins[1]:
        return None
    notes = (f"A has {twins[0]} of that name, B {twins[1]}",) if twins[0] != twins[1] else ()
    return Difference(key, str(key), Presence.BOTH, (Aspect("", Change(key, Action.UPDATE, before, after, fields, notes=notes)),))


def plan_contrast(a: tuple[Side, Plan], b: tuple[Side, Plan], chosen: Chosen | None = None) -> Contrast:
    """What changed from one plan to another: changes that came and went, and of those in both what they would write, what they found,
    and what was said of them."""
    ours, theirs = ({it.key: it for it in plan.changes if chosen is None or chosen(it.key)} for _, plan in (a, b))
    found = [_planned(key, ours.get(key), theirs.get(key)) for key in sorted({*ours, *theirs})]
    differences = tuple(it for it in found if it is not None)
    remarks = tuple(diff(_whole(a[1]), _whole(b[1]))) if chosen is None else ()
    return Contrast(a[0], b[0], differences, len(found) - len(differences), remarks=remarks)


def _planned(key: Key, a: Change | None, b: Change | None) -> Difference | None:
    one = a or b
    if one is None:
        return None
    if a is None or b is None:
        return Difference(key, one.address, Presence.B if a is None else Presence.A, (Aspect("", one),))
    aspects = tuple(_aspects(a, b))
    return Difference(key, a.address, Presence.BOTH, aspects) if aspects else None


def _aspects(a: Change, b: Change) -> Iterator[Aspect]:
    """Each way in which two changes of one resource differ; where the manifest stands is none."""
    written, found = _between(a, a.after, b.after), _between(a, a.before, b.before)
    before, after = change_json(a)["pcsync"], change_json(b)["pcsync"]
    judged = tuple(diff({name: before[name] for name in JUDGED if name in before}, {name: after[name] for name in JUDGED if name in after}))
    if written:
        yield Aspect("would write", written)
    elif before["calls"] and after["calls"] and before["calls"] != after["calls"]:  # a refused change has none, and says why
        yield Aspect("requests", _requests(a, before["calls"], after["calls"]))
    if found:
        yield Aspect("found in the catalog", found)
    elif before["fingerprint"] != after["fingerprint"]:
        judged = (*judged, FieldDiff(Op.REPLACE, "/fingerprint", before["fingerprint"], after["fingerprint"]))
    if judged:
        yield Aspect("says", _fields(a, judged, before, after))


def _requests(change: Change, before: Any, after: Any) -> Change:
    """How the requests differ of two changes that would write the same; hashes in ownership markers say nothing to people."""
    fields = tuple(it for it in diff(before, after) if step(MARKER) not in it.path)
    found = _fields(change, fields, before, after)
    return found if fields else replace(found, notes=("only the ownership marker that is written differs",))


def _between(change: Change, before: Body | None, after: Body | None) -> Change | None:
    """The change from one body to the other; None where they are equal."""
    if before is None or after is None:
        if before is after:
            return None
        return Change(change.key, Action.CREATE if before is None else Action.DELETE, before, after, label=change.label)
    fields = tuple(diff(before, after))
    return Change(change.key, Action.UPDATE, before, after, fields, label=change.label) if fields else None


def _fields(change: Change, fields: tuple[FieldDiff, ...], before: Any, after: Any) -> Change:
    """Fields that are none of the resource's own body: no kind's way to show them is meant."""
    return Change(Key("", change.key.collection, change.key.name), Action.UPDATE, before, after, fields)


def _whole(plan: Plan) -> Mapping[str, Any]:
    """What a plan says that is about no single change; its own digest tells whether anything else moved."""
    document = to_json(plan)
    extra = document["pcsync"]
    return {
        "target": extra["target"],
        "complete": document["complete"],
        "applyable": document["applyable"],
        "checks": _by(extra["checks"], "name", "address"),
        "unknown": _by(extra["unknown"], "address"),
        "unmanaged": dict.fromkeys(extra["unmanaged"], True),
        "unchanged": plan.kept,
        "notes": dict.fromkeys(extra["notes"], True),
        "checks_after": {it["collection"]: [check["check"] for check in it["checks"]] for it in extra.get("checks_after", ())},
        "shard": extra.get("shard"),
    }


def _by(entries: Iterable[Mapping[str, Any]], *names: str) -> dict[str, list[Mapping[str, Any]]]:
    """Entries under what tells them apart, so that one that comes moves no other."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for entry in entries:
        found.setdefault(" ".join(entry[name] for name in names if entry[name]), []).append(
            {name: value for name, value in entry.items() if name not in names}
        )
    return found
