"""Collections that a manifest wants gone: read one by one, and judged by what is in them."""

from __future__ import annotations

from collections.abc import Iterable

from pcsync.core.change import Unknown
from pcsync.core.compare import Locate
from pcsync.core.errors import AuthenticationError, PcsyncError
from pcsync.core.kind import Kind, Removable
from pcsync.core.policy import Guards
from pcsync.core.removal import Removal, removal_change, unallowed
from pcsync.core.resource import Bodies
from pcsync.core.state import Reader
from pcsync.reconcile.judge import Findings, Stance
from pcsync.reconcile.observe import MISSHAPEN, observe, reason


async def remove(
    removals: Iterable[Removal], root: Kind, reader: Reader, locate: Locate, stance: Stance, guards: Guards, findings: Findings
) -> None:
    """Add the deletes of whole collections to the findings; one that is gone already needs nothing."""
    for removal in removals:
        if stance.chosen is not None and not stance.chosen(removal.key):
            continue
        try:
            await _remove(removal, root, reader, locate, stance, guards, findings)
        except AuthenticationError:
            raise
        except (PcsyncError, *MISSHAPEN) as wrong:
            findings.unknown.append(Unknown(str(removal.key), (root.name,), reason(wrong)))


async def _remove(removal: Removal, root: Kind, reader: Reader, locate: Locate, stance: Stance, guards: Guards, findings: Findings) -> None:
    seen = await observe(removal.collection, [root], reader)
    findings.unknown.extend(seen.unknown)
    live = seen.live.get(removal.key)
    if live is None:
        return
    hindrance = await hindered(root, removal.collection, removal.expect_items, reader, seen.bodies) if isinstance(root, Removable) else ""
    findings.changes.append(removal_change(removal, root, live, stance.policy, locate, hindrance))
    findings.checks.extend(unallowed(removal, guards))


async def hindered(root: Removable, scope: str, expected: int, reader: Reader, known: Bodies) -> str:
    """Why a scope with so many expected items must not be removed, by what is in it now; "" when it may. Raises PcsyncError."""
    bodies = dict(known)
    while paths := [path for path in root.removal_reads(scope, bodies, expected) if path not in bodies]:
        for path in paths:
            bodies[path] = await reader.get(path)
    return root.removal_refusal(scope, bodies, expected)
