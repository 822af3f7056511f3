"""The bulk reader against what latency alone allows.

``python -m benchmarks.reader`` prints, for 32, 64 and 128 connections, requests per second and the share of the ideal
(connections / latency) of: bare asyncio (what this server and machine can do), bare aiohttp, our reader, and httpx for comparison.
Candidates take turns within one run and the best of the rounds counts, for other work on the machine only ever slows one down.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice

import aiohttp
import httpx
import orjson

from benchmarks import _catalog
from benchmarks._server import serving
from pcsync.client.auth import StaticToken
from pcsync.client.http import Catalog, Limits

TOKEN = "t" * 1800  # as long as an Entra token
COLLECTIONS = 1000
Run = Callable[[str, Iterator[str], int], Awaitable[None]]


def paths(count: int) -> Iterator[str]:
    """The two reads of each collection, round and round."""
    parts = ("configurations", "queryables")
    every = [f"/stac/collections/{_catalog.name(index)}/{part}" for index in range(COLLECTIONS) for part in parts]
    return islice((path for _ in range(1 + count // len(every)) for path in every), count)


async def crew(connections: int, work: Callable[[], Awaitable[None]]) -> None:
    """So many workers side by side."""
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(work())  # type: ignore[arg-type]  # an async function's call is a coroutine


async def bare(origin: str, todo: Iterator[str], connections: int) -> None:
    """asyncio streams and nothing else: what the server can give."""
    port = int(origin.rsplit(":", 1)[1])

    async def work() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for path in todo:
            writer.write(f"GET {path}?api-version=x HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {TOKEN}\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            orjson.loads(await reader.readexactly(int(head.rsplit(b":", 1)[1])))
        writer.close()

    await crew(connections, work)


async def bare_aiohttp(origin: str, todo: Iterator[str], connections: int) -> None:
    """aiohttp's own session: the concurrent GETs a script would make."""
    headers = {"authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections), headers=headers) as session:

        async def work() -> None:
            for path in todo:
                async with session.get(f"{origin}{path}?api-version=x") as response:
                    orjson.loads(await response.read())

        await crew(connections, work)


async def ours(origin: str, todo: Iterator[str], connections: int) -> None:
    """The reader that planning uses, with its token, limiter and retries."""
    async with Catalog(origin, StaticToken(TOKEN), limits=Limits(concurrency=connections)) as catalog:
        reader = catalog.reader()

        async def work() -> None:
            for path in todo:
                await reader.get(path)

        await crew(connections, work)


async def plain_httpx(origin: str, todo: Iterator[str], connections: int) -> None:
    """httpx's client with as many connections."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    async with httpx.AsyncClient(headers={"authorization": f"Bearer {TOKEN}"}, limits=limits, timeout=60) as client:

        async def work() -> None:
            for path in islice(todo, 15):
                orjson.loads((await client.get(f"{origin}{path}?api-version=x")).content)

        await crew(connections, work)


CANDIDATES: dict[str, Run] = {"bare asyncio": bare, "bare aiohttp": bare_aiohttp, "pcsync": ours}


def measured(run: Run, origin: str, count: int, connections: int) -> tuple[float, float]:
    """Requests per second, and microseconds of our own CPU per request."""
    done = 0

    def counted() -> Iterator[str]:
        nonlocal done
        for path in paths(count):
            done += 1
            yield path

    began, cpu = time.perf_counter(), time.process_time()
    asyncio.run(run(origin, counted(), connections))  # type: ignore[arg-type]  # every candidate is a coroutine function
    return done / (time.perf_counter() - began), (time.process_time() - cpu) / done * 1e6


def listing(origin: str) -> None:
    """The streamed listing against decoding the whole at once."""

    async def stream() -> int:
        async with Catalog(origin) as catalog:
            return len([None async for _ in catalog.members("/stac/collections?sign=false", "collections")])

    async def whole() -> int:
        async with Catalog(origin) as catalog:
            return len((await catalog.get("/stac/collections?sign=false"))["collections"])

    for label, work in (("streamed", stream), ("whole", whole), ("streamed", stream), ("whole", whole)):
        began = time.perf_counter()
        count = asyncio.run(work())
        print(f"listing of {count} collections, {label}: {(time.perf_counter() - began) / count * 1e6:.0f} µs a collection")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--latency", type=float, default=0.02, help="seconds")
    parser.add_argument("--requests", type=int, default=6000)
    parser.add_argument("--connections", type=int, nargs="+", default=[32, 64, 128])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--httpx", action="store_true", help="also measure httpx (slow)")
    parser.add_argument("--pin", action="store_true", help="server on the second core (taskset)")
    arguments = parser.parse_args()
    candidates = CANDIDATES | ({"httpx": plain_httpx} if arguments.httpx else {})
    with serving(COLLECTIONS, arguments.latency, ("taskset", "-c", "1") if arguments.pin else ()) as origin:
        for connections in arguments.connections:
            ideal = connections / arguments.latency
            best = dict.fromkeys(candidates, (0.0, 0.0))
            for _ in range(arguments.rounds):
                for label, run in candidates.items():
                    best[label] = max(best[label], measured(run, origin, arguments.requests, connections))
            for label, (rate, cpu) in best.items():
                share = f"{rate:7.0f} req/s  {rate / ideal:6.1%} of ideal"
                print(f"{connections:4} connections  {label:13} {share}  {cpu:5.0f} µs CPU a request")
        listing(origin)


if __name__ == "__main__":
    main()
