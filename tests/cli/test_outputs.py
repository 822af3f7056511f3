"""-o FORMAT[=PATH] on validate, plan, show and apply, as users and pipelines meet it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from pcsync.cli.happening import NAMES
from pcsync.cli.printing import in_repository, report_address
from pcsync.cli.renderings import SUITS
from pcsync.reconcile.events import Event, Verdict
from tests.harness import Folder
from tests.render.xml_text import parsed

STAC = {
    "description": "d",
    "license": "proprietary",
    "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [["2020-01-01T00:00:00Z", None]]}},
}
RGB = {"id": "rgb", "name": "RGB", "type": "raster-tile", "options": "assets=image"}
PROOF = {
    "json": lambda text: json.loads(text),
    "ndjson": lambda text: [json.loads(line) for line in text.splitlines()],
    "sarif": lambda text: json.loads(text)["runs"],
    "junit": parsed,
    "markdown": lambda text: text.index("<!-- pcsync:"),
    "github": lambda text: text.index("::"),
    "azuredevops": lambda text: text.index("##"),
    "text": str,
    "html": lambda text: text.index("</html>"),
    "outputs": lambda text: [re.fullmatch(r"[a-z-]+=[a-z0-9-]+", line)[0] for line in text.splitlines()],
}
"""What fails where a text is not of its format."""


def manifest(**sections: Any) -> dict[str, Any]:
    return {"apiVersion": "pcsync/v1", "kind": "Collection", "id": "naip", "stac": STAC, "renderOptions": [RGB], **sections}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A project below a repository's root, with one valid collection."""
    (tmp_path / ".git").mkdir()
    folder = Folder(tmp_path / "deploy" / "catalog")
    folder.project()
    folder.write("collections/naip.yaml", manifest())
    return folder


def break_it(folder: Folder) -> None:
    """Make the collection's manifest invalid."""
    folder.write("collections/naip.yaml", manifest(tileSettings={"minZoom": 99, "maxItemsPerTile": 35}))


@pytest.mark.parametrize("form", SUITS["diagnostics"])
def test_validation_is_said_in_every_format_with_one_exit_code(folder: Folder, form: str) -> None:
    fine = folder.run("validate", "-o", form)
    break_it(folder)
    broken = folder.run("validate", "-o", form)

    assert (fine.code, broken.code) == (0, 3)
    for ran in (fine, broken):
        PROOF[form](ran.out)


@pytest.mark.parametrize("form", SUITS["plan"])
def test_a_plan_is_said_in_every_format_with_one_exit_code(folder: Folder, form: str) -> None:
    ran = folder.run("plan", "--detailed-exitcode", "-o", form, "--out", "plan.json")
    shown = folder.run("show", "plan.json", "-o", form)

    assert (ran.code, shown.code) == (2, 0)
    for text in (ran.out, shown.out):
        PROOF[form](text)


@pytest.mark.parametrize("form", SUITS["outcome"])
def test_an_apply_is_said_in_every_format_with_one_exit_code(folder: Folder, form: str) -> None:
    ran = folder.run("apply", "--yes", "-o", form)

    assert ran.code == 0
    PROOF[form](ran.out)


@pytest.mark.parametrize("command", [["plan"], ["show", "plan.json"], ["apply", "--yes"], ["apply", "plan.json"]])
def test_a_format_that_makes_no_sense_is_refused_before_any_work(folder: Folder, command: list[str]) -> None:
    ran = folder.run(*command, "-o", "sarif")

    assert ran.code == 64
    assert "sarif cannot show" in ran.err
    assert "one of: text, json" in ran.err
    assert not (folder.path / ".pcsync").exists()


def test_a_format_that_there_is_not_is_refused(folder: Folder) -> None:
    ran = folder.run("validate", "-o", "yaml")

    assert ran.code == 64
    assert "there is no output format 'yaml'" in ran.err


