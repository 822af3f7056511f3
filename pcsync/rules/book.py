"""All rules there are. A rule's module is found by being below this package; there is no list to keep."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

from pcsync.core.errors import UsageError
from pcsync.rules.rule import Rule, registered
from pcsync.rules.words import meant

PACKAGE = "pcsync.rules"


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of ours, by id."""
    here = Path(__file__).parent  # not pkgutil, which takes longer to import than all rules do to run
    for path in sorted(here.rglob("*.py")):
        parts = path.relative_to(here).with_suffix("").parts
        if path.stem != "__init__":
            import_module(".".join((PACKAGE, *parts)))
    return tuple(rule for rule in registered() if rule.check.__module__.startswith(PACKAGE))


def rule_of(id: str, known: Sequence[Rule]) -> Rule:
    """The rule of an id. Raises UsageError where there is none."""
    found = next((rule for rule in known if rule.id == id), None)
    if found is None:
        raise UsageError(f"there is no rule {id!r}", fix=meant(id, [rule.id for rule in known], "list them: pcsync explain"))
    return found
