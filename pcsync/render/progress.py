"""Progress on a terminal: one line that is drawn over itself, with rate and time left; nothing anywhere else."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TextIO

from pcsync.core.state import Progress, Silence
from pcsync.render.terminal import Style, cells, cut, interactive, one_line, padded, write
from pcsync.render.wording import duration, number, rate

BETWEEN = 0.1  # seconds between two drawings; a step in between costs one comparison
SETTLING = 1.0  # seconds before a rate says anything
BAR = 20  # columns
CLEAR = "\r\x1b[2K"


def progress_on(stream: TextIO, environment: Mapping[str, str], style: Style, quiet: bool = False) -> Progress:
    """A progress line on a person's terminal, silence on anything else."""
    return Silence() if quiet or not interactive(stream, environment) else Bar(stream, style)


class Bar:
    """One phase after the other on the same line; the line is gone when a phase is over."""

    def __init__(self, stream: TextIO, style: Style, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._style, self._clock = stream, style, clock
        self._what, self._detail = "", ""
        self._total: int | None = None
        self._done = 0
        self._started = self._drawn = 0.0
        self._showing = False

    def start(self, what: str, total: int | None) -> None:
        """Begin a phase; one that was not finished is left behind."""
        self.finish()
        self._what, self._total, self._done, self._detail = what, total, 0, ""
        self._started = self._drawn = self._clock()
        self._draw()

    def step(self, detail: str = "") -> None:
        """Count a step, and draw if the last drawing is old enough."""
        self._done += 1
        self._detail = detail
        now = self._clock()
        if now - self._drawn >= BETWEEN:
            self._drawn = now
            self._draw()

    def finish(self) -> None:
        """Take the line away."""
        if self._showing:
            self._stream.write(CLEAR)
            self._stream.flush()
            self._showing = False

    def _draw(self) -> None:
        line = progress_line(self._what, self._done, self._total, self._clock() - self._started, self._style, self._detail)
        write(self._stream, CLEAR + line)
        self._stream.flush()
        self._showing = True


def progress_line(what: str, done: int, total: int | None, seconds: float, style: Style, detail: str = "") -> str:
    """``reading  1,234/10,000  ██████░░░░  12%  420/s  21 s left  collection/naip``, cut to the width."""
    speed = rate(done, seconds) if seconds >= SETTLING else ""
    left = duration((total - done) * seconds / done) + " left" if total and 0 < done < total and speed else ""
    counted = f"{number(done)}/{number(total)}" if total else number(done)
    share = min(done / total, 1.0) if total else 0.0
    gauge = [bar(share, style), f"{int(share * 100):3}%"] if total else []
    parts = [padded(one_line(what), 8), counted, *gauge, speed, left, one_line(detail, " ")]
    line = cut("  ".join(part for part in parts if part), style.width - 1, style)  # a full line would wrap and leave a trace
    return line if cells(line) < style.width else ""


def bar(share: float, style: Style) -> str:
    """A gauge of 20 columns for a share from 0 to 1."""
    full = int(share * BAR)
    done, rest = ("█", "░") if style.signs else ("#", ".")
    return done * full + rest * (BAR - full)
