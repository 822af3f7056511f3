"""How many items a search finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pcsync.seeing.checks.answer import Answer, body_of, failed, unreadable
from pcsync.seeing.checks.around import Around
from pcsync.seeing.checks.asking import One
from pcsync.seeing.preview.configuration import cql_of
from pcsync.seeing.routes import mosaic_question

SEARCH = "/stac/search"
PAGE = 500
ENOUGH = 10_000
"""Where counting stops, page by page, although more might be allowed."""
NARROWING = ("datetime", "bbox", "ids")


async def ask(asked: Mapping[str, Any], expected: Mapping[str, Any], around: Around, one: One) -> Answer:
    """As many as are needed to know whether the count is within its range; ``counted`` is false where more may be there."""
    most = most_of(expected.get("count"))
    question = await _question(asked, around)
    look = await one.look(SEARCH, {**question, "limit": min(PAGE, most + 1)})
    found, seconds = 0, look.seconds
    while True:
        if look.status != 200:
            return failed(look)
        body = body_of(look)
        features = body.get("features") if isinstance(body, dict) else None
        if not isinstance(features, list):
            return unreadable(look, "feature collection")
        if (total := _matched(body)) is not None:
            return Answer(look.status, seconds, {"count": total, "counted": True})
        found += len(features)
        token = _next(body)
        if token is None or found > most:
            return Answer(look.status, seconds, {"count": found, "counted": token is None})
        look = await one.look(SEARCH, {**question, "limit": min(PAGE, most + 1), "token": token})


def most_of(count: Any) -> int:
    """How many have to be counted at most to judge an expectation: up to its upper end, or to its lower one where that is open."""
    if count is None:
        return 0
    least, most = (count, count) if isinstance(count, int) else count
    return min(ENOUGH, max(least - 1, 0) if most is None else most)


async def _question(asked: Mapping[str, Any], around: Around) -> dict[str, Any]:
    mosaic = cql_of(await around.mosaic(asked["mosaic"])) if "mosaic" in asked else ()
    cql = asked.get("cql") or ()
    question = mosaic_question(around.collection, [*mosaic, *(cql if isinstance(cql, list | tuple) else [cql])])
    return {**question, **{name: asked[name] for name in NARROWING if name in asked}}


def _matched(body: Mapping[str, Any]) -> int | None:
    """The number of all items that fit, where the catalog says it."""
    context = body.get("context")
    found = body.get("numberMatched", context.get("matched") if isinstance(context, dict) else None)
    return found if isinstance(found, int) else None


def _next(body: Mapping[str, Any]) -> str | None:
    """The token of the next page (STAC API, item search: a link whose body has it)."""
    for link in body.get("links") or ():
        if isinstance(link, dict) and link.get("rel") == "next":
            token = (link.get("body") or {}).get("token")
            return token if isinstance(token, str) else None
    return None
