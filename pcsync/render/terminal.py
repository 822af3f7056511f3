"""What the output can take, decided once: colours, signs beyond ASCII, width. And what it must never be given: control characters.

Colours: the flag, then NO_COLOR (no-color.org), then FORCE_COLOR, then a terminal that is not dumb. Renderers get the ``Style``
as an argument and ask nobody else.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TextIO
from unicodedata import category, combining, east_asian_width

DEFAULT_WIDTH = 100  # columns where the output is a file or a pipe
LEAST_WIDTH = 40
SIGNS = "→…·│█░↵"  # what an encoding must be able to say, or ASCII takes their place
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # controls, formats (bidi, zero width, tags), lone surrogates, line and paragraph separators
JOINERS = {"\u200c", "\u200d"}  # needed to write Persian, Indic scripts and emoji; they reorder nothing
LINES = {"\n", "\t"}
TRUE_COLOR = 2**24
ESCAPE_SEQUENCE = re.compile("\x1b\\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Style:
    """How to write: with colour escapes or not, with typographic signs or ASCII, and on how many columns.

    ``palette`` is how many colours a swatch may have: 2**24, 256, or 0 for none.
    """

    color: bool = False
    signs: bool = True
    width: int = DEFAULT_WIDTH
    palette: int = 0

    def bold(self, text: str) -> str:
        """What a reader looks for first."""
        return self._painted("1", text)

    def dim(self, text: str) -> str:
        """What a reader may skip."""
        return self._painted("2", text)

    def good(self, text: str) -> str:
        """Added, created, done."""
        return self._painted("32", text)

    def bad(self, text: str) -> str:
        """Removed, refused, failed."""
        return self._painted("31", text)

    def warm(self, text: str) -> str:
        """Changed, or worth a second look."""
        return self._painted("33", text)

    def cool(self, text: str) -> str:
        """Adopted, or a name among other text."""
        return self._painted("36", text)

    def _painted(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and text else text

    @property
    def arrow(self) -> str:
        """From before to after."""
        return "→" if self.signs else "->"

    @property
    def ellipsis(self) -> str:
        """Something was cut off here."""
        return "…" if self.signs else "..."

    @property
    def dot(self) -> str:
        """Between things of one line."""
        return " · " if self.signs else " | "

    @property
    def bar(self) -> str:
        """Beside quoted source lines."""
        return "│" if self.signs else "|"

    @property
    def newline(self) -> str:
        """A line break inside a text that is shown on one line."""
        return "↵ " if self.signs else "\\n "


def style_for(stream: TextIO, environment: Mapping[str, str], color: bool | None = None) -> Style:
    """The style a stream can show; ``color`` is what the user said on the command line."""
    colored = color if color is not None else wants_color(stream, environment)
    return Style(
        color=colored,
        signs=can_say(stream.encoding, SIGNS),
        width=width_of(stream, environment),
        palette=palette_of(environment) if colored else 0,
    )


def palette_of(environment: Mapping[str, str]) -> int:
    """How many colours a terminal says it has, beyond the sixteen that its user may have changed."""
    if environment.get("COLORTERM", "").lower() in ("truecolor", "24bit") or "WT_SESSION" in environment:
        return TRUE_COLOR
    term = environment.get("TERM", "")
    return TRUE_COLOR if term.endswith("-direct") else 256 if "256color" in term else 0


def wants_color(stream: TextIO, environment: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether to colour where the user did not say."""
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return environment["FORCE_COLOR"] not in ("0", "false")
    if not interactive(stream, environment):
        return False
    # An old Windows console prints escapes as rubbish; the ones that do not say so in the environment.
    return platform != "win32" or bool({"WT_SESSION", "ANSICON", "ConEmuANSI", "TERM"} & environment.keys())


def interactive(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """A person's terminal that can move its cursor: progress may be drawn on it."""
    return stream.isatty() and environment.get("TERM") != "dumb"


def width_of(stream: TextIO, environment: Mapping[str, str]) -> int:
    """Columns to fill: COLUMNS, else the terminal's own, else 100."""
    said = environment.get("COLUMNS", "")
    if said.isdecimal() and int(said):
        return max(int(said), LEAST_WIDTH)
    if not stream.isatty():
        return DEFAULT_WIDTH
    try:
        return max(os.get_terminal_size(stream.fileno()).columns or DEFAULT_WIDTH, LEAST_WIDTH)
    except (OSError, ValueError):  # a terminal that does not tell, a stream that is none
        return DEFAULT_WIDTH


def can_say(encoding: str | None, text: str) -> bool:
    """The encoding has all these characters (a Windows code page, the C locale and latin-1 have not)."""
    try:
        text.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def write(stream: TextIO, text: str) -> None:
    """Write a text whatever the stream's encoding: a character it lacks comes out as its escape, never as an exception."""
    encoding = stream.encoding or "utf-8"
    if not can_say(encoding, text):
        text = text.encode(encoding, "backslashreplace").decode(encoding)
    stream.write(text)


def safe(text: str) -> str:
    """Text of several lines that cannot steer a terminal: everything invisible but line breaks and tabs is shown as its escape."""
    return text if text.isprintable() else "".join(_shown(character, LINES) for character in text)


def one_line(text: str, newline: str = "\\n") -> str:
    """Text that stays on its line and cannot steer a terminal; line breaks come out as ``newline``, other invisibles as escapes."""
    if text.isprintable():
        return text
    return "".join(newline if character == "\n" else _shown(character, set()) for character in text)


def _shown(character: str, kept: set[str]) -> str:
    if character in kept or character in JOINERS or category(character) not in HIDDEN:
        return character
    return character.encode("unicode_escape").decode("ascii")


def cells(text: str) -> int:
    """Columns a text takes: wide characters two, combining ones none, colour escapes none."""
    if text.isascii() and "\x1b" not in text:
        return len(text)
    return sum(_cells(character) for character in ESCAPE_SEQUENCE.sub("", text))


@lru_cache(maxsize=4096)  # a text has few different characters
def _cells(character: str) -> int:
    if combining(character) or character in JOINERS:
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def cut(text: str, width: int, style: Style) -> str:
    """An uncoloured text cut to so many columns, with an ellipsis where something was left out."""
    if cells(text) <= width:
        return text
    room = width - len(style.ellipsis)
    kept = 0
    for index, character in enumerate(text):
        room -= _cells(character)
        if room < 0:
            break
        kept = index + 1
    return text[:kept].rstrip() + style.ellipsis


def padded(text: str, width: int) -> str:
    """The text with blanks up to so many columns."""
    return text + " " * max(0, width - cells(text))
