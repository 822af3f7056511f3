"""What a pipeline shows beside its log: one remark for each thing worth a reader's eye, of whatever value it comes from."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pcsync.core.change import Action, Change, Risk
from pcsync.core.diagnostic import Diagnostic, Severity
from pcsync.core.plan import Plan
from pcsync.core.source import Position
from pcsync.render.diagnostics import in_order, verdict
from pcsync.render.groups import DONE, tally
from pcsync.render.outcome import Outcome, Said, counts
from pcsync.render.terminal import Style
from pcsync.render.wording import count, listed

PLAIN = Style()
GRAVE = Risk.DESTRUCTIVE.weight


@dataclass(frozen=True, slots=True)
class Remark:
    """How much it matters, a short title (a rule id, an address), the text, and the place in a manifest if there is one.

    ``end`` is the column behind the last character that is meant, in line ``end_line``; 0 where that is not known.
    """

    severity: Severity
    title: str
    text: str
    position: Position | None = None
    end: int = 0
    end_line: int = 0


def placed(position: Position, prefix: str) -> str:
    """The file by its path from the repository's root; ``prefix`` is the project's folder in the repository ("" for the root)."""
    return posixpath.normpath(posixpath.join(prefix, position.file.replace("\\", "/")))


def of_diagnostics(diagnostics: Iterable[Diagnostic], manifests: int | None = None) -> Iterator[Remark]:
    """Every diagnostic, then the verdict as a note."""
    found = in_order(diagnostics)
    for diagnostic in found:
        yield Remark(diagnostic.severity, diagnostic.rule, told(diagnostic), diagnostic.position, diagnostic.end, diagnostic.last_line)
    yield Remark(Severity.NOTE, "pcsync validate", verdict(found, PLAIN, manifests))


def told(diagnostic: Diagnostic) -> str:
    """What is wrong and, on a line of its own, how to mend it."""
    return f"{diagnostic.what}\nfix: {diagnostic.fix}" if diagnostic.fix else diagnostic.what


def of_plan(plan: Plan) -> Iterator[Remark]:
    """What stops the plan, what a guard warns of, what is grave or was drift; the counts last."""
    for gap in plan.unknown:
        kinds = f" ({listed(gap.kinds)})" if gap.kinds else ""
        yield Remark(Severity.ERROR, gap.address, f"could not be read{kinds}: {gap.reason}")
    for check in plan.checks:
        if check.status != "pass":
            severity = Severity.ERROR if check.status == "fail" else Severity.WARNING
            yield Remark(severity, check.name, f"{check.address}: {check.message}" if check.address else check.message)
    for change in plan.changes:
        yield from _of_change(change)
    stops = [] if plan.applyable or not (plan.unknown or plan.refusals) else ["cannot be applied: "]
    yield Remark(Severity.NOTE, "pcsync plan", f"{''.join(stops)}{tally(plan)}")


def _of_change(change: Change) -> Iterator[Remark]:
    if change.refusal:
        yield Remark(Severity.ERROR, change.address, f"refused: {change.refusal}", change.position)
    elif change.action is not Action.KEEP and change.risk.weight >= GRAVE:
        yield Remark(Severity.WARNING, change.address, f"{change.risk}: will be {DONE[change.action]}", change.position)
    if change.drift:
        yield Remark(Severity.WARNING, change.address, "drift: edited in the catalog since the last apply; it is put back", change.position)


def of_outcome(outcome: Outcome) -> Iterator[Remark]:
    """Everything that was not done or does not read back as declared; the counts last."""
    yield from _said(Severity.ERROR, "failed", outcome.failed)
    yield from _said(Severity.ERROR, "outcome unknown", outcome.unknown)
    yield from _said(Severity.ERROR, "still not as declared", outcome.remaining or ())
    yield from _said(Severity.WARNING, "not attempted", outcome.blocked)
    if outcome.skipped:
        yield Remark(Severity.WARNING, "pcsync apply", f"{count(len(outcome.skipped), 'change')} not attempted")
    yield Remark(Severity.NOTE, "pcsync apply", counts(outcome))
    if outcome.checks is not None:
        from pcsync.render.checks_pipelines import of_checks

        yield from of_checks(outcome.checks)


def _said(severity: Severity, what: str, entries: Iterable[Said]) -> Iterator[Remark]:
    for address, message in entries:
        yield Remark(severity, address, f"{what}: {message}" if message else what)
