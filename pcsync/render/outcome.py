"""What an apply did, as text: the true counts last, and every failure with its address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pcsync.core.change import Action
from pcsync.core.checks import CheckReport
from pcsync.render.checks import checks_lines
from pcsync.render.flow import flowed
from pcsync.render.groups import DONE
from pcsync.render.terminal import DEFAULT_WIDTH, Style, one_line, safe
from pcsync.render.wording import count, duration, number

Said = tuple[str, str]
"""(address, message)"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one apply.

    ``unknown`` are calls that were sent and whose answer was lost, ``blocked`` changes that needed a failed one, ``skipped``
    those that an interruption left. ``remaining`` is what still differs after everything was read again; None where it was not.
    ``checks`` are those that were made afterwards.
    """

    done: Mapping[Action, int] = field(default_factory=dict)
    failed: tuple[Said, ...] = ()
    unknown: tuple[Said, ...] = ()
    blocked: tuple[Said, ...] = ()
    skipped: tuple[str, ...] = ()
    remaining: tuple[Said, ...] | None = None
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    checks: CheckReport | None = None

    @property
    def clean(self) -> bool:
        """Everything was done, and reading it again found nothing that differs."""
        return not (self.failed or self.unknown or self.blocked or self.skipped or self.remaining)


def outcome_text(outcome: Outcome, style: Style) -> str:
    """The outcome to read, from what went wrong to the counts."""
    return "\n".join(outcome_lines(outcome, style)) + "\n"


def outcome_lines(outcome: Outcome, style: Style) -> Iterator[str]:
    """The lines of ``outcome_text``."""
    yield from _section("failed", outcome.failed, style)
    yield from _section("outcome unknown: the request was sent and its answer lost", outcome.unknown, style)
    yield from _section("not attempted, because what they need failed", outcome.blocked, style)
    yield from _section("not attempted", [(address, "") for address in outcome.skipped], style)
    yield from _section("still not as declared after applying", outcome.remaining or (), style)
    yield from (style.dim(line) for note in outcome.notes for line in flowed(f"note: {one_line(note)}", style.width))
    yield from _verdict(outcome, style)
    if outcome.checks is not None:
        yield ""
        yield from checks_lines(outcome.checks, style)


def _section(title: str, entries: Iterable[Said], style: Style) -> Iterator[str]:
    entries = tuple(entries)
    if not entries:
        return
    yield style.bad(f"{number(len(entries))} {title}:")
    for address, message in entries:
        first, *more = safe(message).split("\n")
        yield from flowed(f"! {one_line(address)}{': ' if message else ''}{one_line(first)}", style.width, "  ")
        yield from (f"      {one_line(line.strip())}" for line in more)
    yield ""


def counts(outcome: Outcome) -> str:
    """``12 created, 3 changed, 1 failed``: what was done always, what was not where there is any."""
    words = [
        f"{number(outcome.done.get(action, 0))} {word}"
        for action, word in DONE.items()
        if action is not Action.ADOPT or outcome.done.get(action)
    ]
    rest = {"failed": outcome.failed, "unknown": outcome.unknown, "not attempted": (*outcome.blocked, *outcome.skipped)}
    return ", ".join([*words, *(f"{number(len(entries))} {word}" for word, entries in rest.items() if entries)])


def _verdict(outcome: Outcome, style: Style) -> Iterator[str]:
    """The counts, and what reading again found: on one line where there is room."""
    said, proof = f"Apply: {counts(outcome)} in {duration(outcome.seconds)}", _proof(outcome)
    paint = style.bad if outcome.remaining else style.good
    if style.width >= DEFAULT_WIDTH or len(f"{said}; {proof}") <= style.width:
        yield style.bold(said) + (paint(f"; {proof}") if proof else "")
        return
    yield from (style.bold(line) for line in flowed(said, style.width))
    yield from (paint(line) for line in flowed(proof, style.width, "  ") if proof)


def _proof(outcome: Outcome) -> str:
    if outcome.remaining is None:
        return ""
    left = f"{count(len(outcome.remaining), 'resource')} still not as declared"
    return f"read again: {left if outcome.remaining else 'everything is as declared'}"
