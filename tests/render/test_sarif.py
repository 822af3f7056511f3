"""SARIF logs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from pcsync.core.diagnostic import Diagnostic, Severity
from pcsync.core.source import Position
from pcsync.render.sarif import RuleText, message, sarif

from .golden_files import golden
from .test_diagnostics import FOUND


def run_of(*found: Diagnostic, prefix: str = "") -> Any:
    return json.loads(sarif(found, prefix))["runs"][0]


def test_a_log_reads_as_its_golden_file() -> None:
    """The version of pcsync is in it, and no golden file should change with that."""
    from pcsync import __version__

    text = sarif(FOUND, "specs").replace(f'"{__version__}"', '"0"')

    assert text == golden("diagnostics.sarif", text)


def test_every_result_names_a_rule_that_the_driver_lists_at_its_index() -> None:
    run = run_of(*FOUND)
    rules = run["tool"]["driver"]["rules"]

    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [result["ruleId"] for result in run["results"]]
    assert len({rule["id"] for rule in rules}) == len(rules)


def test_a_log_has_the_structure_that_readers_ask_for() -> None:
    document = json.loads(sarif(FOUND))

    assert document["version"] == "2.1.0"
    assert len(document["runs"]) == 1
    for result in document["runs"][0]["results"]:
        physical = result["locations"][0]["physicalLocation"]
        assert result["level"] in {"error", "warning", "note"}
        assert result["message"]["text"]
        assert physical["region"]["startLine"] >= 1
        assert physical["artifactLocation"]["uri"]


def test_a_uri_is_relative_to_the_repository_and_percent_encoded() -> None:
    result = run_of(Diagnostic("r", Severity.ERROR, "w", Position("ä b/c#d.yaml", 1, 2)), prefix="specs")["results"][0]

    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "specs/%C3%A4%20b/c%23d.yaml"


def test_a_problem_keeps_its_fingerprint_when_lines_are_added_above_it() -> None:
    moved = [replace(it, position=replace(it.position, line=it.position.line + 7)) for it in FOUND]

    before, after = ([it["partialFingerprints"] for it in run_of(*found)["results"]] for found in (FOUND, moved))

    assert before == after


def test_two_equal_problems_of_a_file_have_two_fingerprints() -> None:
    first = Diagnostic("r", Severity.ERROR, "w", Position("a.yaml", 1, 2))
    results = run_of(first, replace(first, position=Position("a.yaml", 5, 2)))["results"]

    assert len({result["partialFingerprints"]["pcsync/v1"] for result in results}) == 2


def test_no_link_can_hide_in_a_message() -> None:
    assert message("[click](https://evil.example) cql[0].op") == "\\[click](https://evil.example) cql[0].op"


def test_no_problems_are_a_log_without_results() -> None:
    assert run_of()["results"] == []


def test_a_rule_says_what_it_is_where_that_is_known() -> None:
    text = RuleText("zoom levels are 0 to 24", "The service\n  refuses others.", Severity.ERROR)
    rules = json.loads(sarif(FOUND, "", {"schema/maximum": text, "unused": text}))["runs"][0]["tool"]["driver"]["rules"]

    described = next(rule for rule in rules if rule["id"] == "schema/maximum")
    assert described["shortDescription"]["text"] == "zoom levels are 0 to 24"
    assert described["fullDescription"]["text"] == "The service refuses others."
    assert described["defaultConfiguration"]["level"] == "error"
    assert {"id": "yaml/tab"} in rules
    assert "unused" not in {rule["id"] for rule in rules}


def test_a_region_ends_where_the_value_does_as_far_as_that_is_known() -> None:
    known = replace(FOUND[0], end=16)

    several = replace(known, what="several lines", end=3, end_line=32)
    regions = [it["locations"][0]["physicalLocation"]["region"] for it in run_of(known, several, FOUND[1])["results"]]

    assert regions == [
        {"startLine": 30, "startColumn": 14, "endColumn": 16},
        {"startLine": 30, "startColumn": 14, "endLine": 32, "endColumn": 3},
        {"startLine": 34, "startColumn": 362},
    ]
