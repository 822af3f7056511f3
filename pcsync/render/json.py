"""The same values as JSON documents: keys sorted, so that equal values are equal text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import orjson

from pcsync.core.change import Action
from pcsync.core.diagnostic import Diagnostic, Severity
from pcsync.core.document import to_json
from pcsync.core.plan import Plan
from pcsync.render.diagnostics import in_order
from pcsync.render.groups import DONE
from pcsync.render.outcome import Outcome, Said

FORMAT_VERSION = "1.0"


def dumps(document: Any) -> str:
    """Indented JSON with sorted keys and a line break at its end."""
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE).decode()


def plan_json(plan: Plan) -> str:
    """The plan document (core.document), which ``apply`` takes as well."""
    return dumps(to_json(plan))


def diagnostics_json(diagnostics: Iterable[Diagnostic], manifests: int | None = None) -> str:
    """Every diagnostic in order, and their counts by severity."""
    return dumps(diagnostics_document(diagnostics, manifests))


def diagnostics_document(diagnostics: Iterable[Diagnostic], manifests: int | None = None) -> dict[str, Any]:
    """What ``diagnostics_json`` prints."""
    found = in_order(diagnostics)
    tally = Counter(diagnostic.severity for diagnostic in found)
    return {
        "format_version": FORMAT_VERSION,
        "manifests": manifests,
        "valid": not tally[Severity.ERROR],
        "summary": {str(severity): tally[severity] for severity in Severity},
        "diagnostics": [diagnostic_json(diagnostic) for diagnostic in found],
    }


def diagnostic_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """One diagnostic; ``line`` and ``column`` are 0 where the file as a whole is meant, the ends where they are not known."""
    return {
        "rule": diagnostic.rule,
        "severity": str(diagnostic.severity),
        "what": diagnostic.what,
        "fix": diagnostic.fix,
        "pointer": diagnostic.pointer,
        "file": diagnostic.position.file,
        "line": diagnostic.position.line,
        "column": diagnostic.position.column,
        "end_line": diagnostic.end_line,
        "end_column": diagnostic.end,
    }


def outcome_json(outcome: Outcome) -> str:
    """What an apply did; ``remaining`` is null where nothing was read again."""
    return dumps(outcome_document(outcome))


def outcome_document(outcome: Outcome) -> dict[str, Any]:
    """What ``outcome_json`` prints."""
    return {
        "format_version": FORMAT_VERSION,
        "clean": outcome.clean,
        "summary": {
            **{str(action): outcome.done.get(action, 0) for action in Action if action in DONE},
            "failed": len(outcome.failed),
            "unknown": len(outcome.unknown),
            "not_attempted": len(outcome.blocked) + len(outcome.skipped),
        },
        "failed": _said(outcome.failed),
        "unknown": _said(outcome.unknown),
        "blocked": _said(outcome.blocked),
        "skipped": list(outcome.skipped),
        "remaining": None if outcome.remaining is None else _said(outcome.remaining),
        "seconds": round(outcome.seconds, 3),
        "notes": list(outcome.notes),
        **_checked(outcome),
    }


def _checked(outcome: Outcome) -> dict[str, Any]:
    """The checks that were made after the apply, where any were."""
    if outcome.checks is None:
        return {}
    from pcsync.render.checks_json import checks_document

    return {"checks": checks_document(outcome.checks)}


def _said(entries: Iterable[Said]) -> list[dict[str, str]]:
    return [{"address": address, "message": message} for address, message in entries]
