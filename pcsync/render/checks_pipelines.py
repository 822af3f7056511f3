"""What checks found, as pipelines show it: cases of JUnit, remarks beside the log, outputs that a step decides by."""

from __future__ import annotations

from collections.abc import Iterator

from pcsync.core.checks import CheckReport, CheckResult, Verdict
from pcsync.core.diagnostic import Severity
from pcsync.render.checks import by_collection, subject, tally
from pcsync.render.junit import ERRORED, FAILED, SKIPPED, Case, Suite, junit
from pcsync.render.outputs import lines
from pcsync.render.remarks import Remark

COMMAND = "pcsync check"
RESULTS = {Verdict.FAILED: FAILED, Verdict.ERROR: ERRORED, Verdict.SKIPPED: SKIPPED}


def checks_junit(report: CheckReport) -> str:
    """A suite for each collection, a case for each check."""
    return junit(COMMAND, suites(report) or [(COMMAND, [Case("nothing to check")])])


def suites(report: CheckReport) -> list[Suite]:
    """The suites of ``checks_junit``."""
    return [(f"checks of {name}", [_case(it) for it in results]) for name, results in by_collection(report.results)]


def _case(result: CheckResult) -> Case:
    where = f"{result.position}: " if result.position else ""
    name = f"{subject(result)} [{result.sort}]"
    if result.verdict is Verdict.PASSED:
        return Case(name, said=result.message)
    return Case(name, RESULTS[result.verdict], result.sort, f"{where if result.verdict is not Verdict.SKIPPED else ''}{result.message}")


def of_checks(report: CheckReport) -> Iterator[Remark]:
    """What failed at its place in the manifest, what was not checked for want of budget, the counts last."""
    for result in report.failed:
        yield Remark(Severity.ERROR, result.address, f"{subject(result)}: {result.message}", result.position)
    yield from (Remark(Severity.WARNING, COMMAND, note) for note in report.notes)
    yield Remark(Severity.NOTE, COMMAND, tally(report))


def checks_outputs(report: CheckReport) -> str:
    """How many checks ended how."""
    counts = report.counts()
    return lines({"clean": not report.failed, **{f"checks-{verdict}": counts[verdict] for verdict in Verdict}})
