"""What checks found, as text: by collection, failures with their reasons, the counts last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from pcsync.core.checks import CheckReport, CheckResult, Verdict
from pcsync.core.resource import Key
from pcsync.render.flow import flowed
from pcsync.render.terminal import Style, one_line
from pcsync.render.wording import count, duration, number

WORDS = {Verdict.PASSED: "ok", Verdict.FAILED: "FAILED", Verdict.ERROR: "ERROR", Verdict.SKIPPED: "skipped"}
MANY = 40
"""Checks from which on those that passed are only counted, unless everything is wanted."""


def checks_text(report: CheckReport, style: Style, *, verbose: bool = False) -> str:
    """The results to read."""
    return "\n".join(checks_lines(report, style, verbose=verbose)) + "\n"


def checks_lines(report: CheckReport, style: Style, *, verbose: bool = False) -> Iterator[str]:
    """The lines of ``checks_text``."""
    for collection, results in by_collection(report.results):
        shown = [it for it in results if verbose or len(report.results) <= MANY or it.verdict is not Verdict.PASSED]
        if shown:
            yield style.bold(one_line(str(Key("collection", collection))))
            yield from (line for it in shown for line in _lines(it, style))
            yield ""
    yield from (style.warm(line) for note in report.notes for line in flowed(f"note: {one_line(note)}", style.width))
    yield style.bold(f"Checks: {tally(report)}") + style.dim(f" in {duration(report.seconds)}, {count(report.requests, 'request')}")


def by_collection(results: Sequence[CheckResult]) -> list[tuple[str, list[CheckResult]]]:
    """Results that stand side by side for one collection."""
    return [(name, [*found]) for name, found in groupby(results, key=collection_of)]


def collection_of(result: CheckResult) -> str:
    """The collection that a check is about."""
    return Key.parse(result.address).collection


def subject(result: CheckResult) -> str:
    """``rgb draws something``, ``the count of 2023``: what people call it, with the resource where the name does not say it."""
    key = Key.parse(result.address)
    return result.name if result.declared or not key.name else f"{key.name} {result.name}"


def tally(report: CheckReport) -> str:
    """``3 passed, 1 failed``: those that there are."""
    counts = report.counts()
    names = {Verdict.PASSED: "passed", Verdict.FAILED: "failed", Verdict.ERROR: "could not be made", Verdict.SKIPPED: "skipped"}
    return ", ".join(f"{number(counts[verdict])} {name}" for verdict, name in names.items() if counts[verdict]) or "none to make"


def _lines(result: CheckResult, style: Style) -> Iterator[str]:
    paint = {Verdict.PASSED: style.good, Verdict.SKIPPED: style.warm}.get(result.verdict, style.bad)
    word = WORDS[result.verdict]
    where = f" ({result.position})" if result.position and result.verdict in (Verdict.FAILED, Verdict.ERROR) else ""
    text = f"{one_line(subject(result))} [{result.sort}]{one_line(where)}"
    first, *more = flowed(text, style.width - 10, "")
    yield f"  {paint(f'{word:7}')} {first}"
    yield from (f"          {line}" for line in more)
    if result.message:
        yield from (f"          {line}" for line in flowed(one_line(result.message), style.width - 10))
    if result.picture is not None and result.verdict is Verdict.FAILED:
        yield from (style.dim(f"          {line}") for line in flowed(one_line(result.picture.route), style.width - 10))
