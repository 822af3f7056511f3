"""One request through one row of the table: version, token, body, transaction, handler, answer in the back end's dress."""

import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from itertools import count
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from . import bodies, threads
from .errors import ApiVersionMissing, ApiVersionUnsupported, Backend, Busy, ErrorBody, Refusal, Unauthenticated, describe
from .faults import Fault
from .jsonb import dumps, localise
from .settle import settle, settle_all
from .table import ServedRoute
from .tiler import extra
from .world import Answer, Call, Later, World

API_VERSIONS = ("2025-04-30-preview", "2026-04-15")
FAULTS_IN_SCOPE = "pcsync.emulator.faults"
SLASH = "\ue000"
"""Stands for a `%2F` inside a path segment while Starlette matches the route."""

_traces = count()


def endpoint(world: World, route: ServedRoute) -> Callable[[Request], Awaitable[Response]]:
    """The ASGI endpoint of one row."""

    async def answer(request: Request) -> Response:
        try:
            version = _admit(world, request)
            body = await bodies.read(request, route.body)
            with _busy_is_said():
                await settle_all(world)
                said = await _said(world, route, request, version, body)
            answer = await threads.run(said.work) if isinstance(said, Later) else said
            return _dress(world, answer, route.backend, base_url(request))
        except Refusal as refusal:
            return refuse(world, refusal, route.backend)

    return answer


def refuse(world: World, refusal: Refusal, backend: Backend) -> Response:
    """A refusal as the back end writes it."""
    return error_response(world, describe(refusal, backend, trace(world), int(world.choices["validation-status"])), backend)


def error_response(world: World, error: ErrorBody, backend: Backend) -> Response:
    headers = {**_backend_headers(world, backend, error.status), **error.headers, "content-type": error.media_type}
    return Response(dumps(error.body), error.status, headers)


def trace(world: World) -> str:
    """A W3C trace id, as in `traceId` and `traceparent`; counted, not random."""
    digest = sha256(f"trace:{world.settings.seed}:{next(_traces)}".encode()).hexdigest()
    return f"00-{digest[:32]}-{digest[32:48]}-01"


def base_url(request: Request) -> str:
    """Scheme and host as the client wrote them."""
    host = request.headers.get("host") or "localhost"
    return f"{request.scope['scheme']}://{host}"


def _admit(world: World, request: Request) -> str:
    """The api-version. Raises when it is missing or strange, or when a needed token is missing."""
    if world.settings.require_bearer:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthenticated("A bearer token is required.", headers={"WWW-Authenticate": "Bearer"})
    version = request.query_params.get("api-version")
    if not version:
        raise ApiVersionMissing("An API version is required, but was not specified.")
    if version not in API_VERSIONS:
        raise ApiVersionUnsupported(f"The API version '{version[:80]}' is not supported. Supported: {', '.join(API_VERSIONS)}.")
    return version


async def _said(world: World, route: ServedRoute, request: Request, version: str, body: Any) -> Answer | Later:
    """What the handler says; the first one that needs pixels waits for their libraries, and nobody else does."""
    try:
        return _run(world, route, request, version, body)
    except extra.NotImportedError:
        await threads.run(extra.load)
        return _run(world, route, request, version, body)


def _run(world: World, route: ServedRoute, request: Request, version: str, body: Any) -> Answer | Later:
    faults: tuple[Fault, ...] = request.scope.get(FAULTS_IN_SCOPE, ())
    params = {name: value.replace(SLASH, "/") for name, value in request.path_params.items()}
    with _transaction(world, route, faults) as db:
        base = base_url(request)
        return route.handler(Call(world, db, params, request.query_params, body, base, _url(request, base), version, faults))


@contextmanager
def _busy_is_said() -> Iterator[None]:
    """503 instead of an error when another process holds the file for too long."""
    try:
        yield
    except sqlite3.OperationalError as busy:
        if "locked" not in str(busy):
            raise
        raise Busy("The database is busy.", headers={"Retry-After": "1"}) from busy


@contextmanager
def _transaction(world: World, route: ServedRoute, faults: tuple[Fault, ...]) -> Iterator[sqlite3.Connection]:
    """Ends what is due, then the transaction that the route needs; the past for a GET that is hit by stale reads."""
    stale = next((fault for fault in faults if fault.effect == "stale-reads"), None)
    if stale is not None and not route.writes:
        with world.store.past(stale.seconds) as db:
            yield db
        return
    settle(world)
    with world.store.write() if route.writes else world.store.read() as db:
        yield db


def _url(request: Request, base: str) -> str:
    """The request's own URL, as `$id` of queryables repeats it."""
    path = request.scope.get("raw_path") or request.url.path.encode()
    query = request.scope["query_string"]
    told = path + (b"?" + query if query else b"")
    return base + "".join(chr(byte) if 32 < byte < 127 else f"%{byte:02X}" for byte in told)


def _dress(world: World, answer: Answer, backend: Backend, base: str) -> Response:
    """Content type and telling headers of a back end (geocatalog-api 1.3)."""
    headers = {**_backend_headers(world, backend, answer.status), **(answer.headers or {})}
    if answer.content is not None:
        return Response(answer.content, answer.status, {**headers, "content-type": answer.media_type})
    if answer.text is None:
        return Response(None, answer.status, headers)
    suffix = "; charset=utf-8" if backend is Backend.WRITER else ""
    return Response(localise(answer.text, base), answer.status, {**headers, "content-type": answer.media_type + suffix})


def _backend_headers(world: World, backend: Backend, status: int) -> Mapping[str, str]:
    if backend is Backend.READER:
        return {"traceparent": trace(world)}
    if backend is Backend.WRITER:
        return {"api-supported-versions": ", ".join(API_VERSIONS)}
    if backend is Backend.CONFIGURATION and status == 200:
        return {"Accept-Ranges": "bytes"}
    return {}
