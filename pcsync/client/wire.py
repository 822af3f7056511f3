"""What an HTTP library has to offer to carry our requests: nothing but one request and its answer.

No retry, no token, no redirect, no cookie: those are the exchange's. There are two wires: ``httpx_wire`` for writes, tests
and the in-process emulator, ``bulk`` for reading at speed.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

from pcsync.core.errors import ServiceError


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it goes over the wire; ``where`` is what people are told of it (method and path)."""

    method: str
    url: str
    where: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes = field(default=b"", repr=False)


class WireError(Exception):
    """No whole answer came. ``sent`` is False when the catalog cannot have seen the request; ``final`` when repeating is no use."""

    def __init__(self, text: str, *, sent: bool, timeout: bool = False, final: bool = False) -> None:
        super().__init__(text)
        self.sent, self.timeout, self.final = sent, timeout, final


class Answer(Protocol):
    """An answer whose status and headers are here and whose body may still be on its way. Header names match in any case."""

    status: int
    headers: Mapping[str, str]

    async def read(self, cap: int) -> bytes:
        """The whole body, decompressed. Raises WireError when it breaks off, ServiceError beyond ``cap`` bytes."""

    def chunks(self) -> AsyncGenerator[bytes, None]:
        """The body as it arrives, decompressed, in pieces of any size. Raises WireError when it breaks off."""

    async def close(self) -> None:
        """Give the connection back, or up when the body was not read to its end."""


class Wire(Protocol):
    """One way to send a request."""

    async def open(self, request: Request) -> Answer:
        """Send it and wait for the head of the answer. Raises WireError."""

    async def close(self) -> None:
        """Close every connection."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. ``uncertain`` says that an earlier attempt of the same request may have reached the catalog.

    ``hidden`` are texts of the request that no message may show, should the answer quote them.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    request: Request
    uncertain: bool = False
    hidden: tuple[str, ...] = field(default=(), repr=False)

    def json(self) -> Any:
        """The decoded body. Raises ServiceError when it is not JSON."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise not_json(self) from None


def not_json(reply: Reply) -> ServiceError:
    """The complaint about an answer that should have been JSON; its text is not shown, it may be anything."""
    kind = reply.headers.get("content-type", "no content type").split(";")[0]
    return ServiceError(
        f"the catalog answered {reply.status} with something that is not JSON ({kind}, {len(reply.body):,} bytes)",
        where=reply.request.where,
        fix="check that the endpoint is a GeoCatalog and that no proxy answers in its place",
    )


def too_large(where: str, cap: int) -> ServiceError:
    """The complaint about an answer beyond what is sensible to hold in memory."""
    return ServiceError(f"the answer is larger than {cap:,} bytes", where=where)
