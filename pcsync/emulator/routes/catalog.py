"""The catalog itself: landing page, conformance, catalog-wide queryables live in `queryables`."""

from typing import Any

from pcsync.emulator.jsonb import BASE
from pcsync.emulator.state import collections
from pcsync.emulator.state.documents import QUERYABLES_REL, quoted
from pcsync.emulator.world import Answer, Call

from .replies import json_answer

CONFORMANCE = (
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "https://api.stacspec.org/v1.0.0-rc.2/item-search#filter",
    "https://api.stacspec.org/v1.0.0/collections",
    "https://api.stacspec.org/v1.0.0/core",
    "https://api.stacspec.org/v1.0.0/item-search",
    "https://api.stacspec.org/v1.0.0/item-search#fields",
    "https://api.stacspec.org/v1.0.0/item-search#query",
    "https://api.stacspec.org/v1.0.0/item-search#sort",
    "https://api.stacspec.org/v1.0.0/ogcapi-features",
)
JSON = "application/json"
ROOT = f"{BASE}/stac/"
LINKS: tuple[dict[str, str], ...] = (
    {"rel": "self", "type": JSON, "href": ROOT},
    {"rel": "root", "type": JSON, "href": ROOT},
    {"rel": "data", "type": JSON, "href": f"{BASE}/stac/collections"},
    {"rel": "conformance", "type": JSON, "title": "STAC/OGC conformance classes", "href": f"{BASE}/stac/conformance"},
    {"rel": "search", "type": "application/geo+json", "title": "STAC search", "href": f"{BASE}/stac/search", "method": "POST"},
    {"rel": QUERYABLES_REL, "type": "application/schema+json", "title": "Queryables", "href": f"{BASE}/stac/queryables"},
)


def landing_without_slash(call: Call) -> Answer:
    """307 to the page itself, keeping the query (landing-page-no-slash)."""
    query = call.url.partition("?")[2]
    return Answer(307, headers={"Location": f"{call.base}/stac/" + (f"?{query}" if query else "")})


def landing(call: Call) -> Answer:
    body: dict[str, Any] = {
        "type": "Catalog",
        "id": "geocatalog-emulator",
        "title": "GeoCatalog emulator",
        "description": "A GeoCatalog in a box",
        "stac_version": "1.0.0",
        "conformsTo": list(CONFORMANCE),
        "links": [*LINKS, *_children(call)],
    }
    return json_answer(200, body)


def conformance(_: Call) -> Answer:
    return json_answer(200, {"conformsTo": list(CONFORMANCE)})


def _children(call: Call) -> list[dict[str, str]]:
    if call.world.chose("landing-child-links", "none"):
        return []
    return [
        {"rel": "child", "type": JSON, **({"title": title} if title else {}), "href": f"{BASE}/stac/collections/{quoted(name)}"}
        for name, title in collections.all_ids(call.db)
    ]
