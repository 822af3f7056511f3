"""``pcsync explain``: a rule's documentation, or the list of all rules."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pcsync.cli.options import GlobalOptions
    from pcsync.rules.rule import Rule

TITLES = {
    "service": "what the catalog takes",
    "stac": "the STAC document",
    "render": "render options",
    "mosaic": "mosaics",
    "check": "checks after apply",
    "style": "what makes a catalog pleasant to use",
    "reading": "files, YAML, and the shape of manifests; always asked",
    "live": "what only the catalog can say (validate --live)",
}

READING = "reading"
OF_READING = frozenset({"file", "json", "manifest", "overlay", "pattern", "policy", "project", "removal", "secret", "variable", "yaml"})
"""What the ids of reading begin with."""
OWN = "the project's own"


@click.command("explain")
@click.argument("rule", required=False)
@click.pass_obj
def command(options: GlobalOptions, rule: str | None) -> None:
    """Say what RULE finds, why it matters, and how it is done right; without RULE, list the rules, with those of this
    project's policies and plugins.

    Any rule counts as error, warning, note or off under rules: in pcsync.yaml. In one place it is suppressed by a comment:

        # pcsync: ignore RULE until 2027-01-31: reason
    """
    from pcsync.cli.owning import known
    from pcsync.rules.book import rule_of

    every = known(options)
    click.echo(page(rule_of(rule, every)) if rule else listing(every), nl=False)


def page(rule: Rule) -> str:
    """The documentation of one rule."""
    why = " ".join(rule.why.split())
    lines = [f"{rule.id}  {rule.severity}", "", _sentence(rule.title), "", *_wrapped(why), ""]
    for head, text in (("found", rule.bad), ("right", rule.good)) if rule.bad else ():
        lines += [f"{head}:", "", *(f"    {line}".rstrip() for line in text.splitlines()), ""]
    return "\n".join(lines)


def listing(rules: tuple[Rule, ...]) -> str:
    """All rules by set: id, severity, title."""
    wide = max(len(rule.id) for rule in rules)
    lines = []
    order = {name: number for number, name in enumerate(TITLES)}
    for name, members in groupby(sorted(rules, key=lambda it: (order.get(_group(it), len(order)), it.id)), key=_group):
        lines += [f"{name}: {TITLES.get(name, OWN)}", *(f"  {rule.id:{wide}}  {rule.severity:7}  {rule.title}" for rule in members), ""]
    return "\n".join(lines)


def _group(rule: Rule) -> str:
    return READING if rule.set in OF_READING else rule.set


def _sentence(title: str) -> str:
    return f"{title[0].upper()}{title[1:]}."


def _wrapped(text: str) -> list[str]:
    from textwrap import wrap

    return wrap(text, 100)
