"""What a route of the tiler draws: one item, the mosaic of a collection, or the mosaic of a registered search."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pcsync.emulator.errors import Invalid, Missing
from pcsync.emulator.jsonb import STORED_BASE
from pcsync.emulator.state import collections, items
from pcsync.emulator.state.documents import quoted
from pcsync.emulator.world import Call

from . import searches
from .query import BBox

WORLD: BBox = (-180.0, -90.0, 180.0, 90.0)
HERE = "emulator:"
"""Stands for this catalog's own scheme and host in hrefs: `emulator:/blob/...` is managed storage."""
ROOT = "/data/mosaic"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """One item as the tiler needs it; asset hrefs into managed storage begin with HERE."""

    collection: str
    id: str
    bbox: BBox
    geometry: Json | None
    assets: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Target:
    """path: of its routes, without host. search: the STAC search of a mosaic; None when `item` is all there is."""

    path: str
    name: str | None
    bounds: BBox
    search: Json | None = None
    item: Item | None = None
    zooms: tuple[int | None, int | None] = (None, None)


def target(call: Call) -> Target:
    """Raises Missing when there is no such collection, item or search."""
    if "itemId" in call.params:
        return _item(call)
    return _search(call) if "searchId" in call.params else _collection(call)


def item_of(text: str) -> Item:
    """An item from the text that GET serves."""
    document = json.loads(text.replace(STORED_BASE, HERE))
    assets = {key: asset for key, asset in (document.get("assets") or {}).items() if isinstance(asset.get("href"), str)}
    geometry = document.get("geometry")
    return Item(document["collection"], document["id"], _flat(document.get("bbox")) or WORLD, geometry, assets)


def _item(call: Call) -> Target:
    name, item = call.params["collectionId"], call.params["itemId"]
    collections.need(call.db, name)
    text = items.served_text(call.db, name, item)
    if text is None:
        raise Missing(f"Item '{item}' not found in collection '{name}'.")
    found = item_of(text)
    return Target(f"{ROOT}/collections/{quoted(name)}/items/{quoted(item)}", None, found.bbox, item=found)


def _collection(call: Call) -> Target:
    name = call.params["collectionId"]
    document = collections.load(call.db, name).document
    bounds = _flat(document["extent"]["spatial"]["bbox"][0]) or WORLD
    search = {**searches.of_collection(name), **_narrowed(call)}
    return Target(f"{ROOT}/collections/{quoted(name)}", searches.mosaic_name(name), bounds, search)


def _search(call: Call) -> Target:
    found = searches.registered(call.db, call.params["searchId"])
    meta = found.metadata
    bounds = searches.bounds_of(meta) or WORLD
    search = found.search
    if wanted := call.query.get("collection"):
        search = {**search, "collections": [wanted] if wanted in (search.get("collections") or [wanted]) else [""]}
    zooms = (meta.get("minzoom"), meta.get("maxzoom"))
    return Target(f"{ROOT}/searches/{found.hash}", meta.get("name") or found.hash, bounds, search, zooms=zooms)


def _narrowed(call: Call) -> Json:
    """What the query of a collection's mosaic adds to its search."""
    given = {name: value for name in ("ids", "bbox", "query", "sortby", "datetime") if (value := call.query.get(name))}
    found: Json = {name: given[name].split(",") for name in ("ids", "sortby") if name in given}
    if "bbox" in given:
        found["bbox"] = searches.numbers(given["bbox"].split(","), "bbox")
    if "query" in given:
        found["query"] = _parsed(given["query"])
    return {**found, **({"datetime": given["datetime"]} if "datetime" in given else {})}


def _parsed(text: str) -> Json:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as broken:
        raise Invalid("query is no JSON") from broken
    if not isinstance(value, dict):
        raise Invalid("query must be a JSON object")
    return value


def _flat(bbox: Any) -> BBox | None:
    """West, south, east, north of a bbox with or without heights."""
    if not isinstance(bbox, list) or len(bbox) not in (4, 6):
        return None
    half = len(bbox) // 2
    return bbox[0], bbox[1], bbox[half], bbox[half + 1]
