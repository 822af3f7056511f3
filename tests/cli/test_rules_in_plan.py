"""plan and apply ask the rules first: an error stops them, a warning is told beside the result."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.examples import written

FINE = "renderOptions:\n  - {id: a, name: A, options: assets=data}\n"
WRONG = "renderOptions:\n  - {id: a, name: A, options: assets=imgae}\n"
DOUBTFUL = "renderOptions:\n  - {id: a, name: A, options: assets=data&colour=true}\n"


@pytest.mark.parametrize("command", [["plan"], ["apply", "--yes"]])
def test_an_error_of_a_rule_stops_before_anything_is_written(tmp_path: Path, command: list[str]) -> None:
    folder = written(tmp_path, WRONG)
    ran = folder.run(*command)

    assert ran.code == 3
    assert "collections/manifest-0.yaml:2:38: error render-unknown-asset" in ran.err
    assert "2 to create, 0 to change, 0 to delete, 0 unchanged" in folder.run("plan", "--no-validate").out


@pytest.mark.parametrize("command", [["plan"], ["apply", "--yes"]])
def test_no_validate_passes_over_the_rules_and_the_plan_says_so(tmp_path: Path, command: list[str]) -> None:
    ran = written(tmp_path, WRONG).run(*command, "--no-validate")

    assert ran.code == 0
    assert "the rules were not asked (--no-validate)" in ran.out


def test_no_validate_does_not_pass_over_the_schema(tmp_path: Path) -> None:
    assert written(tmp_path, "renderOptions: 3\n").run("plan", "--no-validate").code == 3


def test_a_saved_plan_was_asked_about_when_it_was_made(tmp_path: Path) -> None:
    folder = written(tmp_path, FINE)
    folder.run("plan", "--out", "plan.json")

    assert folder.run("apply", "plan.json", "--no-validate").code == 64
    assert folder.run("apply", "plan.json").code == 0


def test_a_warning_is_told_on_stderr_and_noted_in_the_plan(tmp_path: Path) -> None:
    folder = written(tmp_path, DOUBTFUL)
    ran = folder.run("plan", "-o", "json")

    assert ran.code == 0
    assert "render-unknown-parameter" in ran.err
    assert [(it["name"], it["status"]) for it in ran.json["checks"]] == [("validation", "warn")]
    assert ran.json["applyable"]
    assert folder.run("apply", "--yes").code == 0


def test_a_project_without_a_fault_is_planned_without_a_word_about_rules(tmp_path: Path) -> None:
    ran = written(tmp_path, FINE).run("plan", "-o", "json")

    assert (ran.err, ran.json["checks"]) == ("", [])


def test_severities_of_the_project_count_in_a_plan_too(tmp_path: Path) -> None:
    folder = written(tmp_path, DOUBTFUL)
    folder.project(rules={"render-unknown-parameter": "error"})
    assert folder.run("plan").code == 3
    folder.project(rules={"render-unknown-parameter": "off"})
    assert folder.run("plan").err == ""


def test_a_policy_stops_a_plan(tmp_path: Path) -> None:
    folder = written(tmp_path, FINE)
    demand = {"id": "contoso-title", "at": "/stac/title", "assert": {"pattern": "Contoso"}, "message": "titles name us"}
    folder.write("policies/a.yaml", {"apiVersion": "pcsync/v1", "kind": "Policy", "rules": [demand]})
    folder.project(policies=["policies"])

    assert folder.run("plan").code == 3


def test_what_only_shows_across_manifests_is_told_in_a_plan_too(tmp_path: Path) -> None:
    folder = written(tmp_path, FINE)
    text = (tmp_path / "collections/manifest-0.yaml").read_text(encoding="utf-8")
    folder.write("collections/other.yaml", text.replace("id: example", "id: EXAMPLE"))

    assert "service-similar-collections" in folder.run("plan").err


def test_worker_processes_ask_the_rules_as_well(tmp_path: Path) -> None:
    folder = written(tmp_path, DOUBTFUL)
    text = (tmp_path / "collections/manifest-0.yaml").read_text(encoding="utf-8")
    for number in range(60):
        folder.write(f"collections/more-{number:02}.yaml", text.replace("id: example", f"id: more-{number:02}"))
    ran = folder.run("plan", "-o", "json")

    assert ran.err.count("warning render-unknown-parameter") == 20  # no flood
    assert "and 41 more: pcsync validate" in ran.err
    assert "render-unknown-parameter 61 times" in ran.json["checks"][0]["message"]


@pytest.mark.parametrize("command", [["drift"], ["adopt", "--yes"]])
def test_what_sends_nothing_of_a_manifest_asks_no_rules(tmp_path: Path, command: list[str]) -> None:
    assert written(tmp_path, WRONG).run(*command).code == 0


def test_a_suppression_that_may_be_of_use_to_another_target_is_no_matter_of_a_plan(tmp_path: Path) -> None:
    folder = written(tmp_path, FINE.replace("}\n", "}  # pcsync: ignore render-value: of use on staging\n"))

    assert "style-idle-suppression" in folder.run("validate").out
    assert folder.run("plan").err == ""
