"""Diagnostics as text."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from pcsync.core.diagnostic import Diagnostic, Severity
from pcsync.core.source import Position
from pcsync.render.diagnostics import diagnostics_text, in_order
from pcsync.render.frame import frame
from pcsync.render.terminal import Style

from .golden_files import golden

LINES = {
    ("collections/naip/collection.yaml", 30): "    minZoom: 99",
    ("collections/naip/collection.yaml", 34): "    options: " + "&".join(f"assets=B{n:02}" for n in range(40)),
    ("ingestion-sources.yaml", 2): "\tkind: Ingestion\x1b[31mSource",
}
LINES_OF_NAIP = {line: text for (file, line), text in LINES.items() if file.startswith("collections")}
FOUND = [
    Diagnostic(
        "schema/maximum",
        Severity.ERROR,
        "99 is more than the maximum of 24",
        Position("collections/naip/collection.yaml", 30, 14),
        "/renderOptions/0/minZoom",
        "a zoom level is 0 to 24",
    ),
    Diagnostic(
        "options/unknown-asset",
        Severity.WARNING,
        "no item asset is called B31; the collection has B02, B03, B04, B08, B8A, B11, B12, SCL and metadata, and none of these is close",
        Position("collections/naip/collection.yaml", 34, 362),
    ),
    Diagnostic("yaml/tab", Severity.ERROR, "a tab cannot indent", Position("ingestion-sources.yaml", 2, 1), fix="use blanks"),
    Diagnostic("sas/expiry", Severity.NOTE, "the token could not be checked", Position("pcsync.yaml")),
]


def source(file: str, line: int) -> str | None:
    return LINES.get((file, line))


@pytest.mark.parametrize(
    ("name", "style"), [("100", Style()), ("60", Style(width=60)), ("ascii", Style(signs=False)), ("color", Style(color=True))]
)
def test_diagnostics_read_as_their_golden_file(name: str, style: Style) -> None:
    text = diagnostics_text(FOUND[::-1], style, source, manifests=9)

    assert text == golden(f"diagnostics-{name}.txt", text)


def test_they_come_in_the_order_of_the_files_and_each_once() -> None:
    assert in_order([*FOUND[::-1], *FOUND]) == FOUND


def framed(line: int, column: int, end: int = 0, end_line: int = 0, width: int = 100, text: Mapping[int, str] = LINES_OF_NAIP) -> list[str]:
    """The code frame of a range."""
    position = Position("collections/naip/collection.yaml", line, column)
    diagnostic = Diagnostic("a", Severity.ERROR, "b", position, end=end, end_line=end_line)
    return [*frame(diagnostic, lambda _, number: text.get(number), Style(width=width))]


def test_a_caret_stands_under_the_column() -> None:
    line, caret = framed(30, 14)

    assert line[caret.index("^") :] == "99"
    assert caret.endswith("│              ^")


def test_carets_stand_under_all_that_is_meant() -> None:
    line, carets = framed(30, 14, 16)

    assert line[carets.index("^") : carets.rindex("^") + 1] == "99"


def test_the_carets_stand_right_in_a_long_line_too() -> None:
    line, carets = framed(34, 362, 365, width=60)

    assert line[carets.index("^") : carets.rindex("^") + 1] == "B31"
    assert len(line) <= 60


def test_carets_end_where_a_long_line_is_cut() -> None:
    line, carets = framed(34, 14, 400, width=60)

    assert len(carets) == len(line) == 60


@pytest.mark.parametrize(
    ("text", "meant", "columns"),
    [
        ("title: 東京の画像 # x", "東京の画像", (7, 10)),
        ("title: é́lan # x", "é́lan", (7, 4)),  # combining: no columns of their own
        ("a:\tB08", "B08", (4, 3)),  # a tab is shown as its escape
        ("a:\t\tB 08", "\tB", (4, 3)),
    ],
)
def test_columns_are_those_of_the_screen(text: str, meant: str, columns: tuple[int, int]) -> None:
    start = text.index(meant) + 1
    _, carets = framed(1, start, start + len(meant), text={1: text})
    left, width = columns

    assert carets == "    │ " + " " * left + "^" * width


def test_a_range_of_several_lines_is_underlined_line_by_line() -> None:
    lines = {8: "    options: >-", 9: "      assets=image", 10: "", 11: "      &nodata=0  # x"}

    assert framed(8, 14, 16, 11, text=lines) == [
        "   8 │     options: >-",
        "     │              ^^",
        "   9 │       assets=image",
        "     │       ^^^^^^^^^^^^",
        "  10 │",
        "  11 │       &nodata=0  # x",
        "     │       ^^^^^^^^^",
    ]


def test_of_a_long_range_the_ends_are_shown() -> None:
    lines = {number: f"  line {number}" for number in range(1, 30)}

    assert [line.strip() for line in framed(2, 3, 9, 27, text=lines) if "^" not in line] == [
        "2 │   line 2",
        "3 │   line 3",
        "…",
        "27 │   line 27",
    ]


def test_a_column_beyond_the_line_is_no_crash() -> None:
    assert len(framed(30, 999)) == 2
    assert len(framed(30, 999, 1200)) == 2
    assert len(framed(30, 5, 3)) == 2


def test_a_line_that_cannot_be_had_has_no_frame() -> None:
    assert framed(3, 1) == []


def test_no_problems_is_said_in_words() -> None:
    assert diagnostics_text([], Style(), source, manifests=9) == "9 manifests: no problems\n"


def test_a_manifest_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in diagnostics_text(FOUND, Style(), source)
