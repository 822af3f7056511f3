"""Comments as GitHub's own parser reads them: whatever a manifest says, it stays text."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options
from hypothesis import given, settings
from hypothesis import strategies as st

from pcsync.core.change import Risk, Unknown
from pcsync.core.checks import CheckReport, CheckResult, Verdict
from pcsync.core.picture import Comparison, Picture, Place
from pcsync.core.plan import Check, Plan
from pcsync.core.resource import Key
from pcsync.core.source import Position
from pcsync.render.checks_markdown import checks_markdown
from pcsync.render.markdown import plan_markdown
from pcsync.render.markdown_fit import LIMIT
from pcsync.render.markdown_reports import diagnostics_markdown, outcome_markdown
from pcsync.render.markdown_text import size

from .plans import EVERYTHING, LOCAL, NDVI, create
from .test_diagnostics import FOUND
from .test_markdown import EVIL, REPLACED, REPORT
from .test_outcome import PARTIAL

OURS = {"h2", "h3", "p", "strong", "em", "br", "code", "pre", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "details", "summary"}
VOID = {"br", "hr", "img"}
REFERENCE = re.compile(r"@\w|#\d|\bGH-\d", re.IGNORECASE)


class Page(HTMLParser):
    """The tags of a page, its links, the text outside code, and whether every tag was closed by its own."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.nested = True
        self.feed(cmarkgfm.github_flavored_markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self.open += [] if tag in VOID else [tag]

    def handle_endtag(self, tag: str) -> None:
        self.nested = self.nested and self.open[-1:] == [tag]
        self.open = self.open[:-1]

    def handle_data(self, data: str) -> None:
        self.texts += [] if {"code", "pre"} & set(self.open) else [data]


def tame(markdown: str) -> Page:
    """The page of a comment in which nothing but our own markup works."""
    page = Page(markdown)

    assert set(page.tags) <= OURS
    assert page.links == []
    assert page.nested
    assert page.open == []
    assert [text for text in page.texts if REFERENCE.search(text)] == []
    return page


def test_the_one_link_of_a_comment_is_the_report() -> None:
    assert Page(plan_markdown(EVERYTHING, REPORT)).links == [REPORT]


PARTS = [
    *(
        "`",
        "``",
        "|",
        "\\",
        "\\|",
        "<",
        "</details>",
        "<b>",
        "@a",
        "#1",
        "[",
        "](x)",
        "![",
        "https://a.b",
        "HTTPS://A.B",
        "ftp://a.b",
        "www.a.b",
    ),
    *(
        "a@b.com",
        "mailto:a@b.com",
        "xmpp:a@b",
        "*",
        "_",
        "~~",
        "\n",
        "\n\n",
        "- ",
        "# ",
        "    ",
        "a",
        " ",
        "&lt;",
        "&#64;a",
        "<!--",
        "-->",
        "$x$",
    ),
    *("GH-1", "://", "_www.", "\u202e", "\x00", "é"),
]
evil = st.lists(st.sampled_from(PARTS), min_size=1, max_size=14).map("".join) | st.text(min_size=1, max_size=30) | st.just(EVIL)


@settings(max_examples=150, deadline=None)
@given(evil)
def test_no_value_of_a_plan_is_more_than_text(text: str) -> None:
    created = create(Key("render-option", "c", text), {"title": text, "options": text}, Risk.VISUAL, 1, notes=(text,), drift=True)
    changed = replace(NDVI, key=Key("mosaic", text, text), fields=(replace(NDVI.fields[0], before=text, after=text + text),))
    plan = Plan(
        replace(LOCAL, endpoint=text, name=text, owner=text),
        (created, changed, replace(changed, refusal=text)),
        unknown=(Unknown(text, (text,), text),),
        checks=(Check(text, "warn", text, text), Check(text, "fail", text)),
        notes=(text,),
    )

    page = tame(plan_markdown(plan))

    assert page.tags.count("td") == 6, "two rows of three cells"


@settings(max_examples=100, deadline=None)
@given(evil)
def test_no_value_of_a_diagnostic_or_an_outcome_is_more_than_text(text: str) -> None:
    found = [replace(it, what=text, fix=text, rule=text, position=replace(it.position, file=text)) for it in FOUND]
    said = ((text, text),)

    assert tame(diagnostics_markdown(found)).tags.count("td") == 4 * len({*found})
    tame(outcome_markdown(replace(PARTIAL, failed=said, unknown=said, blocked=said, skipped=(text,), remaining=said, notes=(text,))))


def results(text: str, collections: int = 1, each: int = 1) -> CheckReport:
    """So many checks that failed, passed and were skipped, with the text wherever a manifest or a catalog may put one."""
    verdicts = (Verdict.FAILED, Verdict.PASSED, Verdict.SKIPPED, Verdict.ERROR)
    made = (
        CheckResult("tile", str(Key("render-option", f"{text}{of}", text)), text, verdicts[at % 4], text, position=Position(text, 1, 1))
        for of in range(collections)
        for at in range(each)
    )
    return CheckReport(tuple(made), notes=(text,))


def pictures(text: str, many: int = 1) -> list[Comparison]:
    """Layers before and after, one without a picture, and a thumbnail, with the text in every place that takes one."""
    seen, place = Picture(b"png", "image/png", 9, 9, text, clipped=0.7), Place((1.0, 2.0, 3.0, 4.0), 9, text)
    layers = [Comparison(text, f"{text}{at}", text, place, seen, seen, 0.5, 0.1, why=text) for at in range(many)]
    return [*layers, Comparison(text, text, text, why=text), Comparison(REPLACED.address, text, text, before=seen, after=seen)]


@settings(max_examples=100, deadline=None)
@given(evil)
def test_no_value_of_a_preview_or_a_check_or_of_why_is_more_than_text(text: str) -> None:
    plan = Plan(LOCAL, (replace(NDVI, why=text), REPLACED))

    page = tame(plan_markdown(plan, pictures=pictures(text)))
    checked = tame(checks_markdown(results(text, each=4)))
    applied = tame(outcome_markdown(replace(PARTIAL, checks=results(text, each=4))))

    assert page.tags.count("td") == 2 * 3 + 3 * 4
    assert checked.tags.count("td") == applied.tags.count("td") == 4 * 4


@settings(max_examples=15, deadline=None)
@given(
    text=evil,
    changes=st.integers(0, 400),
    layers=st.integers(0, 300),
    collections=st.integers(0, 120),
    each=st.integers(0, 12),
    limit=st.sampled_from([LIMIT, 150_000]),
)
def test_a_comment_with_pictures_and_checks_is_cut_in_its_middle_and_stays_whole(
    text: str, changes: int, layers: int, collections: int, each: int, limit: int
) -> None:
    moved = tuple(replace(NDVI, key=Key("render-option", f"c{at}", text), why=text, drift=at % 3 == 0) for at in range(changes))
    failed = tuple((f"collection/{at}", text * 9) for at in range(changes))
    checks = results(text, collections, each)

    for comment in (
        plan_markdown(Plan(LOCAL, (*moved, REPLACED)), limit=limit, pictures=pictures(text, layers)),
        outcome_markdown(replace(PARTIAL, failed=failed, unknown=failed, blocked=failed, remaining=failed, checks=checks), limit=limit),
        checks_markdown(checks, limit=limit),
    ):
        assert size(comment) <= limit
        tame(comment)
