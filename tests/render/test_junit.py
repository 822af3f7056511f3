"""JUnit reports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsync.core.diagnostic import Diagnostic, Severity
from pcsync.core.source import Position
from pcsync.render.junit import diagnostics_junit, outcome_junit, plan_junit

from .golden_files import golden
from .plans import EVERYTHING, PARTLY_READ, SETTLED
from .test_diagnostics import FOUND
from .test_outcome import PARTIAL
from .xml_text import parsed

TEXTS = {
    "plan": plan_junit(EVERYTHING),
    "plan-partly-read": plan_junit(PARTLY_READ),
    "diagnostics": diagnostics_junit(FOUND, 9),
    "outcome": outcome_junit(PARTIAL),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_report_reads_as_its_golden_file(name: str) -> None:
    assert TEXTS[name] == golden(f"{name}.junit.xml", TEXTS[name])


@pytest.mark.parametrize("name", TEXTS)
def test_the_counts_are_those_of_the_cases(name: str) -> None:
    document = parsed(TEXTS[name])

    for level in (document, *document.iter("testsuite")):
        found = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
        assert {key: level.get(key) for key in found} == {key: str(len([*level.iter(tag)])) for key, tag in found.items()}


def test_an_error_fails_its_case_and_a_warning_does_not() -> None:
    document = parsed(TEXTS["diagnostics"])

    assert [it.get("type") for it in document.iter("failure")] == ["schema/maximum", "yaml/tab"]


def test_a_report_without_problems_still_has_a_case_that_passed() -> None:
    for text in (diagnostics_junit([], 9), plan_junit(SETTLED)):
        assert parsed(text).get("failures") == "0"
        assert parsed(text).get("tests") == "1"


@given(st.text(st.characters(codec=None)) | st.sampled_from(["\x00\ufffe\ud800", "]]>", '"><x/>', "&#0;", "\u2028a\tb"]))
def test_any_text_makes_well_formed_xml_that_says_it(text: str) -> None:
    document = parsed(diagnostics_junit([Diagnostic(text, Severity.ERROR, text, Position(text, 1, 1), fix=text)]).encode())

    assert len([*document.iter("failure")]) == 1
    if text.isprintable() and text.isascii():
        assert text in (document.findtext(".//failure") or "")
