"""What else a run has to say on the page: problems in manifests, what an apply did, what stands in its way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pcsync.core.diagnostic import Diagnostic
from pcsync.core.plan import Plan
from pcsync.render.diagnostics import in_order
from pcsync.render.frame import Source, frame
from pcsync.render.html.change import plain
from pcsync.render.html.markup import Markup, fragment, join, tag
from pcsync.render.outcome import Outcome, Said, counts
from pcsync.render.terminal import Style
from pcsync.render.wording import count, duration, listed, number

MOST = 2_000  # entries of one list: no reader sees the end of a longer one
PLAIN = Style(width=120)


def some(entries: Sequence[Any], row: Any) -> list[Markup]:
    """Rows of the first entries, and how many there are beyond."""
    more = len(entries) - MOST
    return [*(row(entry) for entry in entries[:MOST]), *([tag("li", f"… {number(more)} more")] if more > 0 else [])]


def stops(plan: Plan) -> Markup:
    """Refusals, what could not be read, and warnings; nothing for a plan that nothing speaks against."""
    unknown = [(gap.address, f"{listed(gap.kinds)}: {gap.reason}" if gap.kinds else gap.reason) for gap in plan.unknown]
    refused = [(check.address or check.name, check.message) for check in plan.refusals]
    warned = [(check.address or check.name, check.message) for check in plan.checks if check.status not in ("pass", "fail")]
    return join(
        alert("Could not be read", unknown, "stop"), alert("Refused", refused, "stop"), alert("Warnings", warned, "warn"), notes(plan.notes)
    )


def alert(title: str, entries: Sequence[Said], sort: str) -> Markup:
    """A box of addresses with what is said of each."""
    if not entries:
        return Markup()
    rows = some(entries, lambda it: tag("li", link_to(it[0]), f": {it[1]}" if it[1] else None))
    return tag("div", tag("h3", f"{title} ({number(len(entries))})"), tag("ul", *rows), class_=f"alert {sort}")


def notes(said: Sequence[str]) -> Markup:
    """Notes of the plan, folded where there are many."""
    if not said:
        return Markup()
    listing = tag("ul", *some(said, lambda it: tag("li", it)))
    return tag("details", tag("summary", count(len(said), "note")), listing, class_="alert notes", open=len(said) <= 5)


def link_to(address: str) -> Markup:
    """An address; a link to its change where it is one."""
    return tag("a", plain(address), href=fragment(address)) if "/" in address else plain(address)


def diagnostics(found: Sequence[Diagnostic], source: Source) -> Markup:
    """Every problem with its source line, by file."""
    by_file: dict[str, list[Diagnostic]] = {}
    for diagnostic in in_order(found):
        by_file.setdefault(diagnostic.position.file, []).append(diagnostic)
    return tag("div", *(_file(file, entries, source) for file, entries in by_file.items()), class_="problems")


def _file(file: str, entries: Sequence[Diagnostic], source: Source) -> Markup:
    return tag("section", tag("h3", plain(file)), tag("ul", *some(entries, lambda it: _problem(it, source))))


def _problem(found: Diagnostic, source: Source) -> Markup:
    lines = [*frame(found, source, PLAIN)]
    where = f"line {found.position.line}" if found.position.line else "the file"
    return tag(
        "li",
        tag("p", tag("span", str(found.severity), class_="pill", data_severity=str(found.severity)), " ", found.what),
        tag("pre", "\n".join(lines), tabindex=0) if lines else None,
        tag("p", "Fix: ", found.fix, class_="fix") if found.fix else None,
        tag("p", where, " · ", tag("code", found.rule), class_="facts"),
    )


def outcome(shown: Outcome) -> Markup:
    """What an apply did: the counts, then everything that was not done."""
    proof = "" if shown.remaining is None else " Read again: everything is as declared." if not shown.remaining else ""
    return join(
        tag("p", f"{counts(shown)} in {duration(shown.seconds)}.{proof}"),
        alert("Failed", shown.failed, "stop"),
        alert("Outcome unknown: the request was sent and its answer lost", shown.unknown, "stop"),
        alert("Still not as declared", shown.remaining or (), "stop"),
        alert("Not attempted, because what they need failed", shown.blocked, "warn"),
        alert("Not attempted", [(address, "") for address in shown.skipped], "warn"),
        notes(shown.notes),
    )
