"""The way to an endpoint, step by step: its name, its certificate. For diagnosis; requests take the wires."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pcsync.client.clock import Clock
from pcsync.client.endpoint import PORTS, Endpoint
from pcsync.core.errors import ServiceError

PATIENCE = 10.0  # seconds for each step


@dataclass(frozen=True, slots=True)
class Resolved:
    """The addresses of a host, and how many seconds it took to learn them."""

    addresses: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Greeted:
    """A TLS handshake: protocol, until when the certificate holds (seconds since 1970), who issued it, seconds it took."""

    protocol: str
    until: float
    issuer: str
    seconds: float


async def resolve(endpoint: Endpoint, clock: Clock) -> Resolved:
    """The addresses of the endpoint's host. Raises ServiceError."""
    host, port = _place(endpoint)
    started = clock.monotonic()
    try:
        async with asyncio.timeout(PATIENCE):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as wrong:  # TimeoutError is an OSError; UnicodeError: a host name that cannot be one
        why = getattr(wrong, "strerror", None) or ("no answer in time" if isinstance(wrong, TimeoutError) else "it is no host name")
        raise ServiceError(f"the name {host} cannot be resolved: {why}", fix="check the endpoint, DNS and VPN") from None
    return Resolved(tuple(dict.fromkeys(str(it[4][0]) for it in found)), clock.monotonic() - started)


async def greet(endpoint: Endpoint, clock: Clock) -> Greeted:
    """Shake hands as every request would. Raises ServiceError."""
    import httpx

    host, port = _place(endpoint)
    started = clock.monotonic()
    try:
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(host, port, ssl=httpx.create_ssl_context())
    except ssl.SSLError as wrong:
        fix = "SSL_CERT_FILE may name the authority of a proxy that looks into TLS; else check the endpoint and this machine's clock"
        raise ServiceError(
            f"TLS with {host}:{port} fails: {getattr(wrong, 'verify_message', '') or wrong.reason or wrong}", fix=fix
        ) from None
    except OSError as wrong:
        why = "no answer in time" if isinstance(wrong, TimeoutError) else wrong.strerror or "refused"
        raise ServiceError(f"no connection to {host}:{port}: {why}", fix="check the network, a firewall and HTTPS_PROXY") from None
    try:
        return _greeted(writer.get_extra_info("ssl_object"), clock.monotonic() - started)
    finally:
        writer.close()


def _greeted(shaken: Any, seconds: float) -> Greeted:
    certificate = shaken.getpeercert() or {}
    issuer = dict(pair for group in certificate.get("issuer", ()) for pair in group)
    until = ssl.cert_time_to_seconds(certificate["notAfter"]) if "notAfter" in certificate else 0.0
    return Greeted(
        str(shaken.version()), float(until), str(issuer.get("organizationName") or issuer.get("commonName") or "unknown"), seconds
    )


def _place(endpoint: Endpoint) -> tuple[str, int]:
    parts = urlsplit(endpoint.url)
    return parts.hostname or "", parts.port or PORTS[parts.scheme]
