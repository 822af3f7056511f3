"""Time as the service writes it: 100-nanosecond ticks, seven fractional digits with trailing zeros trimmed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

TICKS_PER_SECOND = 10_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock:
    """Ticks of a clock in seconds: `now` to compare with, `stamp` to write down."""

    def __init__(self, read: Callable[[], float]) -> None:
        self._read = read
        self._last = 0
        self._count = 0

    def now(self) -> int:
        return int(self._read() * TICKS_PER_SECOND)

    def stamp(self) -> int:
        """Strictly increasing, so that two writes never share a timestamp; the seventh digit counts calls."""
        self._count += 1
        micros = int(self._read() * 1_000_000)
        self._last = max(self._last + 1, micros * 10 + self._count % 10)
        return self._last


def of_seconds(seconds: float) -> int:
    """A duration in ticks."""
    return int(seconds * TICKS_PER_SECOND)


def rfc3339(ticks: int) -> str:
    """`2026-04-16T15:12:02.337759Z`: up to seven digits, zeros trimmed (recorded exchange collection-asset-create)."""
    fraction = f"{ticks % TICKS_PER_SECOND:07d}".rstrip("0")
    return _second(ticks) + (f".{fraction}Z" if fraction else "Z")


def rfc3339_seven(ticks: int) -> str:
    """`2026-04-22T15:55:57.0000000Z`: the expiration of a SAS source keeps all seven (ingestion-source-create-sas)."""
    return f"{_second(ticks)}.{ticks % TICKS_PER_SECOND:07d}Z"


def rfc3339_micro(ticks: int) -> str:
    """Six digits, zeros trimmed: what an ingestion worker writes (operation-item-succeeded)."""
    return rfc3339(ticks - ticks % 10)


def ticks_of(text: str) -> int | None:
    """Ticks of an RFC 3339 or ISO 8601 instant; None when the text is none."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return (aware - EPOCH) // timedelta(microseconds=1) * 10


def _second(ticks: int) -> str:
    return _text_of(ticks // TICKS_PER_SECOND)


@lru_cache(maxsize=1_024)
def _text_of(seconds: int) -> str:
    return (EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
