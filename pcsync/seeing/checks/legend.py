"""A legend: a picture of a colour map, or the colours of a class map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pcsync.core.query import parameters
from pcsync.seeing import routes
from pcsync.seeing.checks.answer import Answer, UnaskableError, body_of, drawn, failed, unreadable
from pcsync.seeing.checks.around import Around
from pcsync.seeing.checks.asking import One


async def ask(asked: Mapping[str, Any], expected: Mapping[str, Any], around: Around, one: One) -> Answer:  # noqa: ARG001  asked like all sorts
    """A picture for a colour map, classes for a class map, ranges for an interval map."""
    sort, name = await _named(asked, around)
    route = routes.legend(sort, name)
    look = await one.look(route)
    if sort == "colormap":
        return drawn(look, route)
    if look.status != 200:
        return failed(look)
    body = body_of(look)
    if not isinstance(body, dict | list) or not body:
        return unreadable(look, sort)
    classes = sorted(int(value) for value in body if value.lstrip("-").isdecimal()) if isinstance(body, dict) else []
    return Answer(look.status, look.seconds, {"classes": classes, "entries": len(body)})


async def _named(asked: Mapping[str, Any], around: Around) -> tuple[str, str]:
    for sort in ("colormap", "classmap", "interval"):
        if sort in asked:
            return sort, asked[sort]
    options = await around.options(asked)
    name = next((it.value for it in parameters(options) if it.name == "colormap_name"), None)
    if name is None:
        raise UnaskableError(f"the render option {asked['renderOption']} has no colormap_name, so there is no legend of it")
    return "colormap", name
