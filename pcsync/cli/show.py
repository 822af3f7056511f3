"""``pcsync show``: a saved plan, as its reviewer saw it."""

from __future__ import annotations

from pathlib import Path

import click

from pcsync.cli.options import GlobalOptions, output


@click.command("show")
@click.argument("plan", type=click.Path(dir_okay=False, path_type=Path))
@output
@click.pass_obj
def command(options: GlobalOptions, plan: Path, outputs: tuple[str, ...]) -> None:
    """Print a saved PLAN. Refuses one that was edited after it was made."""
    from pcsync.cli.printing import Printer
    from pcsync.cli.saved import read

    printer = Printer(options, outputs)
    printer.require_valid("plan")
    printer.plan(read(plan), unmanaged=True)
