"""All rules there are. A rule's module is found by being below this package; there is no list to keep."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pkgutil import walk_packages

from pcsync.core.errors import UsageError
from pcsync.rules.rule import Rule, registered
from pcsync.rules.words import meant


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of ours, by id."""
    import pcsync.rules as package

    for module in walk_packages(package.__path__, f"{package.__name__}."):
        import_module(module.name)
    return tuple(rule for rule in registered() if rule.check.__module__.startswith(package.__name__))


def rule_of(id: str, known: Sequence[Rule]) -> Rule:
    """The rule of an id. Raises UsageError where there is none."""
    found = next((rule for rule in known if rule.id == id), None)
    if found is None:
        raise UsageError(f"there is no rule {id!r}", fix=meant(id, [rule.id for rule in known], "list them: pcsync explain"))
    return found
