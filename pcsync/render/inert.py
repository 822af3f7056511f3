"""Text that a pipeline's log does not obey.

Azure Pipelines runs ``##vso[...]`` wherever it stands in a line, GitHub Actions ``::command::`` at the beginning of one and the older
``##[command]`` anywhere. A description in a pull request from a fork must not set a variable only because a plan prints it.
"""

from __future__ import annotations

import re

AGENT = re.compile(r"##(?=vso\[|\[)", re.IGNORECASE)
WORKFLOW = re.compile(r"^(\s*):(?=:)", re.MULTILINE)


def inert(text: str) -> str:
    """The text with a backslash inside whatever would be a command."""
    return WORKFLOW.sub(r"\1\\:", AGENT.sub(r"#\\#", text))


def inert_json(text: str) -> str:
    """A JSON text that stays the same value: in it a command can only stand inside a string, where # may be an escape."""
    return AGENT.sub(r"\\u0023#", text)
