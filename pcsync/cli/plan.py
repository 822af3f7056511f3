"""``pcsync plan``: what apply would change."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcsync.cli.options import Allowance, GlobalOptions, allowance, concurrency, credential, only, option, output, target, validate

if TYPE_CHECKING:
    from pcsync.core.plan import Plan

CHANGES_EXIT = 2


@click.command("plan")
@target
@credential
@only
@output
@option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Save the plan for pcsync apply FILE.")
@allowance
@validate
@option("--detailed-exitcode", is_flag=True, help="Exit 2 when there is something to change.")
@option("--show-unmanaged", is_flag=True, help="List what the catalog holds and no manifest declares.")
@concurrency(64)
@click.pass_obj
def command(
    options: GlobalOptions,
    target: str | None,
    endpoint: str | None,
    credential: str,
    only: tuple[str, ...],
    outputs: tuple[str, ...],
    out: Path | None,
    detailed_exitcode: bool,
    show_unmanaged: bool,
    concurrency: int,
    allowance: Allowance,
    validate: bool,
) -> int:
    """Compare the manifests with the catalog and show what apply would change. Changes nothing.

    Exit code 0; 2 with --detailed-exitcode when there are changes; 1 when part of the catalog could not be read; 3 when a manifest is
    invalid.
    """
    from pcsync.cli.planning import plan_on, state_of
    from pcsync.cli.printing import Printer
    from pcsync.cli.wiring import wire

    wiring = wire(options, target, endpoint, credential)
    printer = Printer(options, outputs, wiring.project.root)
    printer.require_valid("plan")
    state = state_of(wiring, validate=validate)

    async def run() -> Plan:
        async with wiring.catalog(credential, concurrency) as catalog:
            return await plan_on(
                catalog,
                wiring,
                state,
                printer,
                only=only,
                concurrency=concurrency,
                unmanaged=show_unmanaged,
                allowance=allowance,
                unasked=not validate,
            )

    try:
        plan = asyncio.run(run())
    finally:
        state.close()
    printer.plan(plan, unmanaged=show_unmanaged)
    if out:
        from pcsync.cli.saved import save

        save(plan, out)
        printer.say(f"saved to {out}; apply exactly this with: pcsync apply {out}")
    return exit_code(plan, detailed_exitcode)


def exit_code(plan: Plan, detailed: bool) -> int:
    """0, or 1 for a plan that could not be completed, or 2 for changes where that was asked for."""
    if not plan.complete:
        return 1
    return CHANGES_EXIT if detailed and plan.changes else 0
