"""aiohttp as a wire: reading a whole catalog at speed.

httpx 0.28 looks at every connection of its pool for every event, so its cost grows with the square of the connections; at 64
connections and 20 ms latency it reaches 4 % of what the latency allows, aiohttp more than 90 % (benchmarks/reader.py).
Import this module only where the network is about to be read: it brings aiohttp with it.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Mapping
from typing import TYPE_CHECKING

import aiohttp
from yarl import URL

from pcsync.client.stall import StallWatch
from pcsync.client.wire import Request, WireError, too_large

if TYPE_CHECKING:
    import ssl

FAILURES = (aiohttp.ClientError, OSError)  # TimeoutError is an OSError
UNSENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)


class AiohttpWire:
    """Requests over one aiohttp session, opened by the first; ``connect`` and ``read`` are timeouts in seconds, ``proxy`` a URL."""

    def __init__(self, connect: float, read: float, trust: ssl.SSLContext | None, proxy: str | None) -> None:
        self._connect, self._trust, self._proxy = connect, trust, proxy
        self._watch = StallWatch(read)
        self._session: aiohttp.ClientSession | None = None

    async def open(self, request: Request) -> AiohttpAnswer:
        """Send and wait for the head of the answer."""
        session = self._session or self._start()
        url = URL(request.url, encoded=True)
        try:
            with self._watch:
                response = await session.request(
                    request.method, url, headers=request.headers, data=request.content or None, allow_redirects=False, proxy=self._proxy
                )
        except FAILURES as error:
            raise _ours(error) from None
        return AiohttpAnswer(response, request.where, self._watch)

    async def close(self) -> None:
        """Close every connection."""
        self._watch.close()
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _start(self) -> aiohttp.ClientSession:
        self._session = aiohttp.ClientSession(
            # The limiter bounds the connections; the pool must not queue a second time.
            connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=300, keepalive_timeout=30, ssl=self._trust or True),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._connect, sock_read=None),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )
        return self._session


class AiohttpAnswer:
    """An aiohttp response as an answer."""

    def __init__(self, response: aiohttp.ClientResponse, where: str, watch: StallWatch) -> None:
        self.status: int = response.status
        self.headers: Mapping[str, str] = response.headers
        self._response, self._where, self._watch = response, where, watch

    async def read(self, cap: int) -> bytes:
        """The whole body; most come in one piece."""
        content, pieces, size = self._response.content, [], 0
        try:
            while piece := await self._piece(content):
                pieces.append(piece)
                size += len(piece)
                if size > cap:
                    raise too_large(self._where, cap)
        except FAILURES as error:
            raise _ours(error) from None
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """The body as it arrives."""
        content = self._response.content
        try:
            while piece := await self._piece(content):
                yield piece
        except FAILURES as error:
            raise _ours(error) from None

    async def _piece(self, content: aiohttp.StreamReader) -> bytes:
        if content.is_eof():
            return await content.readany()
        with self._watch:
            return await content.readany()

    async def close(self) -> None:
        """Give the connection back, or close it when the body was not read to its end."""
        if not self._response.content.is_eof():
            self._response.close()


def _ours(error: Exception) -> WireError:
    """aiohttp's failure as a WireError; what was never sent is told apart from what may have been."""
    final = isinstance(error, aiohttp.ClientConnectorCertificateError)
    return WireError(_said(error), sent=not isinstance(error, UNSENT), timeout=isinstance(error, TimeoutError), final=final)


def _said(error: Exception) -> str:
    """In the words of the system where it refused; aiohttp's own name a Python tuple and its TLS settings."""
    if not isinstance(error, aiohttp.ClientConnectorError) or isinstance(error, aiohttp.ClientSSLError):
        return f"{type(error).__name__} {error}".strip()
    number = error.os_error.errno or 0
    return f"{error.host}:{error.port}: {os.strerror(number) if number > 0 else error.os_error.strerror or error.os_error}"
