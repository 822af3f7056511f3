"""The outermost layer: writes the request log and carries out the faults that hit a request from outside.

Faults that change what a handler does (operation-*, stale-reads, drop-unknown-keys) travel on in the ASGI scope.
"""

import asyncio
import json
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .dispatch import FAULTS_IN_SCOPE, SLASH, error_response, refuse, trace
from .errors import Backend, ConfigurationChanged, Forbidden, Refusal, Unauthenticated, plain
from .faults import Fault, parse_faults
from .jsonb import dumps, loads
from .world import World

ADMIN = "/_emulator/"
LOG_LENGTH = 10_000
GARBAGE = b'<html>upstream connect error</html>{"truncated": '
LISTS = ("collections", "value", "features")
Entry = dict[str, Any]
STATUS_CODES = {429: "TooManyRequests", 500: "InternalServerError", 502: "BadGateway", 503: "ServiceUnavailable", 504: "GatewayTimeout"}
REFUSALS: dict[str, Refusal] = {
    "expired-token": Unauthenticated("The access token has expired.", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}),
    "role-missing": Forbidden("The caller does not have the role GeoCatalog Administrator on this resource."),
    "config-conflict": ConfigurationChanged("The configuration of the collection changed. Read it again and retry."),
}


class ConnectionDroppedError(ConnectionResetError):
    """In process there is no socket to close: this leaves the app instead."""


class RequestLog:
    """The last requests: number, method, path, query, status (None while unanswered) and the effects that hit them."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque(maxlen=LOG_LENGTH)
        self._count = 0

    def note(self, scope: Scope, path: str, faults: Iterable[Fault]) -> Entry:
        self._count += 1
        query = scope["query_string"].decode("latin-1")
        entry: Entry = {"n": self._count, "method": scope["method"], "path": path, "query": query, "status": None}
        entry["faults"] = [fault.effect for fault in faults]
        self.entries.append(entry)
        return entry


@dataclass(frozen=True, slots=True)
class Strike:
    """One request with the faults that hit it and its line in the log."""

    scope: Scope
    receive: Receive
    send: Send
    faults: tuple[Fault, ...]
    entry: Entry

    def effect(self, name: str) -> Fault | None:
        return next((fault for fault in self.faults if fault.effect == name), None)

    async def noting(self, message: Message) -> None:
        """Sends, and notes the status."""
        if message["type"] == "http.response.start":
            self.entry["status"] = message["status"]
        await self.send(message)

    async def answer(self, response: Response) -> None:
        await response(self.scope, self.receive, self.noting)


class Gate:
    """ASGI middleware around the whole app."""

    def __init__(self, app: ASGIApp, world: World, log: RequestLog) -> None:
        self._app = app
        self._world = world
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = _with_whole_segments(scope)
        if scope["path"].startswith(ADMIN):
            await self._app(scope, receive, send)
            return
        try:
            faults = self._faults(scope)
        except ValueError as broken:
            await _plain(self._world, scope, 400, "InvalidFault", str(broken))(scope, receive, send)
            return
        entry = self._log.note(scope, scope["path"].replace(SLASH, "/"), faults)
        await self._carry_out(Strike(scope, receive, send, faults, entry))

    def _faults(self, scope: Scope) -> tuple[Fault, ...]:
        """The faults of the rules and of the request's own header. Raises ValueError for a header that is none."""
        own = Request(scope).headers.get("x-emulator-fault")
        struck = self._world.faults.strike(scope["method"], scope["path"].replace(SLASH, "/"))
        self._world.store.keeps_past = max(self._world.faults.longest_stale(), self._world.store.keeps_past)
        return struck + (parse_faults(loads(own.encode())) if own else ())

    async def _carry_out(self, strike: Strike) -> None:
        await asyncio.sleep(sum(fault.seconds for fault in strike.faults if fault.effect == "latency"))
        instead = self._instead(strike)
        if strike.effect("drop-before"):
            await _drop(strike)
        elif instead is not None:
            await strike.answer(instead)
        else:
            await self._through(strike)

    async def _through(self, strike: Strike) -> None:
        """The app's own answer, or what a fault makes of it."""
        inner = {**strike.scope, FAULTS_IN_SCOPE: strike.faults}
        if not {fault.effect for fault in strike.faults} & {"drop-after", "garbage-body", "omit-entries"}:
            await self._app(inner, strike.receive, strike.noting)
            return
        answer = await _captured(self._app, inner, strike.receive)
        if strike.effect("drop-after"):
            await _drop(strike)
        elif strike.effect("garbage-body"):
            await strike.answer(Response(GARBAGE, answer.status_code, media_type="application/json"))
        elif omitting := strike.effect("omit-entries"):
            await strike.answer(_without_entries(answer, omitting.count))

    def _instead(self, strike: Strike) -> Response | None:
        """The answer that a fault puts in place of the service's own."""
        for fault in strike.faults:
            if fault.effect in REFUSALS:
                return refuse(self._world, REFUSALS[fault.effect], Backend.READER)
            if fault.effect == "status":
                code = fault.code or STATUS_CODES.get(fault.status, "InjectedFault")
                headers = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
                return _plain(self._world, strike.scope, fault.status, code, fault.message or "Injected fault", headers)
        return None


def _plain(world: World, scope: Scope, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Response:
    """An error in the shape of the back end that the path belongs to."""
    backend = Backend.WRITER if scope["path"].startswith("/inma/") else Backend.READER
    return error_response(world, plain(status, code, message, backend, trace(world), headers or {}), backend)


def _with_whole_segments(scope: Scope) -> Scope:
    """The scope with a path whose segments were split before they were decoded: an id may hold `%2F`."""
    raw = scope.get("raw_path")
    if not raw:
        return scope
    path = raw.partition(b"?")[0].decode("latin-1")
    return {**scope, "path": "/".join(unquote(part).replace("/", SLASH) for part in path.split("/"))}


async def _captured(app: ASGIApp, scope: Scope, receive: Receive) -> Response:
    """The whole answer of the app, unsent."""
    start: Message = {}
    chunks: list[bytes] = []

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            chunks.append(message.get("body", b""))

    await app(scope, receive, keep)
    answer = Response(b"".join(chunks), start["status"])
    answer.raw_headers = list(start["headers"])
    return answer


def _without_entries(answer: Response, count: int) -> Response:
    """The same answer with the first `count` entries missing from its list."""
    value = json.loads(bytes(answer.body)) if answer.body else None
    if isinstance(value, list):
        value = value[count:]
    elif isinstance(value, dict):
        name = next((name for name in LISTS if isinstance(value.get(name), list)), None)
        value = {**value, name: value[name][count:]} if name else value
    else:
        return answer
    kept = {name.decode(): text.decode() for name, text in answer.raw_headers if name != b"content-length"}
    return Response(dumps(value), answer.status_code, kept)


async def _drop(strike: Strike) -> None:
    """Closes the connection without an answer.

    ASGI has no word for that. uvicorn's `send` is a method of the object that holds the socket; in process the
    caller gets ConnectionDroppedError.
    """
    transport = getattr(getattr(strike.send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionDroppedError("the emulator dropped the connection")
    transport.abort()
    while (await strike.receive())["type"] != "http.disconnect":
        pass
