"""``pcsync merge``: the plans of all shards as one."""

from __future__ import annotations

from pathlib import Path

import click

from pcsync.cli.options import GlobalOptions, option, output


@click.command("merge")
@click.argument("plans", nargs=-1, required=True, metavar="PLAN...", type=click.Path(dir_okay=False, path_type=Path))
@option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Save the plan for pcsync apply FILE.")
@output
@option("--detailed-exitcode", is_flag=True, help="Exit 2 when there is something to change.")
@click.pass_obj
def command(options: GlobalOptions, plans: tuple[Path, ...], out: Path | None, outputs: tuple[str, ...], detailed_exitcode: bool) -> int:
    """Put the PLANs of all shards (pcsync plan --shard I/N --out FILE) together, as if they had been made as one.

    The guards are asked again about the whole. Shards that are missing, named twice, of another catalog or project, or made of other
    manifests or flags are refused. Exit code 0; 2 with --detailed-exitcode when there are changes; 1 when part of the catalog could not
    be read.
    """
    from pcsync.cli.plan import exit_code
    from pcsync.cli.printing import Printer
    from pcsync.cli.saved import read, save
    from pcsync.core.merge import merge
    from pcsync.kinds import KINDS

    printer = Printer(options, outputs)
    printer.require_valid("plan")
    plan = merge([(str(path), read(path)) for path in plans], KINDS)
    printer.plan(plan)
    if out:
        save(plan, out)
        printer.say(f"saved to {out}; apply exactly this with: pcsync apply {out}")
    return exit_code(plan, detailed_exitcode)
