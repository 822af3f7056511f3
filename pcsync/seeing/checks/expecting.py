"""What was expected beside what was measured: sentences about all that does not fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pcsync.core.picture import Picture
from pcsync.seeing.checks.answer import BLANK, EMPTY, Answer

SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)")
OK = 200
BY_PLACE = re.compile(r"b([1-9][0-9]*)")
"""``b2`` is the second band, whatever it is called."""
OF_PIXELS = frozenset({"nonBlank", "visible", "classes"})


def judged(expected: Mapping[str, Any], answer: Answer) -> list[str]:
    """Why an answer does not fit; nothing where it does. Of an error that was expected only the status and the time are compared."""
    status = expected.get("status", OK)
    late = [*_within(expected, answer)]
    if answer.status != status:
        said = f": {answer.problem}" if answer.problem else ""
        return [f"status {answer.status}, not {status}{said}", *late]
    if status != OK:
        return late
    if answer.problem:
        return [answer.problem, *late]
    found = [said for name, compare in COMPARED.items() if name in expected for said in compare(expected[name], answer.measured)]
    return [*found, *_blank(expected, answer.picture), *late]


def seconds_of(duration: str) -> float:
    """``500ms``, ``5s``, ``12h`` in seconds. Raises ValueError."""
    found = DURATION.fullmatch(duration)
    if found is None:
        raise ValueError(duration)
    return float(found[1]) * SECONDS[found[2]]


def _within(expected: Mapping[str, Any], answer: Answer) -> Iterator[str]:
    if "within" in expected and answer.seconds > seconds_of(expected["within"]):
        yield f"the answer took {answer.seconds:.2f} s, more than {expected['within']}"


def _blank(expected: Mapping[str, Any], picture: Picture | None) -> Iterator[str]:
    """A picture that shows nothing is never what was asked for, unless the expectations speak of it."""
    if picture is not None and not OF_PIXELS & expected.keys():
        remark = picture.remark
        if remark in ("empty", "blank"):
            yield EMPTY if remark == "empty" else BLANK


def _format(expected: str, measured: Mapping[str, Any]) -> Iterator[str]:
    if measured.get("format") != expected:
        yield f"the picture is {measured.get('format')}, not {expected}"


def _size(expected: Any, measured: Mapping[str, Any]) -> Iterator[str]:
    if list(measured.get("size") or ()) != list(expected):
        yield f"the picture has {_pixels(measured.get('size') or (0, 0))} pixels, not {_pixels(expected)}"


def _pixels(size: Any) -> str:
    return " x ".join(map(str, size))


def _least(name: str, what: str) -> Callable[[Any, Mapping[str, Any]], Iterator[str]]:
    def compare(expected: float, measured: Mapping[str, Any]) -> Iterator[str]:
        if measured.get(name, 0.0) < expected:
            yield f"{measured.get(name, 0.0):.1%} of the pixels {what}, less than {expected:.1%}"

    return compare


def _clipped(expected: float, measured: Mapping[str, Any]) -> Iterator[str]:
    if measured.get("clipped", 0.0) > expected:
        yield f"{measured['clipped']:.1%} of the pixels are clipped, more than {expected:.1%}: the rescale does not fit the data"


def _values(expected: Mapping[str, Any], measured: Mapping[str, Any]) -> Iterator[str]:
    found: Mapping[str, Any] = measured.get("values") or {}
    for band, (least, most) in expected.items():
        name = _band(band, list(found))
        if name is None:
            yield f"there is no band {band}: the bands are {', '.join(found)}"
            continue
        ends = found[name] if isinstance(found[name], list) else [found[name], found[name]]
        if any(end is None for end in ends):
            yield f"band {band} has no data"
        elif (least is not None and ends[0] < least) or (most is not None and ends[1] > most):
            value = f"{ends[0]:g}" if ends[0] == ends[1] else f"{ends[0]:g} to {ends[1]:g}"
            yield f"band {band} is {value}, outside of {_span(least, most)}"


def _band(band: str, names: list[str]) -> str | None:
    """The band of that name, else the one at that place."""
    place = BY_PLACE.fullmatch(band)
    if band in names or place is None or int(place[1]) > len(names):
        return band if band in names else None
    return names[int(place[1]) - 1]


def _span(least: Any, most: Any) -> str:
    """``1 to 9``, ``1 or more``, ``9 at most``; in ASCII, for a message goes to terminals of all code pages."""
    if least is None:
        return "anything" if most is None else f"{most:,} at most"
    return f"{least:,} or more" if most is None else f"{least:,} to {most:,}"


def _classes(expected: list[int], measured: Mapping[str, Any]) -> Iterator[str]:
    found = measured.get("classes") or []
    if "values" in measured and not isinstance(next(iter(measured["values"].values()), None), list):
        strange = [value for value in found if value not in expected]
        if strange:
            yield f"the value {strange[0]} is none of the classes {_listed(expected)}"
    elif missing := [value for value in expected if value not in found]:
        yield f"class {_listed(missing)} is missing: there are {_listed(found) or 'none'}"


def _listed(values: Any) -> str:
    return ", ".join(map(str, values))


def _count(expected: Any, measured: Mapping[str, Any]) -> Iterator[str]:
    least, most = (expected, expected) if isinstance(expected, int) else expected
    count, whole = measured["count"], measured["counted"]
    if count < least or (most is not None and count > most):
        more = "" if whole else "at least "
        wanted = f"{least:,}" if least == most else _span(least, most)
        yield f"{more}{count:,} items, not {wanted}"


def _permissions(expected: str, measured: Mapping[str, Any]) -> Iterator[str]:
    found = measured.get("permissions") or ""
    if missing := [letter for letter in expected if letter not in found]:
        yield f"the token allows {found or 'nothing'}, not {''.join(missing)}"


def _valid_for(expected: str, measured: Mapping[str, Any]) -> Iterator[str]:
    left = measured.get("validFor") or 0.0
    if left < seconds_of(expected):
        yield f"the token expires at {measured.get('expiry')}, in less than {expected}"


COMPARED: Mapping[str, Callable[[Any, Mapping[str, Any]], Iterator[str]]] = {
    "format": _format,
    "size": _size,
    "nonBlank": _least("nonBlank", "show something"),
    "visible": _least("visible", "are visible"),
    "clipped": _clipped,
    "values": _values,
    "classes": _classes,
    "valid": _least("valid", "have data"),
    "count": _count,
    "permissions": _permissions,
    "validFor": _valid_for,
}
"""By the name of an expectation."""
