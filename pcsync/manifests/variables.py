"""``${name}`` and ``${env:NAME}``: a target's variables and the environment, filled into texts.

``$${`` is a literal ``${``. A text that is nothing but one ``${name}`` takes the variable's own type, so a zoom level can be one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pcsync.core.source import step
from pcsync.manifests.problem import Problem, did_you_mean
from pcsync.manifests.tree import Tree

REFERENCE = re.compile(r"\$(\$)?\{([^}]*)(\})?")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
ENV = "env:"


@dataclass
class Variables:
    """The variables of one target. ``unknown`` collects what could not be filled in, as (reference, what, fix), ``used`` what could,
    ``asked`` the names of the environment that were looked up."""

    values: Mapping[str, Any]
    environ: Mapping[str, str]
    unknown: list[tuple[str, str, str]] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)

    def fill(self, value: Any) -> Any:
        """The value with every reference filled in; the same object where there is none. Keys stay as they are."""
        if isinstance(value, str):
            return self.text(value) if "${" in value else value
        if isinstance(value, dict):
            return self._changed(value, value.items())
        return self._changed(value, enumerate(value)) if isinstance(value, list) else value

    def _changed(self, value: Any, members: Iterable[tuple[Any, Any]]) -> Any:
        changed = None
        for key, member in members:
            kind = type(member)
            if (kind is str and "${" in member) or kind is dict or kind is list:
                new = self.fill(member)
                if new is not member:
                    changed = value.copy() if changed is None else changed
                    changed[key] = new
        return value if changed is None else changed

    def text(self, text: str) -> Any:
        """A text with its references filled in."""
        whole = REFERENCE.fullmatch(text)
        if whole and not whole[1] and whole[3]:
            return self.value(whole[2], text)
        return REFERENCE.sub(lambda found: "${" + found[2] + (found[3] or "") if found[1] else _shown(self.within(found)), text)

    def within(self, found: re.Match[str]) -> Any:
        """The value of one reference inside a longer text."""
        if not found[3]:
            self.unknown.append((found[0], f"{found[0]!r} is never closed", "close it with }, or write $${ for a literal ${"))
            return found[0]
        return self.value(found[2], found[0])

    def value(self, name: str, written: str) -> Any:
        """What a name stands for; the reference as written where it stands for nothing."""
        if name.startswith(ENV):
            return self._environment(name.removeprefix(ENV), written)
        if name in self.values:
            self.used.add(name)
            return self.values[name]
        if not NAME.fullmatch(name):
            self.unknown.append((written, f"{written} is no variable's name", "write $${ for a literal ${"))
        else:
            fix = did_you_mean(name, self.values, "add it to the target's variables in pcsync.yaml")
            self.unknown.append((written, f"the target has no variable {name}", fix))
        return written

    def _environment(self, name: str, written: str) -> Any:
        self.asked.add(name)
        if name in self.environ:
            return self.environ[name]
        self.unknown.append((written, f"the environment has no {name}", f"set it: export {name}=..."))
        return written


def _shown(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def filled(tree: Tree, variables: Variables, report: Callable[[Problem], None]) -> Any:
    """The tree's value with its variables filled in; a second, slower walk finds the places of unknown ones."""
    variables.unknown.clear()
    value = variables.fill(tree.value)
    if variables.unknown:
        _report(tree.value, tree, "", variables, report)
    return value


def _report(value: Any, tree: Tree, pointer: str, variables: Variables, report: Callable[[Problem], None]) -> None:
    if isinstance(value, dict | list):
        for key, member in value.items() if isinstance(value, dict) else enumerate(value):
            _report(member, tree, pointer + step(key), variables, report)
    elif isinstance(value, str) and "${" in value:
        variables.unknown.clear()
        variables.text(value)
        for _, what, fix in variables.unknown:
            report(Problem("variable-unknown", what, tree.at(pointer), fix, pointer))
