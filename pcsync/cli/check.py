"""``pcsync check``: what the collections show and answer, beside what their manifests expect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pcsync.cli.options import GlobalOptions, concurrency, credential, only, option, output, target, validate
from pcsync.core.errors import CheckError, UsageError

if TYPE_CHECKING:
    from pcsync.cli.desired import ManifestState
    from pcsync.cli.interrupt import Interrupt
    from pcsync.core.checks import CheckReport
    from pcsync.core.source import Position


@click.command("check")
@target
@credential
@only
@option("--collection", "collections", multiple=True, metavar="ID", help="Only this collection (repeatable).")
@validate
@output
@option("--budget", metavar="TIME", default="60s", show_default=True, help="Time for all checks; what is left then is skipped.")
@option("--max-requests", type=click.IntRange(1), default=1000, show_default=True, help="Requests for all checks.")
@option("--retry-for", metavar="TIME", default="10s", show_default=True, help="Ask again for so long: caches may be stale.")
@concurrency(8)
@click.pass_obj
def command(
    options: GlobalOptions,
    target: str | None,
    endpoint: str | None,
    credential: str,
    only: tuple[str, ...],
    collections: tuple[str, ...],
    validate: bool,
    outputs: tuple[str, ...],
    budget: str,
    max_requests: int,
    retry_for: str,
    concurrency: int,
) -> int:
    """Ask the catalog for what the manifests' checks expect of it, and whether every render option draws something. Changes nothing.

    Exit code 0; 7 when a check failed or could not be made; 3 when a manifest is invalid.
    """
    from pcsync.cli.checks import Effort, made
    from pcsync.cli.interrupt import SIGNAL_BASE, until_interrupted
    from pcsync.cli.planning import selection, state_of
    from pcsync.cli.printing import Printer
    from pcsync.cli.wiring import wire
    from pcsync.client.errors import ConnectionFailedError
    from pcsync.core.errors import AuthenticationError
    from pcsync.core.resource import Key

    effort = Effort(seconds(budget, "--budget"), max_requests, concurrency, seconds(retry_for, "--retry-for"))
    wiring = wire(options, target, endpoint, credential)
    printer = Printer(options, outputs, wiring.project.root)
    printer.require_valid("checks")
    chosen = selection([*only, *(str(Key("collection", name)) for name in collections)])
    state = state_of(wiring, validate=validate)

    def position(key: Key) -> Position | None:
        origin = state.origin(key)
        return None if origin is None else wiring.locate(origin)

    async def run(interrupt: Interrupt) -> int:
        scopes = await declared(state)
        named = {key.collection for key in chosen.keys} if chosen else None
        require_known(named or set(), scopes)
        checks = state.checks([it for it in scopes if named is None or it in named], wiring.locate)
        async with wiring.catalog(credential, concurrency) as catalog:
            fatal = (AuthenticationError, ConnectionFailedError)
            report = await made(checks, catalog, printer, effort, interrupt.stop, chosen=chosen, fatal=fatal, position=position)
        printer.checks(report)
        return SIGNAL_BASE + interrupt.signal if interrupt.signal else exit_code(report)

    try:
        return until_interrupted(run, printer.say)
    finally:
        state.close()


async def declared(state: ManifestState) -> list[str]:
    """The collections of the manifests, by name. Raises ManifestError."""
    found = [scope async for batch in state.scopes() for scope, _ in batch]
    return sorted(scope for scope in found if scope)


def require_known(named: set[str], scopes: list[str]) -> None:
    """Raises UsageError for a collection that no manifest declares."""
    for name in sorted(named - set(scopes)):
        raise UsageError(f"no manifest declares the collection {name!r}", where="--collection", fix=f"one of: {', '.join(scopes[:12])}")


def exit_code(report: CheckReport) -> int:
    """0, or 7 where a check failed."""
    return CheckError.exit_code if report.failed else 0


def seconds(text: str, where: str) -> float:
    """A duration as people write it. Raises UsageError."""
    from pcsync.seeing.checks.expecting import seconds_of

    try:
        return float(text) if text.replace(".", "", 1).isdecimal() else seconds_of(text)
    except ValueError:
        raise UsageError(f"{text!r} is no time", where=where, fix="500ms, 30s, 5m") from None
