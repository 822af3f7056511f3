"""Why pcsync may make a change, in the words that a plan says beside it."""

from __future__ import annotations

from dataclasses import replace

from pcsync.core.change import Action, Change

ABSENT = "declared, and not in the catalog"
UNKNOWN_TO_US = "declared; until now nothing proves that it is ours"
AHEAD = "ours by the marker; the manifest changed since the last apply"
DRIFTED = "ours by the marker; edited on the catalog since the last apply, and put back"
REMOVED = "ours by the marker; removed from the catalog since the last apply, and made again"
FORCED = "ours by the marker; edited on the catalog and in the manifest, and --force-conflicts lets the manifest win"
DROPPED = "ours by the marker and not edited since; the manifest dropped it"
AUTHORITATIVE = "the list is authoritative, and the manifest does not name it"
ADOPTED = "declared and as declared; from now on ours by the marker"
BOOKKEEPING = "ours by the marker, which has to say what this apply leads to"
TAKEN_OVER = "--take-over from {owner}"
CATALOG_WIDE = "declared"
BY_ITS_ID = "ours by its id; no manifest declares it any more"
REMOVAL = "a Removal manifest asks for it, and it is ours by the marker"
FORMER = "as it was before the apply that is undone"


def because(found: Change, why: str) -> Change:
    """The change with its reason; one that is not made needs none."""
    return found if found.action is Action.KEEP or found.refusal else replace(found, why=why)


def of_proven(found: Change, conflict: bool) -> str:
    """The reason for a change of what our marker names."""
    if conflict:
        return FORCED
    if found.drift:
        return REMOVED if found.action is Action.CREATE else DRIFTED
    return AHEAD


def of_unproven(found: Change) -> str:
    """The reason for a change of what our marker does not name."""
    return ABSENT if found.action is Action.CREATE else UNKNOWN_TO_US
