"""Progress on a terminal."""

from __future__ import annotations

from pcsync.core.state import Silence
from pcsync.render.progress import CLEAR, Bar, progress_line, progress_on
from pcsync.render.terminal import Style, cells

from .test_terminal import Screen


class Clock:
    """Seconds as the test says."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_nothing_is_drawn_where_nobody_looks() -> None:
    for screen, environment, quiet in ((Screen(tty=False), {}, False), (Screen(), {"TERM": "dumb"}, False), (Screen(), {}, True)):
        assert isinstance(progress_on(screen, environment, Style(), quiet), Silence)


def test_a_phase_leaves_no_trace() -> None:
    screen, clock = Screen(), Clock()
    bar = Bar(screen, Style(), clock)

    bar.start("reading", 3)
    clock.now = 5.0
    bar.step("collection/naip")
    bar.finish()
    bar.finish()

    drawn = screen.written().decode()
    assert "1/3" in drawn
    assert drawn.endswith(CLEAR)
    assert "\n" not in drawn


def test_ten_thousand_steps_are_drawn_ten_times_a_second_at_most() -> None:
    screen, clock = Screen(), Clock()
    bar = Bar(screen, Style(), clock)

    bar.start("reading", 10_000)
    for _ in range(10_000):
        clock.now += 0.0002
        bar.step()

    assert screen.written().decode().count(CLEAR) <= 21


def test_a_line_has_rate_and_time_left_once_they_mean_something() -> None:
    assert progress_line("reading", 10, 10_000, 0.2, Style()) == "reading   10/10,000  ░░░░░░░░░░░░░░░░░░░░    0%"
    assert progress_line("reading", 5_000, 10_000, 10, Style()) == "reading   5,000/10,000  ██████████░░░░░░░░░░   50%  500/s  10 s left"
    assert progress_line("applying", 42, None, 4, Style()) == "applying  42  10/s"
    assert progress_line("reading", 3, 4, 0, Style(signs=False)) == "reading   3/4  ###############.....   75%"


def test_a_line_never_fills_the_last_column() -> None:
    for width in (40, 60, 100):
        assert cells(progress_line("reading", 5, 10, 10, Style(width=width), "collection/" + "東" * 200)) < width


def test_more_steps_than_announced_are_no_crash() -> None:
    assert "100%" in progress_line("reading", 12, 10, 10, Style())


def test_a_detail_cannot_move_the_cursor() -> None:
    assert "\x1b" not in progress_line("reading", 1, 2, 3, Style(), "\x1b[2J\r")
