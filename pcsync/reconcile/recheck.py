"""Before the first write of an approved plan: is the catalog still what was approved to be changed?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pcsync.core.canonical import canonical
from pcsync.core.change import Change
from pcsync.core.compare import live_fingerprint
from pcsync.core.diff import FieldDiff
from pcsync.core.errors import ServiceError, StaleError
from pcsync.core.kind import Kind, Kinds, Removable
from pcsync.core.plan import Plan, moved
from pcsync.core.resource import Key, Live
from pcsync.core.state import Progress, Reader, Silence
from pcsync.reconcile.removing import hindered
from pcsync.reconcile.touched import Seen, form_of, read_again

LONGEST = 60
"""Characters of a value that a message shows."""


async def recheck(plan: Plan, kinds: Kinds, reader: Reader, *, concurrency: int = 64, progress: Progress | None = None) -> dict[Key, Seen]:
    """Read every resource the plan touches again, compare it with the one the plan was made from, and give back what was read.

    Raises StaleError with what moved, resource by resource and field by field, and ServiceError where something cannot be read.
    """
    progress = progress or Silence()
    progress.start("checking", None)
    try:
        seen = await read_again(plan.changes, kinds, reader, concurrency=concurrency)
        _require_read(plan, seen)
        surprises = [line for change in plan.changes if (line := await _surprise(change, kinds[change.key.kind], reader))]
    finally:
        progress.finish()
    lines = [line for change in plan.changes for line in told(kinds[change.key.kind], change, seen[change.key].live)] + surprises
    if lines:
        listed = "".join(f"\n  {line}" for line in lines)
        raise StaleError(f"the catalog moved since this plan was made:{listed}", fix="plan again, and have the new plan approved")
    return seen


async def _surprise(change: Change, kind: Kind, reader: Reader) -> str:
    """What is in a collection now that its deletion was not approved for: items are counted again, and running ingestions."""
    if change.takes is None or not isinstance(kind, Removable):
        return ""
    why = await hindered(kind, change.key.collection, change.takes, reader, {})
    return f"{change.address}: {why}" if why else ""


def _require_read(plan: Plan, seen: dict[Key, Seen]) -> None:
    for change in plan.changes:
        if why := seen[change.key].unread:
            raise ServiceError(f"could not be read again before the first write: {why}", where=change.address)


def told(kind: Kind, approved: Change, live: Live | None) -> Iterator[str]:
    """What moved of one resource since its change was approved, in lines; nothing while it is the same."""
    current = replace(approved, before=form_of(kind, approved, live), fingerprint=live_fingerprint(kind, live))
    fields = moved(approved, current)
    if fields is None:
        return
    if approved.before is None or live is None:
        yield f"{approved.address}: {'was not there, and is now' if live else 'was there, and is gone'}"
    elif fields:
        yield from (f"{approved.address}: {_field(entry)}" for entry in fields)
    else:
        yield f"{approved.address}: something that the plan does not compare, but would overwrite"


def _field(entry: FieldDiff) -> str:
    return f"{entry.path} was {_value(entry.before)}, is now {_value(entry.after)}"


def _value(value: object) -> str:
    if value is None:
        return "not there"
    text = canonical(value).decode()
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
