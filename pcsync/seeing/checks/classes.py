"""Classes in a picture, told by the colours that its colour map gives them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import orjson

from pcsync.core.picture import Picture
from pcsync.core.query import parameters
from pcsync.seeing import routes
from pcsync.seeing.checks.answer import Answer, UnaskableError, body_of
from pcsync.seeing.checks.around import Around
from pcsync.seeing.checks.asking import One
from pcsync.seeing.pixels import colours_of

RGB = tuple[int, int, int]
EXACT, LOSSY = 2, 24
"""Levels of 255 by which a channel may miss the colour of a class, in formats that keep colours and in those that do not."""
KEEPING = "image/png"


async def with_classes(answer: Answer, asked: Mapping[str, Any], expected: Mapping[str, Any], around: Around, one: One) -> Answer:
    """The answer with the classes that its picture shows, where they are asked for."""
    if "classes" not in expected or answer.picture is None:
        return answer
    colours = await _colours(await around.options(asked), around, one)
    hidden = [value for value in expected["classes"] if value in colours and colours[value] is None]
    if hidden:
        raise UnaskableError(f"class {hidden[0]} is transparent in the colour map: no picture can show it")
    return replace(answer, measured={**answer.measured, "classes": shown(answer.picture, colours)})


def shown(picture: Picture, colours: Mapping[int, RGB | None]) -> list[int]:
    """The classes with at least one pixel: of a pixel, those whose colour is the nearest. Classes of one colour cannot be told apart."""
    limit = EXACT if picture.media_type == KEEPING else LOSSY
    by_colour: dict[RGB, list[int]] = {}
    for value, colour in colours.items():
        if colour is not None:
            by_colour.setdefault(colour, []).append(value)
    found = {near for pixel in colours_of(picture) if (near := _nearest(pixel, by_colour, limit)) is not None}
    return sorted(value for colour in found for value in by_colour[colour])


def _nearest(pixel: RGB, colours: Iterable[RGB], limit: int) -> RGB | None:
    best = min(colours, key=lambda colour: _distance(pixel, colour), default=None)
    return best if best is not None and _distance(pixel, best) <= limit else None


def _distance(one: RGB, other: RGB) -> int:
    return max(abs(left - right) for left, right in zip(one, other, strict=True))


async def _colours(options: str, around: Around, one: One) -> Mapping[int, RGB | None]:
    """Class to colour, None for a transparent one; out of the options' own colour map, or of the class map that they name."""
    said = {it.name: it.value for it in parameters(options)}
    if "colormap" in said:
        found = _classes(_loaded(said["colormap"]))
    else:
        name = said.get("colormap_name", "")
        found = _classes(await around.once(f"classmap {name}", lambda: _legend(name, one))) if name else {}
    if not found:
        raise UnaskableError("no colour map of classes is drawn with, so no class can be told by its colour")
    return found


def _loaded(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


async def _legend(name: str, one: One) -> Any:
    """The class map of that name as the catalog has it; None for a ramp."""
    look = await one.look(routes.legend("classmap", name))
    return body_of(look) if look.status == 200 else None


def _classes(body: Any) -> dict[int, RGB | None]:
    entries = body.items() if isinstance(body, Mapping) else ()
    return {int(value): _rgb(colour) for value, colour in entries if value.lstrip("-").isdecimal()}


def _rgb(colour: Any) -> RGB | None:
    """``[r, g, b, a]`` with or without a, or ``#rrggbb`` (TiTiler takes both); None for a transparent one and for what is no colour."""
    levels = _digits(colour) if isinstance(colour, str) else colour
    if not isinstance(levels, list) or len(levels) not in (3, 4) or not all(isinstance(level, int) for level in levels):
        return None
    return None if len(levels) == 4 and not levels[3] else (levels[0], levels[1], levels[2])


def _digits(colour: str) -> list[int] | None:
    try:
        return list(bytes.fromhex(colour.removeprefix("#")))
    except ValueError:
        return None
