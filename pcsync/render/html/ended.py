"""How every change of an apply ended, by its address: what the page says beside each one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pcsync.core.change import Action, Change
from pcsync.core.plan import Plan
from pcsync.render.groups import DONE
from pcsync.render.html.markup import Markup, tag
from pcsync.render.outcome import Outcome
from pcsync.render.wording import count, listed, number

FINE = "done"
FAILED = "failed"
UNKNOWN = "unknown"
DIFFERS = "still differs"
BLOCKED = "blocked"
SKIPPED = "not attempted"
WORDS = (FAILED, UNKNOWN, DIFFERS, BLOCKED, SKIPPED, FINE)
"""What needs a reader's eye first."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How one change ended, in a word of ``WORDS``, and what was said about it."""

    word: str
    why: str = ""


def endings(plan: Plan, outcome: Outcome) -> Mapping[str, Ended]:
    """The end of every change of the plan; one that nothing is said about was done."""
    found = {change.address: Ended(FINE) for change in plan.changes if change.action is not Action.KEEP}
    for word, entries in _said(outcome):
        found.update({address: Ended(word, why) for address, why in entries})
    return found


def _said(outcome: Outcome) -> Iterator[tuple[str, Iterable[tuple[str, str]]]]:
    """What weighs more comes later."""
    yield SKIPPED, ((address, "") for address in outcome.skipped)
    yield BLOCKED, outcome.blocked
    yield DIFFERS, outcome.remaining or ()
    yield UNKNOWN, outcome.unknown
    yield FAILED, outcome.failed


def counted(changes: Iterable[Change], ended: Mapping[str, Ended]) -> str:
    """``2 created, 1 changed, 1 failed``: what there is of a collection."""
    done: Counter[Action] = Counter()
    rest: Counter[str] = Counter()
    for change in changes:
        end = ended.get(change.address)
        if end is None or change.action is Action.KEEP:
            rest["unchanged"] += 1
        elif end.word == FINE:
            done[change.action] += 1
        else:
            rest[end.word] += 1
    words = [f"{number(done[action])} {word}" for action, word in DONE.items() if done[action]]
    return ", ".join([*words, *(f"{number(rest[word])} {word}" for word in (*WORDS, "unchanged") if rest[word])])


def verdict(outcome: Outcome) -> Markup:
    """Whether everything was done, and is so."""
    undone = {
        "failed": outcome.failed,
        "of unknown outcome": outcome.unknown,
        "not attempted": (*outcome.blocked, *outcome.skipped),
        "still not as declared": outcome.remaining or (),
    }
    left = [f"{number(len(entries))} {words}" for words, entries in undone.items() if entries]
    checks = outcome.checks.failed if outcome.checks else ()
    if left:
        return tag("p", f"Not everything was applied: {listed(left)}.", class_="verdict stop")
    proof = "" if outcome.remaining is None else " Read again, it is as declared."
    if checks:
        return tag("p", f"Everything was applied.{proof} {count(len(checks), 'check')} failed.", class_="verdict stop")
    return tag("p", f"Everything was applied.{proof}", class_="verdict good")
