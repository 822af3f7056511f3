"""Every value in every format has a golden file: the table of them, and those that stand in no other test."""

from __future__ import annotations

import re

import pytest

from pcsync.cli.renderings import SUITS, Setting, checks_as, diagnostics_as, outcome_as, plan_as, preview_as
from pcsync.render.terminal import Style
from tests.render.golden_files import FOLDER, golden
from tests.render.page_outline import outline
from tests.render.plans import EVERYTHING
from tests.render.reports import COMPARISONS
from tests.render.test_checks import REPORT
from tests.render.test_diagnostics import FOUND
from tests.render.test_outcome import PARTIAL

FILES = {
    "text": "-100.txt",
    "json": ".json",
    "ndjson": ".ndjson",
    "markdown": ".md",
    "junit": ".junit.xml",
    "github": "-github.txt",
    "azuredevops": "-azuredevops.txt",
    "outputs": "-outputs.txt",
    "sarif": ".sarif",
    "html": ".html.txt",
}
VALUES = ("plan", "outcome", "diagnostics", "preview", "checks")
EVERY = [(value, form) for value in VALUES for form in SUITS[value] if (value, form) != ("preview", "html")]
"""The page of a preview is that of the plan, as a test says below."""
HERE = [it for it in EVERY if it[0] == "preview" or it[1] == "html" or it in {("plan", "outputs"), ("outcome", "outputs")}]
SETTING = Setting(source=lambda _file, line: f"line {line}")


def rendered(value: str, form: str) -> str:
    """A page by its outline, for it holds the whole style sheet; everything else as it is."""
    style = Style()
    text = {
        "plan": lambda: plan_as(form, EVERYTHING, style, SETTING, pictures=COMPARISONS if form == "html" else None),
        "outcome": lambda: outcome_as(form, PARTIAL, EVERYTHING, style, SETTING),
        "diagnostics": lambda: diagnostics_as(form, FOUND, 9, style, SETTING),
        "preview": lambda: preview_as(form, EVERYTHING, COMPARISONS, style, SETTING),
        "checks": lambda: checks_as(form, REPORT, style, SETTING),
    }[value]()
    return sized(outline(text) if form == "html" else text) if value in ("plan", "preview") else outline(text) if form == "html" else text


def sized(text: str) -> str:
    """How many bytes a picture takes is up to the machine's zlib."""
    return re.sub(r"[\d.]+ (kB|bytes) (before|after)", r"0 kB \2", re.sub(r'"bytes": \d+', '"bytes": 0', text))


def test_the_page_of_a_preview_is_the_page_of_its_plan() -> None:
    assert rendered("preview", "html").replace("Preview for local", "Plan for local") == rendered("plan", "html")


@pytest.mark.parametrize(("value", "form"), HERE)
def test_a_value_reads_as_its_golden_file(value: str, form: str) -> None:
    text = rendered(value, form)

    assert text == golden(f"{value}{FILES[form]}", text)


@pytest.mark.parametrize(("value", "form"), EVERY)
def test_there_is_a_golden_file_for_every_value_in_every_format(value: str, form: str) -> None:
    assert (FOLDER / f"{value}{FILES[form]}").is_file()
