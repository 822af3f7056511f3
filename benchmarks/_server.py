"""A fast local GeoCatalog that only reads, with injected latency, in a process of its own.

A bare asyncio protocol: it has to cost so little that what is measured is the client. Bodies are made when first asked for and
kept. ``with serving(1000, latency=0.02) as origin`` runs it; ``python -m benchmarks._server`` does so by hand. It counts what it
is asked for; ``asked(origin)`` takes the counts since the last time.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import socket
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import orjson

from benchmarks import _catalog
from benchmarks._owned import marker
from pcsync.core.ownership import MARKER

NOT_FOUND = b'{"error":{"code":"ResourceNotFound","message":"not found"}}'
COUNTS = "/-/counts"
Site = Callable[[str], bytes | None]
"""From a path without its query to the JSON body, None for 404."""


def catalog_site(collections: int, origin: str) -> Site:
    """All that a plan reads of ``collections`` generated collections: 1 + 2 N requests, and the partition types if asked."""

    def collection(index: int) -> bytes:
        return orjson.dumps(_catalog.jsonb(_catalog.served(index, origin) | {MARKER: marker(index, origin)}))

    @cache
    def listing() -> bytes:
        bodies = b",".join(map(collection, range(collections)))
        return b'{"collections":[' + bodies + b'],"links":[]}'

    @cache
    def answer(path: str) -> bytes | None:
        if path.startswith("/inma/"):
            return b'{"value":[]}'
        _, _, _, ident, *rest = [unquote(part) for part in path.split("/")]
        index = int(ident.rsplit("-", 1)[-1]) if ident.rsplit("-", 1)[-1].isdecimal() else -1
        if not 0 <= index < collections or ident != _catalog.name(index):
            return None
        match rest:
            case []:
                return collection(index)
            case ["configurations"]:
                return orjson.dumps(_catalog.configurations(index))
            case ["queryables"]:
                return orjson.dumps(_catalog.queryables_schema(index, origin))
            case ["configurations", "tile-settings"]:
                return orjson.dumps(_catalog.tile_settings(index))
            case ["configurations", "mosaics"]:
                return orjson.dumps(_catalog.mosaics(index))
            case ["configurations", "render-options"]:
                return orjson.dumps(_catalog.configurations(index)["mosaicInfo"]["renderOptions"])
            case ["configurations", "partition-type"]:
                return b'{"scheme":"none"}'
        return None

    listing()  # made before anybody waits for it; the small ones too, or the first reader pays for them
    for index in range(collections):
        base = f"/stac/collections/{_catalog.name(index)}"
        answer(f"{base}/configurations")
        answer(f"{base}/queryables")
    return lambda path: listing() if path == "/stac/collections" else answer(path)


class Reading(asyncio.Protocol):
    """One connection: GETs only, one after the other; each answer after ``latency`` seconds."""

    def __init__(self, site: Site, latency: float, counts: Counter[str]) -> None:
        self._site, self._latency, self._counts = site, latency, counts
        self._buffer = b""
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]  # asyncio hands out the wider type

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head, self._buffer = self._buffer[:end], self._buffer[end + 4 :]
            target = head[4 : head.index(b" ", 4)].partition(b"?")[0].decode()
            if target == COUNTS:
                self._write(_response(b"200 OK", orjson.dumps(self._counts)))
                self._counts.clear()
                continue
            self._counts[target.rsplit("/", 1)[1]] += 1
            body = self._site(target)
            status, body = (b"200 OK", body) if body is not None else (b"404 Not Found", NOT_FOUND)
            self._loop.call_later(self._latency, self._write, _response(status, body))

    def _write(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


def _response(status: bytes, body: bytes) -> bytes:
    return b"HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (status, len(body), body)


async def serve(collections: int, latency: float) -> None:
    """Serve until killed; the first line on standard output is the origin."""
    loop = asyncio.get_running_loop()
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    site = catalog_site(collections, origin)  # its links name the port
    counts: Counter[str] = Counter()
    server = await loop.create_server(lambda: Reading(site, latency, counts), sock=listener)
    gc.collect()
    gc.freeze()
    gc.disable()
    print(origin, flush=True)
    await server.serve_forever()


@contextmanager
def serving(collections: int, latency: float, prefix: Sequence[str] = ()) -> Iterator[str]:
    """The origin of a running server; ``prefix`` goes before its command line (``taskset -c 1``)."""
    command = [*prefix, sys.executable, "-m", "benchmarks._server", str(collections), str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def asked(origin: str) -> Counter[str]:
    """How often each sort of path was read, by its last segment; counting starts again from nothing."""
    with urllib.request.urlopen(origin + COUNTS) as response:  # noqa: S310  our own server
        return Counter(orjson.loads(response.read()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="a read-only GeoCatalog with injected latency")
    parser.add_argument("collections", type=int)
    parser.add_argument("latency", type=float, help="seconds")
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.collections, arguments.latency))
