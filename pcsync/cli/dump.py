"""``pcsync dump``: manifests of what a catalog holds, to start from or to compare with."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from pcsync.cli.options import GlobalOptions, concurrency, credential, option, target


@click.command("dump")
@click.argument("collections", nargs=-1)
@target
@credential
@option("--to", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), help="Write one manifest file each into this folder.")
@concurrency(32)
@click.pass_obj
def command(
    options: GlobalOptions,
    collections: tuple[str, ...],
    target: str | None,
    endpoint: str | None,
    credential: str,
    to: Path | None,
    concurrency: int,
) -> int:
    """Write manifests that declare what the catalog holds: all of it, or the COLLECTIONS named.

    Without --to they go to stdout as one YAML stream. Files of collection assets other than the thumbnail, SAS tokens and what the
    service does not give back (an index flag, a data type) cannot be dumped; what is left out is said on stderr.
    """
    from pcsync.cli.dumping import Dump
    from pcsync.cli.printing import Printer
    from pcsync.cli.wiring import wire

    wiring = wire(options, target, endpoint)
    printer = Printer(options)

    async def run() -> int:
        async with wiring.catalog(credential, concurrency) as catalog:
            return await Dump(catalog, printer, to, concurrency).run(collections)

    return asyncio.run(run())
