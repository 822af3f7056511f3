"""What a web map asks first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pcsync.seeing import routes
from pcsync.seeing.checks.answer import Answer, body_of, failed, unreadable
from pcsync.seeing.checks.around import Around
from pcsync.seeing.checks.asking import One

PARTS = ("{z}", "{x}", "{y}")


async def ask(asked: Mapping[str, Any], expected: Mapping[str, Any], around: Around, one: One) -> Answer:  # noqa: ARG001  asked like all sorts
    """TileJSON with at least one template, and zooms that go together."""
    look = await one.look(routes.tilejson(await around.base(asked), await around.options(asked)))
    if look.status != 200:
        return failed(look)
    body = body_of(look)
    if not isinstance(body, dict) or "tilejson" not in body:
        return unreadable(look, "TileJSON")
    tiles, low, high = body.get("tiles"), body.get("minzoom"), body.get("maxzoom")
    templates = [it for it in tiles if isinstance(it, str) and all(part in it for part in PARTS)] if isinstance(tiles, list) else []
    problem = "" if templates else "it has no template of tiles"
    if isinstance(low, int) and isinstance(high, int) and low > high:
        problem = f"minzoom {low} is deeper than maxzoom {high}"
    measured = {"templates": len(templates), "zooms": [low, high], "bounds": body.get("bounds")}
    return Answer(look.status, look.seconds, measured, problem=problem)
