"""Runs the bash steps of an Azure Pipelines steps template as an agent does, as far as ours needs it.

Template expressions: https://learn.microsoft.com/azure/devops/pipelines/process/template-expressions; logging commands:
https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands. Tasks are only noted: those are Azure's own.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
MACRO = re.compile(r"\$\(([\w.]+)\)")
CONDITION = re.compile(r"\$\{\{ if (eq|ne|in)\(parameters\.(\w+), (.+)\) \}\}")
SETVARIABLE = re.compile(r"^##vso\[task\.setvariable variable=(\w+);isOutput=true\](.*)$", re.MULTILINE)


@dataclass
class AgentJob:
    """A job that uses the template once: its parameters and the agent's variables, and afterwards what happened."""

    folder: Path
    temp: Path
    parameters: Mapping[str, Any]
    environment: Mapping[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    log: str = ""
    code: int = 0

    def run(self, template: Path) -> None:
        """Run the template's steps in order; after a failure those that say succeededOrFailed() only."""
        document = yaml.safe_load(template.read_text(encoding="utf-8"))
        self.parameters = {**{it["name"]: it["default"] for it in document["parameters"]}, **self.parameters}
        for step in self.expanded(document["steps"]):
            if self.code == 0 or "succeededOrFailed()" in step.get("condition", ""):
                self.step(step)

    def expanded(self, steps: list[Any]) -> Iterator[dict[str, Any]]:
        for step in steps:
            key = next(iter(step))
            if not key.startswith("${{"):
                yield step
            elif self.holds(key):
                yield from self.expanded(step[key])

    def holds(self, condition: str) -> bool:
        match = CONDITION.fullmatch(condition)
        assert match, f"a condition this runner does not know: {condition}"
        operands = [yaml.safe_load(operand) for operand in match[3].split(",")]
        return (self.parameters[match[2]] in operands) == (match[1] != "ne")

    def step(self, step: Mapping[str, Any]) -> None:
        if "bash" not in step:
            self.tasks.append({name: self.filled(value) for name, value in step.items()})
            return
        ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-c", step["bash"]],
            cwd=self.folder,
            env=self.shown_to(step),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        self.log += f"== {step.get('displayName', 'bash')}\n{ran.stdout}{ran.stderr}"
        self.code = self.code or ran.returncode
        self.variables |= {f"{step['name']}.{name}": value for name, value in SETVARIABLE.findall(ran.stdout)} if "name" in step else {}

    def shown_to(self, step: Mapping[str, Any]) -> dict[str, str]:
        own: dict[str, str] = {}
        for name, value in step.get("env", {}).items():
            if name.startswith("${{ each "):
                own |= self.parameters["environment"]
            else:
                own[name] = self.filled(str(value))
        agent = {"HOME": os.environ["HOME"], "PATH": os.environ["PATH"], "TF_BUILD": "True", "AGENT_TEMPDIRECTORY": str(self.temp)}
        return {**agent, **self.environment, **own}

    def filled(self, value: Any) -> Any:
        """A value with its expressions and macros replaced."""
        if isinstance(value, dict):
            return {name: self.filled(it) for name, it in value.items()}
        if not isinstance(value, str):
            return value
        text = EXPRESSION.sub(lambda match: str(self.parameters[match[1].removeprefix("parameters.")]), value)
        return MACRO.sub(lambda match: self.variables.get(match[1], self.environment.get(match[1].upper().replace(".", "_"), "")), text)
