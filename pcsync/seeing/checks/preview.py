"""A picture of a place, or of an item as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pcsync.core.picture import Bounds
from pcsync.seeing import routes
from pcsync.seeing.checks.answer import Answer, NothingThereError, drawn
from pcsync.seeing.checks.around import Around, bounds_of
from pcsync.seeing.checks.asking import One
from pcsync.seeing.checks.classes import with_classes
from pcsync.seeing.preview.geometry import one_sided, pixels_of, place_of

SIZE = 256
"""Pixels of the longer side where nothing is expected of the size."""


async def ask(asked: Mapping[str, Any], expected: Mapping[str, Any], around: Around, one: One) -> Answer:
    """The bounds; without any the whole item; without one the newest item's place."""
    base, options = await around.base(asked), await around.options(asked)
    if "item" in asked and "bounds" not in asked:
        longest = max(expected.get("size", (SIZE,)))
        route = routes.preview(base, options, max_size=longest, form=expected.get("format", "png"))
    else:
        bounds = tuple(asked["bounds"]) if "bounds" in asked else await _newest(asked, around)
        west, south, east, north = bounds
        route = crop(base, (west, south, east, north), options, expected)
    return await with_classes(drawn(await one.look(route), route), asked, expected, around, one)


def crop(base: str, bounds: Bounds, options: str, expected: Mapping[str, Any]) -> str:
    """The path of a picture of the bounds."""
    bounds = one_sided(bounds)
    width, height = expected.get("size") or pixels_of(bounds, SIZE)
    return routes.box(base, bounds, (width, height), options, expected.get("format", "png"))


async def _newest(asked: Mapping[str, Any], around: Around) -> Bounds:
    mosaic = await around.mosaic(asked["mosaic"]) if "mosaic" in asked else None
    found = [bounds for it in await around.items(mosaic) if (bounds := bounds_of(it))]
    if not found:
        raise NothingThereError("there are no items")
    return place_of(found[0], SIZE).bounds
