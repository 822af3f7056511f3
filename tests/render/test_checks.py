"""What checks found, in every format; whole outputs are golden files."""

from __future__ import annotations

import json
from base64 import b64decode

from pcsync.core.change import Action
from pcsync.core.checks import CheckReport, CheckResult, Verdict
from pcsync.core.picture import Picture
from pcsync.core.source import Position
from pcsync.render.azuredevops import azuredevops
from pcsync.render.checks import checks_text
from pcsync.render.checks_json import checks_json, checks_ndjson
from pcsync.render.checks_markdown import checks_markdown
from pcsync.render.checks_pipelines import checks_junit, checks_outputs, of_checks
from pcsync.render.github import github
from pcsync.render.json import outcome_json
from pcsync.render.junit import outcome_junit
from pcsync.render.markdown_reports import outcome_markdown
from pcsync.render.ndjson import outcome_ndjson
from pcsync.render.outcome import Outcome, outcome_text
from pcsync.render.outputs import outcome_outputs
from pcsync.render.remarks import of_outcome
from pcsync.render.terminal import Style
from tests.render.golden_files import golden

NAIP = "collection/naip"
BLANK = Picture(
    b"\x89PNG not really", "image/png", 256, 256, "/data/mosaic/collections/naip/tiles/12/1087/1655.png?assets=image", 0, 1.0, 1.0
)
REPORT = CheckReport(
    (
        CheckResult(
            "tile",
            f"{NAIP}/render-option/natural-color",
            "atlanta is not blank",
            Verdict.FAILED,
            "0.0% of the pixels show something, less than 20.0% (asked 4 times)",
            {"nonBlank": 0.2},
            {"status": 200, "nonBlank": 0.0},
            7.412,
            8,
            BLANK,
            Position("collections/naip.yaml", 41, 5),
        ),
        CheckResult("search", NAIP, "items of 2023", Verdict.PASSED, "", {"count": [1, 100]}, {"status": 200, "count": 7}, 0.03, 1),
        CheckResult(
            "sas", NAIP, "token", Verdict.ERROR, "the catalog could not be reached", position=Position("collections/naip.yaml", 47, 5)
        ),
        CheckResult("preview", f"{NAIP}/render-option/ndvi", "draws something", Verdict.PASSED, seconds=0.4, requests=1, declared=False),
        CheckResult(
            "preview",
            "collection/odd | <b>/render-option/x",
            "draws something",
            Verdict.SKIPPED,
            "the budget of 60 s is spent",
            declared=False,
        ),
    ),
    seconds=60.2,
    requests=11,
    notes=("not everything was checked: the budget of 60 s is spent",),
)
APPLIED = Outcome({Action.CREATE: 3}, remaining=(), seconds=2.0, checks=REPORT)


def test_each_format_is_its_golden_file() -> None:
    rendered = {
        "checks-100.txt": checks_text(REPORT, Style(width=100)),
        "checks-50.txt": checks_text(REPORT, Style(signs=False, width=50)),
        "checks-color.txt": checks_text(REPORT, Style(color=True, width=100)),
        "checks.json": checks_json(REPORT),
        "checks.ndjson": checks_ndjson(REPORT),
        "checks.md": checks_markdown(REPORT, "https://example.com/run/1"),
        "checks.junit.xml": checks_junit(REPORT),
        "checks-github.txt": github(of_checks(REPORT), "catalog"),
        "checks-azuredevops.txt": azuredevops(of_checks(REPORT), "catalog"),
        "checks-outputs.txt": checks_outputs(REPORT),
        "outcome-checks.txt": outcome_text(APPLIED, Style(width=100)),
        "outcome-checks.md": outcome_markdown(APPLIED),
        "outcome-checks.junit.xml": outcome_junit(APPLIED),
        "outcome-checks.json": outcome_json(APPLIED),
    }

    assert {name: golden(name, text) for name, text in rendered.items()} == rendered


def test_the_picture_of_a_failed_check_is_in_the_document() -> None:
    failed, passed, *_ = json.loads(checks_json(REPORT))["results"]

    assert b64decode(failed["picture"]["content"]) == BLANK.content
    assert failed["picture"]["remark"] == "blank"
    assert passed["picture"] is None


def test_an_outcome_says_what_was_done_and_what_the_checks_found() -> None:
    document = json.loads(outcome_json(APPLIED))

    assert (document["clean"], document["checks"]["passed"]) == (True, False)
    assert [json.loads(line)["type"] for line in outcome_ndjson(APPLIED).splitlines()] == ["result"] * 5 + ["summary"]
    assert "checks-failed=2\n" in outcome_outputs(APPLIED)
    assert "checks-failed" not in outcome_outputs(Outcome())
    assert [it.title for it in of_outcome(APPLIED)][-2:] == ["pcsync check", "pcsync check"]


def test_many_checks_that_passed_are_only_counted() -> None:
    passed = tuple(CheckResult("search", NAIP, f"count {number}", Verdict.PASSED) for number in range(60))
    report = CheckReport(passed)

    assert checks_text(report, Style()).splitlines() == ["Checks: 60 passed in 0.0 s, 0 requests"]
    assert len(checks_text(report, Style(), verbose=True).splitlines()) == 63


def test_a_comment_of_many_collections_fits_a_forge() -> None:
    many = CheckReport(
        tuple(
            CheckResult("search", f"collection/c{number}", f"count {n} " + "x" * 80, Verdict.FAILED, "no items " * 20)
            for number in range(200)
            for n in range(5)
        )
    )
    text = checks_markdown(many)

    assert len(text) <= 65_536
    assert "left out here" in text


def test_a_run_without_checks_is_still_a_suite() -> None:
    assert 'tests="1"' in checks_junit(CheckReport())
    assert checks_text(CheckReport(), Style()) == "Checks: none to make in 0.0 s, 0 requests\n"