def test_outputs_go_to_files_side_by_side(folder: Folder) -> None:
    outputs = [part for form in SUITS["diagnostics"] for part in ("-o", f"{form}=reports/{form}.out")]

    ran = folder.run("validate", *outputs)

    assert (ran.code, ran.out) == (0, "")
    for form in SUITS["diagnostics"]:
        PROOF[form]((folder.path / "reports" / f"{form}.out").read_text(encoding="utf-8"))


def test_text_and_annotations_share_a_log(folder: Folder) -> None:
    break_it(folder)

    ran = folder.run("validate", "-o", "text", "-o", "github")

    assert "1 error" in ran.out
    assert "\n::error file=deploy/catalog/collections/naip.yaml,line=" in ran.out


@pytest.mark.parametrize("outputs", [["json", "text"], ["markdown", "junit"], ["text=a.out", "json=a.out"]])
def test_two_outputs_are_never_mixed_where_a_program_reads(folder: Folder, outputs: list[str]) -> None:
    ran = folder.run("validate", *(part for output in outputs for part in ("-o", output)))

    assert (ran.code, ran.out) == (64, "")
    assert "-o" in ran.err


def test_files_are_named_from_the_root_of_the_repository_wherever_the_command_runs(folder: Folder) -> None:
    break_it(folder)
    below = Folder(folder.path / "collections")

    uris = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for ran in (folder.run("validate", "-o", "sarif"), below.run("validate", "-o", "sarif"))
        for result in ran.json["runs"][0]["results"]
    }

    assert uris == {"deploy/catalog/collections/naip.yaml"}


def test_sarif_says_what_a_rule_is(folder: Folder) -> None:
    folder.write(
        "collections/naip.yaml", manifest(renderOptions=[{**RGB, "options": "assets=gone"}], stac={**STAC, "item_assets": {"image": {}}})
    )

    run = folder.run("validate", "-o", "sarif").json["runs"][0]

    titles = {rule["id"]: rule.get("shortDescription", {}).get("text") for rule in run["tool"]["driver"]["rules"]}
    assert any(titles.values())


def test_sarif_says_what_a_rule_is_whoever_wrote_it(folder: Folder) -> None:
    """A policy's, and what reading finds."""
    demand = {"id": "contoso-title", "at": "/stac", "assert": {"required": ["title", "x"]}, "message": "titles help", "why": "We say so."}
    folder.write("policies/a.yaml", {"apiVersion": "pcsync/v1", "kind": "Policy", "rules": [demand]})
    folder.project(policies=["policies"])
    folder.write("collections/other.yaml", "apiVersion: pcsync/v1\nkind: Collection\nid: other\ntileSettings: {minZoom: 99}\n")

    (run,) = folder.run("validate", "-o", "sarif").json["runs"]
    said = {it["id"]: it for it in run["tool"]["driver"]["rules"]}

    assert {"contoso-title", "manifest-limit", "manifest-missing-key"} <= said.keys()
    assert said["contoso-title"]["fullDescription"]["text"] == "We say so."
    assert all(it["shortDescription"]["text"] for it in said.values())


def test_a_code_frame_is_shown_wherever_the_command_runs(folder: Folder) -> None:
    break_it(folder)

    assert "minZoom: 99" in Folder(folder.path / "collections").run("validate").out


def test_without_a_repository_files_are_named_from_the_project(tmp_path: Path) -> None:
    assert in_repository(tmp_path) == ""


@pytest.mark.parametrize("pipeline", ["GITHUB_ACTIONS", "TF_BUILD"])
@pytest.mark.parametrize("form", ["text", "json", "ndjson", "markdown", "junit"])
def test_no_manifest_can_steer_the_pipeline_whose_log_it_is_printed_to(folder: Folder, pipeline: str, form: str) -> None:
    evil = "##vso[task.setvariable variable=a]b ##[error]c " + "word " * 40 + "\n::add-mask::x"
    folder.write("collections/naip.yaml", manifest(stac={**STAC, "title": evil, "description": evil}))

    ran = Folder(folder.path, {pipeline: "true"}).run("-v", "plan", "-o", form)

    assert ran.code == 0
    assert "##vso[" not in ran.out + ran.err
    assert "##[" not in ran.out + ran.err
    assert not any(line.lstrip().startswith("::") for line in ran.out.splitlines())
    PROOF[form](ran.out)


