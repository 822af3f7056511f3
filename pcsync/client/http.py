"""The catalog: reading at speed, writing with care, one limiter and one rule for both."""

from __future__ import annotations

import urllib.request
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pcsync
from pcsync.client.auth import Auth, NoAuth
from pcsync.client.clock import Clock
from pcsync.client.endpoint import API_VERSION, Endpoint
from pcsync.client.errors import LOOK_FIRST, LostResponseError, api_error
from pcsync.client.exchange import Exchange
from pcsync.client.limiter import Limiter
from pcsync.client.operations import Patience, settled
from pcsync.client.outgoing import Resolve, outgoing, unresolved
from pcsync.client.policy import RetryRule
from pcsync.client.reader import HEADERS, CatalogReader
from pcsync.client.viewer import CatalogViewer
from pcsync.client.wire import Answer, Reply, Request, Wire
from pcsync.core.errors import ServiceError
from pcsync.core.resource import Call

if TYPE_CHECKING:
    import ssl

    import httpx

AGENT = {"user-agent": f"pcsync/{pcsync.__version__}"}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may take: requests at a time, seconds, bytes."""

    concurrency: int = 64
    connect: float = 15.0
    read: float = 100.0  # between two pieces of an answer
    body: int = 256 * 2**20  # the largest answer that is held whole


class Catalog:
    """A GeoCatalog (core.state.Reader and Sender). Use as ``async with Catalog(endpoint, auth) as catalog``.

    ``transport`` is an httpx transport to use instead of the network: a test's, or the emulator's in this process. ``secrets``
    looks up the references of a call at the moment it is sent; the files it uploads lie below ``files``.
    One catalog belongs to one event loop.
    """

    def __init__(
        self,
        endpoint: str,
        auth: Auth | None = None,
        *,
        api_version: str = API_VERSION,
        transport: httpx.AsyncBaseTransport | None = None,
        secrets: Resolve = unresolved,
        files: Path = Path(),
        limits: Limits | None = None,
        rule: RetryRule | None = None,
        patience: Patience | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.endpoint = Endpoint.parse(endpoint, api_version)
        self._limits, self._clock, self._patience = limits or Limits(), clock or Clock(), patience or Patience()
        self._secrets, self._files = secrets, files
        limiter = Limiter(self._limits.concurrency, self._clock)
        self._exchange = Exchange(self.endpoint, auth or NoAuth(), limiter, rule or RetryRule(), self._clock)
        self._transport = transport
        self._writing: Wire | None = None
        self._reading: Wire | None = None
        self._trust: ssl.SSLContext | None = None
        self._reader = CatalogReader(self.endpoint, self._fetch, self._open, AGENT)

    def __repr__(self) -> str:
        return f"Catalog({self.endpoint.url!r})"

    async def __aenter__(self) -> Catalog:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        for wire in {self._writing, self._reading} - {None}:
            await wire.close()  # type: ignore[union-attr]  # None was taken out of the set
        self._writing = self._reading = None

    def reader(self) -> CatalogReader:
        """The half of this catalog that cannot write."""
        return self._reader

    def viewer(self) -> CatalogViewer:
        """The half of this catalog that looks at its data and changes no configuration."""
        return CatalogViewer(self.endpoint, self._fetch, self._reader, self._clock, AGENT)

    async def get(self, path: str) -> Any:
        """The decoded body, None for 404; see CatalogReader.get."""
        return await self._reader.get(path)

    def members(self, path: str, array: str) -> AsyncGenerator[Any, None]:
        """The members of one array of a large listing; see CatalogReader.members."""
        return self._reader.members(path, array)

    async def send(self, call: Call) -> Any:
        """The decoded body of the answer, None when it has none; of a 202 the operation, once it succeeded.

        A repeated DELETE that finds nothing any more has done its work. Raises ApiError, LostResponseError (look before sending
        again), OperationError, DeadlineError, StaleError (the file changed since the plan), AuthenticationError.
        """
        out = outgoing(call, self.endpoint, {**HEADERS, **AGENT}, self._secrets, self._files)
        reply = await self._exchange.fetch(self._write_wire(), out.request, self._limits.body)
        if reply.status == 404 and call.method == "DELETE" and reply.uncertain:
            return None
        if not 200 <= reply.status < 300:
            raise api_error(reply, out.hidden)
        if reply.status == 202:
            return await settled(reply, self.endpoint, self._poll, self._clock, self._patience)
        return _taken(reply)

    async def _poll(self, url: str) -> Reply:
        where = f"GET {self.endpoint.path(url)}"
        return await self._exchange.fetch(self._write_wire(), Request("GET", url, where, {**HEADERS, **AGENT}), self._limits.body)

    async def _fetch(self, request: Request) -> Reply:
        return await self._exchange.fetch(self._reading or self._read_wire(), request, self._limits.body)

    async def _open(self, request: Request) -> Answer | Reply:
        return await self._exchange.open(self._reading or self._read_wire(), request, self._limits.body)

    def _write_wire(self) -> Wire:
        if self._writing is None:
            from pcsync.client.httpx_wire import HttpxWire, network  # and httpx with it: a plan reads by the other wire

            transport = self._transport or network(self._limits.concurrency, self._trusted(), proxy_of(self.endpoint))
            self._writing = HttpxWire(transport, self._limits.connect, self._limits.read)
        return self._writing

    def _read_wire(self) -> Wire:
        """The fast wire for a catalog on the network; what runs in this process is read as it is written."""
        if self._transport is not None:
            self._reading = self._write_wire()
        else:
            from pcsync.client.bulk import AiohttpWire

            self._reading = AiohttpWire(self._limits.connect, self._limits.read, self._trusted(), proxy_of(self.endpoint))
        return self._reading

    def _trusted(self) -> ssl.SSLContext | None:
        """The certificate authorities both wires believe (SSL_CERT_FILE, else certifi's); None without TLS."""
        if self._trust is None and self.endpoint.encrypted:
            import httpx

            self._trust = httpx.create_ssl_context()
        return self._trust


def _taken(reply: Reply) -> Any:
    """The body of a write that succeeded. One that cannot be read may be no answer of the catalog at all."""
    try:
        return reply.json() if reply.body.strip() else None
    except ServiceError as error:
        raise LostResponseError(error.what, where=error.where, fix=LOOK_FIRST, status=reply.status) from None


def proxy_of(endpoint: Endpoint) -> str | None:
    """The proxy that the environment names for this endpoint (HTTPS_PROXY, NO_PROXY); looked up once, for both wires."""
    parts = urlsplit(endpoint.url)
    if endpoint.loopback or urllib.request.proxy_bypass(parts.netloc):
        return None
    proxies = urllib.request.getproxies()
    return proxies.get(parts.scheme) or proxies.get("all")
