"""What checks found as JSON, and as lines of JSON."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from pcsync.core.checks import CheckReport, CheckResult, Verdict
from pcsync.core.picture import Picture
from pcsync.render.json import FORMAT_VERSION, dumps

MOST_BYTES = 300_000
"""Bytes of a failed check's picture that are written into a document."""


def checks_json(report: CheckReport) -> str:
    """Every result in order, and the counts by verdict."""
    return dumps(checks_document(report))


def checks_document(report: CheckReport) -> dict[str, Any]:
    """What ``checks_json`` prints; a failed check's picture is in it, in base64."""
    counts = report.counts()
    return {
        "format_version": FORMAT_VERSION,
        "passed": not report.failed,
        "summary": {str(verdict): counts[verdict] for verdict in Verdict},
        "results": [result_json(result) for result in report.results],
        "seconds": round(report.seconds, 3),
        "requests": report.requests,
        "notes": list(report.notes),
    }


def result_json(result: CheckResult) -> dict[str, Any]:
    """One result."""
    place = result.position
    return {
        "sort": result.sort,
        "address": result.address,
        "name": result.name,
        "verdict": str(result.verdict),
        "message": result.message,
        "expected": dict(result.expected),
        "measured": dict(result.measured),
        "seconds": round(result.seconds, 3),
        "requests": result.requests,
        "declared": result.declared,
        "position": None if place is None else {"file": place.file, "line": place.line, "column": place.column},
        "picture": None if result.picture is None else _picture(result.picture, whole=result.verdict is Verdict.FAILED),
    }


def _picture(picture: Picture, *, whole: bool) -> dict[str, Any]:
    content = {"content": b64encode(picture.content).decode()} if whole and len(picture.content) <= MOST_BYTES else {}
    return {
        "media_type": picture.media_type,
        "width": picture.width,
        "height": picture.height,
        "route": picture.route,
        "remark": picture.remark,
        **content,
    }


def checks_ndjson(report: CheckReport) -> str:
    """A ``result`` each, then the ``summary``."""
    from pcsync.render.ndjson import line

    document = checks_document(report)
    results = document.pop("results")
    return "".join(line("result", result) for result in results) + line("summary", document)
