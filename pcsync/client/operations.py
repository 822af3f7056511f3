"""Long-running operations: what a 202 promised, waited for (dossier 1.4).

The catalog names the place to ask in ``operation-location`` and ``Location``; an answer there is 200 even when the operation
failed. Waiting takes no slot of the limiter: only the short polls do.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from pcsync.client.clock import Clock
from pcsync.client.endpoint import Endpoint
from pcsync.client.errors import LOOK_FIRST, AccessError, LostResponseError, OperationError, api_error
from pcsync.client.policy import retry_after
from pcsync.client.redact import shown
from pcsync.client.wire import Reply
from pcsync.core.errors import DeadlineError, ServiceError

SUCCEEDED = frozenset({"succeeded", "finished"})
FAILED = frozenset({"failed", "canceled", "cancelled"})
FIRST = 0.1  # seconds before the first poll; each further wait is half as long again
LONGEST = 5.0
NOT_YET = 15.0  # seconds a new operation may still answer 404: reads lag behind writes

Poll = Callable[[str], Awaitable[Reply]]
"""GET of a URL, retried and authorised: the whole answer of any status."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an operation may take, in seconds."""

    deadline: float = 1800.0
    retry_after: float = 60.0  # the longest Retry-After that is believed between polls


async def settled(accepted: Reply, endpoint: Endpoint, poll: Poll, clock: Clock, patience: Patience) -> Mapping[str, Any]:
    """The operation of a 202 once it succeeded.

    Raises OperationError when it failed or was cancelled, DeadlineError when it takes too long, LostResponseError when its
    outcome cannot be learnt: the catalog does not say where to ask, points elsewhere, or stops answering.
    """
    try:
        return await _awaited(accepted, endpoint, poll, clock, patience)
    except (OperationError, AccessError):
        raise
    except ServiceError as error:
        what = f"the catalog accepted the request, but its outcome is not known: {error.what}"
        raise LostResponseError(what, where=accepted.request.where, fix=LOOK_FIRST) from error


async def _awaited(accepted: Reply, endpoint: Endpoint, poll: Poll, clock: Clock, patience: Patience) -> Mapping[str, Any]:
    where = accepted.request.where
    operation = _body(accepted)
    if _outcome(operation, where, ""):
        return operation
    url = _place(accepted, operation, endpoint)
    name = str(operation.get("id") or urlsplit(url).path.rsplit("/", 1)[-1])
    started, pause, asked = clock.monotonic(), FIRST, _asked(accepted, clock, patience)
    while True:
        elapsed = clock.monotonic() - started
        wait = pause if asked is None else asked
        if elapsed + wait > patience.deadline:
            raise _overdue(name, operation, elapsed, where)
        await clock.sleep(wait)
        reply = await poll(url)
        if reply.status != 404 or clock.monotonic() - started > NOT_YET:
            operation = _polled(reply)
            if _outcome(operation, where, name):
                return operation
        pause, asked = min(LONGEST, pause * 1.5), _asked(reply, clock, patience)


def _place(accepted: Reply, operation: Mapping[str, Any], endpoint: Endpoint) -> str:
    link = accepted.headers.get("operation-location") or accepted.headers.get("location")
    if link:
        return endpoint.pinned(link, accepted.request.url)
    if isinstance(operation.get("id"), str) and "status" in operation:
        return endpoint.at(f"/inma/operations/{quote(operation['id'], safe='')}")
    raise ServiceError("the 202 does not say where to ask", where=accepted.request.where)


def _body(accepted: Reply) -> Mapping[str, Any]:
    """The operation in its first state, which the 202 may carry."""
    body = accepted.json() if accepted.body.strip() else {}
    return body if isinstance(body, Mapping) else {}


def _polled(reply: Reply) -> Mapping[str, Any]:
    if not 200 <= reply.status < 300:
        raise api_error(reply)
    body = reply.json()
    if not isinstance(body, Mapping) or not isinstance(body.get("status"), str):
        raise ServiceError("the answer about the operation has no status", where=reply.request.where)
    return body


def _outcome(operation: Mapping[str, Any], where: str, name: str) -> bool:
    """It succeeded; False while it is under way, and any word we do not know counts as that. Raises OperationError."""
    status = str(operation.get("status", "")).lower()
    if status not in FAILED:
        return status in SUCCEEDED
    name = str(operation.get("id") or name)
    code, message = _failure(operation)
    why = " - ".join(part for part in (shown(code), shown(message)) if part) or "the catalog gives no reason"
    raise OperationError(
        f"the operation {shown(name)} ended as {operation['status']}: {why}", where=where, operation=name, status=status, code=shown(code)
    )


def _failure(operation: Mapping[str, Any]) -> tuple[str, str]:
    """Code and message: of ``error.error``, of ``error``, else of the last entry of the history that has any."""
    error = operation.get("error")
    while isinstance(error, Mapping):
        if error.get("code") or error.get("message"):
            return str(error.get("code") or ""), str(error.get("message") or "")
        error = error.get("error")
    history = operation.get("statusHistory")
    for entry in reversed(history if isinstance(history, list) else []):
        if isinstance(entry, Mapping) and (entry.get("errorCode") or entry.get("errorMessage")):
            return str(entry.get("errorCode") or ""), str(entry.get("errorMessage") or "")
    return "", ""


def _asked(reply: Reply, clock: Clock, patience: Patience) -> float | None:
    asked = retry_after(reply.headers, clock.wall())
    return None if asked is None else min(asked, patience.retry_after)


def _overdue(name: str, operation: Mapping[str, Any], elapsed: float, where: str) -> DeadlineError:
    state = shown(str(operation.get("status") or "not known yet"))
    return DeadlineError(
        f"the operation {shown(name)} is still {state} after {elapsed:.0f} seconds",
        where=where,
        fix=f"it may still end well: look at /inma/operations/{shown(name)}, then plan again",
    )
