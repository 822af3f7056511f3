"""The meaning of a render option's query string (dossier 3.2): parsed for comparing, written from a structured object, never rewritten.

What the author wrote verbatim is sent verbatim, byte for byte. Two strings that differ as text may still mean the same:

- the order of parameters means nothing; the order of the repeats of one parameter does (bands, rescales of bands);
- percent-encoding folds, and ``+`` is a space, except in expressions and instants, where everybody writes it raw and means plus;
- true and false of the known switches in any case, 1 and 0 included; 0 and 0.0 of the known numbers; ``-1, 1`` and ``-1,1``;
- colormap and algorithm_params are compared as JSON.

Nothing else folds: an unknown parameter is compared letter by letter, so that a real change is never taken for none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import isfinite
from operator import itemgetter
from typing import Any

import orjson

from pcsync.core import query
from pcsync.core.canonical import EXACT, canonical

SWITCHES = frozenset({"asset_as_band", "unscale", "return_mask", "exitwhenfull", "skipcovered"})
NUMBERS = frozenset(
    {
        *("nodata", "rescale", "bidx", "buffer", "padding", "scan_limit", "items_limit", "time_limit", "subdataset_bands"),
        *("minzoom", "maxzoom", "tile_scale", "maxItemsPerTile"),
    }
)
JSON = frozenset({"colormap", "algorithm_params"})

WHOLE = re.compile(r"^[+-]?[0-9]{1,40}$")
NUMBER = re.compile(r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$")
TRUTH = {"true": "true", "1": "true", "false": "false", "0": "false"}

ESCAPED = {ord(char): f"%{ord(char):02X}" for char in "%&#+"} | {code: f"%{code:02X}" for code in (*range(32), 127)}
"""All that has to be encoded in a value; spaces, ``|``, ``,``, ``(`` and ``/`` stay readable, as in the service's own samples."""
ESCAPED_KEY = ESCAPED | {ord("="): "%3D", ord("?"): "%3F"}
ESCAPED_JSON = ESCAPED | {ord(char): f"%{ord(char):02X}" for char in ' "{}[]:,'}


def parameters(text: str) -> Iterator[tuple[str, str]]:
    """Names and decoded values in the order written."""
    return ((found.name, found.value) for found in query.parameters(text))


@lru_cache(maxsize=4096)  # a catalog's collections often share their options, and each is met as desired and as live
def meaning(text: str) -> str:
    """The one query string for all that mean the same: parameters sorted by name, each value in one spelling. Idempotent."""
    found = [(name, _folded(name, value)) for name, value in parameters(text)]
    found.sort(key=itemgetter(0))  # stable: repeats keep their order
    return "&".join(f"{name.translate(ESCAPED_KEY)}={value}" for name, value in found)


def _folded(name: str, text: str) -> str:
    if name in JSON:
        return _json(text)
    if name in SWITCHES:
        text = TRUTH.get(text.lower(), text)
    elif name in NUMBERS:
        text = ",".join(map(_number, text.split(",")))
    return text.translate(ESCAPED)


def _number(text: str) -> str:
    text = text.strip()
    if WHOLE.match(text):
        return str(int(text))
    if not NUMBER.match(text):
        return "nan" if text.lower() == "nan" else text
    value = float(text)
    return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(value) if isfinite(value) else text


def _json(text: str) -> str:
    try:
        return canonical(orjson.loads(text)).decode().translate(ESCAPED_JSON)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):  # not JSON, or nested deeper than JSON is written
        return text.translate(ESCAPED)


def written(options: Mapping[str, Any]) -> str:
    """The query string of a structured object, in the order of its keys; the same object always gives the same text.

    A list repeats its key, a list inside of it is joined by commas, an object becomes percent-encoded compact JSON, true and false are
    lower case, whole floats lose their ``.0``. ``colormap`` and ``algorithm_params`` are JSON even where they are lists. In text only
    ``%``, ``&``, ``#``, ``+`` and control characters are encoded; a text is the parameter's value, not something encoded already.
    """
    return "&".join(f"{name.translate(ESCAPED_KEY)}={value}" for name, values in options.items() for value in _written(name, values))


def _written(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping) or (name in JSON and isinstance(value, list)):
        yield json.dumps(value, separators=(",", ":"), ensure_ascii=False).translate(ESCAPED_JSON)
    elif isinstance(value, list):
        for member in value:
            yield ",".join(map(_scalar, member)) if isinstance(member, list) else _scalar(member)
    else:
        yield _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).translate(ESCAPED)
