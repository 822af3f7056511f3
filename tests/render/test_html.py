"""The HTML report by its structure: what stands in it, and what it lets nobody do. tests/browser looks at it in a browser."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from pcsync.core.change import Action
from pcsync.core.document import digest
from pcsync.core.plan import Plan
from pcsync.core.report import Report
from pcsync.render.html import report_html
from pcsync.render.html.extents import drawable, parts
from pcsync.render.html.fields import fields
from pcsync.render.html.markup import escaped, fragment, tag
from pcsync.render.html.pictures import share
from pcsync.render.outcome import Outcome

from .plans import ADOPTED, CLASSES, CLEAR, EVERYTHING, GONE, LOCAL, NAIP, NDVI, PARTLY_READ, TRUE_COLOR
from .reports import ATTACKS, CHECKS, FULL, hostile, large
from .test_outcome import PARTIAL

PAGE = report_html(FULL)
OPEN = {"img", "input", "meta", "br"}


class Balance(HTMLParser):
    """Which elements stand open, and whether every end closes the last of them."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in OPEN:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.mark.parametrize("report", [FULL, Report("Plan", PARTLY_READ), Report("Nothing"), *(hostile(attack) for attack in ATTACKS)])
def test_every_element_is_closed_and_no_id_is_given_twice(report: Report) -> None:
    balance = Balance()
    balance.feed(report_html(report).removeprefix("<!doctype html>"))

    assert (balance.open, balance.wrong) == ([], [])
    assert len(balance.ids) == len(set(balance.ids))


def test_the_policy_allows_the_one_script_and_the_one_style_sheet_and_nothing_else() -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', PAGE)
    inside = {name: re.search(rf"<{name}>(.*?)</{name}>", PAGE, re.DOTALL) for name in ("script", "style")}

    assert policy is not None
    assert policy[1].startswith("default-src 'none'; img-src data:;")
    for name, found in inside.items():
        assert found is not None
        assert f"{name}-src 'sha256-{b64encode(sha256(found[1].encode()).digest()).decode()}'" in policy[1]
    assert "unsafe" not in policy[1]


def test_the_page_names_no_address_outside_itself() -> None:
    assert re.findall(r'(?:src|href)="(?!data:image/|#)[^"]*"', PAGE) == []
    assert "style=" not in PAGE


def test_the_page_is_ascii_whatever_it_says() -> None:
    assert PAGE.isascii()
    assert "&#8594;" in PAGE  # →


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_pipeline_that_prints_the_page_obeys_nothing_in_it(attack: str) -> None:
    page = report_html(hostile(attack))

    assert "##vso" not in page
    assert re.search(r"^\s*::set-env", page, re.MULTILINE) is None


def test_the_digest_to_approve_and_every_change_and_request_stand_in_it() -> None:
    assert digest(FULL.plan) in PAGE if FULL.plan else False
    for change in EVERYTHING.changes:
        assert f'id="{escaped(change.address)}"' in PAGE
        assert all(escaped(str(call)) in PAGE for call in change.calls)


def test_a_ramp_is_drawn_once_however_often_it_is_shown() -> None:
    page = report_html(large(50, 5))

    assert page.count('<symbol id="ramp-viridis"') == 1
    assert page.count('href="#ramp-viridis"') == 50


def test_what_could_not_be_read_is_said_first() -> None:
    page = report_html(Report("Plan", PARTLY_READ))

    assert (
        page.index("This plan cannot be applied: 1 scope could not be read.")
        < page.index("Could not be read (1)")
        < page.index('id="changes"')
    )
    assert "503 Service Unavailable" in page


def test_a_change_without_fields_to_show_does_not_show_the_whole_resource() -> None:
    """Where only the ownership marker is written, or nothing at all (an adoption), there is no field to read."""
    adopted = fields(ADOPTED)

    assert adopted == ""
    assert "Flights of 2009" in fields(GONE)


def test_an_outcome_says_what_was_done_and_what_was_not() -> None:
    page = report_html(Report("Apply"), outcome=PARTIAL)
    clean = report_html(Report("Apply"), outcome=Outcome({Action.CREATE: 2}, remaining=(), seconds=3.2))

    assert all(escaped(address) in page for address, _ in (*PARTIAL.failed, *PARTIAL.unknown, *PARTIAL.blocked))
    assert "2 created, 0 changed, 0 deleted in 3.2 s. Read again: everything is as declared." in clean


def test_a_problem_shows_its_source_line() -> None:
    page = report_html(Report("Manifests", diagnostics=FULL.diagnostics), source=lambda _file, line: f"minZoom: {line}")

    assert "minZoom: 30" in page


