"""Values as JUnit XML, as the readers of GitHub, Azure DevOps and Jenkins take it: suites of cases, each passed, failed or skipped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from pcsync.core.change import Action
from pcsync.core.diagnostic import Diagnostic, Severity
from pcsync.core.plan import Plan
from pcsync.render.diagnostics import in_order
from pcsync.render.outcome import Outcome, Said, counts
from pcsync.render.remarks import told
from pcsync.render.terminal import safe
from pcsync.render.wording import count, listed

FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2
PASSED, FAILED, ERRORED, SKIPPED = "", "failure", "error", "skipped"


@dataclass(frozen=True, slots=True)
class Case:
    """One case: name, what became of it, its rule or sort, the text, and what was said without failing it."""

    name: str
    result: str = PASSED
    sort: str = ""
    text: str = ""
    said: str = ""


Suite = tuple[str, Sequence[Case]]


def diagnostics_junit(diagnostics: Iterable[Diagnostic], manifests: int | None = None) -> str:
    """A suite for each file with a problem, a case for each problem: errors fail it, warnings and notes are only said."""
    by_file: dict[str, list[Case]] = {}
    for diagnostic in in_order(diagnostics):
        by_file.setdefault(diagnostic.position.file, []).append(_problem(diagnostic))
    looked = "manifests" if manifests is None else count(manifests, "manifest")
    return junit("pcsync validate", [*by_file.items()] or [("pcsync validate", [Case(f"{looked}: no problems")])])


def _problem(diagnostic: Diagnostic) -> Case:
    text = f"{diagnostic.position}: {told(diagnostic)}"
    name = f"{diagnostic.rule} {diagnostic.position}"
    return Case(name, FAILED, diagnostic.rule, text) if diagnostic.severity is Severity.ERROR else Case(name, said=text)


def plan_junit(plan: Plan) -> str:
    """A case for each change, check and scope that could not be read: a refusal fails its case."""
    cases = [Case(gap.address, ERRORED, "unknown", f"{listed(gap.kinds)}: {gap.reason}") for gap in plan.unknown]
    for check in plan.checks:
        name = f"{check.name} {check.address}".strip()
        failed = check.status == "fail"
        cases.append(Case(name, FAILED, check.name, check.message) if failed else Case(name, said=check.message))
    for change in plan.changes:
        if change.refusal:
            cases.append(Case(change.address, FAILED, "refused", change.refusal))
        elif change.action is not Action.KEEP:
            cases.append(Case(change.address, said=f"{change.action} ({change.risk})"))
    return junit("pcsync plan", [(plan.target.name, cases or [Case("nothing to do")])])


def outcome_junit(outcome: Outcome) -> str:
    """A case for each thing that went wrong, and one for what was done."""
    cases = [
        Case(counts(outcome)),
        *_wrong(outcome.failed, FAILED, "failed"),
        *_wrong(outcome.unknown, ERRORED, "unknown"),
        *_wrong(outcome.remaining or (), FAILED, "not-as-declared"),
        *_wrong(outcome.blocked, SKIPPED, "blocked"),
        *_wrong([(address, "") for address in outcome.skipped], SKIPPED, "skipped"),
    ]
    checked: list[Suite] = []
    if outcome.checks is not None:
        from pcsync.render.checks_pipelines import suites

        checked = suites(outcome.checks)
    return junit("pcsync apply", [("pcsync apply", cases), *checked])


def _wrong(entries: Iterable[Said], result: str, sort: str) -> Iterator[Case]:
    yield from (Case(address, result, sort, message) for address, message in entries)


def junit(name: str, suites: Sequence[Suite]) -> str:
    """The XML document. It has no times and no host, so equal values are equal text."""
    every = [case for _, cases in suites for case in cases]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites name={attribute(name)} {_tally(every)}>"]
    for suite, cases in suites:
        lines.append(f"  <testsuite name={attribute(suite)} {_tally(cases)}>")
        lines += [line for case in cases for line in _case(case, suite)]
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _tally(cases: Sequence[Case]) -> str:
    results = [case.result for case in cases]
    failures, errors, skipped = (results.count(result) for result in (FAILED, ERRORED, SKIPPED))
    return f'tests="{len(cases)}" failures="{failures}" errors="{errors}" skipped="{skipped}"'


def _case(case: Case, suite: str) -> Iterator[str]:
    head = f"    <testcase classname={attribute(suite)} name={attribute(case.name)}"
    if case.result == PASSED and not case.said:
        yield head + "/>"
        return
    yield head + ">"
    if case.result == SKIPPED:
        yield f"      <skipped message={attribute(case.text or case.sort)}/>"
    elif case.result:
        first = case.text.split("\n")[0]
        yield f"      <{case.result} type={attribute(case.sort)} message={attribute(first)}>{element(case.text)}</{case.result}>"
    if case.said:
        yield f"      <system-out>{element(case.said)}</system-out>"
    yield "    </testcase>"


def allowed(text: str) -> str:
    """Text that may stand in XML at all: what XML 1.0 forbids comes out as its escape."""
    return FORBIDDEN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), safe(text))


def attribute(text: str) -> str:
    """A quoted attribute value; line breaks survive as references."""
    return quoteattr(allowed(text))


def element(text: str) -> str:
    """The text of an element."""
    return escape(allowed(text))