def test_outside_a_pipeline_values_are_shown_as_they_are(folder: Folder) -> None:
    folder.write("collections/naip.yaml", manifest(stac={**STAC, "title": "##vso[x]"}))

    assert "##vso[x]" in folder.run("-v", "plan").out


def test_the_comment_links_to_the_run_that_wrote_it(folder: Folder) -> None:
    ran = Folder(folder.path, {"PCSYNC_REPORT_URL": "https://ci.example/7"}).run("plan", "-o", "markdown")

    assert "(<https://ci.example/7>)" in ran.out


def test_the_address_of_a_report_is_that_of_the_pipelines_run() -> None:
    github = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "contoso/catalog", "GITHUB_RUN_ID": "7"}
    azure = {"SYSTEM_COLLECTIONURI": "https://dev.azure.com/contoso/", "SYSTEM_TEAMPROJECT": "Our maps", "BUILD_BUILDID": "9"}

    assert report_address(github) == "https://github.com/contoso/catalog/actions/runs/7"
    assert report_address(azure) == "https://dev.azure.com/contoso/Our%20maps/_build/results?buildId=9"
    assert report_address({**github, "PCSYNC_REPORT_URL": "https://ci.example"}) == "https://ci.example"
    assert report_address({}) == ""


def test_outputs_may_come_from_the_environment(folder: Folder) -> None:
    ran = Folder(folder.path, {"PCSYNC_OUTPUT": "json"}).run("validate")

    assert ran.json["valid"] is True


def test_ndjson_tells_what_happens_before_the_summary(folder: Folder) -> None:
    lines = [json.loads(line) for line in folder.run("apply", "--yes", "-o", "ndjson").out.splitlines()]

    events = [line["event"] for line in lines if line["type"] == "event" and line["address"] == "collection/naip"]
    assert events[0] == "started"
    assert events[-1] == "applied"
    assert lines[-1]["type"] == "summary"
    assert {line["type"] for line in lines[:-1]} == {"event"}


def test_events_and_the_summary_go_to_the_same_file_one_after_the_other_and_a_new_run_begins_it_anew(folder: Folder) -> None:
    for _ in range(2):
        folder.run("apply", "--yes", "-o", "ndjson=events.ndjson")
        (folder.path / "collections/naip.yaml").write_text(json.dumps(manifest(renderOptions=[{**RGB, "name": "Other"}])), encoding="utf-8")

    lines = [json.loads(line) for line in (folder.path / "events.ndjson").read_text(encoding="utf-8").splitlines()]
    assert [line["type"] for line in lines].count("summary") == 1
    assert len(lines) > 2


def test_every_event_of_an_apply_has_a_name() -> None:
    assert set(NAMES) == set(get_args(Event)) | set(get_args(Verdict))


def test_outputs_are_added_to_a_file_that_others_write_to_as_well(folder: Folder, tmp_path: Path) -> None:
    shared = folder.write("outputs", "theirs=1\n")

    folder.run("plan", "-o", "text", "-o", f"outputs={shared}")

    lines = shared.read_text().splitlines()
    assert lines[:3] == ["theirs=1", "has-changes=true", "applyable=true"]
    assert "create=2" in lines


def test_a_catalog_as_declared_has_no_changes_to_output(folder: Folder) -> None:
    folder.run("apply", "--yes")

    ran = folder.run("plan", "-o", "outputs")

    assert "has-changes=false\n" in ran.out
    assert "risk=none\n" in ran.out
