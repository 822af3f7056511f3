"""httpx as a wire: writes, tests, and the emulator in process, all through httpx's own transport seam.

The transport is used directly: httpx.Client would add cookies, redirects and environment look-ups that must not happen here.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING

import httpx

from pcsync.client.wire import Request, WireError, too_large

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


class HttpxWire:
    """Requests over an httpx transport; ``connect`` and ``read`` are timeouts in seconds."""

    def __init__(self, transport: httpx.AsyncBaseTransport, connect: float, read: float) -> None:
        self._transport = transport
        self._extensions = {"timeout": {"connect": connect, "read": read, "write": read, "pool": None}}

    async def open(self, request: Request) -> HttpxAnswer:
        """Send and wait for the head of the answer."""
        message = httpx.Request(
            request.method, request.url, headers=dict(request.headers), content=request.content or None, extensions=self._extensions
        )
        with _ours():
            response = await self._transport.handle_async_request(message)
        response.request = message
        return HttpxAnswer(response, request.where)

    async def close(self) -> None:
        """Close the transport."""
        await self._transport.aclose()


class HttpxAnswer:
    """An httpx response as an answer."""

    def __init__(self, response: httpx.Response, where: str) -> None:
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self._response, self._where = response, where

    async def read(self, cap: int) -> bytes:
        """The whole body."""
        body = bytearray()
        async with aclosing(self.chunks()) as chunks:
            async for chunk in chunks:
                body += chunk
                if len(body) > cap:
                    raise too_large(self._where, cap)
        return bytes(body)

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """The body as it arrives."""
        with _ours():
            async for chunk in self._response.aiter_bytes():
                yield chunk

    async def close(self) -> None:
        """Give the connection back."""
        await self._response.aclose()


def network(connections: int, trust: ssl.SSLContext | None, proxy: str | None) -> httpx.AsyncHTTPTransport:
    """httpx's transport for a catalog that is not in this process."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=30.0)
    return httpx.AsyncHTTPTransport(verify=trust or False, trust_env=False, limits=limits, proxy=proxy)


@contextmanager
def _ours() -> Iterator[None]:
    """httpx's failures as a WireError; what was never sent is told apart from what may have been."""
    try:
        yield
    except httpx.TransportError as error:
        text = f"{type(error).__name__} {error}".strip()
        final = "CERTIFICATE_VERIFY_FAILED" in text or isinstance(error, httpx.UnsupportedProtocol)
        timeout = isinstance(error, httpx.TimeoutException)
        raise WireError(text, sent=not isinstance(error, UNSENT), timeout=timeout, final=final) from None
    except httpx.DecodingError as error:
        raise WireError(f"the compressed answer is broken: {error}", sent=True) from None
