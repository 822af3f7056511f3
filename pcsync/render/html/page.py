"""The page: one file that asks nobody for anything, with a policy that lets nothing in it do what it was not made for."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from pcsync.core.checks import Verdict
from pcsync.core.plan import Plan
from pcsync.core.report import Report
from pcsync.render.diagnostics import verdict
from pcsync.render.frame import Source, no_source
from pcsync.render.html.change import Seen
from pcsync.render.html.checks import checks
from pcsync.render.html.ended import endings
from pcsync.render.html.extents import world
from pcsync.render.html.legend import ramp_symbols
from pcsync.render.html.markup import Markup, join, tag
from pcsync.render.html.overview import overview
from pcsync.render.html.pictures import comparisons
from pcsync.render.html.sections import diagnostics, outcome, stops
from pcsync.render.html.tree import filters, tree, worth_showing
from pcsync.render.outcome import Outcome
from pcsync.render.terminal import Style
from pcsync.render.wording import count, number

PLAIN = Style()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: its id, its heading, what the navigation says beside it, and its content."""

    id: str
    title: str
    tally: str
    content: Markup


def report_html(report: Report, *, outcome: Outcome | None = None, source: Source = no_source, manifests: int | None = None) -> str:
    """The whole file, in ASCII: it reads the same whatever encoding it is written or printed in.

    ``outcome`` is what an apply did, ``source`` gives lines of manifests for code frames, ``manifests`` is how many were looked at.
    """
    shown = [*_sections(report, outcome, source, manifests)]
    document = tag("html", _head(report.title), tag("body", *_body(report, shown, outcome)), lang="en")
    return f"<!doctype html>\n{document}\n".encode("ascii", "xmlcharrefreplace").decode("ascii")


def seen_in(report: Report, done: Outcome | None = None) -> Seen:
    """What the pictures, the checks and the outcome of a run say about its changes."""
    failed = report.checks.failed if report.checks else ()
    return Seen(
        frozenset(it.address for it in report.comparisons if it.changed),
        frozenset(it.address for it in failed),
        frozenset(it.address for it in report.comparisons),
        endings(report.plan, done) if report.plan and done else {},
    )


@cache
def asset(name: str) -> str:
    """The style sheet or the script, as it stands in the page."""
    return files("pcsync.render.html").joinpath(name).read_text(encoding="ascii")


def policy() -> str:
    """The Content-Security-Policy: the one script and the one style sheet by their hashes, pictures inside the page, nothing else."""
    return (
        f"default-src 'none'; img-src data:; style-src '{_hash(asset('report.css'))}'; "
        f"script-src '{_hash(asset('report.js'))}'; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode('ascii')}"


def _head(title: str) -> Markup:
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{policy()}">'),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="generator", content="pcsync"),
        tag("title", title),
        tag("style", Markup(asset("report.css"))),
    )


def _body(report: Report, shown: list[Section], done: Outcome | None) -> Iterator[Markup]:
    yield tag("a", "Skip to the report", href="#report", class_="skip")
    yield tag("header", tag("h1", report.title), _theme(), class_="top")
    narrowing = filters(report.plan, seen_in(report, done)) if report.plan and worth_showing(report.plan) else None
    side = tag("div", _navigation(shown), narrowing, class_="side")
    main = tag("main", overview(report, done), *(_section(section) for section in shown), id="report", tabindex=-1)
    page = tag("div", side, main, class_="page")
    yield page
    yield ramp_symbols(page)
    yield tag("script", Markup(asset("report.js")))


def _theme() -> Markup:
    return tag("button", "Dark", type="button", id="theme", class_="scripted plain", aria_pressed="false")


def _navigation(shown: list[Section]) -> Markup:
    links = (tag("li", tag("a", it.title, " ", tag("small", it.tally), href=f"#{it.id}")) for it in shown)
    return tag("nav", tag("ul", *links), aria_label="Sections") if shown else Markup()


def _section(shown: Section) -> Markup:
    return tag("section", tag("h2", shown.title), shown.content, id=shown.id, aria_label=shown.title)


def _stopping(plan: Plan) -> int:
    """How many things the section before the changes tells of, less its notes."""
    return len(plan.refusals) + len(plan.unknown) + sum(check.status not in ("pass", "fail") for check in plan.checks)


def _sections(report: Report, done: Outcome | None, source: Source, manifests: int | None) -> Iterator[Section]:
    """The parts that this run has, what needs a reader's eye first."""
    plan = report.plan
    if plan and done is None and (content := stops(plan)):
        yield Section("stops", "Before you apply", number(_stopping(plan)), content)
    if done:
        yield Section("outcome", "Outcome", f"{number(sum(done.done.values()))} done", outcome(done))
    if report.diagnostics or manifests is not None:
        said = tag("p", verdict(report.diagnostics, PLAIN, manifests))
        yield Section("problems", "Problems", number(len(report.diagnostics)), join(said, diagnostics(report.diagnostics, source)))
    if report.comparisons:
        yield Section("pictures", "Pictures", number(len(report.comparisons)), comparisons(report.comparisons))
    if report.checks:
        failed = sum(report.checks.counts()[it] for it in (Verdict.FAILED, Verdict.ERROR))
        tally = f"{number(failed)} failed" if failed else count(len(report.checks.results), "check")
        yield Section("checks", "Checks", tally, checks(report.checks))
    if plan:
        yield Section("changes", "Changes", number(len(worth_showing(plan))), tree(plan, seen_in(report, done), report.checks))
    if report.extents:
        yield Section("map", "Where", count(len(report.extents), "collection"), world(report.extents))
