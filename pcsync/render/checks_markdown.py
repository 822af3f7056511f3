"""What checks found as a Markdown comment."""

from __future__ import annotations

from collections.abc import Sequence

from pcsync.core.checks import CheckReport, CheckResult, Verdict
from pcsync.render.checks import WORDS, by_collection, subject, tally
from pcsync.render.markdown import LONG, NAME, PLAIN, whole
from pcsync.render.markdown_fit import LIMIT, Block, fitted, rows
from pcsync.render.markdown_text import cell, code, comment, html, inline
from pcsync.render.terminal import cut
from pcsync.render.wording import count, duration

SHORT = 3_000  # characters of a collection's results in their short form
HEAD = ["| Verdict | Check | Sort | What |", "| --- | --- | --- | --- |"]
FIRST = (Verdict.FAILED, Verdict.ERROR, Verdict.SKIPPED, Verdict.PASSED)


def checks_markdown(report: CheckReport, address: str = "", limit: int = LIMIT) -> str:
    """The verdict, then a folded table for each collection; those with a failure are open and come first."""
    head = [f"{comment('pcsync:check')}\n## Checks", verdict(report), *(f"note: {inline(note)}" for note in report.notes)]
    left_out = f"left out here. All of it is in {whole(address)}.*"
    return fitted(head, blocks(report), [], lambda left: f"*… {count(left, 'collection')} {left_out}", limit)


def verdict(report: CheckReport) -> str:
    """The counts."""
    return f"**{tally(report)}** in {duration(report.seconds)}"


def blocks(report: CheckReport) -> list[Block]:
    """A folded table for each collection."""
    groups = [(name, results, any(it in report.failed for it in results)) for name, results in by_collection(report.results)]
    return [_block(name, results, opened) for name, results, opened in sorted(groups, key=lambda it: not it[2])]


def _block(name: str, results: Sequence[CheckResult], opened: bool) -> Block:
    said = tally(CheckReport(tuple(results)))
    summary = f"<details{' open' if opened else ''}><summary><code>{html(cut(name, NAME, PLAIN))}</code>: {said}</summary>"
    ordered = sorted(results, key=lambda it: FIRST.index(it.verdict))

    def table(room: int) -> str:
        lines = rows((_row(it) for it in ordered), len(ordered), lambda more: f"| … | {more} more | | |", room)
        return "\n".join([summary, "", *HEAD, *lines, "", "</details>"])

    return Block(lambda: table(LIMIT), lambda: table(SHORT))


def _row(result: CheckResult) -> str:
    where = f"<br>{code(str(result.position))}" if result.position and result.verdict in (Verdict.FAILED, Verdict.ERROR) else ""
    columns = (WORDS[result.verdict], inline(cut(subject(result), NAME, PLAIN)), result.sort, _message(result.message) + where)
    return f"| {' | '.join(cell(text) for text in columns)} |"


def _message(text: str) -> str:
    return inline(cut(text, LONG, PLAIN))
