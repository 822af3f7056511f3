"""What a manifest's ``management.ignore`` says about one value in it."""

from __future__ import annotations

from collections.abc import Iterable

from pcsync.core.source import step, within


def pointers_below(entries: Iterable[str], pointer: str, whole: Iterable[str]) -> tuple[str, ...]:
    """The ignored pointers as pointers into the value at ``pointer``; an entry for the value itself, or above it, ignores it ``whole``."""
    found: dict[str, None] = {}
    for entry in entries:
        if within(pointer, entry):
            found |= dict.fromkeys(step(name) for name in whole)
        elif within(entry, pointer):
            found[entry[len(pointer) :]] = None
    return tuple(found)
