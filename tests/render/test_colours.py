"""Colour maps as swatches: what has colours, and which terminal gets them."""

from __future__ import annotations

import io
from typing import Any

import pytest

from pcsync.render.colours import ramp, swatch
from pcsync.render.terminal import Style, cells, style_for
from pcsync.render.text import change_lines
from pcsync.render.text_fields import swatch_cells

from .plans import CLASSES, NDVI

RED, BLUE = (255, 0, 0, 255), (0, 0, 255, 128)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"1": [255, 0, 0, 255], "2": [0, 0, 255, 128]}, (("1", RED), ("2", BLUE))),
        ({"1": "#ff0000", "2": "#0000ff80"}, (("1", RED), ("2", BLUE))),
        ('{"1": "#f00"}', (("1", RED),)),
        ([[[0, 10], [255, 0, 0]], [[10, 20.5], [0, 0, 255, 128]]], (("0 to 10", RED), ("10 to 20.5", BLUE))),
    ],
)
def test_a_colour_map_is_classes_or_intervals_in_any_of_its_spellings(value: Any, expected: Any) -> None:
    found = swatch("colormap", value)

    assert found is not None
    assert found.entries == expected


@pytest.mark.parametrize("value", ["viridis", "{", {"1": "red"}, {"1": [256, 0, 0]}, {"1": [True, 0, 0]}, {}, [1, 2], 7, None, "[" * 9_999])
def test_what_is_no_colour_map_has_no_colours(value: Any) -> None:
    assert swatch("colormap", value) is None


def test_a_ramp_is_known_by_its_name_whatever_its_case_and_its_reverse_too() -> None:
    forward, backward = ramp("RdYlGn"), ramp("rdylgn_r")

    assert forward is not None
    assert backward is not None
    assert forward.colours == backward.colours[::-1]
    assert ramp("no-such-ramp") is None
    assert ramp("_r") is None


@pytest.mark.parametrize(
    ("environment", "palette"),
    [
        ({"COLORTERM": "truecolor"}, 2**24),
        ({"WT_SESSION": "1"}, 2**24),
        ({"TERM": "xterm-256color"}, 256),
        ({"TERM": "linux"}, 0),
        ({"COLORTERM": "truecolor", "NO_COLOR": "1"}, 0),
    ],
)
def test_a_terminal_gets_as_many_colours_as_it_says_it_has(environment: dict[str, str], palette: int) -> None:
    style = style_for(io.StringIO(), {"FORCE_COLOR": "1", **environment})

    assert style.palette == palette


def test_a_plan_shows_the_colours_before_and_after_where_a_terminal_has_them() -> None:
    plain = "\n".join(change_lines(NDVI, Style()))
    painted = "\n".join(change_lines(NDVI, Style(color=True, palette=2**24)))
    few = "\n".join(change_lines(CLASSES, Style(color=True, palette=256)))

    assert "\x1b[48" not in plain
    assert painted.count("\x1b[48;2;") == 22
    assert few.count("\x1b[48;5;") == 2


@pytest.mark.parametrize("width", [40, 60, 80])
def test_swatches_never_make_a_line_wider_than_the_terminal(width: int) -> None:
    lines = change_lines(NDVI, Style(color=True, palette=2**24, width=width))

    assert max(cells(line) for line in lines) <= width
    assert cells(swatch_cells("/options/colormap_name", "viridis", Style(color=True, palette=256))) == 12
