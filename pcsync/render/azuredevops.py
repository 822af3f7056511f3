"""Remarks as Azure Pipelines logging commands (Microsoft Learn, Logging commands; escaping as the agent's Command.cs undoes it)."""

from __future__ import annotations

from collections.abc import Iterable

from pcsync.core.diagnostic import Severity
from pcsync.render.inert import inert
from pcsync.render.remarks import Remark, placed
from pcsync.render.terminal import one_line, safe


def azuredevops(remarks: Iterable[Remark], prefix: str = "") -> str:
    """One ``##vso[task.logissue ...]text`` a line. An issue is an error or a warning: a note becomes a line of the log."""
    return "".join(f"{command(remark, prefix)}\n" for remark in remarks)


def command(remark: Remark, prefix: str = "") -> str:
    """One remark; the rule or address is its ``code``."""
    if remark.severity is Severity.NOTE:
        return f"##[section]{inert(one_line(f'{remark.title}: {remark.text}', ' '))}"
    properties = {"type": str(remark.severity)}
    if remark.position and remark.position.file:
        properties["sourcepath"] = placed(remark.position, prefix)
        if remark.position.line:
            properties |= {"linenumber": str(remark.position.line), "columnnumber": str(max(remark.position.column, 1))}
    properties["code"] = one_line(remark.title)
    said = "".join(f"{name}={in_property(value)};" for name, value in properties.items())
    return f"##vso[task.logissue {said}]{in_data(inert(safe(f'{remark.title}: {remark.text}')))}"


def in_data(text: str) -> str:
    """Text behind the bracket: nothing in it can end the line, and an escape that is written out stays written out."""
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def in_property(text: str) -> str:
    """The value of a property: nothing in it can end the property or the command."""
    return in_data(inert(text)).replace("]", "%5D").replace(";", "%3B")
