"""``pcsync apply``: the catalog as the manifests declare it, or exactly what a saved plan says."""

from __future__ import annotations

from pathlib import Path

import click

from pcsync.cli.options import Allowance, GlobalOptions, allowance, concurrency, credential, only, option, output, target, validate
from pcsync.core.errors import UsageError


@click.command("apply")
@click.argument("plan", required=False, type=click.Path(dir_okay=False, path_type=Path))
@target
@credential
@only
@allowance
@validate
@output
@option("--yes", is_flag=True, help="Do not ask; needed where no terminal is.")
@option("--digest", metavar="HEX", help="The digest that was approved: PLAN is refused unless it is exactly that one.")
@option("--resume", is_flag=True, help="Finish the last interrupted apply: plan what is left of it now, show, ask, apply.")
@option("--checks/--no-checks", default=True, help="Afterwards, make the checks of the collections that were changed.")
@option("--retry-for", metavar="TIME", default="10s", show_default=True, help="Ask failed checks again for so long.")
@option("--concurrency-writes", type=click.IntRange(1, 64), default=8, show_default=True, help="Collections written to at once.")
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
    yes: bool,
    digest: str | None,
    resume: bool,
    concurrency_writes: int,
    concurrency: int,
    allowance: Allowance,
    validate: bool,
    checks: bool,
    retry_for: str,
) -> int:
    """Make the catalog as the manifests declare it, or apply a saved PLAN: exactly that, or nothing.

    Without PLAN it plans, shows and asks. With PLAN it never asks: every touched resource is read again first, and if one moved
    since the plan was made, nothing is written (exit 5). Where all went well and a check failed afterwards, the exit code is 7.
    """
    from pcsync.cli.applying import Applying
    from pcsync.cli.check import seconds
    from pcsync.cli.checks import Effort
    from pcsync.cli.consent import require_consent
    from pcsync.cli.printing import Printer
    from pcsync.cli.wiring import wire

    if plan and only:
        raise UsageError("a saved plan is applied whole", where="--only", fix="plan with --only instead")
    if plan and allowance:
        raise UsageError("a saved plan says itself what is allowed", where=str(plan), fix="plan with these flags instead")
    if digest and not plan:
        raise UsageError("a digest approves a saved plan", where="--digest", fix="name the plan: pcsync apply plan.json --digest …")
    if plan and not validate:
        raise UsageError("the rules were asked when the plan was made", where="--no-validate", fix="leave it out")
    if resume and (plan or only):
        raise UsageError("an interrupted apply is resumed as it was", where="--resume", fix="leave out PLAN and --only")
    effort = Effort(patience=seconds(retry_for, "--retry-for"))
    wiring = wire(options, target, endpoint, credential)
    if plan is None:
        instead = "pcsync plan --out plan.json, have it reviewed, pcsync apply plan.json"
        require_consent(wiring, yes, instead, fix="say --yes, or apply a saved plan")
    printer = Printer(options, outputs, wiring.project.root)
    printer.require_valid("outcome")
    applying = Applying(wiring, printer, credential, concurrency, concurrency_writes, checks=effort if checks else None)
    if plan:
        return applying.saved(plan, digest)
    return applying.fresh(only, ask=not yes, resume=resume, allowance=allowance, validate=validate)
