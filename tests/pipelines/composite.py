"""Runs the steps of a composite GitHub action as a runner does, as far as ours needs it: inputs, conditions, outputs, PATH, summary.

https://docs.github.com/actions/reference/metadata-syntax-reference; scripts run by the shell and options that GitHub documents. Steps
that use another action are only noted with their inputs: those are GitHub's own.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
BASH = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail"]
TERM = re.compile(r"(?P<left>[\w.()-]+)(?:\s*(?P<op>==|!=)\s*'(?P<right>[^']*)')?")


@dataclass
class Job:
    """A job with one use of an action: what the workflow says, and afterwards what the action did."""

    workspace: Path
    temp: Path
    inputs: Mapping[str, str]
    github: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    uses: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    log: str = ""
    summary: str = ""
    failed: bool = False

    def run(self, action: Path) -> dict[str, str]:
        """Run every step of the action whose condition holds; the action's outputs."""
        document = yaml.safe_load(action.read_text(encoding="utf-8"))
        self.inputs = {**{name: self.filled(str(it.get("default", ""))) for name, it in document["inputs"].items()}, **self.inputs}
        self.path = [str(Path(os.environ["PATH"]))]
        for number, step in enumerate(document["runs"]["steps"]):
            if self.holds(step.get("if", "success()")):
                self.step(step, number)
        return {name: self.filled(it["value"]) for name, it in document["outputs"].items()}

    def step(self, step: Mapping[str, Any], number: int) -> None:
        if "uses" in step:
            self.uses.append((step["uses"], {name: self.filled(str(value)) for name, value in step.get("with", {}).items()}))
            return
        assert step["shell"] == "bash"
        output, path, summary = (self.temp / f"{name}-{number}" for name in ("output", "path", "summary"))
        for file in (output, path, summary):
            file.touch()
        ran = subprocess.run(
            [*BASH, "-c", step["run"]],
            cwd=self.workspace,
            env=self.variables(step, output, path, summary),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        self.log += f"== {step['name']}\n{ran.stdout}{ran.stderr}"
        self.summary += summary.read_text(encoding="utf-8")
        self.path = [*path.read_text().split(), *self.path]
        if "id" in step:
            self.outputs[step["id"]] = dict(line.split("=", 1) for line in output.read_text().splitlines())
        self.failed = self.failed or ran.returncode != 0
        self.code = ran.returncode

    def variables(self, step: Mapping[str, Any], output: Path, path: Path, summary: Path) -> dict[str, str]:
        return {
            "HOME": os.environ["HOME"],
            "PATH": ":".join(self.path),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_PATH": str(path),
            "GITHUB_STEP_SUMMARY": str(summary),
            **self.environment,
            **{name: self.filled(str(value)) for name, value in step.get("env", {}).items()},
        }

    def filled(self, text: str) -> str:
        """A text with its expressions evaluated."""
        return EXPRESSION.sub(lambda match: self.value(match[1]), text)

    def value(self, name: str) -> str:
        """One name of a context; what is not there is empty, as on GitHub."""
        match name.split("."):
            case ["inputs", key]:
                return self.inputs[key]
            case ["steps", step, "outputs", key]:
                return self.outputs.get(step, {}).get(key, "")
            case ["github", *key]:
                return self.github.get(".".join(key), "")
        raise AssertionError(f"an expression this runner does not know: {name}")

    def holds(self, condition: str) -> bool:
        """A condition of terms joined by &&; without a status function it holds only while nothing failed."""
        terms = [TERM.fullmatch(term.strip()) for term in condition.split("&&")]
        asked = {match["left"] for match in terms if match and match["left"].endswith("()")}
        return (bool(asked & {"always()"}) or not self.failed) and all(self.true(match) for match in terms)

    def true(self, match: re.Match[str] | None) -> bool:
        assert match, "a condition this runner does not know"
        if match["left"] in ("always()", "success()"):
            return True
        same = self.value(match["left"]) == match["right"]
        return same if match["op"] == "==" else not same
