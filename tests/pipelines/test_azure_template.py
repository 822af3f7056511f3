"""The Azure Pipelines template, step by step, against the emulator, with the environment that an agent sets."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.forge.forges import TOKEN, AzureHandler, serving
from tests.harness import Folder
from tests.pipelines.repository import ROOT, checked_out, manifest
from tests.pipelines.template import AgentJob

TEMPLATE = ROOT / ".azure-pipelines" / "pcsync.yml"
Start = Callable[..., AgentJob]


@pytest.fixture
def checkout(tmp_path: Path) -> Folder:
    return checked_out(tmp_path / "checkout")


@pytest.fixture
def start(checkout: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """A job on this checkout that has run the template with the pcsync of this environment."""
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=":")
    temp = tmp_path / "temp"
    temp.mkdir()

    def started(environment: dict[str, str] | None = None, **parameters: object) -> AgentJob:
        job = AgentJob(checkout.path, temp, {"install": "", **parameters}, environment or {})
        job.run(TEMPLATE)
        return job

    return started


def test_the_template_is_one_as_azure_pipelines_defines_them():
    """The published schema wants defaults of booleans as text, which the service takes as well; all else is checked as it stands."""
    from check_jsonschema.builtin_schemas import get_builtin_schema
    from check_jsonschema.transforms import TRANSFORM_LIBRARY
    from jsonschema import Draft7Validator

    document = yaml.safe_load(TEMPLATE.read_text().replace("default: false", 'default: "false"'))
    transformed = TRANSFORM_LIBRARY["azure-pipelines"](document)

    assert list(Draft7Validator(get_builtin_schema("vendor.azure-pipelines")).iter_errors(transformed)) == []


def test_no_parameter_stands_inside_a_script():
    assert "${{" not in "".join(step["bash"] for step in _bash(yaml.safe_load(TEMPLATE.read_text())["steps"]))


def _bash(steps):
    for step in steps:
        if "bash" in step:
            yield step
        elif next(iter(step)).startswith("${{"):
            yield from _bash(next(iter(step.values())))


def test_a_plan_with_changes_passes_and_sets_the_variables(start):
    job = start()

    assert job.code == 0, job.log
    assert job.variables["pcsync.hasChanges"] == "true"
    assert job.variables["pcsync.exitCode"] == "2"
    plan = json.loads(Path(job.variables["pcsync.plan"]).read_text())
    assert job.variables["pcsync.digest"] == plan["pcsync"]["digest"]
    assert f"##vso[task.uploadsummary]{job.variables['pcsync.reports']}/comment.md" in job.log
    assert [task["artifact"] for task in job.tasks] == ["pcsync-plan"]


def test_the_approved_plan_is_applied_and_the_next_plan_is_empty(start, tmp_path):
    planned = start()
    approved = tmp_path / "approved.json"
    approved.write_bytes(Path(planned.variables["pcsync.plan"]).read_bytes())

    applied = start(command="apply", plan=str(approved), digest=planned.variables["pcsync.digest"])

    assert applied.code == 0, applied.log
    assert start().variables["pcsync.hasChanges"] == "false"


def test_an_invalid_manifest_fails_the_job_after_the_results_were_published(start, checkout):
    checkout.write("collections/naip.yaml", {**manifest(), "tileSettings": {"minZoom": 99, "maxItemsPerTile": 35}})

    job = start(command="validate")

    assert job.code == 3
    assert "##vso[task.logissue type=error;sourcepath=collections/naip.yaml" in job.log
    results = next(task for task in job.tasks if task.get("task") == "PublishTestResults@2")
    assert Path(results["inputs"]["testResultsFiles"]).read_text().startswith("<?xml")


def test_variables_of_the_parameter_reach_pcsync_and_nothing_else(start, checkout):
    checkout.write("collections/naip.yaml", manifest(name="${env:LAYER}"))

    job = start(environment={"LAYER": "Natural color"})
    named = json.loads(Path(job.variables["pcsync.plan"]).read_text()) if job.code == 0 else {}

    assert job.code == 0, job.log
    assert "Natural color" in json.dumps(named)


def test_the_comment_is_put_on_the_pull_request(start):
    with serving(AzureHandler) as forge:
        agent = {
            "SYSTEM_COLLECTIONURI": f"{forge.url}/contoso/",
            "SYSTEM_TEAMPROJECT": "geo data",
            "BUILD_REPOSITORY_ID": "r1",
            "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
            "SYSTEM_ACCESSTOKEN": TOKEN,
        }
        job = start(agent, comment=True)

    assert job.code == 0, job.log
    assert len(forge.comments) == 1
    assert "## Plan for" in forge.comments[0]["body"]
