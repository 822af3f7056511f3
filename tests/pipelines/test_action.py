"""action.yml, step by step, against the emulator, with the environment that GitHub sets."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.forge.forges import TOKEN, GitHubHandler, serving
from tests.harness import Folder
from tests.pipelines.composite import Job
from tests.pipelines.repository import ROOT, checked_out, commit, git, manifest

ACTION = ROOT / "action.yml"
Start = Callable[..., Job]


@pytest.fixture
def checkout(tmp_path: Path) -> Folder:
    return checked_out(tmp_path / "checkout")


@pytest.fixture
def start(checkout: Folder, tmp_path: Path) -> Start:
    """A job on this checkout that uses the pcsync of this environment."""
    temp = tmp_path / "temp"
    temp.mkdir()

    def started(environment: dict[str, str] | None = None, github: dict[str, str] | None = None, **inputs: str) -> Job:
        return Job(checkout.path, temp, {"install": "false", **inputs}, github or {}, environment or {})

    return started


@pytest.fixture(autouse=True)
def pcsync_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=":")


def test_the_action_is_one_as_github_defines_them():
    from check_jsonschema.builtin_schemas import get_builtin_schema  # the published schema, shipped in the package
    from jsonschema import Draft7Validator

    assert list(Draft7Validator(get_builtin_schema("vendor.github-actions")).iter_errors(yaml.safe_load(ACTION.read_text()))) == []


def test_no_expression_stands_inside_a_script():
    """What a script interpolates is code: a branch named $(…) would run. Values come by the environment."""
    steps = yaml.safe_load(ACTION.read_text())["runs"]["steps"]

    assert [step["name"] for step in steps if "${{" in step.get("run", "")] == []
    assert sum("run" in step for step in steps) > 4


def test_a_plan_with_changes_passes_and_says_so_in_outputs_summary_and_artifact(start):
    job = start()

    outputs = job.run(ACTION)

    assert not job.failed, job.log
    assert outputs["has-changes"] == "true"
    assert outputs["applyable"] == "true"
    assert outputs["exit-code"] == "2"
    assert outputs["digest"] == json.loads(Path(outputs["plan"]).read_text())["pcsync"]["digest"]
    assert "## Plan for" in job.summary
    assert job.uses == [("actions/upload-artifact@v4", {"name": "pcsync-plan", "path": outputs["reports"], "if-no-files-found": "ignore"})]
    assert (Path(outputs["reports"]) / "report.html").read_text().startswith("<!doctype html>")


def test_the_approved_plan_is_applied_and_the_next_plan_is_empty(start, tmp_path):
    planned = start().run(ACTION)
    approved = tmp_path / "approved.json"
    approved.write_bytes(Path(planned["plan"]).read_bytes())

    applying = start(command="apply", plan=str(approved), digest=planned["digest"])
    applied = applying.run(ACTION)
    again = start().run(ACTION)

    assert not applying.failed, applying.log
    assert applied["exit-code"] == "0"
    assert (again["has-changes"], again["exit-code"]) == ("false", "0")


def test_a_plan_that_nobody_approved_is_not_applied(start, tmp_path):
    planned = start().run(ACTION)
    other = tmp_path / "other.json"
    other.write_bytes(Path(planned["plan"]).read_bytes())

    job = start(command="apply", plan=str(other), digest="0" * 64)
    outputs = job.run(ACTION)

    assert job.failed
    assert outputs["exit-code"] == "5"
    assert start().run(ACTION)["has-changes"] == "true"


def test_an_invalid_manifest_fails_the_job_after_the_reports_were_kept(start, checkout):
    checkout.write("collections/naip.yaml", {**manifest(), "tileSettings": {"minZoom": 99, "maxItemsPerTile": 35}})

    job = start(command="validate")
    outputs = job.run(ACTION)

    assert (job.failed, job.code, outputs["exit-code"]) == (True, 3, "3")
    assert "::error file=collections/naip.yaml,line=" in job.log
    assert json.loads((Path(outputs["reports"]) / "pcsync.sarif").read_text())["runs"]
    assert [use for use, _ in job.uses] == ["actions/upload-artifact@v4"]


def test_an_unknown_command_fails_with_a_sentence(start):
    job = start(command="destroy")
    job.run(ACTION)

    assert (job.failed, job.code) == (True, 64)
    assert "there is no command 'destroy'" in job.log


def test_against_the_base_branch_a_fork_sees_what_it_changes_and_needs_no_catalog(start, checkout):
    base = git(checkout, "rev-parse", "HEAD")
    checkout.project(targets={"local": {"endpoint": "https://contoso.abc123.uksouth.geocatalog.spatio.azure.com", "protected": True}})
    base = commit(checkout, "a real catalog")
    checkout.write("collections/naip.yaml", manifest(name="Natural color"))
    commit(checkout, "a better name")

    job = start(against="base", github={"event.pull_request.base.sha": base})
    outputs = job.run(ACTION)

    assert not job.failed, job.log
    changes = json.loads(Path(outputs["plan"]).read_text())["resource_changes"]
    assert {(it["address"], it["pcsync"]["action"], len(it["pcsync"]["fields"])) for it in changes} == {
        ("collection/naip", "update", 0),  # its marker
        ("collection/naip/render-option/rgb", "update", 1),
    }


def test_a_project_that_is_new_on_the_branch_is_created_whole(start, checkout, tmp_path):
    empty = git(checkout, "commit-tree", git(checkout, "hash-object", "-t", "tree", "/dev/null"), "-m", "empty")

    job = start(against="base", base=empty)
    outputs = job.run(ACTION)

    assert not job.failed, job.log
    assert outputs["has-changes"] == "true"


@pytest.mark.parametrize("name", ["CANARY_TOKEN", "STORAGE_ACCOUNT_KEY", "STORAGE_CONNECTION_STRING"])
def test_a_fork_cannot_read_the_pipelines_tokens_by_naming_them(start, checkout, name):
    base = git(checkout, "rev-parse", "HEAD")
    checkout.write("collections/naip.yaml", manifest(name=f"${{env:{name}}}"))
    commit(checkout, "steal")

    job = start({name: "planted-canary"}, against="base", base=base)
    outputs = job.run(ACTION)

    assert job.failed
    assert outputs["exit-code"] == "3"
    assert "planted-canary" not in job.log + job.summary
    assert all(b"planted-canary" not in path.read_bytes() for path in Path(outputs["reports"]).iterdir())


def test_a_fork_that_commits_a_link_makes_nothing_where_it_leads(start, checkout, tmp_path):
    base = git(checkout, "rev-parse", "HEAD")
    (tmp_path / "elsewhere").mkdir()
    (checkout.path / ".pcsync").symlink_to(tmp_path / "elsewhere")
    git(checkout, "add", "--force", ".pcsync")
    commit(checkout, "lead away")

    job = start(against="base", base=base)
    job.run(ACTION)

    assert not job.failed, job.log
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_the_comment_is_put_on_the_pull_request_and_edited_by_the_next_run(start, checkout, tmp_path):
    (tmp_path / "event.json").write_text(json.dumps({"pull_request": {"number": 7}}))
    with serving(GitHubHandler) as forge:
        environment = {
            "GITHUB_REPOSITORY": "contoso/catalog",
            "GITHUB_API_URL": forge.url,
            "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        }
        first = start(environment, comment="true", token=TOKEN)
        first.run(ACTION)
        checkout.write("collections/naip.yaml", manifest(name="Natural color"))
        second = start(environment, comment="true", token=TOKEN)
        second.run(ACTION)

    assert not first.failed, first.log
    assert not second.failed, second.log
    assert len(forge.comments) == 1
    assert "Natural color" in forge.comments[0]["body"]


@pytest.mark.slow
def test_the_action_installs_its_own_version(start, tmp_path):
    job = start({"GITHUB_ACTION_PATH": str(ROOT)}, install="true", command="validate")
    job.run(ACTION)

    assert not job.failed, job.log
    assert job.uses[0][0] == "actions/setup-python@v5"
    assert job.path[0] == str(tmp_path / "temp" / "pcsync-venv" / "bin")
