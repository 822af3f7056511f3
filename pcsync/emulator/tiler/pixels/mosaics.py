"""Many items in one picture, pixel by pixel (`pixel_selection`)."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy
from rio_tiler.models import ImageData
from rio_tiler.mosaic.methods import defaults

from pcsync.emulator.errors import AssetGone
from pcsync.emulator.tiler.parameters import Selection

from .frames import Frame
from .reading import Picture, cut_out, image

METHODS: Mapping[str, Callable[[], Any]] = {
    "first": defaults.FirstMethod,
    "highest": defaults.HighestMethod,
    "lowest": defaults.LowestMethod,
    "mean": defaults.MeanMethod,
    "median": defaults.MedianMethod,
    "stdev": defaults.StdevMethod,
    "lastbandhigh": defaults.LastBandHighMethod,
    "lastbandlow": defaults.LastBandLowMethod,
    "count": defaults.CountMethod,
}
MOST_STACKED = 64 * 2**20
"""Numbers held at once by the methods that need all items."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How pictures become one. geometry: nothing outside of it counts; skip_gone: an item without its bytes is left out."""

    selection: str = "first"
    seconds: float = 5.0
    skip_gone: bool = False
    geometry: Mapping[str, Any] | None = None
    code: int = 4326


def mosaic(pictures: Iterable[Picture], chosen: Selection, frame: Frame, rule: Rule) -> ImageData | None:
    """The picture of all items within a frame; None when there is nothing. Stops when it is full or the time is up."""
    method, deadline, first, used = METHODS[rule.selection](), time.monotonic() + rule.seconds, None, 0
    for picture in pictures:
        found = _one(picture, chosen, frame, rule)
        if found is None:
            continue
        first = first or found
        if found.array.shape != first.array.shape:
            continue
        method.feed(numpy.ma.array(found.array, mask=numpy.ma.getmaskarray(found.array)))
        used += found.array.size
        if method.is_done or used > MOST_STACKED or time.monotonic() > deadline:
            break
    return None if first is None else _result(method.data, first)


def _one(picture: Picture, chosen: Selection, frame: Frame, rule: Rule) -> ImageData | None:
    try:
        found = image(picture, chosen, frame)
    except AssetGone:
        if rule.skip_gone:
            return None
        raise
    return found if found is None or rule.geometry is None else cut_out(found, rule.geometry, rule.code)


def _result(array: Any, first: ImageData) -> ImageData:
    array = array if array.ndim == 3 else array[numpy.newaxis]
    same = len(array) == first.count
    names = first.band_names if same else first.band_names[: len(array)]
    array = numpy.ma.array(array, mask=numpy.ma.getmaskarray(array))
    return ImageData(array, bounds=first.bounds, crs=first.crs, band_names=names)
