"""``pcsync preview``: what a plan looks like, before and after."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcsync.cli.options import Allowance, GlobalOptions, concurrency, credential, max_pictures, only, option, output, target

if TYPE_CHECKING:
    from pcsync.core.plan import Plan
    from pcsync.seeing.preview.run import Preview


@click.command("preview")
@click.argument("plan", required=False, type=click.Path(dir_okay=False, path_type=Path))
@target
@credential
@only
@output
@option(
    "--out",
    metavar="DIR",
    envvar="PCSYNC_PREVIEW_OUT",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the pictures and their index.json (default: .pcsync/preview of the project).",
)
@max_pictures
@concurrency(64)
@click.pass_obj
def command(
    options: GlobalOptions,
    plan: Path | None,
    target: str | None,
    endpoint: str | None,
    credential: str,
    only: tuple[str, ...],
    outputs: tuple[str, ...],
    out: Path | None,
    max_pictures: int,
    concurrency: int,
) -> int:
    """Draw the map before and after what would change, or what a saved PLAN would. Changes nothing.

    Every layer whose pixels a render option, mosaic or tile setting changes is drawn with the live and with the proposed parameters, at
    the collection's default location or over one of its items, or where `preview:` in its manifest says. A picture that cannot be had
    says why. Exit code 0; 1 when part of the catalog could not be read.
    """
    from pcsync.cli.planning import plan_on, state_of
    from pcsync.cli.previewing import keep, previewed
    from pcsync.cli.printing import Printer
    from pcsync.cli.saved import read, require_target
    from pcsync.cli.wiring import wire
    from pcsync.core.errors import UsageError

    if plan and only:
        raise UsageError("a saved plan is looked at whole", where="--only", fix="plan with --only instead")
    wiring = wire(options, target, endpoint)
    printer = Printer(options, outputs, wiring.project.root)
    printer.require_valid("preview")
    saved = read(plan) if plan else None
    if saved:
        require_target(saved, wiring.target)
    state = None if saved else state_of(wiring, validate=False)

    async def run() -> tuple[Plan, Preview]:
        async with wiring.catalog(credential, concurrency) as catalog:
            made = saved
            if state:
                made = await plan_on(
                    catalog, wiring, state, printer, only=only, concurrency=concurrency, unmanaged=False, allowance=Allowance()
                )
            assert made is not None  # noqa: S101  there is a state where no plan was saved
            return made, await previewed(catalog, wiring, printer, made, state, max_pictures)

    try:
        shown, found = asyncio.run(run())
    finally:
        if state:
            state.close()
    printer.preview(shown, found.comparisons)
    keep(wiring, printer, out, shown, found)
    return 0 if shown.complete else 1
