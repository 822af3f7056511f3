"""Words for findings."""

from __future__ import annotations

from collections.abc import Collection

SHOWN = 60  # characters of a value in a message
FEW = 12  # known names that are still listed


def nearest(name: str, known: Collection[str]) -> str | None:
    """The known name that was probably meant."""
    from difflib import get_close_matches  # only where something is wrong

    lowered = {choice.lower(): choice for choice in sorted(known)}
    near = get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
    return lowered[near[0]] if near else None


def meant(name: str, known: Collection[str], instead: str = "") -> str:
    """``did you mean x?``, else ``instead``, else the names there are."""
    near = nearest(name, known)
    if near is not None:
        return f"did you mean {near}?"
    return instead or listed(known)


def listed(known: Collection[str]) -> str:
    """``one of: a, b``, cut short where there are many."""
    names = sorted(known)
    if not names:
        return ""
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    return f"one of: {', '.join(names[:FEW])}{more}"


def shown(value: object) -> str:
    """A value as its author wrote it, cut short."""
    text = {True: "true", False: "false", None: "null"}[value] if isinstance(value, bool) or value is None else str(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def names(text: str) -> frozenset[str]:
    """The words of a text, for sets of many names."""
    return frozenset(text.split())
