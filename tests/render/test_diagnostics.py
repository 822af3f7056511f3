"""Diagnostics as text."""

from __future__ import annotations

import pytest

from pcsync.core.diagnostic import Diagnostic, Severity
from pcsync.core.source import Position
from pcsync.render.diagnostics import diagnostics_text, frame, in_order
from pcsync.render.terminal import Style

from .golden_files import golden

LINES = {
    ("collections/naip/collection.yaml", 30): "    minZoom: 99",
    ("collections/naip/collection.yaml", 34): "    options: " + "&".join(f"assets=B{n:02}" for n in range(40)),
    ("ingestion-sources.yaml", 2): "\tkind: Ingestion\x1b[31mSource",
}
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


def test_the_caret_stands_under_the_column() -> None:
    line, caret = frame(Position("collections/naip/collection.yaml", 30, 14), source, Style())

    assert line[caret.index("^")] == "9"


def test_the_caret_stands_right_in_a_long_line_too() -> None:
    line, caret = frame(Position("collections/naip/collection.yaml", 34, 362), source, Style(width=60))

    assert line[caret.index("^") :].startswith("B31")
    assert len(line) <= 60


def test_a_column_beyond_the_line_is_no_crash() -> None:
    assert len([*frame(Position("ingestion-sources.yaml", 2, 999), source, Style())]) == 2


def test_a_line_that_cannot_be_had_has_no_frame() -> None:
    assert [*frame(Position("gone.yaml", 3, 1), source, Style())] == []


def test_no_problems_is_said_in_words() -> None:
    assert diagnostics_text([], Style(), source, manifests=9) == "9 manifests: no problems\n"


def test_a_manifest_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in diagnostics_text(FOUND, Style(), source)
