"""Faults on demand: what to break, for which requests, how often. Deterministic: matches are counted, nothing is random.

A fault comes from `Settings`, from `POST /_emulator/faults` (one object or a list) or from the header `x-emulator-fault`
of a single request, always with the field names of `Fault`:
`{"effect": "status", "status": 429, "retry_after": 1, "method": "PUT", "path": "/configurations/", "nth": 2, "times": 1}`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

EFFECTS: Mapping[str, str] = {
    "status": "answer `status` (`code`, `message`, `retry_after`) instead of doing anything",
    "latency": "wait `seconds`, then go on",
    "drop-before": "close the connection; the request has no effect",
    "drop-after": "carry the request out, then close the connection without an answer",
    "garbage-body": "carry the request out, answer a body that is no JSON",
    "operation-failed": "the operation ends as Failed with `code` and `message`; no effect",
    "operation-stuck": "the operation stays Pending for ever",
    "operation-canceling": "the operation stays Canceling for ever (recorded: operation-canceling)",
    "operation-canceled": "the operation ends as Canceled; no effect",
    "slow-operation": "the operation takes `seconds` longer",
    "stale-reads": "GETs answer as the catalog was before the writes of the last `seconds`",
    "config-conflict": "409 CollectionConfigChanged",
    "omit-entries": "lists in the answer lack `count` entries, starting at the first",
    "drop-unknown-keys": "keys outside the collection model are not stored",
    "expired-token": "401",
    "role-missing": "403",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    effect: a key of EFFECTS.
    method: exact, None for any; path: a regular expression searched in the path.
    nth: the first match that is hit, counted from 1; times: how many matches from there, None for all.
    """

    effect: str
    method: str | None = None
    path: str = ""
    nth: int = 1
    times: int | None = None
    status: int = 503
    code: str | None = None
    message: str | None = None
    retry_after: float | None = None
    seconds: float = 0.0
    count: int = 1

    def __post_init__(self) -> None:
        if self.effect not in EFFECTS:
            raise ValueError(f"effect is one of {', '.join(EFFECTS)}, not {self.effect!r}")
        if not 400 <= self.status <= 599:
            raise ValueError(f"status is 400 to 599, not {self.status}")
        re.compile(self.path)

    def fits(self, method: str, path: str) -> bool:
        return self.method in (None, method) and re.search(self.path, path) is not None


def parse_faults(value: Any) -> tuple[Fault, ...]:
    """Faults of decoded JSON. Raises ValueError that names the field."""
    entries = value if isinstance(value, list) else [value]
    return tuple(_parse(entry) for entry in entries)


class FaultBook:
    """The armed faults and how often each has matched."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self._armed: list[list[Any]] = []
        self.arm(faults)

    def arm(self, faults: Iterable[Fault]) -> None:
        self._armed += [[fault, 0] for fault in faults]

    def clear(self) -> None:
        self._armed = []

    def armed(self) -> list[Fault]:
        return [fault for fault, _ in self._armed]

    def longest_stale(self) -> float:
        """Seconds of past that some armed fault may ask for."""
        return max((fault.seconds for fault, _ in self._armed if fault.effect == "stale-reads"), default=0.0)

    def strike(self, method: str, path: str) -> tuple[Fault, ...]:
        """The faults that hit this request; counts the match."""
        return tuple(entry[0] for entry in self._armed if entry[0].fits(method, path) and self._due(entry))

    @staticmethod
    def _due(entry: list[Any]) -> bool:
        fault, _ = entry
        entry[1] += 1
        return entry[1] >= fault.nth and (fault.times is None or entry[1] < fault.nth + fault.times)


def _parse(entry: Any) -> Fault:
    if not isinstance(entry, dict) or not isinstance(entry.get("effect"), str):
        raise ValueError('a fault is an object with an "effect"')
    known = {field.name for field in fields(Fault)}
    if strange := sorted(set(entry) - known):
        raise ValueError(f"unknown field {strange[0]!r}; a fault has {', '.join(sorted(known))}")
    for name, value in entry.items():
        if not isinstance(value, _TYPES[name]) or isinstance(value, bool):
            raise ValueError(f"{name} has the wrong type")
    try:
        return Fault(**entry)
    except re.error as broken:
        raise ValueError(f"path is no regular expression: {broken}") from broken


_NUMBER = (int, float)
_OPTIONAL_TEXT = (str, type(None))
_TYPES: Mapping[str, tuple[type, ...]] = {
    "effect": (str,),
    "method": _OPTIONAL_TEXT,
    "path": (str,),
    "nth": (int,),
    "times": (int, type(None)),
    "status": (int,),
    "code": _OPTIONAL_TEXT,
    "message": _OPTIONAL_TEXT,
    "retry_after": (*_NUMBER, type(None)),
    "seconds": _NUMBER,
    "count": (int,),
}
