"""The markers that one apply writes: first the reserved one, which lists what is coming and what is going, last the final one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pcsync.core.change import Change
from pcsync.core.compare import declared
from pcsync.core.mark import children_entries, field_hashes, new_marker
from pcsync.core.ownership import Marker, child_address
from pcsync.core.plan import Seal
from pcsync.core.resource import COLLECTION
from pcsync.core.sides import Sides


def final_marker(sides: Sides) -> Marker:
    """The marker once everything is as declared; it names what is being deleted until that is gone."""
    fields = field_hashes(sides.kinds[COLLECTION], sides.collection) if sides.collection else {}
    entries = [declared(sides.kinds[it.key.kind], it) for it in sides.children]
    staying = {address for address, key in sides.known_children() if not sides.chosen(key) or key in sides.leaving}
    children = {address: sides.known[address] for address in sides.known if address in staying}
    kept = sides.proof.fields if sides.proof and not sides.chosen(sides.key) else {}
    mine = children_entries(entries, sides.modes)
    return new_marker(sides.scope, sides.policy, {**kept, **fields}, {**children, **mine}, sides.marker)


def reserved_marker(sides: Sides, final: Marker, deletes: Sequence[Change]) -> Marker:
    """The final marker, with the entries of the children on their way out: kept until they are gone."""
    addresses = (child_address(it.key) for it in deletes)
    going = {address: sides.known[address] for address in addresses if address in sides.known}
    return replace(final, children={**going, **final.children})


def seal(scope: str, known: Mapping[str, str], reserve: Mapping[str, str], final: Mapping[str, str]) -> Seal | None:
    """How a marker with these children ends; None where the reserved one stays as it is and nothing of it was otherwise before."""
    former = {address: known[address] for address, entry in reserve.items() if known.get(address, entry) != entry}
    leaving = tuple(sorted(reserve.keys() - final.keys()))
    return Seal(scope, leaving, former) if leaving or former else None
