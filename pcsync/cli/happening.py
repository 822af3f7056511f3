"""What happens during an apply, as the fields of an ndjson event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
