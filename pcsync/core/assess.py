"""One collection's desired state against its live state and what was last applied: what is ours to change, and why.

Pure: the marker is read with the collection, and the markers to write are values like everything else. A delete is only ever made of
what the marker proves we applied and nobody has edited since (or what an authoritative list claims whole).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pcsync.core.change import Action, Change
from pcsync.core.compare import Locate, change, declared, deletion
from pcsync.core.diff import FieldDiff, Op
from pcsync.core.kind import Kinds
from pcsync.core.mark import Mode, Policy, as_last, entry_of, hidden_fields
from pcsync.core.own_change import hard_stop, own_change
from pcsync.core.ownership import Claim, Marker, Standing
from pcsync.core.plan import Seal
from pcsync.core.reserve import final_marker, reserved_marker, seal
from pcsync.core.resource import Desired, Key, Live
from pcsync.core.sides import Chosen, Sides
from pcsync.core.source import step
from pcsync.core.why import AHEAD, AUTHORITATIVE, DROPPED, because, of_proven, of_unproven


@dataclass(frozen=True, slots=True)
class Assessment:
    """What an apply would do in one collection.

    ``changes`` holds every declared resource (KEEP among them) and every delete. ``reserve`` goes into the first write, ``final``
    after the last one; both None where the live marker says it all already. ``seal`` is the way from one to the other, None where
    there is nothing to tell. ``lingering`` is ours, dropped, and still being deleted.
    """

    changes: tuple[Change, ...]
    unmanaged: tuple[Key, ...] = ()
    reserve: Marker | None = None
    final: Marker | None = None
    claim: Claim = Claim.NONE
    seal: Seal | None = None
    lingering: tuple[Key, ...] = ()


def assess(
    scope: str,
    desired: Sequence[Desired],
    live: Mapping[Key, Live],
    kinds: Kinds,
    policy: Policy,
    locate: Locate,
    chosen: Chosen | None = None,
    leaving: frozenset[Key] = frozenset(),
) -> Assessment:
    """The changes of one collection, with the ownership that goes with them.

    Where only some resources are ``chosen``, the others neither change nor lose what the marker says of them; nor does what is
    ``leaving``, being deleted.
    """
    sides = Sides.of(scope, desired, live, kinds, policy, locate, chosen or _every, leaving)
    if sides.foreign:
        return Assessment((hard_stop(sides),), sides.unmanaged(), claim=sides.claim)
    deletes = tuple(_deletes(sides))
    children = tuple(_child(sides, it) for it in sides.children)
    final = final_marker(sides)
    reserve = reserved_marker(sides, final, deletes)
    own = own_change(sides, reserve, _said(sides, final) and not deletes)
    changes = (*((own,) if own else ()), *children, *deletes)
    lingering = tuple(sides.lingering())
    if all(it.action is Action.KEEP for it in changes):
        return Assessment(changes, sides.unmanaged(), claim=sides.claim, lingering=lingering)
    writes = own is not None and own.action is not Action.KEEP
    ending = seal(scope, sides.known, reserve.children, final.children) if writes else None
    return Assessment(changes, sides.unmanaged(), reserve, final, sides.claim, ending, lingering)


def _every(_: Key) -> bool:
    return True


def _said(sides: Sides, final: Marker) -> bool:
    """The live marker says what the final one would."""
    return sides.proof is not None and sides.proof.owner == final.owner and sides.proof.says(final)


def _child(sides: Sides, desired: Desired) -> Change:
    """The change of one child."""
    kind, live = sides.kinds[desired.key.kind], sides.live.get(desired.key)
    found = change(kind, desired, live, sides.locate)
    if sides.modes.get(kind.name) is Mode.OBSERVE:
        return _observed(found)
    last = sides.last(desired.key)
    if last is None:
        return because(found, of_unproven(found))
    wanted = entry_of(declared(kind, desired))
    if found.action is Action.KEEP:
        return found if wanted.unreadable in ("", last.unreadable) else because(_rewritten(sides, found, desired, live), AHEAD)
    applied = last == wanted
    mine = as_last(kind, last, live, desired.ignore)
    standing = Standing.AHEAD if mine else Standing.DRIFT if applied else Standing.CONFLICT
    judged = sides.verdict(found, {standing})
    return because(judged, of_proven(judged, standing is Standing.CONFLICT))


def _observed(found: Change) -> Change:
    """A change that is shown and not made."""
    if found.action is Action.KEEP:
        return found
    return replace(found, action=Action.KEEP, calls=(), notes=(*found.notes, f"observed only: would {found.action}"))


def _rewritten(sides: Sides, found: Change, desired: Desired, live: Live | None) -> Change:
    """The change of a resource that reads as desired, but not in what cannot be read."""
    kind = sides.kinds[desired.key.kind]
    fields = tuple(FieldDiff(Op.REPLACE, step(name), None, value) for name, value in sorted(hidden_fields(desired).items()))
    return replace(
        found,
        action=Action.UPDATE,
        fields=fields,
        calls=tuple(kind.calls(desired, live)),
        risk=kind.risk(Action.UPDATE, fields),
        position=sides.locate(desired.origin),
        notes=(*found.notes, "these fields cannot be read back; known from what was applied before"),
    )


def _deletes(sides: Sides) -> Iterator[Change]:
    """Deletes of what we applied and the manifest dropped, or of whatever an authoritative list does not name."""
    for key in sides.undeclared():
        if sides.claimed(key) and not sides.live[key].twins:
            yield _delete(sides, key)


def _delete(sides: Sides, key: Key) -> Change:
    """The delete of one live child."""
    kind, live = sides.kinds[key.kind], sides.live[key]
    return deletion(kind, live, AUTHORITATIVE if sides.modes.get(key.kind) is Mode.AUTHORITATIVE else DROPPED)
