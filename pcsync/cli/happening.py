"""What happens during an apply and its checks, as the fields of an ndjson event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pcsync.core.checks import CheckResult
from pcsync.reconcile.events import (
    Applied,
    Blocked,
    Converged,
    Diverged,
    Event,
    Failed,
    Sealed,
    Sending,
    Sent,
    Skipped,
    Started,
    Unsealed,
    Unsure,
    Waiting,
)

NAMES: Mapping[type[Event], str] = {
    Started: "started",
    Sending: "sending",
    Sent: "sent",
    Waiting: "waiting",
    Applied: "applied",
    Failed: "failed",
    Unsure: "unknown",
    Blocked: "blocked",
    Skipped: "skipped",
    Converged: "converged",
    Diverged: "diverged",
    Sealed: "sealed",
    Unsealed: "unsealed",
}


def told(event: Event) -> dict[str, Any]:
    """Its name, the change's address and action, and what there is to say about it; no body, so no value that could be a secret."""
    return {"event": NAMES[type(event)], "address": event.change.address, "action": str(event.change.action), **_more(event)}


def _more(event: Event) -> dict[str, Any]:
    match event:
        case Sending(call=call, index=index) | Sent(call=call, index=index):
            return {"call": str(call), "index": index}
        case Waiting(error=error, seconds=seconds):
            return {"message": str(error), "seconds": round(seconds, 3)}
        case Failed(error=error) | Unsure(error=error):
            return {"message": str(error)}
        case Applied(found=found):
            return {"found": found}
        case Blocked(by=by):
            return {"message": f"needs {by.address}"}
        case Skipped(why=why) | Diverged(why=why) | Unsealed(why=why):
            return {"message": why}
    return {}


def checked(result: CheckResult) -> dict[str, Any]:
    """A check ended: what it is about and how; numbers and pictures stand in the ``result`` line that comes at the end."""
    said = {"address": result.address, "name": result.name, "sort": result.sort, "verdict": str(result.verdict), "message": result.message}
    return {"event": "checked", **said, "position": str(result.position or ""), "seconds": round(result.seconds, 3)}
