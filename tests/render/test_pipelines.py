"""Annotations for GitHub Actions and Azure Pipelines, and logs that nothing in a manifest can steer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsync.core.diagnostic import Diagnostic, Severity
from pcsync.core.source import Position
from pcsync.render.azuredevops import azuredevops
from pcsync.render.github import github
from pcsync.render.inert import inert, inert_json, inert_xml
from pcsync.render.json import diagnostics_json
from pcsync.render.junit import diagnostics_junit
from pcsync.render.outcome import Outcome
from pcsync.render.remarks import Remark, of_diagnostics, of_outcome, of_plan

from .golden_files import golden
from .plans import EVERYTHING, PARTLY_READ, SETTLED
from .test_diagnostics import FOUND
from .test_outcome import PARTIAL
from .xml_text import written

RENDERERS = {"github": github, "azuredevops": azuredevops}
VALUES: dict[str, Callable[[], Iterable[Remark]]] = {
    "plan": lambda: of_plan(EVERYTHING),
    "plan-partly-read": lambda: of_plan(PARTLY_READ),
    "plan-settled": lambda: of_plan(SETTLED),
    "diagnostics": lambda: of_diagnostics(FOUND, 9),
    "outcome": lambda: of_outcome(PARTIAL),
}
EVIL = "100%\r\n::set-output name=a::b\n##vso[task.setvariable variable=a]b\n%0A::stop-commands::x,y=z;w]\x1b[2J"


@pytest.mark.parametrize("form", RENDERERS)
@pytest.mark.parametrize("value", VALUES)
def test_annotations_read_as_their_golden_file(form: str, value: str) -> None:
    text = RENDERERS[form](VALUES[value](), "specs")

    assert text == golden(f"{value}-{form}.txt", text)


def test_a_file_is_named_from_the_root_of_the_repository() -> None:
    remark = Remark(Severity.ERROR, "rule", "what", Position("../shared/a b.yaml", 3, 0))

    assert github([remark], "deploy/specs") == "::error file=deploy/shared/a b.yaml,line=3,col=1,title=rule::what\n"


def test_an_annotation_ends_where_the_value_does_as_far_as_that_is_known() -> None:
    remark = Remark(Severity.ERROR, "rule", "what", Position("a.yaml", 3, 5), end=9)

    assert github([remark]) == "::error file=a.yaml,line=3,col=5,endLine=3,endColumn=9,title=rule::what\n"


def test_an_annotation_of_several_lines_has_no_columns_since_github_drops_them() -> None:
    remark = Remark(Severity.ERROR, "rule", "what", Position("a.yaml", 3, 5), end=9, end_line=6)

    assert github([remark]) == "::error file=a.yaml,line=3,endLine=6,title=rule::what\n"


def test_a_file_as_a_whole_has_no_line() -> None:
    assert github([Remark(Severity.ERROR, "rule", "what", Position("a.yaml"))]) == "::error file=a.yaml,title=rule::what\n"


evil = st.text() | st.text(st.sampled_from("%\r\n:,;]#[ vso=0DA25"), min_size=1) | st.just(EVIL)
remarks = st.builds(
    Remark, st.sampled_from(Severity), evil, evil, st.none() | st.builds(Position, evil, st.integers(0, 9), st.integers(0, 9))
)


@given(remarks)
def test_a_github_command_is_one_line_whatever_it_says_and_says_all_of_it(remark: Remark) -> None:
    line = github([replace(remark, text=remark.text.replace("\r", ""))])

    head, _, data = line.removesuffix("\n").removeprefix("::").partition("::")
    properties = dict(part.split("=", 1) for part in head.split(" ", 1)[1].split(","))
    assert line.endswith("\n")
    assert len(re.split("[\r\n]", line)) == 2
    assert set(properties) <= {"file", "line", "col", "endColumn", "title"}
    assert undone(data, "%25").count("\n") == remark.text.count("\n")


@given(remarks)
def test_an_azure_command_is_one_line_whatever_it_says_and_has_no_second_command_in_it(remark: Remark) -> None:
    line = azuredevops([remark])

    assert len(re.split("[\r\n]", line)) == 2
    assert len(re.findall(r"##(?:vso)?\[", line)) == 1
    if remark.severity is not Severity.NOTE:
        head = line.removeprefix("##vso[").partition("]")[0]
        names = [part.split("=", 1)[0] for part in head.removeprefix("task.logissue ").split(";") if part]
        assert set(names) <= {"type", "sourcepath", "linenumber", "columnnumber", "code"}


def undone(text: str, percent: str) -> str:
    """An escaped text as the runner reads it."""
    return text.replace("%0A", "\n").replace("%0D", "\r").replace(percent, "%")


def test_a_percent_sign_that_was_written_is_not_taken_for_an_escape() -> None:
    assert github([Remark(Severity.ERROR, "a", "50%0A")]).endswith("::50%250A\n")
    assert azuredevops([Remark(Severity.ERROR, "a", "50%0A")]).endswith("]a: 50%AZP250A\n")


def test_an_azure_note_is_a_line_of_the_log_because_there_is_no_such_issue() -> None:
    assert azuredevops([Remark(Severity.NOTE, "rule", "a\nb ##vso[x]")]) == "##[section]rule: a b #\\#vso[x]\n"


@pytest.mark.parametrize(
    "text", ["##vso[task.complete]", "a ##[error]b", "::add-mask::x", "a\n   ::error::b", "## vso", "a::b", "###VSO[x]"]
)
def test_no_line_of_inert_text_is_a_command(text: str) -> None:
    lines = inert(text).split("\n")

    assert not any(re.match(r"\s*::", line) or re.search(r"##(vso)?\[", line, re.IGNORECASE) for line in lines)


def test_inert_json_and_xml_are_the_same_value() -> None:
    found = [Diagnostic("rule", Severity.ERROR, 'say "\\##vso[task.setvariable]" or \\\\##[x]', Position("##[a].yaml", 1, 1))]
    as_json, as_xml = diagnostics_json(found), diagnostics_junit(found)

    assert "##" not in inert_json(as_json) + inert_xml(as_xml)
    assert json.loads(inert_json(as_json)) == json.loads(as_json)
    assert written(inert_xml(as_xml)) == written(as_xml)


def test_a_plan_that_cannot_be_applied_has_an_error_among_its_annotations() -> None:
    for plan in (EVERYTHING, PARTLY_READ):
        assert any(remark.severity is Severity.ERROR for remark in of_plan(plan))
    assert [remark.severity for remark in of_plan(SETTLED)] == [Severity.NOTE]


def test_a_clean_apply_has_no_error_and_no_warning() -> None:
    assert [remark.severity for remark in of_outcome(Outcome(remaining=()))] == [Severity.NOTE]
