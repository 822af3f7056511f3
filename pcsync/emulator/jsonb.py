"""JSON text as the service's Postgres stores it.

Objects that pass through `jsonb` come back with keys ordered by byte length, then bytewise, at every level
(geocatalog-api 1.7). Text that the service would not take is refused on the way in: NaN, lone surrogates, NUL,
nesting deeper than 64.
"""

import json
import math
from functools import lru_cache
from typing import Any

import orjson

MAX_DEPTH = 64
BASE = "\ufdd0\ufdd1"
"""Stands for the request's scheme and host inside a value: two characters that Unicode keeps for such uses and `loads` refuses."""

STORED_BASE = "\x01"
"""The same in JSON text: JSON escapes control characters, so a raw one can be nothing else, and SQLite can store it."""


NESTED = (dict, list)
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
OUTLINE = bytes(ord("9") if chr(byte).isdecimal() and byte < 128 else byte if byte == ord(".") else ord(" ") for byte in range(256))
"""Makes every digit a 9 and everything else but the decimal point a space."""
LONG_NUMBER = b" " + 19 * b"9"
"""Such an outline has a whole number that may not fit into 64 bits, which orjson would read as floating point."""


class NotJsonError(ValueError):
    """The text is no JSON that the service would store; the message says why."""


def loads(content: bytes) -> Any:
    """The value of a request body. Raises NotJsonError."""
    try:
        value = _quickly(content)
        if value is None:
            value = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse, parse_float=_finite)
        _depth(value)
        if b"\\u" in content or BASE.encode() in content:
            _storable(value)
    except RecursionError as deep:
        raise NotJsonError(f"nested deeper than {MAX_DEPTH} levels") from deep
    except ValueError as broken:
        raise NotJsonError(str(broken)) from broken
    return value


def _quickly(content: bytes) -> Any:
    """The value, or None where orjson will not read it or would not read it exactly."""
    try:
        return None if LONG_NUMBER in b" " + content.translate(OUTLINE) else orjson.loads(content)
    except orjson.JSONDecodeError:
        return None


def dumps(value: Any) -> str:
    """Compact text; non-ASCII characters as they are."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # numbers beyond 64 bits, lone surrogates
        return _ENCODER.encode(value)


def ordered(value: Any) -> Any:
    """The same value with every object's keys in jsonb order."""
    if isinstance(value, dict):
        return {key: ordered(entry) if type(entry := value[key]) in NESTED else entry for key in _in_order(tuple(value))}
    if isinstance(value, list):
        return [ordered(entry) if type(entry) in NESTED else entry for entry in value]
    return value


def stored(value: Any) -> str:
    """JSON text of a value that may hold BASE, as it is kept in the database."""
    return dumps(value).replace(BASE, STORED_BASE)


def reloads(text: str) -> Any:
    """The value of stored text; BASE again where it was."""
    plain = text.replace(STORED_BASE, BASE)
    value = _quickly(plain.encode())
    return json.loads(plain) if value is None else value


def localise(text: str, base: str) -> str:
    """Stored text with the request's own `scheme://host` in its links."""
    return text.replace(STORED_BASE, json.dumps(base)[1:-1])


@lru_cache(maxsize=8_192)
def _in_order(keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(keys, key=_rank))


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


def _depth(value: Any) -> None:
    """Level by level, which is quicker than value by value."""
    level = [value] if type(value) in NESTED else []
    for _ in range(MAX_DEPTH):
        level = [entry for node in level for entry in (node.values() if type(node) is dict else node) if type(entry) in NESTED]
        if not level:
            return
    raise NotJsonError(f"nested deeper than {MAX_DEPTH} levels")


def _storable(value: Any) -> None:
    """Only escapes can make what Postgres and SQLite do not store: NUL and lone surrogates. BASE is ours."""
    text = dumps(value)
    if BASE in text:
        raise NotJsonError("the characters U+FDD0 and U+FDD1 in a row cannot be stored by this emulator")
    if "\\u0000" in text.replace("\\\\", ""):
        raise NotJsonError("the character \\u0000 cannot be stored")
    text.encode()
