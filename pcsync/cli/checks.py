"""Checks of the collections that manifests declare: chosen, asked of an open catalog, and those that follow an apply."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pcsync.cli.happening import checked
from pcsync.client.clock import Clock
from pcsync.core.change import Action
from pcsync.core.checks import CheckReport, CheckResult, CollectionChecks, Verdict
from pcsync.core.errors import PcsyncError
from pcsync.core.resource import COLLECTION, Key
from pcsync.core.source import Position

if TYPE_CHECKING:
    from pcsync.cli.printing import Printer
    from pcsync.client.http import Catalog
    from pcsync.core.plan import Plan
    from pcsync.seeing.checks.declared import Check

CLOCK = Clock()
MOVING = frozenset({Action.CREATE, Action.UPDATE, Action.DELETE})


@dataclass(frozen=True, slots=True)
class Effort:
    """What checks may take: seconds and requests of a run, requests at once, seconds for which a failed one is asked again."""

    seconds: float = 60.0
    requests: int = 1000
    at_once: int = 8
    patience: float = 10.0


def nowhere(key: Key) -> Position | None:  # noqa: ARG001  the default of where something stands
    """No manifest."""
    return None


async def made(
    checks: Sequence[CollectionChecks],
    catalog: Catalog,
    printer: Printer,
    effort: Effort,
    stop: asyncio.Event,
    *,
    chosen: Callable[[Key], bool] | None = None,
    fatal: tuple[type[PcsyncError], ...] = (),
    clock: Clock = CLOCK,
    position: Callable[[Key], Position | None] = nowhere,
) -> CheckReport:
    """The report of a run, whose results are told as they come to whoever reads events.

    ``chosen`` says of which resources, ``fatal`` after which failures nothing more can be asked, ``position`` where what failed without
    being declared has its place: the manifest of the resource it is about.
    """
    from pcsync.seeing.checks.asking import Asking, Budget
    from pcsync.seeing.checks.run import Run

    def wanted(check: Check) -> bool:
        return chosen is None or chosen(Key.parse(check.address))

    def heard(result: CheckResult) -> None:
        printer.event("event", checked(placed(result, position)))

    asking = Asking(catalog.viewer(), Budget(effort.seconds, effort.requests, effort.at_once), clock.monotonic, clock.wall)
    run = Run(asking, effort.patience, clock.sleep, progress=printer.progress(), stop=stop, fatal=fatal, chosen=wanted, heard=heard)
    report = await run.report(checks)
    return replace(report, results=tuple(placed(it, position) for it in report.results))


def placed(result: CheckResult, position: Callable[[Key], Position | None]) -> CheckResult:
    """The result with its place, where it failed without being declared."""
    if result.position or result.verdict not in (Verdict.FAILED, Verdict.ERROR):
        return result
    return replace(result, position=position(Key.parse(result.address)))


def after(plan: Plan) -> list[CollectionChecks]:
    """The checks that follow a plan: those it carries, and for every other collection that it changes those that need no declaration."""
    declared = {it.collection: it for it in plan.checks_after}
    return [declared.get(collection, CollectionChecks(collection)) for collection in moved(plan)]


def moved(plan: Plan) -> list[str]:
    """The collections that a plan changes and leaves, in its order."""
    changed = [change for change in plan.changes if change.action in MOVING and change.key.collection]
    gone = {change.key.collection for change in changed if change.key.kind == COLLECTION and change.action is Action.DELETE}
    return [name for name in dict.fromkeys(change.key.collection for change in changed) if name not in gone]
