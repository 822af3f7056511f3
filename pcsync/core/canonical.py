"""One byte string for equal JSON values, and digests of it.

JSON has one number type, so 1 and 1.0 are equal, while Python's True == 1 is not an equality of JSON.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

import orjson

DIGEST_BYTES = 16
WHOLE_FLOAT = re.compile(rb"\.0(?:[,\]}]|$)")  # how one ends in JSON; "1.0.0" and "v1.0/schema.json", which every STAC document has, do not
PLAIN = frozenset({str, int, bool, type(None)})  # nothing to fold in these; not calling for them halves the time
EXACT = 2**53  # above it a float no longer names one integer


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and whole floats as integers: equal values, equal bytes."""
    raw = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    if not WHOLE_FLOAT.search(raw):  # no whole float in it, nor a text that looks like one; five times as fast as three times ``in``
        return raw
    return orjson.dumps(fold_numbers(value), option=orjson.OPT_SORT_KEYS)


def fold_numbers(value: Any) -> Any:
    """The same value with every whole float as an integer (6.0 becomes 6, -0.0 becomes 0)."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < EXACT else value
    if isinstance(value, dict):
        return {key: member if type(member) in PLAIN else fold_numbers(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [member if type(member) in PLAIN else fold_numbers(member) for member in value]
    return value


def digest(value: Any) -> bytes:
    """Sixteen bytes that stand for a JSON value while one run compares bodies: the start of its fingerprint."""
    return sha256(canonical(value)).digest()[:DIGEST_BYTES]


def fingerprint(value: Any) -> str:
    """SHA-256 in hex of a JSON value: what plans and markers keep."""
    return sha256(canonical(value)).hexdigest()
