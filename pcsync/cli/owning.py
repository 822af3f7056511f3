"""Rules of a project's own: its policies and the plugins it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pcsync.core.diagnostic import Diagnostic, Severity
from pcsync.core.errors import UsageError
from pcsync.core.source import Document
from pcsync.manifests.problem import Problem
from pcsync.manifests.project import Project, find_project, read_project
from pcsync.rules.book import rules
from pcsync.rules.plugged import plugged

if TYPE_CHECKING:
    from pcsync.cli.options import GlobalOptions
    from pcsync.rules.policy import Policy
    from pcsync.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Own:
    """A project's policies and its plugins' rules, and what is wrong with the policies."""

    policies: tuple[Policy, ...] = ()
    plugged: tuple[Rule, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All of them as rules, with those that need a catalog."""
        from pcsync.rules.live import LIVE

        return (*LIVE, *self.plugged, *(policy.rule for policy in self.policies))


def own_rules(project: Project) -> Own:
    """The rules of a project. Raises UsageError for a plugin that cannot be had."""
    plugins = tuple(rule for name in project.plugins for rule in plugged(name))
    if not project.policies:
        return Own((), plugins)
    from pcsync.manifests.policies import read_policies  # few projects have any
    from pcsync.rules.live import LIVE
    from pcsync.rules.policy import Policy

    documents, found = read_policies(project)
    taken = {rule.id for rule in (*rules(), *LIVE, *plugins)}
    policies = []
    for document in documents:
        for index, body in enumerate(document.body["rules"]):
            problems = list(_problems(document, index, taken))
            found += [it.diagnostic(project.root) for it in problems]
            taken.add(body["id"])
            policies += [] if problems else [Policy.of(body)]
    return Own(tuple(policies), plugins, tuple(found))


def _problems(document: Document, index: int, taken: set[str]) -> Iterator[Problem]:
    """Why a rule of a policy file cannot be used."""
    from pcsync.rules.policy import Policy, SchemaError, compiled

    body, at = document.body["rules"][index], f"/rules/{index}"
    if body["id"] in taken:
        yield Problem(
            "policy-taken-id", f"there is a rule {body['id']} already", document.origin.at(f"{at}/id"), "choose another id", f"{at}/id"
        )
    policy = Policy.of(body)
    for name, schema in (("where", policy.where), ("assert", policy.demand)):
        try:
            compiled(schema)
        except SchemaError as wrong:
            pointer = f"{at}/{name}"
            fix = "write a JSON Schema of draft 2020-12"
            yield Problem("policy-schema", f"this is no JSON Schema: {wrong}", document.origin.at(pointer), fix, pointer)


def reading() -> tuple[Rule, ...]:
    """What reading finds, as rules that the engine never asks."""
    from pcsync.manifests.pages import PAGES
    from pcsync.rules.rule import Rule

    return tuple(
        Rule(it.id, it.title, Severity.WARNING if it.warns else Severity.ERROR, it.why, it.bad, it.good, type(None), lambda _: ())
        for it in PAGES
    )


def known(options: GlobalOptions) -> tuple[Rule, ...]:
    """Every rule there is: ours, those of reading, and those of the project one stands in, if any."""
    from pcsync.rules.live import LIVE

    try:
        path = find_project(Path.cwd(), Path(options.config) if options.config else None)
    except UsageError:
        return (*rules(), *reading(), *LIVE)
    return (*rules(), *reading(), *own_rules(read_project(path, options.environment)).rules)
