"""Shapes of request bodies as small functions: `check(value, where)` yields what is wrong.

Constraints are those of the published OpenAPI document (geocatalog-api 3.10).
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from .errors import Invalid

Check = Callable[[Any, str], Iterator[str]]

IDENTIFIER = r"^(?!\-|_)[a-zA-Z0-9_-]*(?<!\-|_)$"
"""Render option and mosaic ids (3.10)."""
RFC_3339 = re.compile(r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$")
INT32 = 2**31


def demand(check: Check, value: Any, where: str = "body") -> None:
    """Raises Invalid with everything that is wrong, at most twenty findings."""
    wrong = list(check(value, where))
    if wrong:
        raise Invalid("; ".join(wrong[:20]))


def text(least: int = 0, most: int | None = None, pattern: str | None = None) -> Check:
    compiled = re.compile(pattern) if pattern else None

    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"{where} must be a string"
        elif len(value) < least:
            yield f"{where} must have at least {least} characters"
        elif most is not None and len(value) > most:
            yield f"{where} must have at most {most} characters"
        elif compiled and not compiled.fullmatch(value):
            yield f"{where} must match {pattern}"

    return check


def integer(least: int = -INT32, most: int = INT32 - 1) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield f"{where} must be an integer"
        elif not least <= value <= most:
            yield f"{where} must be between {least} and {most}"

    return check


def number(value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, int | float) or isinstance(value, bool) or (isinstance(value, float) and not math.isfinite(value)):
        yield f"{where} must be a number"


def boolean(value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield f"{where} must be true or false"


def any_object(value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where} must be an object"


def instant(value: Any, where: str) -> Iterator[str]:
    """An RFC 3339 date and time."""
    if not isinstance(value, str) or not RFC_3339.match(value) or not _is_a_date(value):
        yield f"{where} must be an RFC 3339 date and time"


def one_of(*choices: str) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        if value not in choices or not isinstance(value, str):
            yield f"{where} must be one of {', '.join(choices)}"

    return check


def array(entry: Check, least: int = 0, most: int | None = None) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{where} must be an array"
            return
        if len(value) < least or (most is not None and len(value) > most):
            yield f"{where} must have {least} to {'any number of' if most is None else most} entries"
        for index, item in enumerate(value):
            yield from entry(item, f"{where}[{index}]")

    return check


def mapping(entry: Check) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{where} must be an object"
            return
        for key, item in value.items():
            yield from entry(item, f"{where}.{key[:60]}")

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    """An object; a null optional field counts as absent, other keys are free."""

    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{where} must be an object"
            return
        for name, inner in required.items():
            if value.get(name) is None:
                yield f"{where}.{name} is required"
            else:
                yield from inner(value[name], f"{where}.{name}")
        for name, inner in optional.items():
            if value.get(name) is not None:
                yield from inner(value[name], f"{where}.{name}")

    return check


def nullable(inner: Check) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        if value is not None:
            yield from inner(value, where)

    return check


def _is_a_date(value: str) -> bool:
    try:
        datetime.fromisoformat(value[:19].replace(" ", "T").replace("t", "T"))
    except ValueError:
        return False
    return True
