"""Sentences on as many lines as they take."""

from __future__ import annotations

from collections.abc import Iterator

from pcsync.render.terminal import DEFAULT_WIDTH, cells


def flowed(text: str, width: int, indent: str = "") -> Iterator[str]:
    """A sentence broken at blanks to fit the width; lines after the first are indented by two more. Long words stay whole."""
    line, lead = "", indent
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and cells(lead) + cells(longer) > width:
            yield lead + line
            line, lead = word, indent + "  "
        else:
            line = longer
    yield lead + line


def summed(text: str, width: int) -> Iterator[str]:
    """The last line of a command: whole where lines are as long as in a pipe, for programs look for it; broken where it is narrower."""
    yield from flowed(text, width) if width < DEFAULT_WIDTH else [text]
