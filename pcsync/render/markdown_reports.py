"""What validation found and what an apply did, as Markdown comments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from pcsync.core.diagnostic import Diagnostic, Severity
from pcsync.render.checks_markdown import blocks as checks_blocks
from pcsync.render.checks_markdown import verdict as checks_verdict
from pcsync.render.diagnostics import in_order, verdict
from pcsync.render.markdown import LONG, NAME, PLAIN, whole
from pcsync.render.markdown_fit import LIMIT, Block, fitted, rows
from pcsync.render.markdown_text import cell, code, comment, html, inline
from pcsync.render.outcome import Outcome, Said, counts
from pcsync.render.terminal import cut
from pcsync.render.wording import count, duration, listed, number

SHORT = 3_000  # characters of a file's problems in their short form
HEAD = ["| Line | Severity | Rule | What |", "| --- | --- | --- | --- |"]


def diagnostics_markdown(diagnostics: Iterable[Diagnostic], manifests: int | None = None, report: str = "", limit: int = LIMIT) -> str:
    """The verdict, then a folded table for each file; those with errors are open."""
    found = in_order(diagnostics)
    by_file: dict[str, list[Diagnostic]] = {}
    for diagnostic in found:
        by_file.setdefault(diagnostic.position.file, []).append(diagnostic)
    head = [f"{comment('pcsync:validate')}\n## Manifests", f"**{verdict(found, PLAIN, manifests)}**"]
    blocks = [_file(file, entries) for file, entries in by_file.items()]
    return fitted(head, blocks, [], lambda left: f"*… {count(left, 'file')} left out here. All of it is in {whole(report)}.*", limit)


def _file(file: str, entries: Sequence[Diagnostic]) -> Block:
    tally = Counter(entry.severity for entry in entries)
    said = listed(count(tally[severity], str(severity)) for severity in Severity if tally[severity])
    opened = " open" if tally[Severity.ERROR] else ""
    summary = f"<details{opened}><summary><code>{html(cut(file, NAME, PLAIN))}</code>: {said}</summary>"

    def table(room: int) -> str:
        lines = rows((_row(entry) for entry in entries), len(entries), lambda more: f"| … | | | {more} more |", room)
        return "\n".join([summary, "", *HEAD, *lines, "", "</details>"])

    return Block(lambda: table(LIMIT), lambda: table(SHORT))


def _row(diagnostic: Diagnostic) -> str:
    fix = f"<br>fix: {_message(diagnostic.fix)}" if diagnostic.fix else ""
    columns = (str(diagnostic.position.line or ""), str(diagnostic.severity), code(cut(diagnostic.rule, NAME, PLAIN)))
    return f"| {' | '.join(cell(text) for text in (*columns, f'{_message(diagnostic.what)}{fix}'))} |"


def _message(text: str) -> str:
    return inline(cut(text, LONG, PLAIN))


def outcome_markdown(outcome: Outcome, report: str = "", limit: int = LIMIT) -> str:
    """The true counts first, then everything that was not done, then the checks that were made afterwards, by collection."""
    head = [f"{comment('pcsync:apply')}\n## Apply", _verdict(outcome)]
    sections = {
        "Failed": outcome.failed,
        "Outcome unknown: the request was sent and its answer lost": outcome.unknown,
        "Still not as declared after applying": outcome.remaining or (),
        "Not attempted": (*outcome.blocked, *((address, "") for address in outcome.skipped)),
    }
    parts = [_section(title, entries) for title, entries in sections.items() if entries]
    notes = ["\n".join(rows((f"- note: {_message(note)}" for note in outcome.notes), len(outcome.notes), lambda more: f"- … {more} more"))]
    more = [f"All of it is in {whole(report)}."] if parts else []
    checks = outcome.checks
    said = ["### Checks", checks_verdict(checks)] if checks else []
    blocks = checks_blocks(checks) if checks else []
    left_out = f"left out here. All of it is in {whole(report)}.*"
    top = [*head, *parts, *(note for note in notes if note), *said]
    return fitted(top, blocks, more, lambda left: f"*… the checks of {count(left, 'collection')} {left_out}", limit)


def _verdict(outcome: Outcome) -> str:
    read = "" if outcome.remaining is None else "; read again: everything is as declared"
    if outcome.remaining:
        read = f"; read again: {count(len(outcome.remaining), 'resource')} still not as declared"
    return f"**{counts(outcome)}** in {duration(outcome.seconds)}{read}"


def _section(title: str, entries: Sequence[Said]) -> str:
    lines = (f"- {code(cut(address, NAME, PLAIN))}{f': {_message(message)}' if message else ''}" for address, message in entries)
    return "\n".join([f"### {title} ({number(len(entries))})", "", *rows(lines, len(entries), lambda more: f"- … {more} more")])
