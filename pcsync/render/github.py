"""Remarks as GitHub Actions workflow commands (Workflow commands for GitHub Actions; escaping as actions/toolkit's command.ts does)."""

from __future__ import annotations

from collections.abc import Iterable

from pcsync.core.diagnostic import Severity
from pcsync.core.source import Position
from pcsync.render.remarks import Remark, placed
from pcsync.render.terminal import one_line, safe

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def github(remarks: Iterable[Remark], prefix: str = "") -> str:
    """One ``::error file=...,line=...,col=...,title=...::text`` a line; ``prefix`` is the project's folder in the repository."""
    return "".join(f"{command(remark, prefix)}\n" for remark in remarks)


def command(remark: Remark, prefix: str = "") -> str:
    """One remark; a file as a whole has no line, a remark without a place no file."""
    properties: dict[str, str] = {}
    if remark.position and remark.position.file:
        properties["file"] = placed(remark.position, prefix)
        properties |= region(remark, remark.position)
    properties["title"] = one_line(remark.title)
    said = ",".join(f"{name}={in_property(value)}" for name, value in properties.items())
    return f"::{COMMANDS[remark.severity]} {said}::{in_data(safe(remark.text))}"


def region(remark: Remark, position: Position) -> dict[str, str]:
    """The lines and columns of a remark; GitHub drops columns where the lines differ (actions/runner, ActionCommandManager.cs)."""
    if not position.line:
        return {}
    if remark.end and remark.end_line > position.line:
        return {"line": str(position.line), "endLine": str(remark.end_line)}
    end = {"endLine": str(position.line), "endColumn": str(remark.end)} if remark.end > position.column else {}
    return {"line": str(position.line), "col": str(max(position.column, 1)), **end}


def in_data(text: str) -> str:
    """Text behind the second ``::``: nothing in it can end the line, and an escape that is written out stays written out."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def in_property(text: str) -> str:
    """The value of a property: nothing in it can begin another property or the data."""
    return in_data(text).replace(":", "%3A").replace(",", "%2C")
