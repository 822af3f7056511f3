"""JSON text as the service's Postgres stores it.

Objects that pass through `jsonb` come back with keys ordered by byte length, then bytewise, at every level
(geocatalog-api 1.7). Text that the service would not take is refused on the way in: NaN, lone surrogates, NUL,
nesting deeper than 64.
"""

import json
import math
from functools import lru_cache
from typing import Any

MAX_DEPTH = 64
BASE = "\ud800"
"""Stands for the request's scheme and host inside a value: a lone surrogate, which `loads` refuses, so no user text can hold it."""

STORED_BASE = "\x01"
"""The same in JSON text: JSON escapes control characters, so a raw one can be nothing else, and SQLite can store it."""


NESTED = (dict, list)
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


class NotJsonError(ValueError):
    """The text is no JSON that the service would store; the message says why."""


def loads(content: bytes) -> Any:
    """The value of a request body. Raises NotJsonError."""
    try:
        text = content.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
        _depth(value, MAX_DEPTH)
        if "\\u" in text:
            _storable(value)
    except RecursionError as deep:
        raise NotJsonError(f"nested deeper than {MAX_DEPTH} levels") from deep
    except ValueError as broken:
        raise NotJsonError(str(broken)) from broken
    return value


def dumps(value: Any) -> str:
    """Compact text; non-ASCII characters as they are."""
    return _ENCODER.encode(value)


def ordered(value: Any) -> Any:
    """The same value with every object's keys in jsonb order."""
    if isinstance(value, dict):
        return {key: ordered(entry) if type(entry := value[key]) in NESTED else entry for key in sorted(value, key=_rank)}
    if isinstance(value, list):
        return [ordered(entry) if type(entry) in NESTED else entry for entry in value]
    return value


def stored(value: Any) -> str:
    """JSON text of a value that may hold BASE, as it is kept in the database."""
    return dumps(value).replace(BASE, STORED_BASE)


def reloads(text: str) -> Any:
    """The value of stored text; BASE again where it was."""
    return json.loads(text.replace(STORED_BASE, "\\ud800"))


def localise(text: str, base: str) -> str:
    """Stored text with the request's own `scheme://host` in its links."""
    return text.replace(STORED_BASE, json.dumps(base)[1:-1])


@lru_cache(maxsize=8_192)
def _rank(key: str) -> tuple[int, bytes]:
    encoded = key.encode()
    return len(encoded), encoded


def _refuse(token: str) -> float:
    raise NotJsonError(f"{token} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise NotJsonError(f"number {text[:40]} is out of range")
    return number


def _depth(value: Any, left: int) -> None:
    if left == 0:
        raise NotJsonError(f"nested deeper than {MAX_DEPTH} levels")
    for entry in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(entry, dict | list):
            _depth(entry, left - 1)


def _storable(value: Any) -> None:
    """Only escapes can make what Postgres and SQLite do not store: NUL and lone surrogates."""
    text = dumps(value)
    if "\\u0000" in text.replace("\\\\", ""):
        raise NotJsonError("the character \\u0000 cannot be stored")
    text.encode()