@pytest.mark.parametrize(
    ("box", "expected"),
    [((10, 0, 20, 5), [(10, 10)]), ((176.5, -21, -178, -12), [(176.5, 3.5), (-180.0, 2)]), ((-180, -90, 180, 90), [(-180, 360)])],
)
def test_a_box_across_the_antimeridian_is_drawn_in_two_parts(box: tuple[float, ...], expected: list[tuple[float, float]]) -> None:
    assert [*parts((box[0], box[1], box[2], box[3]))] == expected


def test_a_box_that_is_nowhere_on_the_map_is_not_drawn() -> None:
    assert drawable([(0.0, 0.0, float("nan"), 1.0), (0.0, 50.0, 1.0, 40.0), (-500.0, 0.0, 1.0, 1.0), (0.0, 0.0, 1.0, 1.0)]) == [
        (0.0, 0.0, 1.0, 1.0)
    ]


@pytest.mark.parametrize(
    ("value", "expected"), [(0.0, "0 %"), (1.0, "100 %"), (0.123, "12.3 %"), (0.0004, "0.04 %"), (1e-6, "under 0.01 %")]
)
def test_a_share_never_rounds_something_to_nothing(value: float, expected: str) -> None:
    assert share(value) == expected


def test_markup_escapes_text_and_attributes_alike() -> None:
    assert tag("p", '<b>&"', class_='">') == '<p class="&quot;&gt;">&lt;b&gt;&amp;&quot;</p>'
    assert fragment('a b"<') == "#a%20b%22%3C"


APPLIED = Outcome(
    {Action.CREATE: 3, Action.UPDATE: 1, Action.ADOPT: 1},
    failed=((NDVI.address, "400 ValidationError: rescale has one number"),),
    unknown=((CLEAR.address, "the connection was lost after the request was sent"),),
    blocked=((TRUE_COLOR.address, "needs collection/sentinel-2-l2a"),),
    skipped=(GONE.address,),
    remaining=((CLASSES.address, "/options"),),
    seconds=3.2,
    checks=CHECKS,
)


def row(page: str, address: str) -> str:
    """A change of a page, up to its first request."""
    found = re.search(rf'<details id="{re.escape(escaped(address))}".*?</dl>', page, re.DOTALL)
    assert found is not None, address
    return found[0]


@pytest.mark.parametrize(
    ("address", "word", "why"),
    [
        (NDVI.address, "failed", "400 ValidationError: rescale has one number"),
        (CLEAR.address, "unknown", "the connection was lost"),
        (TRUE_COLOR.address, "blocked", "needs collection/sentinel-2-l2a"),
        (GONE.address, "not attempted", ""),
        (CLASSES.address, "still differs", "/options"),
        (NAIP.address, "done", ""),
    ],
)
def test_the_page_of_an_apply_shows_every_change_with_its_end_and_the_reason(address: str, word: str, why: str) -> None:
    shown = row(report_html(Report("Apply to local", EVERYTHING, checks=CHECKS), outcome=APPLIED), address)

    assert f'data-ended="{word}"' in shown
    assert why in shown
    assert (" open" in shown.partition(">")[0]) is (word != "done" or address == NAIP.address)


def test_the_page_of_an_apply_says_what_was_done_and_not_what_could_be() -> None:
    page = report_html(Report("Apply to local", EVERYTHING, checks=CHECKS), outcome=APPLIED)
    clean = report_html(Report("Apply to local", EVERYTHING), outcome=Outcome({Action.CREATE: 9}, remaining=()))
    checked = report_html(Report("Apply to local", EVERYTHING, checks=CHECKS), outcome=Outcome({Action.CREATE: 9}, checks=CHECKS))

    assert "This plan" not in page + clean + checked
    assert "Not everything was applied: 1 failed, 1 of unknown outcome, 2 not attempted and 1 still not as declared." in page
    assert "Everything was applied. Read again, it is as declared." in clean
    assert "Everything was applied. 1 check failed." in checked


def test_the_checks_of_a_collection_stand_beside_its_changes() -> None:
    page = report_html(FULL)
    naip = re.search(r'id="group:collection/naip".*?<noscript>', page, re.DOTALL)

    assert naip is not None
    assert 'href="#check:1"' in naip[0]
    assert 'href="#check:0"' not in naip[0], "of land-cover"
    assert all(f'id="check:{index}"' in page for index, _ in enumerate(CHECKS.results))


def test_a_change_says_why_it_may_be_made() -> None:
    change = replace(NDVI, why="ours by the marker; the manifest changed since the last apply")
    page = report_html(Report("Plan", Plan(LOCAL, (change,))))

    assert "Why: ours by the marker; the manifest changed since the last apply." in page
