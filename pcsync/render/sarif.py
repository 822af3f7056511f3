"""Diagnostics as a SARIF 2.1.0 log (OASIS, sarif-v2.1.0), in the subset that GitHub code scanning and Azure DevOps read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from pcsync import __version__
from pcsync.core.diagnostic import Diagnostic, Severity
from pcsync.render.diagnostics import in_order
from pcsync.render.json import dumps
from pcsync.render.remarks import placed, told
from pcsync.render.terminal import safe

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
VERSION = "2.1.0"
CATEGORY = "pcsync/validate/"  # tells this analysis from others of the same commit
LINK = re.compile(r"\[(?=[^\]]*\]\()")


@dataclass(frozen=True, slots=True)
class RuleText:
    """What is said about a rule: its title, why it matters, and how much it counts where nobody says otherwise."""

    title: str
    why: str
    severity: Severity


def sarif(diagnostics: Iterable[Diagnostic], prefix: str = "", texts: Mapping[str, RuleText] | None = None) -> str:
    """One run of one tool; ``prefix`` is the project's folder in the repository, whose root the file URIs are relative to.

    ``texts`` are those of the rules that have any, by id.
    """
    found = in_order(diagnostics)
    rules = sorted({diagnostic.rule for diagnostic in found})
    described = [_rule(rule, (texts or {}).get(rule)) for rule in rules]
    driver = {"name": "pcsync", "semanticVersion": __version__, "rules": described}
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": CATEGORY},
        "columnKind": "unicodeCodePoints",
        "results": _results(found, rules, prefix),
    }
    return dumps({"$schema": SCHEMA, "version": VERSION, "runs": [run]})


def _rule(rule: str, text: RuleText | None) -> dict[str, Any]:
    if text is None:
        return {"id": rule}
    why = " ".join(text.why.split())
    return {
        "id": rule,
        "shortDescription": {"text": message(text.title)},
        "fullDescription": {"text": message(why)},
        "help": {"text": message(f"{why}\nExamples: pcsync explain {rule}")},
        "defaultConfiguration": {"level": str(text.severity)},
    }


def _results(found: Sequence[Diagnostic], rules: Sequence[str], prefix: str) -> list[dict[str, Any]]:
    twins: Counter[str] = Counter()
    results = []
    for diagnostic in found:
        identity = fingerprint(diagnostic)
        results.append(_result(diagnostic, rules.index(diagnostic.rule), f"{identity}:{twins[identity]}", prefix))
        twins[identity] += 1
    return results


def _result(diagnostic: Diagnostic, rule: int, identity: str, prefix: str) -> dict[str, Any]:
    return {
        "ruleId": diagnostic.rule,
        "ruleIndex": rule,
        "level": str(diagnostic.severity),
        "message": {"text": message(told(diagnostic))},
        "locations": [location(diagnostic, prefix)],
        "partialFingerprints": {"pcsync/v1": identity},
    }


def location(diagnostic: Diagnostic, prefix: str) -> dict[str, Any]:
    """The place in a file, and the value's JSON pointer; a file as a whole is its first line, since code scanning wants one."""
    position = diagnostic.position
    place: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": quote(placed(position, prefix))}, "region": region(diagnostic)}
    }
    if diagnostic.pointer:
        place["logicalLocations"] = [{"fullyQualifiedName": diagnostic.pointer, "kind": "member"}]
    return place


def region(diagnostic: Diagnostic) -> dict[str, int]:
    """Lines and columns as far as they are known; an end line that is the start line is left out."""
    position = diagnostic.position
    lines = {"startLine": max(position.line, 1)}
    if not position.column:
        return lines
    if not diagnostic.end:
        return {**lines, "startColumn": position.column}
    if diagnostic.last_line > position.line:
        return {**lines, "startColumn": position.column, "endLine": diagnostic.last_line, "endColumn": diagnostic.end}
    return {**lines, "startColumn": position.column, "endColumn": max(diagnostic.end, position.column)}


def message(text: str) -> str:
    """Text in which no link can hide: ``[text](target)`` is one even in plain SARIF messages (section 3.11.6)."""
    return LINK.sub(r"\\[", safe(text))


def fingerprint(diagnostic: Diagnostic) -> str:
    """What makes a problem the same one after lines were added above it: rule, file, pointer and text."""
    parts = (diagnostic.rule, diagnostic.position.file, diagnostic.pointer, diagnostic.what)
    return sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()[:32]
