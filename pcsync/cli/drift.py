"""``pcsync drift``: what somebody changed on the catalog since the last apply."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from pcsync.cli.options import GlobalOptions, concurrency, credential, only, option, output, target

if TYPE_CHECKING:
    from pcsync.core.plan import Plan

DRIFT_EXIT = 2


@click.command("drift")
@target
@credential
@only
@output
@option("--detailed-exitcode", is_flag=True, help="Exit 2 when something drifted.")
@concurrency(64)
@click.pass_obj
def command(
    options: GlobalOptions,
    target: str | None,
    endpoint: str | None,
    credential: str,
    only: tuple[str, ...],
    outputs: tuple[str, ...],
    detailed_exitcode: bool,
    concurrency: int,
) -> int:
    """Show what somebody changed on the catalog since pcsync last wrote it; changes of the manifests are not shown. Changes nothing.

    Exit code 0; 2 with --detailed-exitcode when something drifted; 1 when part of the catalog could not be read.
    """
    from pcsync.cli.desired import ManifestState
    from pcsync.cli.planning import plan_on
    from pcsync.cli.printing import Printer
    from pcsync.cli.wiring import wire

    wiring = wire(options, target, endpoint, credential)
    printer = Printer(options, outputs, wiring.project.root)
    printer.require_valid("plan")
    state = ManifestState(wiring.project.files(), wiring.context)

    async def run() -> Plan:
        async with wiring.catalog(credential, concurrency) as catalog:
            return await plan_on(catalog, wiring, state, printer, only=only, concurrency=concurrency, unmanaged=False)

    try:
        plan = drifted(asyncio.run(run()))
    finally:
        state.close()
    printer.plan(plan)
    if not plan.complete:
        return 1
    return DRIFT_EXIT if detailed_exitcode and plan.changes else 0


def drifted(plan: Plan) -> Plan:
    """Of a plan what somebody else's edits are the reason for: drift, conflicts, and collections that another owner took."""
    return replace(plan, changes=tuple(it for it in plan.changes if it.drift or it.refused_by), checks=(), seals=())
