"""Legends: `/data/legend/*` (legend-classmap; emulator-notes 1)."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TypeVar

from pcsync.emulator.errors import Invalid, Missing
from pcsync.emulator.jsonb import dumps
from pcsync.emulator.world import Answer, Call

from . import colours, png
from .query import number, optional_whole

DPI = 77.4
"""Pixels per inch of the service's matplotlib figure without its margins: 5 x 0.15 inches are 387 x 11 pixels."""
LARGEST = 50.0
"""Inches; a guess."""
WIDTH, HEIGHT = 5.0, 0.15
Entry = TypeVar("Entry")


def classmap(call: Call) -> Answer:
    """Colours by class value as JSON, e.g. `{"0": [0, 0, 0, 0]}`."""
    name = call.params["classmapName"]
    colours.refuse_unpublished(call, name)
    found = colours.classes().get(name)
    if found is None:
        raise Missing(f"Classmap '{name[:80]}' not found")
    kept = _trimmed(call, list(found.items()))
    return Answer(200, dumps({str(value): list(colour) for value, colour in kept}))


def interval(call: Call) -> Answer:
    """Colours by value range as JSON, e.g. `[[[0, 25], [43, 140, 190, 255]]]`."""
    name = call.params["classmapName"]
    colours.refuse_unpublished(call, name)
    found = colours.intervals().get(name)
    if found is None:
        raise Missing(f"Interval '{name[:80]}' not found")
    return Answer(200, dumps([[list(ends), list(colour)] for ends, colour in _trimmed(call, found)]))


def colormap(call: Call) -> Answer:
    """A PNG strip, start of the map at the left; `width` and `height` are inches."""
    found = colours.named(call, call.params["colorMapName"])
    shades = list(found.values()) if isinstance(found, Mapping) else [colour for _, colour in found]
    kept = _trimmed(call, shades)
    width, height = (max(1, int(_inches(call, name, default) * DPI)) for name, default in (("width", WIDTH), ("height", HEIGHT)))
    row = [kept[column * len(kept) // width] for column in range(width)]
    return Answer(200, content=png.strip(row, height), media_type="image/png")


def _trimmed(call: Call, entries: Sequence[Entry]) -> list[Entry]:
    """Without the first `trim_start` and the last `trim_end` entries; at least one must be left."""
    start = optional_whole(call, "trim_start", 0, 100_000) or 0
    end = optional_whole(call, "trim_end", 0, 100_000) or 0
    kept = list(islice(entries, start, max(start, len(entries) - end)))
    if not kept:
        raise Invalid(f"trim_start and trim_end leave none of {len(entries)} entries")
    return kept


def _inches(call: Call, name: str, default: float) -> float:
    text = call.query.get(name)
    value = default if text is None else number(text, name)
    if not 0 < value <= LARGEST:
        raise Invalid(f"{name} is inches, more than 0 and at most {LARGEST:g}")
    return value
