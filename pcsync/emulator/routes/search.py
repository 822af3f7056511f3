"""POST /stac/search (geocatalog-api 2.14)."""

from dataclasses import replace
from typing import Any

from pcsync.emulator.errors import Invalid
from pcsync.emulator.jsonb import reloads, stored
from pcsync.emulator.search import criteria, select
from pcsync.emulator.search.criteria import Search
from pcsync.emulator.search.fields import trimmed
from pcsync.emulator.world import Answer, Call

from .items import GEOJSON, feature_collection
from .signing import signer

Json = dict[str, Any]


def search(call: Call) -> Answer:
    asked = _within_limit(call, criteria.of_body(call.body))
    sign = signer(call)
    page = select.page(call.db, asked)
    features = [sign(_trim(feature, asked)) for feature in page.features]
    return feature_collection(features, _links(call, page.token))


def _within_limit(call: Call, asked: Search) -> Search:
    if asked.limit > criteria.SEARCH_MOST and call.world.chose("search-limit-over-maximum", "refuse"):
        raise Invalid(f"body.limit must be at most {criteria.SEARCH_MOST}")
    heights = asked.heights if call.world.chose("search-bbox-heights", "compare") else None
    return replace(asked, limit=min(asked.limit, criteria.SEARCH_MOST), heights=heights)


def _trim(feature: str, asked: Search) -> str:
    return feature if asked.fields is None else stored(trimmed(reloads(feature), asked.fields))


def _links(call: Call, token: str | None) -> list[Json]:
    """The next page is the same POST with a token (never recorded; STAC API, item search)."""
    here = f"{call.base}/stac/search"
    links: list[Json] = [
        {"rel": "root", "type": "application/json", "href": f"{call.base}/stac/"},
        {"rel": "self", "type": GEOJSON, "method": "POST", "href": here},
    ]
    if token is not None:
        body = {**call.body, "token": token}
        links.append({"rel": "next", "type": GEOJSON, "method": "POST", "href": call.versioned("/stac/search"), "body": body})
    return links
