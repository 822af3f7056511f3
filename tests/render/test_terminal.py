"""What an output stream can take, and what it is never given."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsync.render.terminal import Style, can_say, cells, cut, one_line, padded, safe, style_for, wants_color, width_of, write


class Screen(io.TextIOWrapper):
    """A terminal of some encoding that keeps what was written."""

    def __init__(self, encoding: str = "utf-8", tty: bool = True) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, newline="")
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty

    def written(self) -> bytes:
        self.flush()
        return self.buffer.getvalue()  # type: ignore[attr-defined]


COLOR = [
    ("a terminal has colours", True, {}, True),
    ("a pipe has none", False, {}, False),
    ("NO_COLOR takes them away", True, {"NO_COLOR": "1"}, False),
    ("an empty NO_COLOR says nothing", True, {"NO_COLOR": ""}, True),
    ("FORCE_COLOR gives them to a pipe", False, {"FORCE_COLOR": "1"}, True),
    ("FORCE_COLOR=0 takes them away", True, {"FORCE_COLOR": "0"}, False),
    ("NO_COLOR wins over FORCE_COLOR", True, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    ("a dumb terminal has none", True, {"TERM": "dumb"}, False),
]


@pytest.mark.parametrize(("tty", "environment", "expected"), [case[1:] for case in COLOR], ids=[case[0] for case in COLOR])
def test_colour_is_decided_by_the_environment_and_the_stream(tty: bool, environment: dict[str, str], expected: bool) -> None:
    assert wants_color(Screen(tty=tty), environment, "linux") is expected


def test_the_flag_wins_over_the_environment() -> None:
    assert style_for(Screen(), {"NO_COLOR": "1"}, color=True).color is True
    assert style_for(Screen(), {"FORCE_COLOR": "1"}, color=False).color is False


def test_an_old_windows_console_gets_no_escapes_and_a_new_one_does() -> None:
    assert wants_color(Screen(), {}, "win32") is False
    assert wants_color(Screen(), {"WT_SESSION": "1"}, "win32") is True


@pytest.mark.parametrize(
    ("encoding", "signs"), [("utf-8", True), ("cp1252", False), ("cp437", False), ("ascii", False), ("latin-1", False)]
)
def test_signs_fall_back_to_ascii_where_the_encoding_lacks_them(encoding: str, signs: bool) -> None:
    assert style_for(Screen(encoding), {}).signs is signs


def test_width_is_columns_then_the_terminals_then_100() -> None:
    assert width_of(Screen(tty=False), {"COLUMNS": "77"}) == 77
    assert width_of(Screen(tty=False), {}) == 100
    assert width_of(Screen(tty=True), {}) == 100  # a terminal that cannot be asked
    assert width_of(Screen(), {"COLUMNS": "3"}) == 40


def test_a_character_that_the_code_page_lacks_is_written_as_its_escape() -> None:
    screen = Screen("cp1252")

    write(screen, "Zürich → 東京\n")

    assert screen.written() == b"Z\xfcrich \\u2192 \\u6771\\u4eac\n"


INVISIBLE = {
    "escape": "\x1b[31m",
    "bell": "\x07",
    "carriage return": "\r",
    "C1 control sequence introducer": "\x9b",
    "right-to-left override": "\u202e",
    "isolate": "\u2066",
    "zero width space": "\u200b",
    "byte order mark": "\ufeff",
    "line separator": "\u2028",
    "tag": "\U000e0041",
    "lone surrogate": "\ud800",
}


@pytest.mark.parametrize("text", INVISIBLE.values(), ids=list(INVISIBLE))
def test_what_cannot_be_seen_is_shown_as_its_escape(text: str) -> None:
    for shown in (safe(f"a{text}b"), one_line(f"a{text}b")):
        assert shown.startswith("a\\")
        assert text[0] not in shown


def test_scripts_that_need_joiners_keep_them() -> None:
    persian = "می\u200cخواهم"

    assert one_line(persian) == persian


def test_lines_stay_in_safe_text_and_become_signs_on_one_line() -> None:
    assert safe("a\n\tb") == "a\n\tb"
    assert one_line("a\n\tb") == "a\\n\\tb"
    assert one_line("a\nb", "↵ ") == "a↵ b"


@given(st.text())
def test_safe_text_stays_safe(text: str) -> None:
    assert safe(safe(text)) == safe(text)
    assert "\n" not in one_line(text)


def test_columns_are_counted_as_a_terminal_does() -> None:
    assert [cells(text) for text in ("abc", "東京", "e\u0301", "\x1b[31mred\x1b[0m", "👩\u200d🌾")] == [3, 4, 1, 3, 4]
    assert padded("東京", 6) == "東京  "


@given(st.text(), st.integers(min_value=4, max_value=40), st.booleans())
def test_a_cut_text_fits(text: str, width: int, signs: bool) -> None:
    shown = cut(one_line(text), width, Style(signs=signs))

    assert cells(shown) <= width
    assert shown == one_line(text) or shown.endswith(Style(signs=signs).ellipsis)


def test_an_unknown_encoding_can_say_nothing() -> None:
    assert can_say("no-such-encoding", "a") is False
    assert can_say(None, "a") is True
