"""``pcsync adopt``: start to manage what is live and as declared, without changing anything else."""

from __future__ import annotations

import click

from pcsync.cli.options import Allowance, GlobalOptions, allowance, concurrency, credential, only, option, output, target

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
    from pcsync.cli.consent import require_consent
    from pcsync.cli.printing import Printer
    from pcsync.cli.wiring import wire

    wiring = wire(options, target, endpoint, credential)
    require_consent(wiring, yes, instead="pcsync plan --out plan.json adopts as well; have it reviewed, pcsync apply plan.json")
    printer = Printer(options, outputs, wiring.project.root)
    printer.require_valid("outcome")
    applying = Applying(wiring, printer, credential, concurrency, WRITES)
    return applying.fresh(only, ask=not yes, allowance=allowance, adopting=True)
