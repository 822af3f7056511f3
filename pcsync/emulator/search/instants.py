"""RFC 3339 instants and intervals as whole microseconds since the epoch."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from pcsync.emulator.errors import Invalid

INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = -(10**17)
LATEST = 10**18
OPEN_END = ("", "..")


@dataclass(frozen=True, slots=True)
class Interval:
    """Closed at both ends; an open end is EARLIEST or LATEST. Microseconds."""

    start: int
    end: int


@lru_cache(maxsize=4_096)
def micros(text: str) -> int | None:
    """Microseconds of an RFC 3339 date and time, finer digits cut off; None when the text is none."""
    found = INSTANT.fullmatch(text)
    if found is None:
        return None
    date, time, fraction, zone = found.groups()
    try:
        instant = datetime.fromisoformat(f"{date}T{time}{(fraction or '.0')[:7].ljust(7, '0')}{zone.upper()}")
        return (instant - EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError):
        return None


def micros_of_date(text: str) -> int | None:
    """Midnight UTC of a date, or the instant of a date and time."""
    return micros(f"{text}T00:00:00Z") if DATE.fullmatch(text) else micros(text)


def parse_interval(text: str) -> Interval:
    """`a`, `a/b`, `a/..`, `../b`, `a/`, `/b` of RFC 3339 instants. Raises Invalid; both ends open is no interval."""
    ends = text.split("/")
    if len(ends) == 1:
        ends = ends * 2
    if len(ends) != 2 or all(end in OPEN_END for end in ends):
        raise _broken(text)
    start, end = _end(ends[0], EARLIEST, text), _end(ends[1], LATEST, text)
    if start > end:
        raise Invalid(f"datetime '{text[:80]}' ends before it begins")
    return Interval(start, end)


def _end(text: str, otherwise: int, whole: str) -> int:
    if text in OPEN_END:
        return otherwise
    found = micros(text)
    if found is None:
        raise _broken(whole)
    return found


def _broken(text: str) -> Invalid:
    return Invalid(f"datetime '{text[:80]}' is neither an RFC 3339 date and time nor an interval of two")
