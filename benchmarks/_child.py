"""What runs in a process of its own, so that its time and memory are its own.

``python -m benchmarks._child pcsync plan ...`` is the pcsync command line; ``... gets ORIGIN COLLECTIONS CONNECTIONS`` the bare
requests of a full read. The last line on standard error is JSON: CPU seconds and peak memory (MB) of this process alone.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

GETS = ("configurations", "queryables")


def gets(origin: str, collections: int, connections: int) -> int:
    """The listing and two reads of each collection over bare aiohttp; bodies are read and dropped."""
    import asyncio

    import aiohttp

    every = (f"{origin}/stac/collections/scene-{index:06d}/{part}?api-version=x" for index in range(collections) for part in GETS)

    async def run() -> None:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections + 1)) as session:

            async def listing() -> None:
                async with session.get(f"{origin}/stac/collections?sign=false&api-version=x") as response:
                    while await response.content.readany():
                        pass

            async def work() -> None:
                for url in every:
                    async with session.get(url) as response:
                        await response.read()

            await asyncio.gather(listing(), *(work() for _ in range(connections)))

    asyncio.run(run())
    return 0


def pcsync(*arguments: str) -> int:
    """The command line as it is started by the pcsync script."""
    from pcsync.cli.main import main

    return main(list(arguments))


def peak() -> float:
    """The most memory this process ever held, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss would count what the parent held before this program was loaded
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 2**20)


def report(code: int) -> None:
    """Say what this process took, and end."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    sys.stdout.flush()
    print("\n" + json.dumps({"cpu": usage.ru_utime + usage.ru_stime, "peak": peak()}), file=sys.stderr, flush=True)
    sys.exit(code)


if __name__ == "__main__":
    if sys.argv[1] == "gets":
        report(gets(sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
    report(pcsync(*sys.argv[2:]))
