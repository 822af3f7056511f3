"""``pcsync plan``: what apply would change."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcsync.cli.options import (
    Allowance,
    GlobalOptions,
    allowance,
    concurrency,
    credential,
    max_pictures,
    only,
    option,
    output,
    target,
    validate,
)
from pcsync.core.errors import UsageError

if TYPE_CHECKING:
    from pcsync.core.plan import Plan
    from pcsync.core.shard import Shard
    from pcsync.seeing.preview.run import Preview

CHANGES_EXIT = 2


@click.command("plan")
@target
@credential
@only
@option("--shard", metavar="I/N", help="Plan part I of N of the collections; pcsync merge puts the parts together.")
@output
@option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Save the plan for pcsync apply FILE.")
@allowance
@validate
@option("--detailed-exitcode", is_flag=True, help="Exit 2 when there is something to change.")
@option("--preview", is_flag=True, help="Draw before and after of what looks different, as pcsync preview does.")
@option(
    "--pictures",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="With --preview: folder for the pictures and their index.json (default: .pcsync/preview of the project).",
)
@max_pictures
@option("--show-unmanaged", is_flag=True, help="List what the catalog holds and no manifest declares.")
@concurrency(64)
@click.pass_obj
def command(
    options: GlobalOptions,
    target: str | None,
    endpoint: str | None,
    credential: str,
    only: tuple[str, ...],
    shard: str | None,
    outputs: tuple[str, ...],
    out: Path | None,
    detailed_exitcode: bool,
    show_unmanaged: bool,
    concurrency: int,
    allowance: Allowance,
    validate: bool,
    preview: bool,
    pictures: Path | None,
    max_pictures: int,
) -> int:
    """Compare the manifests with the catalog and show what apply would change. Changes nothing.

    With --shard I/N, N jobs plan one catalog side by side: each reads its own share of the collections, chosen by a hash of the id, and
    shard 1 the ingestion sources.

    Exit code 0; 2 with --detailed-exitcode when there are changes; 1 when part of the catalog could not be read; 3 when a manifest is
    invalid.
    """
    from pcsync.cli.planning import plan_on, state_of
    from pcsync.cli.printing import Printer
    from pcsync.cli.wiring import wire

    wiring = wire(options, target, endpoint, credential)
    printer = Printer(options, outputs, wiring.project.root)
    printer.require_valid("plan")
    part = parsed(shard)
    state = state_of(wiring, validate=validate)

    async def run() -> tuple[Plan, Preview | None]:
        async with wiring.catalog(credential, concurrency) as catalog:
            plan = await plan_on(
                catalog,
                wiring,
                state,
                printer,
                only=only,
                concurrency=concurrency,
                unmanaged=show_unmanaged,
                allowance=allowance,
                unasked=not validate,
                shard=part,
            )
            if not preview:
                return plan, None
            from pcsync.cli.previewing import previewed

            return plan, await previewed(catalog, wiring, printer, plan, state, max_pictures)

    try:
        plan, seen = asyncio.run(run())
    finally:
        state.close()
    printer.plan(plan, unmanaged=show_unmanaged, pictures=seen.comparisons if seen else None)
    if seen:
        from pcsync.cli.previewing import keep

        keep(wiring, printer, pictures, plan, seen)
    if out:
        from pcsync.cli.saved import save

        save(plan, out)
        use = "apply exactly this with: pcsync apply" if part is None else "with the other shards: pcsync merge"
        printer.say(f"saved to {out}; {use} {out}")
    return exit_code(plan, detailed_exitcode)


def parsed(shard: str | None) -> Shard | None:
    """The shard that was asked for. Raises UsageError for what is none."""
    from pcsync.core.shard import Shard

    try:
        return Shard.parse(shard) if shard else None
    except ValueError:
        what = f"{shard!r} is no shard"
        raise UsageError(what, where="--shard", fix="write the number of the part and how many there are: 1/4 to 4/4") from None


def exit_code(plan: Plan, detailed: bool) -> int:
    """0, or 1 for a plan that could not be completed, or 2 for changes where that was asked for."""
    if not plan.complete:
        return 1
    return CHANGES_EXIT if detailed and plan.changes else 0
