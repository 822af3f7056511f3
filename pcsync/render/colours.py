"""Colour maps of render options as colours that a renderer can paint: classes, intervals, and named ramps.

Eleven colours of each ramp are kept in ``ramps.json`` (rio-tiler's, of matplotlib, ColorBrewer and cmocean; ``_r`` is the reverse):
enough to recognise one. The maps of a service that are not ramps have no colours here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pcsync.core.source import steps

Colour = tuple[int, int, int, int]
"""Red, green, blue, alpha, each 0 to 255."""


@dataclass(frozen=True, slots=True)
class Swatch:
    """Colours by what they stand for, a class or an interval. ``name`` is that of a ramp, whose samples stand for nothing alone."""

    entries: tuple[tuple[str, Colour], ...]
    name: str = ""

    @property
    def colours(self) -> tuple[Colour, ...]:
        """The colours alone."""
        return tuple(colour for _, colour in self.entries)


def swatch(parameter: str, value: Any) -> Swatch | None:
    """The colours of a parameter of a render option, or of one ``class`` of its map; None where it has none, or nobody here knows them."""
    if parameter == "colormap_name" and isinstance(value, str):
        return ramp(value)
    if parameter not in ("colormap", "class"):
        return None
    try:
        entries = tuple(_entries(_loaded(value))) if parameter == "colormap" else (("", colour(value)),)
    except (ValueError, TypeError, RecursionError):  # a manifest may say anything; what it says is shown as text
        return None
    return Swatch(entries) if entries else None


def parameter_of(pointer: str) -> str:
    """What the colours of a value go by, from its place: its own name, or ``class`` for one class of a colour map."""
    names = [*steps(pointer)]
    return "class" if "colormap" in names[:-1] else names[-1] if names else ""


@cache
def ramp(name: str) -> Swatch | None:
    """A named ramp; None for a name that is none."""
    known, lower = ramps(), name.lower()
    forward = lower if lower in known else name if name in known else ""
    if forward:
        samples = (known[forward][at : at + 6] for at in range(0, len(known[forward]), 6))
        return Swatch(tuple(("", colour(f"#{sample}")) for sample in samples), forward)
    backward = ramp(name[:-2]) if lower.endswith("_r") else None
    return Swatch(backward.entries[::-1], f"{backward.name}_r") if backward else None


@cache
def ramps() -> Mapping[str, str]:
    """Eleven colours of every ramp, as hexadecimal digits in a row."""
    return dict(json.loads(files("pcsync.render").joinpath("ramps.json").read_text(encoding="utf-8")))


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _entries(value: Any) -> Iterator[tuple[str, Colour]]:
    if isinstance(value, Mapping):
        yield from ((str(key), colour(member)) for key, member in value.items())
    elif isinstance(value, list | tuple):
        for (low, high), member in value:
            yield f"{low:g} to {high:g}", colour(member)


def colour(value: Any) -> Colour:
    """``#rgb``, ``#rrggbb``, ``#rrggbbaa``, or three or four numbers. Raises ValueError or TypeError for anything else."""
    if isinstance(value, str):
        return _hexadecimal(value)
    red, green, blue, *alpha = (_level(member) for member in value)
    return red, green, blue, alpha[0] if alpha else 255


def _hexadecimal(text: str) -> Colour:
    digits = text.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) in (3, 4) else digits
    if len(digits) not in (6, 8) or digits == text:
        raise ValueError(text)
    red, green, blue, *alpha = bytes.fromhex(digits)
    return red, green, blue, alpha[0] if alpha else 255


def _level(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 255:
        raise ValueError(value)
    return round(value)
