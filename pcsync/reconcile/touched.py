"""The resources a plan touches, read again: before the first write, after a lost answer, and to prove the result."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from pcsync.core.change import Action, Change
from pcsync.core.compare import live_form
from pcsync.core.diff import FieldDiff, diff
from pcsync.core.kind import Kind, Kinds, Listed
from pcsync.core.resource import CATALOG_SCOPE, Body, Key, Live
from pcsync.core.state import Reader
from pcsync.reconcile.observe import MISSHAPEN, Observation, leaving, observe, reason
from pcsync.reconcile.steady import Steady
from pcsync.reconcile.together import together


@dataclass(frozen=True, slots=True)
class Seen:
    """One resource read again: what is live, None where it is not there; ``unread`` says why nobody knows.

    ``leaving``: what was there is being deleted, and comes back where that fails.
    """

    live: Live | None
    unread: str = ""
    leaving: bool = False


async def read_again(changes: Iterable[Change], kinds: Kinds, reader: Reader, *, concurrency: int = 64) -> dict[Key, Seen]:
    """The live state of every resource that changes concern. Raises AuthenticationError, and when the catalog is down."""
    scopes: dict[str, list[Key]] = {}
    for change in changes:
        scopes.setdefault(change.key.collection, []).append(change.key)
    found: dict[Key, Seen] = {}
    steady, gate = Steady(reader), asyncio.Semaphore(concurrency)

    async def read(scope: str, keys: list[Key]) -> None:
        async with gate:
            observation = await observe(scope, _asked(scope, keys, kinds), steady)
        steady.require()
        found.update((key, _seen(kinds[key.kind], observation, key)) for key in keys)

    if scopes:
        await together(*(read(scope, keys) for scope, keys in scopes.items()))
    return found


def _asked(scope: str, keys: Iterable[Key], kinds: Kinds) -> list[Kind]:
    names = {key.kind for key in keys}
    if scope != CATALOG_SCOPE:
        names |= {kind.name for kind in kinds.values() if isinstance(kind, Listed)}  # whether the collection is there at all
    return [kinds[name] for name in sorted(names)]


def _seen(kind: Kind, observation: Observation, key: Key) -> Seen:
    why = next((gap.reason for gap in observation.unknown if key.kind in gap.kinds), "")
    live = None if why else observation.live.get(key)
    try:
        _ = live and kind.normalise(live.body)
    except MISSHAPEN as wrong:  # so that whoever compares it later need not be on guard
        return Seen(None, reason(wrong))
    return Seen(live, why, live is None and key in leaving([kind], observation))


def form_of(kind: Kind, change: Change, live: Live | None) -> Body | None:
    """What of a live resource a change compared."""
    return None if live is None else live_form(kind, live, change.compared, change.ignore)


def wanted(change: Change) -> Body | None:
    """What a change leads to; None where it deletes."""
    return None if change.action is Action.DELETE else change.after


def remaining(kind: Kind, change: Change, live: Live | None) -> tuple[FieldDiff, ...]:
    """What still differs from what a change leads to; a resource that should not be there, or should, differs as a whole."""
    return tuple(diff(form_of(kind, change, live), wanted(change)))
