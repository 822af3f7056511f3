"""The change of a collection's own document, its ownership marker included."""

from __future__ import annotations

from dataclasses import replace

from pcsync.core.change import OWNERSHIP, Action, Change, Risk
from pcsync.core.compare import change, desired_form, live_fingerprint, live_form, refused
from pcsync.core.diff import FieldDiff
from pcsync.core.mark import WHOLE
from pcsync.core.ownership import MARKER, MAX_BYTES, Claim, Marker, Standing, short, standing
from pcsync.core.resource import COLLECTION, Desired
from pcsync.core.sides import Sides
from pcsync.core.source import Origin, step, steps, within
from pcsync.core.why import ADOPTED, BOOKKEEPING, TAKEN_OVER, because, of_proven, of_unproven

REQUIRED = frozenset({"id", "type", "stac_version", "description", "license", "extent", "links"})
"""Fields that no collection is without: one that left the manifest is released, never removed."""


MISSING = "it is not in the catalog, and its manifest has no stac to make it from: add one, or mend the id"


def hard_stop(sides: Sides) -> Change:
    """The change that says who owns the collection."""
    owner = sides.marker.owner if sides.marker else "?"
    blank = Change(sides.key, Action.UPDATE, None, None, fingerprint=live_fingerprint(sides.kinds[COLLECTION], sides.live.get(sides.key)))
    position = sides.locate(sides.collection.origin) if sides.collection else None
    why = f"{owner} manages this collection; to take it over: --take-over --from {owner}"
    return replace(refused(blank, why, OWNERSHIP), position=position)


def own_change(sides: Sides, reserve: Marker, said: bool) -> Change | None:
    """The change of the collection document, with the reserved marker unless it is ``said`` already; None where there is none."""
    desired = with_prunes(sides, sides.collection or Desired(sides.key, {"id": sides.scope}, Origin("")))
    live, kind = sides.live.get(sides.key), sides.kinds[COLLECTION]
    if live is None and sides.collection is None:
        return None
    found = change(kind, desired, live, sides.locate)
    if live is None and desired.expected:
        return refused(found, MISSING)
    if not sides.policy.marks:
        return _unmarked(sides, desired, found)
    if found.action is Action.KEEP and (said or not _wants_marker(sides, reserve)):
        return found if sides.collection else None
    marked = replace(desired, body={**desired.body, MARKER: reserve.to_json()})
    whole = replace(found, calls=tuple(kind.calls(marked, live)), **bookkeeping(sides, found))  # type: ignore[arg-type]
    if reserve.oversized:
        return refused(whole, f"its ownership marker would be larger than the {MAX_BYTES:,} bytes that a collection may carry of it")
    return judged(sides, because(whole, _why(sides, found)))


def _why(sides: Sides, found: Change) -> str:
    """What allows a write of the document, before its fields are looked at."""
    if sides.claim is Claim.FOREIGN and sides.marker:
        return TAKEN_OVER.format(owner=sides.marker.owner)
    if found.action is Action.KEEP:
        return BOOKKEEPING if sides.proof else ADOPTED
    return of_unproven(found)


def _unmarked(sides: Sides, desired: Desired, found: Change) -> Change | None:
    """The change on a catalog that keeps no marker; an old one goes with the next write, so that nobody believes it later."""
    if found.action is Action.KEEP:
        return found if sides.collection else None
    kind = sides.kinds[COLLECTION]
    calls = tuple(kind.calls(replace(desired, body={**desired.body, MARKER: None}), sides.live.get(sides.key)))
    return because(replace(found, calls=calls), of_unproven(found))


def _wants_marker(sides: Sides, reserve: Marker) -> bool:
    """Whether there is anything to keep proof of: not where a manifest without ``stac`` only observes."""
    return sides.proof is not None or bool(reserve.children) or sides.collection is None or not sides.collection.expected


def bookkeeping(sides: Sides, found: Change) -> dict[str, object]:
    """How a change reads whose one effect may be the marker."""
    notes = [*found.notes]
    if sides.claim is Claim.COPIED:
        notes.append("its ownership marker was copied from elsewhere and proves nothing")
    if sides.claim is Claim.DAMAGED:
        notes.append("its ownership marker is damaged and counts as lost")
    if found.action is not Action.KEEP:
        return {"notes": tuple(notes)}
    action = Action.UPDATE if sides.proof else Action.ADOPT
    notes.append("writes the ownership marker, nothing else")
    return {"notes": tuple(notes), "action": action, "risk": Risk.COSMETIC}


def with_prunes(sides: Sides, desired: Desired) -> Desired:
    """The desired collection, with null for every field that we had applied and the manifest dropped; not where others write in it."""
    if sides.proof is None or sides.collection is None or sides.collection.expected:
        return desired
    form = sides.kinds[COLLECTION].normalise(sides.live[sides.key].body)
    dropped: dict[str, None] = {}
    for pointer, last in sides.proof.fields.items():
        name = next(steps(pointer), WHOLE)
        theirs = any(within(ignored, step(name)) for ignored in desired.ignore)
        if name and name not in desired.body and name not in REQUIRED and not theirs:
            present = short(form[name]) if name in form else None
            if standing(None, present, last) is Standing.PRUNE:
                dropped[name] = None
    return replace(desired, body={**desired.body, **dropped}) if dropped else desired


def judged(sides: Sides, found: Change) -> Change:
    """The collection's change with the verdict over its fields: drift, or a conflict that needs force."""
    if sides.proof is None or found.action is not Action.UPDATE:
        return found
    standings = {field_standing(sides, it) for it in found.fields}
    verdict = sides.verdict(found, standings)
    return because(verdict, of_proven(verdict, Standing.CONFLICT in standings)) if found.fields else verdict


def field_standing(sides: Sides, entry: FieldDiff) -> Standing:
    """How one field of the collection stands."""
    name = next(steps(entry.path), "")
    last = sides.proof.fields.get(step(name)) if sides.proof else None
    kind = sides.kinds[COLLECTION]
    ignore = sides.collection.ignore if sides.collection else ()
    form = live_form(kind, sides.live[sides.key], None, ignore)
    wanted = desired_form(kind, sides.collection).get(name) if sides.collection else None
    return standing(short(wanted), short(form.get(name)), last)
