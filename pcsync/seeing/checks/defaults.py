"""The checks that need no declaration: every render option of a collection with items draws something that is not blank."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pcsync.core.picture import Bounds, Picture
from pcsync.core.resource import Body
from pcsync.seeing import routes
from pcsync.seeing.checks.answer import BLANK, EMPTY, Answer, NothingThereError, drawn
from pcsync.seeing.checks.around import NEWEST, Around, bounds_of
from pcsync.seeing.checks.asking import One
from pcsync.seeing.checks.declared import Check
from pcsync.seeing.checks.preview import SIZE, crop
from pcsync.seeing.preview.configuration import Configuration, fits, raster
from pcsync.seeing.preview.geometry import place_at, place_of

DRAWING = frozenset({"tile", "preview"})
NAME = "draws something"
NOT_DRAWN_HERE = 501
"""An emulator without what it needs to draw answers so."""
CLIPPED = 0.95
"""Share of the visible pixels at an end of every channel from which on no picture of the Earth looks like that."""


def defaults(collection: str, configuration: Configuration, declared: Iterable[Check]) -> Iterator[Check]:
    """A check for each raster render option that no declared check draws."""
    drawn_already = {check.asked.get("renderOption") for check in declared if check.sort in DRAWING}
    for name, option in configuration.options.items():
        if raster(option) and option.get("options") and name not in drawn_already:
            yield Check(collection, NAME, "preview", {"renderOption": name}, declared=False)


async def ask(name: str, around: Around, one: One) -> Answer:
    """The first picture of a few places that shows something; else the last one, with what is wrong with it."""
    option = await around.option(name)
    mosaic = await _mosaic(option, around)
    base = routes.collection_base(around.collection) if mosaic is None else await around.searched(mosaic)
    places = _places(await around.items(mosaic), await around.configuration())
    if not places:
        raise NothingThereError("the collection has no items" if mosaic is None else "no item is in the mosaic that this option shows with")
    for bounds in places:
        route = crop(base, bounds, option.get("options") or "", {})
        answer = drawn(await one.look(route), route)
        if answer.status == NOT_DRAWN_HERE:
            raise NothingThereError(f"this catalog draws no pictures: {answer.problem}")
        if answer.picture is None or not (wrong := wrong_with(answer.picture, option)):
            return answer
    return Answer(answer.status, answer.seconds, answer.measured, answer.picture, wrong)


def wrong_with(picture: Picture, option: Body) -> str:
    """What is wrong with a picture of something; "" for nothing. Colour maps may well have colours at the ends of every channel."""
    visible = 1.0 - picture.transparent
    if picture.remark in ("empty", "blank"):
        return EMPTY if picture.remark == "empty" else BLANK
    if picture.clipped >= CLIPPED * visible and not routes.coloured(option.get("options") or ""):
        return f"{picture.clipped / visible:.0%} of what is visible is clipped: the rescale does not fit the data"
    return ""


async def _mosaic(option: Body, around: Around) -> Body | None:
    """The mosaic that an option with conditions shows with; None for all items."""
    if not option.get("conditions"):
        return None
    configuration = await around.configuration()
    found = [it for it in (configuration.mosaics.values() if configuration else ()) if fits(option, it)]
    if not found:
        raise NothingThereError("no mosaic meets its conditions, so it never shows")
    return found[0]


def _places(items: Sequence[Body], configuration: Configuration | None) -> list[Bounds]:
    """The default location where one of the newest items is there, then the places of the newest items."""
    boxes = [bounds for it in items if (bounds := bounds_of(it))]
    location = (configuration.settings.get("defaultLocation") if configuration else None) or {}
    places = [place_of(box, SIZE).bounds for box in boxes]
    if location:
        latitude, longitude = location["coordinates"][:2]
        if any(_holds(box, longitude, latitude) for box in boxes):
            places.insert(0, place_at(longitude, latitude, int(location["zoom"]), SIZE).bounds)
    return list(dict.fromkeys(places))[:NEWEST]


def _holds(box: Bounds, longitude: float, latitude: float) -> bool:
    return box[0] <= longitude <= box[2] and box[1] <= latitude <= box[3]
