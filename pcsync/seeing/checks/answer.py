"""What came back for a check: what can be compared with an expectation, and what is wrong with it as such."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from pcsync.core.picture import Picture
from pcsync.core.state import Look
from pcsync.seeing.answers import picture_of, reason
from pcsync.seeing.pixels import UnreadablePictureError

FORMATS = {"image/png": "png", "image/jpeg": "jpeg", "image/webp": "webp"}
EMPTY, BLANK = "every pixel is transparent: nothing was drawn", "all that is visible is of one colour"


class UnaskableError(Exception):
    """The check cannot be asked as the catalog is now: it has no such render option, mosaic or item. The text says so."""


class NothingThereError(Exception):
    """There is nothing to look at; the text says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. ``measured`` by the names of expectations, and what else is worth telling; ``problem``: it is not what was asked for."""

    status: int
    seconds: float
    measured: Mapping[str, Any] = field(default_factory=dict)
    picture: Picture | None = None
    problem: str = ""


def drawn(look: Look, route: str) -> Answer:
    """A picture, measured. Shares are of all its pixels, 0 to 1."""
    if look.status != 200:
        return failed(look)
    try:
        picture = picture_of(look, route)
    except UnreadablePictureError as wrong:
        return Answer(look.status, look.seconds, problem=wrong.what)
    measured = {
        "format": FORMATS[picture.media_type],
        "size": [picture.width, picture.height],
        "nonBlank": share(1.0 - picture.transparent - picture.uniform),
        "visible": share(1.0 - picture.transparent),
        "clipped": share(picture.clipped),
    }
    return Answer(look.status, look.seconds, measured, picture)


def failed(look: Look) -> Answer:
    """An answer of another status than 200."""
    return Answer(look.status, look.seconds, problem=reason(look))


def body_of(look: Look) -> Any:
    """The decoded JSON of an answer; None where it is none."""
    try:
        return orjson.loads(look.content)
    except orjson.JSONDecodeError:
        return None


def unreadable(look: Look, what: str) -> Answer:
    """An answer of status 200 that is not what it should be."""
    return Answer(look.status, look.seconds, problem=f"the answer is no {what}: {look.media_type or 'no media type'}")


def share(value: float) -> float:
    """Four digits, and no negative nought."""
    return round(max(0.0, value), 4)
