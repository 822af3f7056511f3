"""Which rules count, and how much: ``--select``, ``--ignore`` and the project's ``rules:``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pcsync.core.diagnostic import Severity
from pcsync.core.errors import UsageError
from pcsync.rules.rule import SETS, Rule
from pcsync.rules.words import meant

OFF = "off"
LEVELS = (*(str(severity) for severity in Severity), OFF)


@dataclass(frozen=True, slots=True)
class Choice:
    """Selected and ignored rules by id, set (``render``) or pattern (``render-color*``); severities by id, set or pattern.

    Nothing selected is everything. Of several patterns the last one counts.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: tuple[tuple[str, str], ...] = ()

    def severity(self, rule: Rule) -> Severity | None:
        """How much a rule counts; None where it does not."""
        if (self.select and not _any(rule, self.select)) or _any(rule, self.ignore):
            return None
        level: str = rule.severity
        for pattern, chosen in self.severities:
            if matches(rule, pattern):
                level = chosen
        return None if level == OFF else Severity(level)


def matches(rule: Rule, pattern: str) -> bool:
    """The pattern is the rule's id, its set, or has its id among what it stands for."""
    return pattern in (rule.id, rule.set) or ("*" in pattern and fnmatchcase(rule.id, pattern))


def _any(rule: Rule, patterns: Iterable[str]) -> bool:
    return any(matches(rule, pattern) for pattern in patterns)


def by_subject(choice: Choice, rules: Sequence[Rule]) -> dict[type, list[tuple[Rule, Severity]]]:
    """The rules that count, with their severities, by the class of what they look at."""
    chosen: dict[type, list[tuple[Rule, Severity]]] = {}
    for rule in rules:
        severity = choice.severity(rule)
        if severity is not None:
            chosen.setdefault(rule.subject, []).append((rule, severity))
    return chosen


def unknown(patterns: Iterable[str], rules: Sequence[Rule]) -> Iterator[tuple[str, str]]:
    """(pattern, what to do) of patterns that stand for no rule."""
    for pattern in patterns:
        if not any(matches(rule, pattern) for rule in rules):
            yield pattern, meant(pattern, [*SETS, *(rule.id for rule in rules)], "the rules: pcsync explain")


def require_known(option: str, patterns: Iterable[str], rules: Sequence[Rule]) -> None:
    """Raises UsageError for a pattern that stands for no rule."""
    for pattern, fix in unknown(patterns, rules):
        raise UsageError(f"there is no rule {pattern!r}", where=option, fix=fix)
