"""The three faces of a collection document: as GET serves it, as PUT answers it, as the asset routes answer it.

All three are recorded (collection-get-after-create, collection-replace, collection-asset-create) and differ in key
order and links.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from pcsync.emulator.jsonb import BASE, ordered
from pcsync.emulator.models import in_model_order

QUERYABLES_REL = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
STRUCTURAL_RELS = frozenset({"items", "parent", "root", "self", QUERYABLES_REL})
SERVER_KEYS = frozenset({"links", "assets", "msft:_created", "msft:_updated"})
ASSET_ROUTE_KEYS = (
    *("type", "id", "stac_version", "description", "links", "stac_extensions", "item_assets", "msft:_created", "msft:_updated"),
    *("msft:short_description", "title", "extent", "license", "keywords", "providers", "summaries"),
)
ASSET_KEYS = ("href", "type", "title", "description", "roles")
PROVIDER_KEYS = ("name", "description", "roles", "url")

Json = dict[str, Any]
PLAIN = re.compile(r"[A-Za-z0-9_.~-]+")


def own_links(document: Mapping[str, Any]) -> list[Json]:
    """The links that a user sent, without the structural ones, which are always made anew."""
    return [link for link in document.get("links") or [] if link.get("rel") not in STRUCTURAL_RELS]


def served(document: Json, assets: Mapping[str, Json], stamps: Mapping[str, str]) -> Json:
    """The document as GET shows it: jsonb key order, five links first, assets only when there are any."""
    body = {key: value for key, value in document.items() if key not in SERVER_KEYS}
    shown = ordered({**body, **({"assets": assets} if assets else {}), **stamps, "links": []})
    links = [*_reader_links(document["id"]), *ordered(own_links(document))]
    return {key: links if key == "links" else value for key, value in shown.items()}


def replaced(document: Json, assets: Mapping[str, Json], stamps: Mapping[str, str]) -> Json:
    """The answer to PUT: keys as sent, four links that no other answer has."""
    links = [*_writer_links(document["id"]), *own_links(document)]
    kept = {key: value for key, value in document.items() if key not in SERVER_KEYS or key == "links"}
    body = {key: links if key == "links" else value for key, value in kept.items()}
    return {**body, **({"assets": assets} if assets else {}), **stamps}


def with_assets(document: Json, assets: Mapping[str, Json], stamps: Mapping[str, str]) -> Json:
    """The answer of the asset routes: model order, no queryables link, assets last."""
    body = {**document, **stamps, "links": [*_reader_links(document["id"])[:4], *own_links(document)]}
    if body.get("providers"):
        body["providers"] = [in_model_order(provider, PROVIDER_KEYS) for provider in body["providers"]]
    known = in_model_order(body, ASSET_ROUTE_KEYS)
    others = {key: value for key, value in body.items() if key not in known and key not in SERVER_KEYS}
    return {**known, **others, "assets": {key: in_model_order(asset, ASSET_KEYS) for key, asset in assets.items()}}


def quoted(name: str) -> str:
    """A name as one path segment."""
    return name if PLAIN.fullmatch(name) else quote(name, safe="-._~:@!$&'()*+,;=")


def _reader_links(collection: str) -> list[Json]:
    here = f"{BASE}/stac/collections/{quoted(collection)}"
    return [
        {"rel": "items", "type": "application/geo+json", "href": f"{here}/items"},
        {"rel": "parent", "type": "application/json", "href": f"{BASE}/stac/"},
        {"rel": "root", "type": "application/json", "href": f"{BASE}/stac/"},
        {"rel": "self", "type": "application/json", "href": here},
        {"rel": QUERYABLES_REL, "type": "application/schema+json", "title": "Queryables", "href": f"{here}/queryables"},
    ]


def _writer_links(collection: str) -> list[Json]:
    here = f"{BASE}/stac/collections/{quoted(collection)}/"
    return [
        {"rel": "self", "type": "application/json", "href": here},
        {"rel": "parent", "type": "application/json", "href": f"{BASE}/"},
        {"rel": "root", "type": "application/json", "href": f"{BASE}/"},
        {"rel": "items", "type": "application/json", "href": f"{here}items"},
    ]
