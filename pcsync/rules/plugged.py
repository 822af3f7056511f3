"""Rules from installed packages: modules that make rules with ``pcsync.rules.rule.rule``, named in the entry point group pcsync.rules.

Only those that pcsync.yaml names count: what happens to be installed changes nothing, and nobody pays for looking.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from pcsync.core.errors import UsageError
from pcsync.rules.rule import Rule, registered
from pcsync.rules.words import meant

GROUP = "pcsync.rules"
WHERE = "plugins in pcsync.yaml"


@cache
def plugged(name: str) -> tuple[Rule, ...]:
    """The rules of the module that an entry point names, by id. Raises UsageError where it cannot be had."""
    from importlib.metadata import entry_points

    points = entry_points(group=GROUP)
    if name not in points.names:
        fix = meant(name, points.names, f"install the package that has it in its entry point group {GROUP}")
        raise UsageError(f"there is no plugin {name!r}", where=WHERE, fix=fix)
    module = points[name].module
    try:
        import_module(module)
    except (ImportError, ValueError) as wrong:  # ValueError: an id that is taken
        raise UsageError(f"plugin {name!r} cannot be loaded: {wrong}", where=WHERE, fix="mend or update the package") from wrong
    return tuple(rule for rule in registered() if f"{rule.check.__module__}.".startswith(f"{module}."))
