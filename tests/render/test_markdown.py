"""The pull-request comment, and the other reports in Markdown."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from pcsync.core.change import Action, Change, Risk, Unknown
from pcsync.core.diff import FieldDiff, Op
from pcsync.core.document import digest
from pcsync.core.picture import Comparison, Picture
from pcsync.core.plan import Check, Plan
from pcsync.core.resource import Key
from pcsync.render.markdown import looks_different, marker, plan_markdown, whole
from pcsync.render.markdown_fit import LIMIT
from pcsync.render.markdown_reports import diagnostics_markdown, outcome_markdown
from pcsync.render.markdown_text import size
from pcsync.render.outcome import Outcome

from .golden_files import golden
from .plans import CLEAR, EVERYTHING, GONE, LOCAL, NDVI, PARTITION, PARTLY_READ, SETTLED, create
from .test_diagnostics import FOUND
from .test_outcome import PARTIAL

REPORT = "https://github.example/contoso/catalog/actions/runs/7"
TEXTS = {
    "plan": plan_markdown(EVERYTHING, REPORT),
    "plan-partly-read": plan_markdown(PARTLY_READ),
    "plan-settled": plan_markdown(SETTLED),
    "diagnostics": diagnostics_markdown(FOUND, 9),
    "diagnostics-none": diagnostics_markdown([], 9),
    "outcome": outcome_markdown(PARTIAL),
    "outcome-clean": outcome_markdown(Outcome({Action.CREATE: 2}, remaining=(), seconds=3.2)),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_comment_reads_as_its_golden_file(name: str) -> None:
    assert TEXTS[name] == golden(f"{name}.md", TEXTS[name])


def test_the_verdict_comes_first_then_what_looks_different_then_the_details() -> None:
    order = ["cannot be applied", "2 to create", "### Looks different", "### Refused", "### Details", "<details>", "Plan digest"]
    places = [TEXTS["plan"].index(part) for part in order]

    assert all(earlier < later for earlier, later in pairwise(places))


def test_the_hidden_marker_is_the_first_line_and_one_for_each_project_and_target() -> None:
    other = replace(LOCAL, name="staging")

    assert TEXTS["plan"].startswith("<!-- pcsync:plan contoso-imagery/local -->\n")
    assert marker(replace(EVERYTHING, changes=())) == marker(EVERYTHING) != marker(replace(EVERYTHING, target=other))


def test_the_marker_cannot_be_ended_by_a_name() -> None:
    evil = marker(replace(EVERYTHING, target=replace(LOCAL, name="a--><script>-", owner="o\n--!>x")))

    assert re.fullmatch(r"<!-- (?:(?!--)[^<>\n])* -->", evil)


def test_the_digest_to_approve_is_shown_and_hidden_for_programs() -> None:
    approved = digest(EVERYTHING)

    assert f"`{approved}`" in TEXTS["plan"]
    assert f"<!-- pcsync:digest {approved} -->\n" in TEXTS["plan"]


def test_what_is_refused_or_kept_does_not_look_different() -> None:
    assert looks_different(NDVI)
    assert looks_different(CLEAR)
    assert looks_different(GONE)
    assert not looks_different(replace(NDVI, refusal="no"))
    assert not looks_different(replace(NDVI, action=Action.KEEP))
    assert not looks_different(PARTITION)


def many(collections: int, each: int) -> Plan:
    """A plan over many collections, each with many changed render options."""
    changes = (
        replace(NDVI, key=Key("render-option", f"collection-{n:05}", f"option-{m:03}"), drift=n % 7 == 0)
        for n in range(collections)
        for m in range(each)
    )
    return Plan(LOCAL, tuple(changes), unknown=tuple(Unknown(f"collection/u{n}", ("mosaic",), "503 @all " * 40) for n in range(300)))


@pytest.mark.parametrize(("collections", "each"), [(30, 2), (400, 3), (3_000, 1), (1, 2_000), (3, 600)])
def test_a_comment_never_has_more_characters_than_a_forge_takes(collections: int, each: int) -> None:
    text = plan_markdown(many(collections, each), REPORT)

    assert size(text) <= LIMIT
    assert text.endswith(f"[the report of this run](<{REPORT}>).\n")
    assert text.count("<details>") == text.count("</details>")
    assert len(re.findall("^```", text, re.MULTILINE)) == 2 * text.count("<details>")


def test_the_middle_is_left_out_and_says_where_it_is() -> None:
    text = plan_markdown(many(3_000, 1), REPORT)

    assert "<code>collection/collection-00000</code>" in text
    assert "<code>collection/collection-02999</code>" in text
    assert "<code>collection/collection-01500</code>" not in text
    assert re.search(r"\*… 2,\d\d\d collections left out here: .* \[the report of this run\]\(<https://github", text)


def test_nothing_is_cut_while_there_is_room() -> None:
    text = plan_markdown(replace(many(20, 2), unknown=()), REPORT)

    assert "left out" not in text
    assert text.count("colormap_name: rdylgn") == 40


def test_details_are_shortened_before_collections_are_left_out() -> None:
    text = plan_markdown(replace(many(150, 2), unknown=()), REPORT)

    assert "left out" not in text
    assert text.count("<details>") == 150
    assert 0 < text.count("\n-     colormap_name: viridis") < 300


def test_the_same_plan_makes_the_same_comment() -> None:
    assert plan_markdown(EVERYTHING, REPORT) == TEXTS["plan"]


EVIL = (
    "`` ``` ~~~ </details><script>x</script> @contoso/admins #12 [a](https://evil.example) | \\| \\\\| www.evil.example "
    "![i](x) <!-- \n# head\n```\n* b"
)


def evil_plan() -> Plan:
    body = {"title": EVIL, "options": f"assets={EVIL}", EVIL: EVIL}
    created = create(Key("render-option", EVIL, EVIL), body, Risk.VISUAL, 1, notes=(EVIL,), drift=True)
    changed = replace(NDVI, key=Key("mosaic", "naip", EVIL), fields=(replace(NDVI.fields[0], before=EVIL, after=EVIL + EVIL),))
    refused = Change(Key("collection", EVIL), Action.DELETE, body, None, refusal=EVIL)
    return Plan(
        replace(LOCAL, endpoint=EVIL),
        (created, changed, refused),
        unknown=(Unknown(EVIL, (EVIL,), EVIL),),
        checks=(Check(EVIL, "warn", EVIL, EVIL), Check(EVIL, "fail", EVIL)),
        notes=(EVIL,),
    )


def outside_code(text: str) -> str:
    """A comment without its code blocks and spans, as CommonMark finds them."""
    text = re.sub(r"^(`{3,})diff\n.*?\n\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"<code>.*?</code>", "", text)
    return re.sub(r"(?<![`\\])(`+)(?!`).+?(?<!`)\1(?!`)", "", text)


@pytest.mark.parametrize("text", [plan_markdown(evil_plan()), outcome_markdown(replace(PARTIAL, failed=((EVIL, EVIL),), notes=(EVIL,)))])
def test_no_value_can_be_markup_mention_somebody_or_link_anywhere(text: str) -> None:
    bare = outside_code(text)

    assert not re.search(r"@\w|(?<!&)#\d", bare)
    assert not re.search(r"(?<!\\)\]\(|\w://|www\.", bare.replace("](<", ""))
    assert not re.search(r"(?<!\\)</?script", bare)
    assert len(re.findall(r"(?<!\\)</details>", bare)) == bare.count("<details>")
    assert not re.search(r"^# head", bare, re.MULTILINE)


def test_a_value_of_backticks_cannot_close_the_block_it_is_in() -> None:
    fences = re.findall(r"^`{3,}(?:diff)?$", plan_markdown(evil_plan()), re.MULTILINE)

    assert len(fences) % 2 == 0
    assert all(opening == closing + "diff" for opening, closing in zip(fences[::2], fences[1::2], strict=True))


def test_a_table_keeps_its_columns_whatever_is_in_its_cells() -> None:
    rows = [line for line in plan_markdown(evil_plan()).splitlines() if line.startswith("| ")]

    assert {len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in rows} == {4}


@pytest.mark.parametrize("address", ["javascript:alert(1)", "", "ftp://x"])
def test_only_a_web_address_becomes_a_link(address: str) -> None:
    assert whole(address) == "the report of this run"


def test_a_web_address_cannot_leave_its_link() -> None:
    assert whole("https://a.example/b>) [x](<y z") == "[the report of this run](<https://a.example/b)[x](yz>)"


REPLACED = Change(
    Key("asset", "naip", "thumbnail"),
    Action.UPDATE,
    {"file": "*.png"},
    {"file": "*.png"},
    (FieldDiff(Op.REPLACE, "/sha256", None, "367dffb2855ad397a59522854208b06838a00027ad86eed29bcc7f257efc8b5b"),),
    Risk.VISUAL,
)


def test_of_a_picture_that_is_replaced_the_sizes_are_told_and_not_the_digest() -> None:
    before, after = (Picture(b"x" * octets, "image/png", side, side) for octets, side in ((38_300, 512), (980, 256)))
    plan = Plan(LOCAL, (REPLACED,))
    seen = plan_markdown(plan, pictures=[Comparison(REPLACED.address, "Thumbnail", "naip", before=before, after=after)])

    assert "| `naip` | `asset/thumbnail` | picture replaced: 512 x 512, 38.3 kB → 256 x 256, 980 bytes |" in seen
    assert "| `naip` | `asset/thumbnail` | `file replaced` |" in plan_markdown(plan)
    assert "null" not in seen
