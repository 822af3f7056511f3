"""What a rule is: one small function together with everything that is said about it.

``pcsync explain``, the rule's documentation and its basic test (the bad example is found, the good one is not) come from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from pcsync.core.diagnostic import Severity
from pcsync.core.source import Origin

SETS = ("service", "stac", "render", "mosaic", "check", "style")
"""Rule sets; a rule's id begins with the name of its own."""

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


@dataclass(frozen=True, slots=True)
class Finding:
    """Where a rule does not hold, and how to mend it.

    ``pointer`` is the JSON pointer of the value in its document; ``span`` the characters of that value, where it is a text, that are
    meant; ``key`` says that the key is meant instead. ``origin`` names the document where a rule looks at several; ``whole``
    means its file as such, so that no line has to be looked for.
    """

    pointer: str
    what: str
    fix: str = ""
    span: tuple[int, int] | None = None
    key: bool = False
    origin: Origin | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: ``check`` yields what does not hold in one subject; ``subject`` is the class of subjects it looks at.

    ``answers``: it explains a complaint of the schema better, so at the same place only the rule speaks. ``needs`` are names of which the
    subject has to have one; without any of them the rule is not asked at all. Nothing is every subject.
    Examples are manifests without what every manifest has (``tests/rules/examples.py`` has the rest).
    """

    id: str
    title: str
    severity: Severity
    why: str
    bad: str
    good: str
    subject: type
    check: Callable[[Any], Iterable[Finding]]
    answers: bool = False
    needs: frozenset[str] = frozenset()

    @property
    def set(self) -> str:
        """The rule set it belongs to."""
        return self.id.partition("-")[0]


Check = TypeVar("Check", bound=Callable[[Any], Iterable[Finding]])
_rules: dict[str, Rule] = {}


def rule(
    id: str, subject: type, severity: Severity, title: str, *, why: str, bad: str, good: str, answers: bool = False, needs: str = ""
) -> Callable[[Check], Check]:
    """Make a rule of a function from a subject to findings."""

    def register(check: Check) -> Check:
        if id in _rules:
            raise ValueError(f"there are two rules {id}")
        _rules[id] = Rule(
            id, title, severity, why.strip(), _snippet(bad), _snippet(good), subject, check, answers, frozenset(needs.split())
        )
        return check

    return register


def registered() -> Iterator[Rule]:
    """The rules of the modules imported so far, by id."""
    yield from (_rules[id] for id in sorted(_rules))


def _snippet(text: str) -> str:
    return text.strip("\n") + "\n"
