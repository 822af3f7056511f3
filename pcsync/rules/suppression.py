"""Suppressions: a comment beside a value that says which rule does not count there, why, and until when.

``# pcsync: ignore RULE[, RULE] [until YYYY-MM-DD]: reason``, behind the value or in the comment lines right above it. Only the lines of
findings are ever read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from pcsync.core.source import Position
from pcsync.rules.book import rules
from pcsync.rules.rule import SETS, WARNING, Finding, rule
from pcsync.rules.words import nearest

COMMENT = re.compile(
    r"#\s*pcsync:\s*ignore\s+(?P<rules>[\w*-]+(?:\s*,\s*[\w*-]+)*)(?:\s+until\s+(?P<until>[^\s:]+))?\s*(?::(?P<reason>.*))?$"
)
MARK = "pcsync:"
IDLE = "style-idle-suppression"
ABOVE = 20  # comment lines above a value that are still looked at


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment: the ids of rules, the date it ends (as written), the reason; ``today`` is the day of the run."""

    rules: tuple[str, ...]
    until: str
    reason: str
    today: date
    position: Position
    end: int = 0

    @property
    def ends(self) -> date | None:
        """The day it ends; None where none is given or the text is no date."""
        try:
            return date.fromisoformat(self.until)
        except ValueError:
            return None

    @property
    def counts(self) -> bool:
        """It has a reason and has not expired."""
        return bool(self.reason) and (not self.until or (self.ends is not None and self.today <= self.ends))


def suppressions(position: Position, line: Callable[[str, int], str | None], today: date) -> Iterator[Suppression]:
    """The suppressions that belong to a place."""
    for number in _lines(position, line):
        found = read(line(position.file, number) or "", Position(position.file, number), today)
        if found:
            yield found


def read(line: str, position: Position, today: date) -> Suppression | None:
    """The suppression that a line holds; ``position`` says which line it is."""
    found = COMMENT.search(line) if MARK in line else None
    if found is None:
        return None
    ids = tuple(it.strip() for it in found["rules"].split(","))
    where = Position(position.file, position.line, found.start() + 1)
    return Suppression(ids, found["until"] or "", (found["reason"] or "").strip(), today, where, len(line.rstrip()) + 1)


def _lines(position: Position, line: Callable[[str, int], str | None]) -> Iterator[int]:
    """The line itself, and the comment lines right above it."""
    if not position.line:
        return
    yield position.line
    for number in range(position.line - 1, max(position.line - ABOVE, 0), -1):
        if not (line(position.file, number) or "").lstrip().startswith("#"):
            return
        yield number


@rule(
    "style-suppression",
    Suppression,
    WARNING,
    "a suppression without a reason, or one that has expired",
    why="""
A suppression says why a rule does not count, and may say until when: # pcsync: ignore RULE until 2027-01-01: reason. Without a reason, or
after that day, it does nothing.""",
    bad="""
renderOptions:
  - id: example
    name: Example
    options: assets=image&asset_bidx=image|1,2,3&colour=true  # pcsync: ignore render-unknown-parameter until 2020-01-01: tiler 2.1 knows it
""",
    good="""
renderOptions:
  - id: example
    name: Example
    options: assets=image&asset_bidx=image|1,2,3&colour=true  # pcsync: ignore render-unknown-parameter: tiler 2.1 knows it
""",
)
def suppression(subject: Suppression) -> Iterator[Finding]:
    if not subject.reason:
        yield Finding("", "this suppression says no reason, so it does nothing", "add one: # pcsync: ignore RULE: reason")
    elif subject.until and subject.ends is None:
        yield Finding("", f"{subject.until} is no date, so this suppression does nothing", "write it as until 2027-01-31")
    elif not subject.counts:
        yield Finding("", f"this suppression ended on {subject.until}", "mend what it hides, or give it a new date")


@dataclass(frozen=True, slots=True)
class Idle:
    """A rule's id in a suppression that met no finding of it."""

    rule: str
    written: Suppression


def no_rule(id: str) -> bool:
    """The id looks like one of ours and is none."""
    return id.partition("-")[0] in SETS and all(it.id != id for it in rules())


@rule(
    IDLE,
    Idle,
    WARNING,
    "a suppression that hides nothing",
    why="""
What it hid was mended, its rule is spelt otherwise, or it stands at another line than the finding. Left where it is, it hides the next
fault that somebody makes there. It counts for its own line, or as a comment right above.""",
    bad="""
renderOptions:
  - id: example
    name: Example
    options: assets=image&asset_bidx=image|1,2,3  # pcsync: ignore render-unknown-parameter: tiler 2.1 knows it
""",
    good="""
renderOptions:
  - id: example
    name: Example
    options: assets=image&asset_bidx=image|1,2,3&colour=true  # pcsync: ignore render-unknown-parameter: tiler 2.1 knows it
""",
)
def idle(subject: Idle) -> Iterator[Finding]:
    if no_rule(subject.rule):
        near = nearest(subject.rule, [it.id for it in rules()])
        yield Finding("", f"there is no rule {subject.rule}, so this hides nothing", f"did you mean {near}?" if near else "remove it")
    else:
        ended = f"; it ended on {subject.written.until}" if subject.written.until and not subject.written.counts else ""
        yield Finding("", f"{subject.rule} finds nothing here, so this hides nothing{ended}", "remove it")
