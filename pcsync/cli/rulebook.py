"""The documentation of rules, from the rules themselves: pages for a terminal, one Markdown document for a site, JSON for other tools."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING

from pcsync.render.markdown_text import cell, code, fence, inline

if TYPE_CHECKING:
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


def group(rule: Rule) -> str:
    """The part of the book that a rule stands in."""
    return READING if rule.set in OF_READING else rule.set


def grouped(rules: Sequence[Rule]) -> Iterator[tuple[str, str, list[Rule]]]:
    """(part, its title, its rules by id), in the order of the book; a project's own come last."""
    order = {name: number for number, name in enumerate(TITLES)}
    for name, members in groupby(sorted(rules, key=lambda it: (order.get(group(it), len(order)), group(it), it.id)), key=group):
        yield name, TITLES.get(name, OWN), list(members)


def page_text(rule: Rule) -> str:
    """The documentation of one rule."""
    lines = [f"{rule.id}  {rule.severity}", "", sentence(rule.title), "", *wrap(" ".join(rule.why.split()), 100), ""]
    for head, text in (("found", rule.bad), ("right", rule.good)) if rule.bad else ():
        lines += [f"{head}:", "", *(f"    {line}".rstrip() for line in text.splitlines()), ""]
    return "\n".join(lines)


def listing_text(rules: Sequence[Rule]) -> str:
    """All rules by part: id, severity, title."""
    wide = max(len(rule.id) for rule in rules)
    lines = []
    for name, title, members in grouped(rules):
        lines += [f"{name}: {title}", *(f"  {rule.id:{wide}}  {rule.severity:7}  {rule.title}" for rule in members), ""]
    return "\n".join(lines)


def book_markdown(rules: Sequence[Rule]) -> str:
    """Every rule in one document: a table for each part that leads to the rules, then a section for each rule."""
    parts = list(grouped(rules))
    blocks = ["# Rules", f"{len(rules)} rules, as `pcsync explain` says them. Examples leave out what every manifest has."]
    for name, title, members in parts:
        rows = [f"| [{code(it.id)}](#{it.id}) | {it.severity} | {cell(inline(it.title))} |" for it in members]
        blocks += [f"## {inline(f'{name}: {title}')}", "\n".join(["| rule | severity | finds |", "| --- | --- | --- |", *rows])]
    return "\n\n".join([*blocks, *(section for _, _, members in parts for section in map(page_markdown, members))]) + "\n"


def page_markdown(rule: Rule) -> str:
    """The section of one rule; its heading is its id, and so is the anchor that sites make of it."""
    blocks = [f"### {rule.id}", f"**{rule.severity}**: {inline(sentence(rule.title))}", inline(" ".join(rule.why.split()))]
    for head, text in (("Found:", rule.bad), ("Right:", rule.good)) if rule.bad else ():
        blocks += [head, fence(text.rstrip("\n").splitlines(), "yaml")]
    return "\n\n".join(block for block in blocks if block)


def book_json(rules: Sequence[Rule]) -> str:
    """The rules as a list of objects; without examples where a rule has none."""
    return json.dumps([_object(it, part) for part, _, members in grouped(rules) for it in members], indent=2, ensure_ascii=False) + "\n"


def _object(rule: Rule, part: str) -> dict[str, str]:
    said = {"id": rule.id, "set": part, "severity": str(rule.severity), "title": rule.title, "why": " ".join(rule.why.split())}
    return said | ({"bad": rule.bad, "good": rule.good} if rule.bad else {})


def sentence(title: str) -> str:
    """A title as a sentence."""
    return f"{title[0].upper()}{title[1:]}."
