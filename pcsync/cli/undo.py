"""``pcsync undo``: the way back from the last apply, as a plan that is shown and asked about."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcsync.cli.options import GlobalOptions, concurrency, credential, option, output, target

if TYPE_CHECKING:
    from pcsync.cli.applying import Applying
    from pcsync.cli.interrupt import Interrupt
    from pcsync.client.http import Catalog
    from pcsync.reconcile.undo import Record, Undo

BORN_WITH = frozenset({("mosaic", "default")})  # what every new collection holds without anybody's doing


@click.command("undo")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@target
@credential
@output
@option("--yes", is_flag=True, help="Do not ask; needed where no terminal is.")
@concurrency(64)
@click.pass_obj
def command(
    options: GlobalOptions,
    file: Path | None,
    target: str | None,
    endpoint: str | None,
    credential: str,
    outputs: tuple[str, ...],
    yes: bool,
    concurrency: int,
) -> int:
    """Take back the last apply, or the one whose undo FILE is named: delete what it created, put back what it changed or deleted.

    Every touched resource is read first; if one is no longer as that apply left it, nothing is written (exit 5). What cannot be
    undone is named. Collections with items are never deleted.
    """
    from pcsync.cli.applying import Applying
    from pcsync.cli.consent import require_consent
    from pcsync.cli.keeping import latest, read
    from pcsync.cli.printing import Printer
    from pcsync.cli.saved import require_target
    from pcsync.cli.wiring import wire

    wiring = wire(options, target, endpoint, credential)
    require_consent(wiring, yes, instead="put the manifests back in Git, plan, have that reviewed, apply")
    printer = Printer(options, outputs, wiring.project.root)
    printer.require_valid("outcome")
    record = read(file or latest(wiring.project.root, wiring.target))
    require_target(record, wiring.target)
    return undone(Applying(wiring, printer, credential, concurrency, 1), record, ask=not yes)


def undone(applying: Applying, record: Record, *, ask: bool) -> int:
    """Show the inverse of an apply, ask, make it so."""
    from pcsync.cli.journaling import Interrupted

    async def run(interrupt: Interrupt) -> int:
        async with applying.wiring.catalog(applying.credential, applying.reads) as catalog:
            back = await _inverse(record, catalog, applying)
            applying.show(back.plan)
            for line in back.impossible:
                applying.printer.say(f"cannot be undone: {line}")
            if not back.plan.changes:
                applying.printer.say("there is nothing to undo")
                return 0
            if ask and not await asyncio.to_thread(click.confirm, "Undo this?", default=False, err=True):
                applying.printer.say("nothing was changed")
                return 1
            return await applying.carry_out(back.plan, catalog, interrupt, Interrupted(applying.wiring.project.root))

    return applying.alone(run)


async def _inverse(record: Record, catalog: Catalog, applying: Applying) -> Undo:
    from pcsync.kinds import KINDS
    from pcsync.reconcile.touched import read_again
    from pcsync.reconcile.undo import created_collections, inverse, touched

    reader = catalog.reader()
    seen = await read_again(touched(record), KINDS, reader, concurrency=applying.reads)
    occupied = {it: why for it in created_collections(record) if (why := await _occupied(it, record, catalog))}
    return inverse(record, seen, KINDS, occupied)


async def _occupied(collection: str, record: Record, catalog: Catalog) -> str:
    """Why a collection that the apply created must stay; "" when it may go."""
    from pcsync.kinds import KINDS
    from pcsync.kinds.partition_type import items_path
    from pcsync.reconcile.observe import observe
    from pcsync.reconcile.undo import strangers

    found = await catalog.reader().get(items_path(collection))
    if found and found.get("features"):
        return "it has items, and a collection with items is never deleted by undo"
    kinds = [kind for kind in KINDS.values() if kind.section]
    observation = await observe(collection, kinds, catalog.reader())
    if observation.unknown:
        return f"what else is in it cannot be read: {observation.unknown[0].reason}"
    others = [key for key in strangers(record, observation.live) if (key.kind, key.name) not in BORN_WITH]
    return f"somebody else put {others[0]} into it" if others else ""
