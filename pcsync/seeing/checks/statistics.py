"""Minimum, maximum and classes of an item's bands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pcsync.seeing import routes
from pcsync.seeing.checks.answer import Answer, NothingThereError, body_of, failed, share, unreadable
from pcsync.seeing.checks.around import Around
from pcsync.seeing.checks.asking import One

CATEGORICAL = "&categorical=true"
"""The histogram counts each value by itself: ``[counts, values]``."""


async def ask(asked: Mapping[str, Any], expected: Mapping[str, Any], around: Around, one: One) -> Answer:
    """By band: [minimum, maximum]; the classes of the first band, the least share of pixels with data."""
    item = asked.get("item") or await _newest(around)
    route = routes.statistics(routes.item_base(around.collection, item), await around.options(asked))
    look = await one.look(route + (CATEGORICAL if "classes" in expected else ""))
    if look.status != 200:
        return failed(look)
    body = body_of(look)
    bands = {name: it for name, it in body.items() if isinstance(it, dict)} if isinstance(body, dict) else {}
    if not bands:
        return unreadable(look, "statistics")
    measured = {
        "item": item,
        "values": {name: [it.get("min"), it.get("max")] for name, it in bands.items()},
        "valid": share(min(float(it.get("valid_percent") or 0) for it in bands.values()) / 100),
        **({"classes": _classes(next(iter(bands.values())))} if "classes" in expected else {}),
    }
    return Answer(look.status, look.seconds, measured)


async def _newest(around: Around) -> str:
    items = await around.items()
    if not items:
        raise NothingThereError("there are no items")
    return str(items[0].get("id"))


def _classes(band: Mapping[str, Any]) -> list[int]:
    """The values that occur, whole ones."""
    counts, values = band.get("histogram") or ((), ())
    return sorted({int(value) for count, value in zip(counts, values, strict=False) if count and value is not None and int(value) == value})
