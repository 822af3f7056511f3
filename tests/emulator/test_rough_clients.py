"""Clients that are slow, endless, packed or gone: each is refused in words or waited for, and nobody else notices."""

from __future__ import annotations

import gzip
import resource
import socket
import sys
import time
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import httpx
import pytest

from pcsync.emulator import create_app

from .catalog import Catalog, asset_form
from .port import on_port

VERSION = b"?api-version=2026-04-15 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
JSON = {"content-type": "application/json"}
SPACES = b" " * 100_000_000
BOMBS = {"gzip": gzip.compress(SPACES, 1), "deflate": zlib.compress(SPACES, 1)}
WRITES = ("/stac/collections", "/stac/collections/naip/items", "/stac/search", "/inma/ingestion-sources", "/data/mosaic/register")


def _peak() -> float:
    """MB that this process has taken at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize("how", ["gzip", "deflate", "br", "gzip, gzip", "x" * 500])
async def test_a_packed_body_is_refused_without_being_unpacked(naip: Catalog, path: str, how: str) -> None:
    """100 MB of spaces in half a megabyte."""
    before = _peak()  # the bombs were made before
    reply = await naip.post(path, content=BOMBS.get(how, b"x"), headers={**JSON, "content-encoding": how})

    assert reply.status_code == 415
    assert "Content-Encoding" in reply.text
    assert _peak() - before < 50


@pytest.mark.parametrize("path", WRITES)
async def test_an_endless_body_is_cut_off_at_the_limit(naip: Catalog, path: str) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 100_000_000:
            sent += 100_000
            yield b" " * 100_000

    reply = await naip.post(path, content=endless(), headers=JSON)

    assert reply.status_code == 413
    assert sent <= 10_200_000


async def test_a_length_beyond_the_limit_is_refused_before_the_body_is_read(naip: Catalog) -> None:
    async def unread() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    reply = await naip.post("/stac/collections", content=unread(), headers={**JSON, "content-length": "10000000000"})

    assert reply.status_code == 413


async def test_an_upload_with_too_many_parts_is_refused(naip: Catalog) -> None:
    parts = [*asset_form().items(), *((f"more{number}", (f"{number}.png", b"x")) for number in range(50))]
    reply = await naip.post("/stac/collections/naip/assets", files=parts)

    assert reply.status_code == 400


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    with on_port(create_app(":memory:")) as url:
        yield url


HALVES = (
    b"GET /stac/collections HTTP/1.1\r\nHost: x\r\n",
    b"POST /stac/collections" + VERSION + b"Content-Length: 5000\r\n\r\n{",
    b"POST /stac/search" + VERSION + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{",
    b"",
)


@pytest.mark.parametrize("half", HALVES, ids=["head", "body", "chunk", "nothing"])
def test_clients_that_stop_in_the_middle_keep_nobody_waiting(served: str, half: bytes) -> None:
    host, _, port = served.removeprefix("http://").partition(":")
    with ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(socket.create_connection((host, int(port)))).sendall(half)
        began = time.monotonic()
        reply = httpx.get(f"{served}/stac/conformance", params={"api-version": "2026-04-15"})

    assert reply.json()["conformsTo"]
    assert time.monotonic() - began < 5
    after = httpx.get(f"{served}/stac/conformance", params={"api-version": "2026-04-15"})  # now that they are gone without an answer
    assert after.status_code == 200


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /stac/collections?api-version=2026-04-15 FTP",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET  HTTP/1.1",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1",
        b"POST /stac/search?api-version=2026-04-15 HTTP/1.1\r\nContent-Length: -1",
    ],
    ids=["version", "tls", "no path", "long", "negative"],
)
def test_what_is_no_http_is_refused_or_dropped(served: str, request_line: bytes) -> None:
    host, _, port = served.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as client:
        client.sendall(request_line + b"\r\nHost: x\r\n\r\n")
        try:
            answer = client.recv(1_000)
        except ConnectionResetError:
            answer = b""

    assert answer == b"" or b" 4" in answer[:13]
    assert httpx.get(f"{served}/stac/conformance", params={"api-version": "2026-04-15"}).status_code == 200
