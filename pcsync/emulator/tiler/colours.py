"""The named colour maps of the service: 211 ramps and 41 of its own 49 class and interval maps.

Ramps are those of rio-tiler (from matplotlib, ColorBrewer and cmocean, all free), kept as differences in
`data/ramps.bin`, so that legends need no rio-tiler. The class colours are the values published in
microsoft/planetary-computer-apis (MIT, Copyright (c) Microsoft Corporation); mtbs-severity is recorded (legend-classmap).
Three more are stated by those who publish the classes (`data/publisher_colours.json` names them): whether the service
shows their colours is the switch publisher-colours. The other eight are UNPUBLISHED, each for its reason.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from pcsync.emulator.errors import Missing, NotServed
from pcsync.emulator.world import Call

Colour = tuple[int, int, int, int]
Classes = Mapping[int, Colour]
Interval = tuple[tuple[float, float], Colour]
Intervals = Sequence[Interval]
ColourMap = Classes | Intervals
LEVELS = 256
CONTRADICTING = "versions that contradict each other were published"
FREQUENCIES = "only the classes of the Cropland Data Layer have published colours, its crop frequencies have none"
UNPUBLISHED: Mapping[str, str] = {
    "drcog-lulc": "no publication that we could read states them",
    "lidar-hag": CONTRADICTING,
    "lidar-hag-alternative": "no publication that we could read states them",
    "lidar-intensity": CONTRADICTING,
    **dict.fromkeys(("usda-cdl-corn", "usda-cdl-cotton", "usda-cdl-soybeans", "usda-cdl-wheat"), FREQUENCIES),
}
"""Maps of the service without colours here, and why."""


def named(call: Call, name: str) -> ColourMap:
    """A colour map by its service name. Raises Missing, or NotServed for one whose colours are not known."""
    refuse_unpublished(call, name)
    found: ColourMap | None = ramps().get(name) or classes().get(name) or intervals().get(name)
    if found is None:
        raise Missing(f"Colormap '{name[:80]}' not found")
    return found


def refuse_unpublished(call: Call, name: str) -> None:
    if name in UNPUBLISHED:
        raise NotServed(f"This emulator does not know the colours of '{name}': {UNPUBLISHED[name]}.")
    if name in publishers() and call.world.chose("publisher-colours", "withhold"):
        raise NotServed(f"The colours of '{name}' are those of its publisher, and this emulator was told to withhold them.")


@cache
def ramps() -> Mapping[str, Classes]:
    """256 opaque colours by name; `_r` is the reverse."""
    names, _, body = zlib.decompress(_content("ramps.bin")).partition(b"\n")
    each = 3 * LEVELS
    return {name: _ramp(body[index * each : (index + 1) * each]) for index, name in enumerate(names.decode().split())}


@cache
def classes() -> Mapping[str, Classes]:
    published = {**_published("classes"), **publishers()}
    return {name: {int(key): _colour(value) for key, value in one.items()} for name, one in published.items()}


@cache
def publishers() -> Mapping[str, Any]:
    """`{name: {value: colour}}` of those who publish the classes, which the service need not follow."""
    return dict(json.loads(_content("publisher_colours.json"))["classes"])


@cache
def intervals() -> Mapping[str, Intervals]:
    return {name: [((low, high), _colour(value)) for (low, high), value in one] for name, one in _published("intervals").items()}


def _ramp(differences: bytes) -> Classes:
    red, green, blue = (_summed(differences[start : start + LEVELS]) for start in range(0, 3 * LEVELS, LEVELS))
    return {level: (red[level], green[level], blue[level], 255) for level in range(LEVELS)}


def _summed(differences: bytes) -> list[int]:
    values, last = [], 0
    for difference in differences:
        last = (last + difference) % 256
        values.append(last)
    return values


def _colour(value: Sequence[int]) -> Colour:
    red, green, blue, alpha = value
    return red, green, blue, alpha


def _published(kind: str) -> dict[str, Any]:
    """classes: `{name: {value: colour}}`; intervals: `{name: [[[low, high], colour]]}`."""
    return dict(json.loads(_content("class_colours.json"))[kind])


def _content(name: str) -> bytes:
    return files(__package__).joinpath("data", name).read_bytes()
