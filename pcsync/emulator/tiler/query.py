"""The tiler's query parameters: typed, bounded, refused in words."""

import math
import re
from collections.abc import Iterable, Sequence
from typing import TypeVar
from urllib.parse import urlencode

from pcsync.emulator.errors import Invalid
from pcsync.emulator.world import Call

BBox = tuple[float, float, float, float]
NUMBER = re.compile(r"[+-]?(\d{1,30}\.?\d{0,30}|\.\d{1,30})([eE][+-]?\d{1,3})?")
BOOLEANS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
FARTHEST = 1e9
"""Units of any reference system."""
TILEJSON_ONLY = frozenset({"tilematrixsetid", "tile_format", "tile_scale", "minzoom", "maxzoom"})
Choice = TypeVar("Choice", bound=str)


def number(text: str, name: str) -> float:
    """A finite number in decimal notation. Raises Invalid."""
    if not NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise Invalid(f"{name} must be a number, not '{text[:40]}'")
    return float(text)


def whole(text: str, name: str, least: int, most: int) -> int:
    """A whole number, also as `14.0`, as the SDK sends it. Raises Invalid."""
    value = number(text, name)
    if not value.is_integer() or not least <= value <= most:
        raise Invalid(f"{name} must be a whole number between {least} and {most}, not '{text[:40]}'")
    return int(value)


def optional_whole(call: Call, name: str, least: int, most: int) -> int | None:
    text = call.query.get(name)
    return None if text is None or text == "" else whole(text, name, least, most)


def optional_number(call: Call, name: str, least: float, most: float) -> float | None:
    text = call.query.get(name)
    if text is None or text == "":
        return None
    value = number(text, name)
    if not least <= value <= most:
        raise Invalid(f"{name} must be between {least:g} and {most:g}")
    return value


def flag(call: Call, name: str, default: bool = False) -> bool:
    """true, false, 1, 0, yes, no, on, off in any case."""
    text = call.query.get(name)
    if text is None or text == "":
        return default
    if text.lower() not in BOOLEANS:
        raise Invalid(f"{name} must be true or false, not '{text[:40]}'")
    return BOOLEANS[text.lower()]


def one_of(call: Call, name: str, choices: Iterable[str], default: str) -> str:
    text = call.query.get(name) or default
    known = list(choices)
    if text not in known:
        raise Invalid(f"{name} must be one of {', '.join(known)}, not '{text[:40]}'")
    return text


def every(call: Call, name: str, most: int = 100) -> list[str]:
    """The values of a repeatable parameter, without empty ones."""
    values = [value for value in call.query.getlist(name) if value]
    if len(values) > most or sum(map(len, values)) > 10_000:
        raise Invalid(f"{name} is too long")
    return values


def bbox_of(texts: Sequence[str], names: Sequence[str] = ("minx", "miny", "maxx", "maxy")) -> BBox:
    """Left, bottom, right, top with an area. Raises Invalid."""
    west, south, east, north = (number(text, name) for text, name in zip(texts, names, strict=True))
    if not (west < east and south < north):
        raise Invalid("The bounding box is minx,miny,maxx,maxy with minx < maxx and miny < maxy")
    within((west, south, east, north), "The bounding box")
    return west, south, east, north


def within(values: Iterable[float], name: str) -> None:
    """Raises Invalid for coordinates that are on no map."""
    if any(abs(value) > FARTHEST for value in values):
        raise Invalid(f"{name} lies beyond {FARTHEST:g}")


def echoed(call: Call) -> str:
    """The request's query as tile URLs repeat it, encoded anew (mosaic-collection-tilejson)."""
    pairs = [(key, value) for key, value in call.query.multi_items() if key.lower() not in TILEJSON_ONLY]
    return f"?{urlencode(pairs, errors='replace')}" if pairs else ""
