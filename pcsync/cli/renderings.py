"""Which formats suit which value, and the renderer behind each. A renderer is imported when its format is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pcsync.render.frame import Source, no_source
from pcsync.render.inert import inert, inert_json, inert_xml
from pcsync.render.terminal import Style

if TYPE_CHECKING:
    from pcsync.core.checks import CheckReport
    from pcsync.core.contrast import Contrast
    from pcsync.core.diagnostic import Diagnostic
    from pcsync.core.picture import Comparison
    from pcsync.core.plan import Plan
    from pcsync.render.outcome import Outcome
    from pcsync.render.remarks import Remark
    from pcsync.rules.rule import Rule

Rendering = Callable[[str, Style], str]
"""(format, style of the stream) to a value as text."""

EVERY = ("text", "json", "ndjson", "markdown", "junit", "github", "azuredevops")
SUITS: Mapping[str, tuple[str, ...]] = {
    "plan": (*EVERY, "outputs", "html"),
    "outcome": (*EVERY, "outputs", "html"),
    "diagnostics": (*EVERY, "sarif", "html"),
    "preview": ("text", "json", "markdown", "html"),
    "checks": (*EVERY, "outputs", "html"),
    "symptoms": ("text", "json"),
    "contrast": ("text", "json", "markdown"),
    "rules": ("text", "markdown", "json"),
}
"""Formats by the value they can show; SARIF is about problems in files, and only validation has those."""
NAMES = {
    "plan": "a plan",
    "outcome": "the outcome of an apply",
    "diagnostics": "what validation finds",
    "preview": "a preview",
    "checks": "what checks find",
    "symptoms": "what doctor finds",
    "contrast": "a difference",
    "rules": "rules",
}
ABOUT = {"sarif": ": it is about problems in files", "outputs": ": it is about what changes"}
FORMATS = tuple(dict.fromkeys(form for forms in SUITS.values() for form in forms))
ADDED = frozenset({"outputs"})
"""Formats that are added to a file that is there: $GITHUB_OUTPUT may hold what others said."""
LOGS = frozenset({"text", "github", "azuredevops"})
"""Formats that may share stdout: they are lines for a log, and no program reads the whole of them."""
INERT: Mapping[str, Callable[[str], str]] = {
    "text": inert,
    "markdown": inert,
    "json": inert_json,
    "ndjson": inert_json,
    "sarif": inert_json,
    "junit": inert_xml,
}
"""How a format is kept from steering the pipeline whose log it is printed to; the two that are meant to steer it escape by themselves."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What renderings take besides the value.

    ``prefix``: the project's folder in the repository; ``report``: the address of the whole report; ``source``: lines of manifests;
    ``rules``: all that may have found something.
    """

    verbose: bool = False
    prefix: str = ""
    report: str = ""
    source: Source = no_source
    rules: Callable[[], Sequence[Rule]] = tuple


def plan_as(
    form: str, plan: Plan, style: Style, setting: Setting, *, unmanaged: bool = False, pictures: Sequence[Comparison] | None = None
) -> str:
    """A plan in one of the formats that suit it; ``pictures`` of it, where they were made, in those that have room for them."""
    match form:
        case "json":
            from pcsync.render.json import plan_json

            return plan_json(plan)
        case "ndjson":
            from pcsync.render.ndjson import plan_ndjson

            return plan_ndjson(plan)
        case "markdown":
            from pcsync.render.markdown import plan_markdown

            return plan_markdown(plan, setting.report, pictures=pictures)
        case "html":
            return _page(f"Plan for {plan.target.name}", plan, pictures or (), setting)
        case "junit":
            from pcsync.render.junit import plan_junit

            return plan_junit(plan)
        case "outputs":
            from pcsync.render.outputs import plan_outputs

            return plan_outputs(plan)
        case "github" | "azuredevops":
            from pcsync.render.remarks import of_plan

            return _annotations(form, of_plan(plan), setting)
    from pcsync.render.text import plan_text

    text = plan_text(plan, style, verbose=setting.verbose, unmanaged=unmanaged)
    return text if pictures is None else f"{text}\n{preview_as('text', plan, pictures, style, setting)}"


def preview_as(form: str, plan: Plan, pictures: Sequence[Comparison], style: Style, setting: Setting) -> str:
    """What a plan looks like, in one of the formats that suit it."""
    from pcsync.render.pictures import pictures_json, pictures_markdown, pictures_text

    match form:
        case "json":
            from pcsync.core.document import digest

            return pictures_json(pictures, digest(plan))
        case "markdown":
            from pcsync.render.markdown import whole

            return pictures_markdown(pictures, whole(setting.report)) + "\n"
        case "html":
            return _page(f"Preview for {plan.target.name}", plan, pictures, setting)
    return pictures_text(pictures, style)


def _page(title: str, plan: Plan, pictures: Sequence[Comparison], setting: Setting) -> str:
    from pcsync.core.report import Report, extents
    from pcsync.render.html import report_html

    return report_html(Report(title, plan, tuple(pictures), extents=extents(plan)), source=setting.source)


def diagnostics_as(form: str, found: Sequence[Diagnostic], manifests: int | None, style: Style, setting: Setting) -> str:
    """What validation found in one of the formats; ``manifests`` is how many were looked at."""
    match form:
        case "json":
            from pcsync.render.json import diagnostics_json

            return diagnostics_json(found, manifests)
        case "ndjson":
            from pcsync.render.ndjson import diagnostics_ndjson

            return diagnostics_ndjson(found, manifests)
        case "markdown":
            from pcsync.render.markdown_reports import diagnostics_markdown

            return diagnostics_markdown(found, manifests, setting.report)
        case "junit":
            from pcsync.render.junit import diagnostics_junit

            return diagnostics_junit(found, manifests)
        case "html":
            from pcsync.core.report import Report
            from pcsync.render.html import report_html

            return report_html(Report("Manifests", diagnostics=tuple(found)), source=setting.source, manifests=manifests)
        case "sarif":
            from pcsync.render.sarif import RuleText, sarif

            return sarif(found, setting.prefix, {rule.id: RuleText(rule.title, rule.why, rule.severity) for rule in setting.rules()})
        case "github" | "azuredevops":
            from pcsync.render.remarks import of_diagnostics

            return _annotations(form, of_diagnostics(found, manifests), setting)
    from pcsync.render.diagnostics import diagnostics_text

    return diagnostics_text(found, style, setting.source, manifests)


def outcome_as(form: str, outcome: Outcome, plan: Plan, style: Style, setting: Setting) -> str:
    """What an apply did in one of the formats that suit it; a page shows every change of its plan with its end."""
    match form:
        case "json":
            from pcsync.render.json import outcome_json

            return outcome_json(outcome)
        case "ndjson":
            from pcsync.render.ndjson import outcome_ndjson

            return outcome_ndjson(outcome)
        case "markdown":
            from pcsync.render.markdown_reports import outcome_markdown

            return outcome_markdown(outcome, setting.report)
        case "junit":
            from pcsync.render.junit import outcome_junit

            return outcome_junit(outcome)
        case "outputs":
            from pcsync.render.outputs import outcome_outputs

            return outcome_outputs(outcome)
        case "html":
            from pcsync.core.report import Report, extents
            from pcsync.render.html import report_html

            report = Report(f"Apply to {plan.target.name}", plan, checks=outcome.checks, extents=extents(plan))
            return report_html(report, outcome=outcome, source=setting.source)
        case "github" | "azuredevops":
            from pcsync.render.remarks import of_outcome

            return _annotations(form, of_outcome(outcome), setting)
    from pcsync.render.outcome import outcome_text

    return outcome_text(outcome, style)


def checks_as(form: str, report: CheckReport, style: Style, setting: Setting) -> str:
    """What checks found in one of the formats that suit it."""
    match form:
        case "json" | "ndjson":
            from pcsync.render.checks_json import checks_json, checks_ndjson

            return checks_json(report) if form == "json" else checks_ndjson(report)
        case "markdown":
            from pcsync.render.checks_markdown import checks_markdown

            return checks_markdown(report, setting.report)
        case "junit" | "outputs":
            from pcsync.render.checks_pipelines import checks_junit, checks_outputs

            return checks_junit(report) if form == "junit" else checks_outputs(report)
        case "html":
            from pcsync.core.report import Report
            from pcsync.render.html import report_html

            return report_html(Report("pcsync check", checks=report), source=setting.source)
        case "github" | "azuredevops":
            from pcsync.render.checks_pipelines import of_checks

            return _annotations(form, of_checks(report), setting)
    from pcsync.render.checks import checks_text

    return checks_text(report, style, verbose=setting.verbose)


def contrast_as(form: str, contrast: Contrast, style: Style, setting: Setting) -> str:
    """How two sides differ, in one of the formats that suit it."""
    from pcsync.render.contrast import contrast_json, contrast_markdown, contrast_text

    match form:
        case "json":
            return contrast_json(contrast)
        case "markdown":
            return contrast_markdown(contrast)
    return contrast_text(contrast, style, verbose=setting.verbose)


def _annotations(form: str, remarks: Iterable[Remark], setting: Setting) -> str:
    from pcsync.render.azuredevops import azuredevops
    from pcsync.render.github import github

    return (github if form == "github" else azuredevops)(remarks, setting.prefix)
