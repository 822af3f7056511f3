"""How numbers, sizes, times and counts read, in one place."""

from __future__ import annotations

from collections.abc import Iterable

UNITS = ("bytes", "kB", "MB", "GB", "TB")
MINUTE, HOUR = 60, 3600  # seconds


def number(value: int) -> str:
    """10,000: groups of three, so that thousands are not taken for millions."""
    return f"{value:,}"


def count(value: int, noun: str, plural: str = "") -> str:
    """``1 collection``, ``3 collections``, ``2 queries``."""
    return f"{number(value)} {noun if value == 1 else plural or _plural(noun)}"


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


def size(octets: int) -> str:
    """Bytes in powers of 1,000 with three digits at most: ``980 bytes``, ``38.3 kB``."""
    amount = float(octets)
    for unit in UNITS:
        if amount < 999.5 or unit == UNITS[-1]:
            break
        amount /= 1000
    return f"{octets} bytes" if unit == UNITS[0] else f"{amount:.3g} {unit}" if amount < 100 else f"{amount:.0f} {unit}"


def duration(seconds: float) -> str:
    """``0.4 s``, ``12 s``, ``3 min 20 s``, ``2 h 5 min``."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min {whole % MINUTE} s"
    return f"{whole // HOUR} h {whole % HOUR // MINUTE} min"


def rate(steps: int, seconds: float) -> str:
    """Steps a second: ``420/s``, ``0.8/s``; nothing while there is nothing to divide."""
    if seconds <= 0 or not steps:
        return ""
    speed = steps / seconds
    return f"{number(round(speed))}/s" if speed >= 9.95 else f"{speed:.1f}/s"


def listed(words: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *head, last = [*words] or [""]
    return f"{', '.join(head)} and {last}" if head else last
