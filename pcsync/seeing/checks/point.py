"""The numbers at a place, before they become colours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pcsync.seeing import routes
from pcsync.seeing.checks.answer import Answer, body_of, failed, unreadable
from pcsync.seeing.checks.around import Around
from pcsync.seeing.checks.asking import One


async def ask(asked: Mapping[str, Any], expected: Mapping[str, Any], around: Around, one: One) -> Answer:  # noqa: ARG001  asked like all sorts
    """By band: its value, None where it has no data."""
    latitude, longitude = asked["at"]
    route = routes.point(await around.base(asked), longitude, latitude, await around.options(asked))
    look = await one.look(route)
    if look.status != 200:
        return failed(look)
    body = body_of(look)
    values = body.get("values") if isinstance(body, dict) else None
    if not isinstance(values, list):
        return unreadable(look, "list of values")
    names = body.get("band_names") or [f"b{index + 1}" for index in range(len(values))]
    measured = {"values": dict(zip(map(str, names), values, strict=False)), "classes": values}
    nothing = "no band has data at this point" if all(value is None for value in values) else ""
    return Answer(look.status, look.seconds, measured, problem=nothing)
