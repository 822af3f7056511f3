"""In which order changes happen.

sources → collections → partition type → queryables → tile settings, mosaics, render options → assets → ingestions,
and deletes the other way round (reference: dossier section 5).
"""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import TopologicalSorter

from pcsync.core.change import Action, Change
from pcsync.core.kind import Kinds


def ranks(kinds: Kinds) -> dict[str, int]:
    """Each kind's place: kinds of one rank do not wait for each other. Raises graphlib.CycleError with the cycle."""
    sorter = TopologicalSorter({name: kind.after for name, kind in kinds.items()})
    sorter.prepare()
    places: dict[str, int] = {}
    rank = 0
    while sorter.is_active():
        ready = sorter.get_ready()
        places.update((name, rank) for name in ready if name in kinds)
        sorter.done(*ready)
        rank += 1
    return places


def ordered(changes: Iterable[Change], kinds: Kinds) -> tuple[Change, ...]:
    """Changes in the order apply makes them: writes by rank, then deletes by falling rank; ties by key."""
    place = ranks(kinds)

    def turn(change: Change) -> tuple[bool, int, object]:
        deletes = change.action is Action.DELETE
        rank = place[change.key.kind]
        return deletes, -rank if deletes else rank, change.key

    return tuple(sorted(changes, key=turn))
