"""Text that a pipeline's log does not obey.

Azure Pipelines runs ``##vso[...]`` wherever it stands in a line, GitHub Actions ``::command::`` at the beginning of one and the older
``##[command]`` anywhere. A description in a pull request from a fork must not set a variable only because a plan prints it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

PIPELINES = ("GITHUB_ACTIONS", "TF_BUILD")
AGENT = re.compile(r"##(?=vso\[|\[)", re.IGNORECASE)
WORKFLOW = re.compile(r"^(\s*):(?=:)", re.MULTILINE)


def obeyed(environment: Mapping[str, str]) -> bool:
    """What is printed here is read by a pipeline's agent, which obeys commands in it."""
    return any(environment.get(name) for name in PIPELINES)


def inert(text: str) -> str:
    """The text with a backslash inside whatever would be a command."""
    return WORKFLOW.sub(r"\1\\:", AGENT.sub(r"#\\#", text))


def inert_json(text: str) -> str:
    """A JSON text that stays the same value: in it a command can only stand inside a string, where # may be an escape."""
    return AGENT.sub(r"\\u0023#", text)


def inert_xml(text: str) -> str:
    """An XML text that stays the same document: commands can only stand in attributes and text, where # may be a reference."""
    return AGENT.sub("#&#35;", text)
