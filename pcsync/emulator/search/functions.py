"""What SQL cannot say, as functions of a connection: exact intersection, instants of text, patterns, folded letters."""

import re
import unicodedata
from functools import lru_cache
from sqlite3 import Connection
from typing import Any

from .geometry import intersects, shape_of_text
from .instants import micros_of_date
from .relations import relates


def register(db: Connection) -> None:
    """Makes the functions known; every connection that searches needs them."""
    db.create_function("meets", 2, meets, deterministic=True)
    db.create_function("relates", 3, relates, deterministic=True)
    db.create_function("instant", 1, instant, deterministic=True)
    db.create_function("fits", 2, fits, deterministic=True)
    db.create_function("folded", 1, folded, deterministic=True)
    db.create_function("unaccented", 1, unaccented, deterministic=True)


def meets(geometry: str | None, other: str) -> bool | None:
    """Whether two GeoJSON texts share a point; the second is the one that stays the same over a search."""
    if geometry is None:
        return None
    return intersects(_fresh_shape(geometry), shape_of_text(other))


def instant(value: Any) -> int | None:
    """Microseconds of a text that is a date or an instant."""
    return micros_of_date(value) if isinstance(value, str) else None


def fits(value: Any, pattern: str) -> bool | None:
    """SQL's LIKE with `\\` as escape, case-sensitive as in PostgreSQL; never backtracks."""
    if not isinstance(value, str):
        return None
    first, *rest = _segments(pattern)
    found = first.match(value)
    if found is None:
        return False
    if not rest:
        return found.end() == len(value)
    *middle, last = rest
    at = found.end()
    for segment in middle:
        found = segment.search(value, at)
        if found is None:
            return False
        at = found.end()
    return _ends_with(last, value, at)


def folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else None


def unaccented(value: Any) -> Any:
    if not isinstance(value, str):
        return None
    return "".join(letter for letter in unicodedata.normalize("NFD", value) if not unicodedata.combining(letter))


def _fresh_shape(text: str) -> Any:
    """Not kept: a search sees each item once."""
    return shape_of_text.__wrapped__(text)


@lru_cache(maxsize=64)
def _segments(pattern: str) -> tuple[re.Pattern[str], ...]:
    """The pieces between `%`, each of fixed length: literal letters and dots."""
    pieces: list[str] = [""]
    letters = iter(pattern)
    for letter in letters:
        if letter == "%":
            pieces.append("")
        elif letter == "_":
            pieces[-1] += "."
        else:
            pieces[-1] += re.escape(next(letters, letter) if letter == "\\" else letter)
    return tuple(re.compile(piece, re.DOTALL) for piece in pieces)


def _ends_with(segment: re.Pattern[str], value: str, at: int) -> bool:
    """Whether the last piece, of fixed length, stands at the end and not before `at`."""
    length = _length(segment.pattern)
    start = len(value) - length
    return start >= at and segment.fullmatch(value, start) is not None


@lru_cache(maxsize=256)
def _length(piece: str) -> int:
    return len(re.sub(r"\\(.)", r"\1", piece, flags=re.DOTALL))
