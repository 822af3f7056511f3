"""Band arithmetic: what the tiler would take is taken, and what it would refuse is refused with a place."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pcsync.rules.render.expression import MAX_LENGTH, parse


@pytest.mark.parametrize(
    ("text", "bands", "names"),
    [
        ("(B08-B04)/(B08+B04)", 1, ["B08", "B04", "B08", "B04"]),
        ("(image_b4 - image_b1)/(image_b4 + image_b1)", 1, ["image_b4", "image_b1", "image_b4", "image_b1"]),
        ("0.97*(data_b1**3.84)", 1, ["data_b1"]),
        ("vv;vh;vv/vh", 3, ["vv", "vh", "vv", "vh"]),
        ("10e-4*B04", 1, ["B04"]),
        ("where((B04>0)&(B04<1),sqrt(B04),-1.5)", 1, ["B04", "B04", "B04"]),
        ("near-infrared", 1, ["near", "infrared"]),
        ("2**-B04**2", 1, ["B04"]),
        ("~(B04==1)|(B04!=.5)^(B04%2==0)", 1, ["B04", "B04", "B04"]),
        ("B04;", 1, ["B04"]),
    ],
)
def test_an_expression_is_read_as_the_tiler_reads_it(text: str, bands: int, names: list[str]) -> None:
    found = parse(text)

    assert found.faults == []
    assert found.bands == bands
    assert [name.text for name in found.names] == names
    assert all(text[name.start : name.end] == name.text for name in found.names)


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("", "", "empty"),
        ("(B08-B04", "(", "never closed"),
        ("B08-B04)", ")", "closes nothing"),
        ("B08 B04", "B04", "cannot stand here"),
        ("B08 +", "+", "ends where an operand"),
        ("squareroot(B04)", "squareroot", "no function"),
        ("B04 and B08", "and", "cannot stand here"),
        ("not B04", "not", "no operator"),
        ("8B04*2", "8B04", "no name"),
        ("0 < B04 < 1", "<", "chained"),
        ("B04=1", "=", "compares nothing"),
        ("where(B04>1,2)", "where(B04>1,2)", "3 arguments"),
        ("B04 if B08 else 1", "if", "cannot stand here"),
        ("B04@B08", "@", "means nothing"),
        ("B04;)", ")", "closes nothing"),
    ],
)
def test_a_fault_has_a_place_and_says_what_is_wrong(text: str, place: str, what: str) -> None:
    (fault,) = parse(text).faults

    assert text[fault.start : fault.end] == place
    assert what in fault.what


def test_a_fault_in_one_band_does_not_hide_that_of_another() -> None:
    assert len(parse("(B04;B08)").faults) == 2


NAMES = st.sampled_from(["B04", "B08", "image_b1", "vv", "1", "2.5", ".5", "10e-4", "0"])
GRAMMAR = st.recursive(
    NAMES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "**", "%", "//", "&", "|"]), inner).map("".join),
        inner.map("({})".format),
        inner.map("-{}".format),
        st.tuples(st.sampled_from(["sqrt", "log", "abs"]), inner).map(lambda it: f"{it[0]}({it[1]})"),
        st.tuples(inner, inner).map(lambda it: f"where({it[0]}>{it[1]},{it[1]},{it[0]})"),
        st.tuples(inner, st.sampled_from([" < ", ">=", "=="]), inner).map(lambda it: f"({''.join(it)})"),
    ),
    max_leaves=8,
)


@given(st.lists(GRAMMAR, min_size=1, max_size=3).map(";".join))
def test_every_sentence_of_the_grammar_is_taken(text: str) -> None:
    assert parse(text).faults == []


@given(
    st.lists(st.one_of(NAMES, st.sampled_from([*"+-*/%(),;<&|~", "**", "<=", "==", "where", "sqrt", "foo", "and"])), max_size=12).map(
        " ".join
    )
)
@settings(max_examples=400, deadline=None)
@example("-B04")
def test_what_we_take_the_tiler_takes_too(text: str) -> None:
    """rio-tiler's own check, over rows of tokens in any order."""
    tiler = pytest.importorskip("rio_tiler.expression")
    if not parse(text).faults:
        tiler.validate_expression(";".join(part.strip() for part in text.split(";") if part.strip()))


@given(st.text(max_size=200))
@settings(deadline=None)
@example("(" * 5000)
@example("-" * 5000)
@example("1**" * 2000)
@example("f(" * 2000)
@example(";" * 8000)
@example("a" * (MAX_LENGTH + 1))
def test_any_text_is_read_without_crashing_and_every_fault_lies_inside_it(text: str) -> None:
    for fault in parse(text).faults:
        assert 0 <= fault.start <= fault.end <= len(text)
        assert fault.what


def test_the_longest_expression_is_read_in_a_moment() -> None:
    started = time.perf_counter()
    for text in ("(" * 8000, "a+" * 4000, "a;" * 4000, "where(" * 1300, "1e" * 4000):
        parse(text)

    assert time.perf_counter() - started < 2
