"""Items (geocatalog-api 2.13): every write is an operation that may fail later."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from pcsync.emulator import models
from pcsync.emulator.checks import array, demand, record
from pcsync.emulator.errors import Conflict, Invalid, Missing
from pcsync.emulator.ingest.assets import needs_reading
from pcsync.emulator.jsonb import dumps
from pcsync.emulator.search import criteria, select
from pcsync.emulator.search.criteria import Search
from pcsync.emulator.search.instants import parse_interval
from pcsync.emulator.state import collections, items, operations
from pcsync.emulator.state.documents import quoted
from pcsync.emulator.world import Answer, Call

from .replies import accepted
from .signing import signer

Json = dict[str, Any]
FEATURE_COLLECTION = record({"features": array(models.ITEM, 1)}, {})
DEFAULT_PER_PAGE, MOST_PER_PAGE = 10, 10_000
GEOJSON = "application/geo+json"


def create(call: Call) -> Answer:
    """A Feature or a FeatureCollection."""
    name = _collection(call)
    many = isinstance(call.body, dict) and call.body.get("type") == "FeatureCollection"
    demand(FEATURE_COLLECTION if many else models.ITEM, call.body)
    features = call.body["features"] if many else [call.body]
    if len({feature["id"] for feature in features}) < len(features):
        raise Invalid("body names an item twice")
    for feature in features:
        _refuse_foreign(name, feature)
    if call.world.chose("duplicate-item", "conflict"):
        _refuse_known(call, name, features)
    return _begin(call, "AddItem", features, features)


def replace(call: Call) -> Answer:
    """202 even when there is no such item: the operation fails with NoRecordsToUpdate (operation-item-failed)."""
    name = _collection(call)
    demand(models.ITEM, call.body)
    _refuse_foreign(name, call.body)
    if call.body["id"] != call.params["itemId"]:
        raise Invalid(f"body.id is '{call.body['id']}', the path says '{call.params['itemId']}'")
    return _begin(call, "UpdateItem", {"id": call.params["itemId"], "replace": call.body}, [call.body])


def update(call: Call) -> Answer:
    name = _collection(call)
    demand(record({}, {}), call.body)
    _refuse_foreign(name, call.body)
    return _begin(call, "UpdateItem", {"id": call.params["itemId"], "patch": call.body}, [call.body])


def delete(call: Call) -> Answer:
    _collection(call)
    return _begin(call, "DeleteItem", call.params["itemId"], [])


def read(call: Call) -> Answer:
    name, item = call.params["collectionId"], call.params["itemId"]
    sign = signer(call)
    text = items.served_text(call.db, name, item)
    if text is None:
        raise Missing(
            f"Resource not found at '/stac/collections/{name}/items/{item}' with parameters"
            f" {{'collection_id': '{name}', 'item_id': '{item}'}}. Check the parameters and try again."
        )
    return Answer(200, sign(text), media_type=GEOJSON)


def list_all(call: Call) -> Answer:
    """Newest first; `token` continues after the last one shown."""
    name = _collection(call)
    sign = signer(call)
    limit = min(call.count("limit", DEFAULT_PER_PAGE, least=1), MOST_PER_PAGE)
    page = select.page(call.db, _search(call, name, limit))
    return feature_collection([sign(feature) for feature in page.features], _links(call, name, limit, page.token))


def feature_collection(features: list[str], links: list[Json]) -> Answer:
    """Stored texts and links as one answer."""
    return Answer(200, f'{{"type":"FeatureCollection","features":[{",".join(features)}],"links":{dumps(links)}}}', media_type=GEOJSON)


def _search(call: Call, name: str, limit: int) -> Search:
    boxes, heights, condition = criteria.bbox(_numbers(call.query["bbox"])) if call.query.get("bbox") else (None, None, None)
    return Search(
        limit=limit,
        collections=(name,),
        interval=parse_interval(call.query["datetime"]) if call.query.get("datetime") else None,
        boxes=boxes,
        heights=heights if call.world.chose("search-bbox-heights", "compare") else None,
        conditions=(condition,) if condition is not None else (),
        after=criteria.of_token(call.query.get("token"), len(criteria.NEWEST_FIRST)),
    )


def _numbers(text: str) -> list[float]:
    """Finite numbers between commas. Raises Invalid."""
    try:
        return [criteria.finite(float(part)) for part in text.split(",")]
    except ValueError as broken:
        raise Invalid("bbox must be 4 or 6 numbers between commas") from broken


def _links(call: Call, name: str, limit: int, token: str | None) -> list[Json]:
    """The collection, the list itself and, when there is more, the next page; other query parameters stay."""
    root, parent = f"{call.base}/stac/", f"{call.base}/stac/collections/{quoted(name)}"
    links: list[Json] = [
        {"rel": "collection", "type": "application/json", "href": parent},
        {"rel": "parent", "type": "application/json", "href": parent},
        {"rel": "root", "type": "application/json", "href": root},
        {"rel": "self", "type": GEOJSON, "href": f"{parent}/items"},
    ]
    if token is not None:
        kept: Mapping[str, Any] = {**dict(call.query), "api-version": call.api_version, "limit": limit, "token": token}
        links.append({"rel": "next", "type": GEOJSON, "method": "GET", "href": f"{parent}/items?{urlencode(kept)}"})
    return links


def _refuse_known(call: Call, name: str, features: list[Json]) -> None:
    for item in sorted(items.known(call.db, name, (feature["id"] for feature in features))):
        raise Conflict(f"Item '{item}' already exists in collection '{name}'", code="ItemAlreadyExistsInCollection")


def _refuse_foreign(name: str, feature: Json) -> None:
    if feature.get("collection") not in (None, name):
        raise Invalid(f"collection is '{str(feature['collection'])[:100]}', the path says '{name}'")


def _begin(call: Call, kind: str, payload: Any, features: list[Json]) -> Answer:
    """The operation; a job when assets have to be read for it."""
    job = bool(features) and needs_reading(call.world.settings, features)
    work = operations.Work(kind, call.params["collectionId"], payload, {}, max(1, len(features)), job)
    return accepted(call, operations.shown(operations.get(call.db, operations.start(call, work))))


def _collection(call: Call) -> str:
    name = call.params["collectionId"]
    collections.need(call.db, name)
    return name
