"""``pcsync adopt``: start to manage what is live and as declared, without changing anything else."""

from __future__ import annotations

import sys

import click

from pcsync.cli.options import Allowance, GlobalOptions, allowance, concurrency, credential, only, option, output, target
from pcsync.core.errors import UsageError

WRITES = 8  # collections written to at once


@click.command("adopt")
@target
@credential
@only
@allowance
@output
@option("--yes", is_flag=True, help="Do not ask; needed where no terminal is.")
@concurrency(64)
@click.pass_obj
def command(
    options: GlobalOptions,
    target: str | None,
    endpoint: str | None,
    credential: str,
    only: tuple[str, ...],
    outputs: tuple[str, ...],
    yes: bool,
    concurrency: int,
    allowance: Allowance,
) -> int:
    """Take what is on the catalog as the manifests declare it into ownership: shown first, and only the ownership marker is written.

    What differs from its manifest stays as it is, and stays nobody's, until pcsync apply changes it.
    """
    from pcsync.cli.applying import Applying
    from pcsync.cli.printing import Printer
    from pcsync.cli.wiring import wire
    from pcsync.core.errors import GuardError

    wiring = wire(options, target, endpoint, credential)
    if wiring.spec.protected:
        fix = "pcsync plan --out plan.json adopts as well; have it reviewed, pcsync apply plan.json"
        raise GuardError(f"the target {wiring.spec.name} is protected: it takes saved plans only", fix=fix)
    if not yes and not sys.stdin.isatty():
        raise UsageError("nobody is there to ask", fix="say --yes")
    printer = Printer(options, outputs, wiring.project.root)
    printer.require_valid("outcome")
    applying = Applying(wiring, printer, credential, concurrency, WRITES)
    return applying.fresh(only, ask=not yes, allowance=allowance, adopting=True)
