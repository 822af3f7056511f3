"""A map tile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pcsync.seeing import routes
from pcsync.seeing.checks.answer import Answer, drawn
from pcsync.seeing.checks.around import Around
from pcsync.seeing.checks.asking import One
from pcsync.seeing.checks.classes import with_classes


async def ask(asked: Mapping[str, Any], expected: Mapping[str, Any], around: Around, one: One) -> Answer:
    """The tile at z/x/y of WebMercatorQuad."""
    base, options = await around.base(asked), await around.options(asked)
    form, scale = expected.get("format", "png"), asked.get("scale", 1)
    route = routes.tile(base, asked["z"], asked["x"], asked["y"], options, scale=scale, form=form)
    return await with_classes(drawn(await one.look(route), route), asked, expected, around, one)
