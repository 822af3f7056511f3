"""Instants and intervals of filters and extents, as far as comparing them needs."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

INSTANT = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:[Tt ](?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?(?P<zone>[Zz]|[+-][0-9]{2}:?[0-9]{2})?)?"
)
OPEN = ".."


@lru_cache(maxsize=4096)
def instant(text: str, *, last: bool = False) -> datetime | None:
    """The instant of an RFC 3339 time or date, None where it is none; ``last`` takes the end of a day for its beginning."""
    found = INSTANT.fullmatch(text)
    if not found:
        return None
    zone = (found["zone"] or "Z").upper()
    clock = found["time"] or "00:00:00"
    try:
        value = datetime.fromisoformat(f"{found['day']}T{clock}{'+00:00' if zone == 'Z' else zone}")
        return (value + timedelta(days=1) if last and not found["time"] else value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def interval(value: Any) -> tuple[Any, Any] | None:
    """Start and end of a CQL2 interval as written; None where the value is none."""
    ends = value.get("interval") if isinstance(value, dict) else None
    return (ends[0], ends[1]) if isinstance(ends, list) and len(ends) == 2 else None


def end(value: Any) -> str | None:
    """The text of an interval's end or an instant: ``2020-01-01``, {date: …} or {timestamp: …}; None for an open end and all else."""
    if isinstance(value, dict):
        value = value.get("date", value.get("timestamp"))
    return value if isinstance(value, str) and value != OPEN else None
