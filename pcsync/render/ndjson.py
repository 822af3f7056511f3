"""Values as lines of JSON, each an object with a ``type``: what happens as it happens, what was found one by one, the summary last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from pcsync.core.diagnostic import Diagnostic
from pcsync.core.document import to_json
from pcsync.core.plan import Plan
from pcsync.render.json import diagnostics_document, outcome_document
from pcsync.render.outcome import Outcome


def line(sort: str, fields: Mapping[str, Any]) -> str:
    """One event or entry, keys sorted, with its line break."""
    return orjson.dumps({**fields, "type": sort}, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE).decode()


def diagnostics_ndjson(diagnostics: Iterable[Diagnostic], manifests: int | None = None) -> str:
    """A ``diagnostic`` each, then the ``summary``."""
    document = diagnostics_document(diagnostics, manifests)
    return _lines("diagnostic", document.pop("diagnostics")) + line("summary", document)


def plan_ndjson(plan: Plan) -> str:
    """A ``change``, ``check`` and ``unknown`` each, then the ``summary`` with counts and digest."""
    document = to_json(plan)
    changes = [{"change": change} for change in document["resource_changes"]]  # it has a ``type`` of its own, the resource's
    checks, extra = document["checks"], document["pcsync"]
    rest = {name: document[name] for name in ("format_version", "complete", "errored", "applyable", "summary")}
    told = {name: extra[name] for name in ("target", "digest", "notes", "unmanaged")}
    return _lines("change", changes) + _lines("check", checks) + _lines("unknown", extra["unknown"]) + line("summary", rest | told)


def outcome_ndjson(outcome: Outcome) -> str:
    """A line for each change that was not done or does not read back as declared, and each check's ``result``; then the ``summary``."""
    document = outcome_document(outcome)
    remaining = document.pop("remaining")
    lines = [_lines(sort, document.pop(sort)) for sort in ("failed", "unknown", "blocked")]
    skipped = _lines("skipped", [{"address": address} for address in document.pop("skipped")])
    checked = {"read_again": remaining is not None}
    results = document["checks"].pop("results") if "checks" in document else ()
    more = [_lines("remaining", remaining or ()), _lines("result", results)]
    return "".join([*lines, skipped, *more, line("summary", document | checked)])


def _lines(sort: str, entries: Iterable[Mapping[str, Any]]) -> str:
    return "".join(line(sort, entry) for entry in entries)
