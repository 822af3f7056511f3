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
from pcsync.core.plan import Check, Plan
from pcsync.core.resource import Key
from pcsync.render.markdown import plan_markdown
from pcsync.render.markdown_reports import diagnostics_markdown, outcome_markdown

from .plans import EVERYTHING, LOCAL, NDVI, create
from .test_diagnostics import FOUND
from .test_markdown import EVIL, REPORT
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
