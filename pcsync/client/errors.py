"""What the catalog says when it will not do something, and what a person can do about it.

ServiceError (core)
├── ApiError                   an error answer; carries status, code, trace and whether asking again later may help
│   ├── AccessError            401, 403; also an AuthenticationError: exit 8
│   ├── NotFoundError          404, 410
│   ├── ConflictError          409, 412
│   └── ThrottledError         429
├── ConnectionFailedError      nobody answers at the endpoint
├── LostResponseError          a write went out and no clear answer came back: look before sending it again
└── OperationError             a long-running operation ended as Failed or Canceled

Timeouts are core's DeadlineError (exit 9). Bodies are read in every shape the back ends use (dossier 1.3):
``error.code``/``error.message``, problem details (``title``, ``detail``, ``traceId``), ``detail`` alone, else the text itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from pcsync.client.policy import PASSING, lost
from pcsync.client.redact import shown
from pcsync.client.wire import Reply, WireError
from pcsync.core.errors import AuthenticationError, DeadlineError, PcsyncError, ServiceError


class ApiError(ServiceError):
    """An answer outside 2xx. ``code`` is the service's own word (``ResourceNotFound``) or "", ``trace`` its request's trace id."""

    def __init__(self, what: str, *, where: str = "", fix: str = "", status: int, code: str = "", trace: str = "") -> None:
        super().__init__(what, where=where, fix=fix)
        self.status, self.code, self.trace = status, code, trace

    @property
    def retryable(self) -> bool:
        """The same request may succeed later without anybody changing anything."""
        return self.status in PASSING


class AccessError(ApiError, AuthenticationError):
    """The catalog does not know the caller (401) or does not let it do this (403)."""


class NotFoundError(ApiError):
    """The resource, or the one it belongs to, is not there."""


class ConflictError(ApiError):
    """The request contradicts what the catalog has: the id exists, is still being deleted, or another write came first."""

    contested = True


class ThrottledError(ApiError):
    """The catalog asks to slow down, for longer than we wait."""


class ConnectionFailedError(ServiceError):
    """No catalog could be reached; nothing was done."""

    retryable = True


class LostResponseError(ServiceError):
    """A write of which nobody knows whether it was done. ``status`` is that of a gateway's answer, None when there was none."""

    retryable = False
    uncertain = True

    def __init__(self, what: str, *, where: str = "", fix: str = "", status: int | None = None) -> None:
        super().__init__(what, where=where, fix=fix)
        self.status = status


class OperationError(ServiceError):
    """A long-running operation that the catalog took on and did not complete. ``operation`` is its id."""

    def __init__(self, what: str, *, where: str = "", fix: str = "", operation: str, status: str, code: str = "") -> None:
        super().__init__(what, where=where, fix=fix)
        self.operation, self.status, self.code = operation, status, code


CLASSES: Mapping[int, type[ApiError]] = {
    401: AccessError,
    403: AccessError,
    404: NotFoundError,
    410: NotFoundError,
    409: ConflictError,
    412: ConflictError,
    429: ThrottledError,
}
FIXES: Mapping[int, str] = {
    401: "sign in (az login), or choose another credential; its token must be for the tenant of this GeoCatalog",
    403: "give the identity a role on the GeoCatalog: GeoCatalog Administrator to apply, GeoCatalog Reader is enough to plan",
    413: "the request is larger than the catalog takes",
    429: "wait, or allow fewer requests at a time",
}
LOOK_FIRST = "nobody knows whether it was done: look at the resource (plan again) before repeating it"


def api_error(reply: Reply, secrets: Iterable[str] = ()) -> PcsyncError:
    """The error that an answer outside 2xx stands for. ``secrets`` are values sent with the request, which it may quote."""
    hidden = (*reply.hidden, *secrets)
    code, message, trace = (shown(text, hidden) for text in _told(reply))
    what = " ".join(word for word in (str(reply.status), code, "-" if message else "", message) if word)
    what += f" (trace {trace})" if trace else ""
    where = reply.request.where
    if lost(reply.request.method, reply.status):
        return LostResponseError(what, where=where, fix=LOOK_FIRST, status=reply.status)
    kind = CLASSES.get(reply.status, ApiError)
    return kind(what, where=where, fix=FIXES.get(reply.status, ""), status=reply.status, code=code, trace=trace)


def connection_error(failure: WireError, method: str, where: str) -> PcsyncError:
    """The error that a request without an answer ends as, after every attempt its method allows."""
    what = shown(str(failure))
    if lost(method, failure):
        return LostResponseError(f"no answer came back: {what}", where=where, fix=LOOK_FIRST)
    if failure.timeout:
        return DeadlineError(f"no answer in time: {what}", where=where, fix="try again, or check the way to the endpoint")
    return ConnectionFailedError(f"no connection: {what}", where=where, fix=_connection_fix(what))


def _connection_fix(what: str) -> str:
    if "CERTIFICATE" in what.upper():
        return "the endpoint's certificate is not trusted; SSL_CERT_FILE may name the authority's"
    return "check the endpoint, the network and HTTPS_PROXY"


def _told(reply: Reply) -> tuple[str, str, str]:
    """Code, message and trace id of an error body; empty texts for what is not there."""
    trace = reply.headers.get("traceparent", "")
    code = reply.headers.get("x-ms-error-code", "")
    try:
        body = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        return code, _raw(reply), trace
    if not isinstance(body, dict):
        return code, _text(body), trace
    error = body.get("error")
    if isinstance(error, dict):
        return _text(error.get("code")) or code, _text(error.get("message")) + _details(error.get("details")), trace
    message = ": ".join(part for part in (_text(body.get("title")), _text(body.get("detail"))) if part)
    message += _details(body.get("errors"))
    return code, message or _text(body.get("message") or error), _text(body.get("traceId")) or trace


def _raw(reply: Reply) -> str:
    if b"<html" in reply.body[:2000].lower() or "html" in reply.headers.get("content-type", ""):
        return f"an HTML page of {len(reply.body):,} bytes, not the catalog's own answer"
    return reply.body[:4000].decode(errors="replace")


def _details(details: Any) -> str:
    """OData details and ASP.NET's ``errors`` (field to messages), after the message."""
    if isinstance(details, dict):
        details = [f"{name}: {_text(messages)}" for name, messages in details.items()]
    texts = [_text(detail) for detail in details] if isinstance(details, list) else []
    return f" ({'; '.join(text for text in texts if text)})" if any(texts) else ""


def _text(value: Any) -> str:
    """A readable text of whatever stands where a message should (FastAPI's detail is a list of objects)."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, dict) and ("message" in value or "msg" in value):
        place = ".".join(str(step) for step in value.get("loc", ()))
        return f"{place}: {_text(value.get('message') or value.get('msg'))}" if place else _text(value.get("message") or value.get("msg"))
    if isinstance(value, list):
        return "; ".join(_text(member) for member in value)
    return orjson.dumps(value).decode()
