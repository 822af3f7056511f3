"""All rules there are. A rule's module is found by being below this package; there is no list to keep."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from os import sep, walk
from pathlib import Path

from pcsync.core.errors import UsageError
from pcsync.rules.rule import Rule, registered
from pcsync.rules.words import meant

PACKAGE = "pcsync.rules"


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of ours, by id."""
    return _of(_modules())


@cache
def rules_across() -> tuple[Rule, ...]:
    """Those over all documents together, and over what hides them: all that is asked where a verdict on every file is known.

    They stand in modules named across; to import only these takes a tenth of the time.
    """
    apart = [name for name in _modules() if name.endswith(".across") or name == f"{PACKAGE}.suppression"]
    return tuple(rule for rule in _of(apart) if rule.check.__module__ in apart)


def _of(modules: Sequence[str]) -> tuple[Rule, ...]:
    for name in modules:
        import_module(name)
    return tuple(rule for rule in registered() if rule.check.__module__.startswith(PACKAGE))


@cache
def _modules() -> tuple[str, ...]:
    here = str(Path(__file__).parent)  # no pkgutil, no rglob: to import the one and to walk by the other takes longer than all rules
    found = (f"{folder}{sep}{file}" for folder, _, files in walk(here) for file in files if file.endswith(".py"))
    inside = (path[len(here) + 1 : -len(".py")] for path in sorted(found) if not path.endswith("__init__.py"))
    return tuple(f"{PACKAGE}.{path.replace(sep, '.')}" for path in inside)


def rule_of(id: str, known: Sequence[Rule]) -> Rule:
    """The rule of an id. Raises UsageError where there is none."""
    found = next((rule for rule in known if rule.id == id), None)
    if found is None:
        raise UsageError(f"there is no rule {id!r}", fix=meant(id, [rule.id for rule in known], "list them: pcsync explain"))
    return found
