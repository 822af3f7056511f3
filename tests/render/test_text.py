"""A plan as text."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcsync.core.change import Action, Change, Risk
from pcsync.core.diff import diff
from pcsync.core.plan import Check, Plan
from pcsync.core.resource import Key
from pcsync.core.source import Position
from pcsync.render.terminal import HIDDEN, JOINERS, Style, cells
from pcsync.render.text import plan_text

from .golden_files import golden
from .plans import CLEAR, EVERYTHING, LOCAL, NAIP, PARTLY_READ, SETTLED, create

COLOR = re.compile("\x1b\\[[0-9;]*m")
PLAIN = Style()

GOLDEN = {
    "plan-100.txt": (EVERYTHING, Style(), {}),
    "plan-60.txt": (EVERYTHING, Style(width=60), {}),
    "plan-200.txt": (EVERYTHING, Style(width=200), {}),
    "plan-ascii.txt": (EVERYTHING, Style(signs=False), {}),
    "plan-color.txt": (EVERYTHING, Style(color=True), {}),
    "plan-verbose.txt": (EVERYTHING, Style(), {"verbose": True, "unmanaged": True}),
    "plan-partly-read.txt": (PARTLY_READ, Style(), {}),
    "plan-settled.txt": (SETTLED, Style(), {}),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_a_plan_reads_as_its_golden_file(name: str) -> None:
    plan, style, options = GOLDEN[name]

    text = plan_text(plan, style, **options)

    assert text == golden(name, text)


@pytest.mark.parametrize("width", [60, 100, 200])
def test_lines_fit_the_width_but_for_the_verdict(width: int) -> None:
    *lines, _verdict = plan_text(EVERYTHING, Style(width=width)).splitlines()

    assert [line for line in lines if cells(line) > width] == []


def test_colour_adds_nothing_but_escapes() -> None:
    """Every sign and word is there without colour too."""
    assert COLOR.sub("", plan_text(EVERYTHING, Style(color=True))) == plan_text(EVERYTHING, Style())


def test_ascii_style_is_ascii() -> None:
    assert plan_text(EVERYTHING, Style(signs=False), verbose=True, unmanaged=True).isascii()


def test_the_summary_line_is_last() -> None:
    last = plan_text(EVERYTHING, PLAIN).splitlines()[-1]

    assert last == (
        "Plan: 2 to create, 1 to adopt, 4 to change, 1 to delete, 1,140 unchanged, 1 refused; 1 drifted; worst risk: irreversible"
    )


def test_a_plan_with_nothing_to_do_says_so() -> None:
    assert plan_text(SETTLED, PLAIN).splitlines()[-1] == "Plan: nothing to do; 0 to create, 0 to change, 0 to delete, 74 unchanged"


def test_what_could_not_be_read_never_looks_like_nothing_to_do() -> None:
    text = plan_text(replace(PARTLY_READ, changes=()), PLAIN)

    assert "nothing to do" not in text
    assert "cannot be applied" in text


def test_what_belongs_to_the_catalog_stands_before_the_collections_and_those_are_in_order() -> None:
    titles = [line.split("  ")[0] for line in plan_text(EVERYTHING, PLAIN).splitlines() if re.match("(catalog|collection/)", line)]

    assert titles == ["catalog", "collection/land-cover", "collection/naip", "collection/sentinel-2-l2a"]


def test_what_is_kept_is_shown_only_where_it_has_something_to_say() -> None:
    silent = Change(Key("mosaic", "naip", "silent"), Action.KEEP, {}, {})
    plan = Plan(LOCAL, (silent, replace(silent, key=Key("mosaic", "naip", "telling"), notes=("twice in the catalog",))))

    text = plan_text(plan, PLAIN)

    assert "telling" in text
    assert "silent" not in text
    assert "nothing to do" in text


def test_a_failed_guard_is_shown_and_counted_as_a_refusal() -> None:
    plan = Plan(LOCAL, (CLEAR,), checks=(Check("deletions", "fail", "40 deletions, 20 allowed"),))

    text = plan_text(plan, PLAIN)

    assert "! refused by deletions: 40 deletions, 20 allowed" in text
    assert "This plan cannot be applied: 1 refusal." in text


def test_unmanaged_resources_are_counted_always_and_listed_when_asked() -> None:
    assert "2 live resources that no manifest declares are left alone (--show-unmanaged lists them)" in plan_text(EVERYTHING, PLAIN)
    assert "    collection/naip/mosaic/default\n" in plan_text(EVERYTHING, PLAIN, unmanaged=True)


def test_a_created_collection_takes_few_lines_unless_verbose() -> None:
    after: dict[str, Any] = {**(NAIP.after or {}), "id": "naip", "type": "Collection", "stac_version": "1.0.0", "links": []}
    plan = Plan(LOCAL, (create(Key("collection", "naip"), after, Risk.QUERY, 7),))

    short, whole = plan_text(plan, PLAIN).splitlines(), plan_text(plan, PLAIN, verbose=True).splitlines()

    assert len(short) <= 12
    assert len(whole) > 18
    assert any("flown in the growing season with a four-band camera" in line for line in whole)


EVIL = "\x1b]0;owned\x07\x1b[2J\r\u202egnp.exe\u2066\x9b31m\n\u2028"


def test_no_value_can_steer_the_terminal() -> None:
    before, after = {"title": EVIL, EVIL: EVIL, "l": [EVIL]}, {"title": EVIL + "x", "description": EVIL * 9, "l": [EVIL, "b" + EVIL]}
    evil = Change(
        Key("mosaic", EVIL, EVIL),
        Action.UPDATE,
        before,
        after,
        tuple(diff(before, after)),
        position=Position(EVIL, 1, 1),
        notes=(EVIL,),
        refusal=EVIL,
    )
    plan = Plan(
        replace(LOCAL, name=EVIL, endpoint=EVIL),
        (evil, replace(evil, key=Key("mosaic", "other", EVIL), action=Action.CREATE, before=None, fields=())),
        checks=(Check(EVIL, "fail", EVIL, EVIL),),
        notes=(EVIL,),
        unmanaged=(Key("mosaic", EVIL, EVIL),),
    )

    for verbose in (False, True):
        assert steering(plan_text(plan, PLAIN, verbose=verbose, unmanaged=True)) == set()


def steering(text: str) -> set[str]:
    """Characters a terminal would obey rather than show."""
    from unicodedata import category

    return {character for character in text if category(character) in HIDDEN and character not in JOINERS and character != "\n"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.sampled_from(["id", "name", "op", "args"]), inner, max_size=4)
    ),
    max_leaves=12,
)
bodies = st.dictionaries(st.sampled_from(["cql", "options", "title", "id", "legend"]) | st.text(), json_values, max_size=5)


@settings(max_examples=150, deadline=None)
@given(bodies, bodies, st.sampled_from(["collection", "mosaic", "render-option"]), st.sampled_from([40, 100]), st.booleans())
def test_any_two_bodies_can_be_shown(before: dict[str, Any], after: dict[str, Any], kind: str, width: int, verbose: bool) -> None:
    changed = Change(Key(kind, "c", "n"), Action.UPDATE, before, after, tuple(diff(before, after)))
    plan = Plan(LOCAL, (changed, replace(changed, key=Key(kind, "d"), action=Action.CREATE, before=None, fields=())))

    text = plan_text(plan, Style(width=width), verbose=verbose)

    assert steering(text) == set()
