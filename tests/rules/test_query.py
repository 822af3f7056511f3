"""The parameters of a query string: their values as the tiler gets them, and where each character of them stands."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pcsync.core.query import parameters
from pcsync.kinds.options import written
from pcsync.rules.render.parameter import of_object, of_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("assets=B04&assets=B03", [("assets", "B04"), ("assets", "B03")]),
        ("?assets=image&&nodata=0&", [("assets", "image"), ("nodata", "0")]),
        ("sel=time=2100-01-01", [("sel", "time=2100-01-01")]),
        ("color_formula=Gamma+RGB+3.7", [("color_formula", "Gamma RGB 3.7")]),
        ("expression=(B08+B04)", [("expression", "(B08+B04)")]),
        ("algorithm_params=%7B%22a%22%3A1%7D", [("algorithm_params", '{"a":1}')]),
        ("unscale", [("unscale", "")]),
        ("a=100%", [("a", "100%")]),
    ],
)
def test_parameters_are_read_leniently_and_in_order(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(it.name, it.value) for it in parameters(text)] == expected


@given(st.text(alphabet=st.sampled_from("abB04=&%?+;|, {}\"'é\u20ac2F0Da"), max_size=60))
@example("%E2%82%ACa=%E2%82%ACb")
@example("a=%ff%fe&b=%")
@example("=&=&&?")
def test_every_parameter_knows_where_it_stands(text: str) -> None:
    for it in parameters(text):
        raw = text[it.value_start : it.end]
        assert raw == it.raw
        assert it.start <= it.value_start <= it.end <= len(text)
        for at in range(len(it.value) + 1):
            begin, end = it.span(at, len(it.value))
            assert it.value_start <= begin <= end == it.end


def test_a_character_behind_an_escaped_one_is_found_where_it_was_written() -> None:
    (it,) = parameters("color=%E2%82%AC%7Bx")

    assert it.value == "€{x"
    assert it.span(2, 3) == (18, 19)
    assert it.span(0, 1) == (6, 15)


VALUES = st.one_of(
    st.sampled_from(["B04", "image|1,2,3", "Gamma RGB 3.7", "a b&c=d#e%f+g", ""]), st.booleans(), st.integers(), st.just(0.5)
)
NESTED = st.one_of(VALUES, st.lists(VALUES, max_size=3), st.dictionaries(st.sampled_from("abc"), VALUES, max_size=2))


@given(st.dictionaries(st.sampled_from(["assets", "nodata", "colormap", "algorithm_params", "rescale"]), NESTED))
def test_structured_options_mean_what_their_query_string_means(options: dict[str, Any]) -> None:
    structured = [(it.name, it.value) for it in of_object(options, "")]

    assert structured == [(it.name, it.value) for it in of_text(written(options), "")]
