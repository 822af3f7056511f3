"""Registered searches: their hash, their rows, and what `register` and the two `info` routes say.

The hash is pgstac's: MD5 of the search as `jsonb` text followed by its metadata as `jsonb` text. It gives the published
example's id (examples/preview-MosaicsRegisterSearch_Register.json).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import md5
from sqlite3 import Connection
from typing import Any

from pcsync.emulator.checks import Check, any_object, array, demand, integer, one_of, record, text
from pcsync.emulator.clock import rfc3339_micro
from pcsync.emulator.errors import Invalid, Missing
from pcsync.emulator.jsonb import BASE, dumps, ordered
from pcsync.emulator.routes.replies import json_answer
from pcsync.emulator.search import criteria
from pcsync.emulator.state import collections
from pcsync.emulator.state.documents import quoted
from pcsync.emulator.world import Answer, Call

from .query import BBox, number

Json = dict[str, Any]
KEPT = ("ids", "bbox", "conf", "query", "fields", "filter", "sortby", "datetime", "intersects", "collections", "filter-crs", "filter-lang")
METADATA_KEYS = ("type", "bounds", "minzoom", "maxzoom", "name", "assets", "defaults")
METADATA: Check = record(
    {},
    {
        "type": one_of("mosaic", "search"),
        "minzoom": integer(0, 30),
        "maxzoom": integer(0, 30),
        "name": text(),
        "assets": array(text()),
        "defaults": any_object,
    },
)
TILER_PATH = f"{BASE}/data/mosaic"


@dataclass(frozen=True, slots=True)
class Registered:
    """One row; `used` is the time of the last registration in microseconds."""

    hash: str
    search: Json
    metadata: Json
    used: int
    uses: int


def register(call: Call) -> Answer:
    """POST /data/mosaic/register: the same search has the same id.

    The links lack `/searches/`, as recorded: they lead nowhere.
    """
    demand(any_object, call.body)
    search, metadata = _search(call.body), _metadata(call.body.get("metadata"))
    criteria.of_body(search)
    name = hash_of(search, metadata)
    call.db.execute(
        "INSERT INTO searches (hash, search, metadata, used, uses) VALUES (?, ?, ?, ?, 1)"
        " ON CONFLICT (hash) DO UPDATE SET used = excluded.used, uses = uses + 1",
        (name, dumps(ordered(search)), dumps(metadata), call.world.clock.stamp()),
    )
    return json_answer(200, {"searchid": name, "links": _links(f"{TILER_PATH}/{name}", "metadata", "Mosaic metadata")})


def search_info(call: Call) -> Answer:
    found = registered(call.db, call.params["searchId"])
    return _info(found, f"{TILER_PATH}/searches/{found.hash}", "Mosaic metadata")


def collection_info(call: Call) -> Answer:
    """The mosaic that every collection is (mosaic-collection-info). It counts as used once, now: reads write nothing here."""
    name = call.params["collectionId"]
    document = collections.load(call.db, name).document
    bounds = list(document["extent"]["spatial"]["bbox"][0])
    if len(bounds) == 6:
        bounds = [*bounds[:2], *bounds[3:5]]
    metadata = {"type": "mosaic", "bounds": bounds, "name": mosaic_name(name), "assets": list(document.get("item_assets") or {})}
    search = of_collection(name)
    found = Registered(hash_of(search, metadata), search, metadata, call.world.clock.stamp(), 1)
    return _info(found, f"{TILER_PATH}/collections/{quoted(name)}", "Collection metadata")


def registered(db: Connection, name: str) -> Registered:
    row = db.execute("SELECT hash, search, metadata, used, uses FROM searches WHERE hash = ?", (name,)).fetchone()
    if row is None:
        raise Missing(f"SearchId '{name[:80]}' not found")
    return Registered(row[0], json.loads(row[1]), json.loads(row[2]), row[3], row[4])


def of_collection(name: str) -> Json:
    return {"collections": [name], "filter-lang": "cql2-json"}


def mosaic_name(collection: str) -> str:
    return f"Mosaic for '{collection}' Collection"


def hash_of(search: Json, metadata: Json) -> str:
    return md5((_jsonb(search) + _jsonb(metadata)).encode(), usedforsecurity=False).hexdigest()


def bounds_of(metadata: Mapping[str, Any]) -> BBox | None:
    """The model calls them a string, the recordings show a list: both are read."""
    value = metadata.get("bounds")
    if value is None:
        return None
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list) or len(parts) != 4:
        raise Invalid("metadata.bounds must be west, south, east, north")
    west, south, east, north = numbers(parts, "metadata.bounds")
    return west, south, east, north


def numbers(parts: Sequence[Any], name: str) -> list[float]:
    return [number(str(part).strip(), name) for part in parts]


def _search(body: Json) -> Json:
    """What counts of a search; paging does not (pgstac's search_tohash)."""
    kept = {key: body[key] for key in KEPT if body.get(key) is not None}
    return {"filter-lang": "cql2-json", **kept}


def _metadata(value: Any) -> Json:
    demand(METADATA, {} if value is None else value, "body.metadata")
    given = {"type": "mosaic", **{key: entry for key, entry in (value or {}).items() if entry is not None}}
    bounds_of(given)
    return {key: given[key] for key in METADATA_KEYS if key in given}


def _info(found: Registered, path: str, title: str) -> Answer:
    search = {
        "hash": found.hash,
        "search": ordered(found.search),
        "_where": _where(found.search),
        "orderby": _order(found.search),
        "lastused": rfc3339_micro(found.used),
        "usecount": found.uses,
        "metadata": found.metadata,
    }
    return json_answer(200, {"search": search, "links": _links(path, "self", title)})


def _links(path: str, rel: str, title: str) -> list[Json]:
    kind = "application/json"
    return [
        {"href": f"{path}/info", "rel": rel, "type": kind, "title": title},
        {"href": f"{path}/tilejson.json", "rel": "tilejson", "type": kind, "title": "Link for TileJSON"},
        {"href": f"{path}/WMTSCapabilities.xml", "rel": "wmts", "type": kind, "title": "Link for WMTS"},
    ]


def _where(search: Json) -> str:
    """pgstac's SQL for ids and collections, as recorded; what a filter becomes there is not imitated."""
    columns = (("id", "ids"), ("collection", "collections"))
    parts = [f"{column} = ANY ('{{{','.join(search[key])}}}') " for column, key in columns if search.get(key)]
    return " AND ".join(parts) or " TRUE "


def _order(search: Json) -> str:
    keys = [entry if isinstance(entry, dict) else _sort_key(entry) for entry in search.get("sortby") or []]
    keys = keys or [{"field": "datetime", "direction": "desc"}]
    named = [f"{key['field']} {str(key.get('direction') or 'asc').upper()}" for key in keys]
    return ", ".join([*named, *([] if any(key["field"] == "id" for key in keys) else ["id DESC"])])


def _sort_key(text: str) -> Json:
    return {"field": text.lstrip("+-"), "direction": "desc" if text.startswith("-") else "asc"}


def _jsonb(value: Any) -> str:
    """PostgreSQL's text of a jsonb value."""
    return json.dumps(ordered(value), ensure_ascii=False)
