"""Items as rows (geocatalog-api 2.13): every write is an operation that may fail later."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any
from urllib.parse import urlencode

from pcsync.emulator import models
from pcsync.emulator.checks import array, demand, record
from pcsync.emulator.errors import Conflict, Invalid, Missing
from pcsync.emulator.jsonb import STORED_BASE, dumps
from pcsync.emulator.state import collections, items, operations
from pcsync.emulator.state.documents import quoted
from pcsync.emulator.world import Answer, Call

from .replies import accepted

FEATURE_COLLECTION = record({"features": array(models.ITEM, 1)}, {})
MOST_PER_PAGE = 10_000


def create(call: Call) -> Answer:
    """A Feature or a FeatureCollection."""
    name = _collection(call)
    many = isinstance(call.body, dict) and call.body.get("type") == "FeatureCollection"
    demand(FEATURE_COLLECTION if many else models.ITEM, call.body)
    features = call.body["features"] if many else [call.body]
    for feature in features:
        _refuse_stray(call, name, feature)
    return _begin(call, "AddItem", features, len(features))


def replace(call: Call) -> Answer:
    """202 even when there is no such item: the operation fails with NoRecordsToUpdate (operation-item-failed)."""
    _collection(call)
    demand(models.ITEM, call.body)
    if call.body["id"] != call.params["itemId"]:
        raise Invalid(f"body.id is '{call.body['id']}', the path says '{call.params['itemId']}'")
    return _begin(call, "UpdateItem", {"id": call.params["itemId"], "replace": call.body}, 1)


def update(call: Call) -> Answer:
    _collection(call)
    demand(record({}, {}), call.body)
    return _begin(call, "UpdateItem", {"id": call.params["itemId"], "patch": call.body}, 1)


def delete(call: Call) -> Answer:
    _collection(call)
    return _begin(call, "DeleteItem", call.params["itemId"], 1)


def read(call: Call) -> Answer:
    name, item = call.params["collectionId"], call.params["itemId"]
    text = items.served_text(call.db, name, item)
    if text is None:
        raise Missing(
            f"Resource not found at '/stac/collections/{name}/items/{item}' with parameters"
            f" {{'collection_id': '{name}', 'item_id': '{item}'}}. Check the parameters and try again."
        )
    return Answer(200, text, media_type="application/geo+json")


def list_all(call: Call) -> Answer:
    """Newest first; `token` continues after the last one shown. bbox and datetime do not filter yet."""
    name = _collection(call)
    limit = min(call.count("limit", 10, least=1), MOST_PER_PAGE)
    rows = items.page(call.db, name, _after(call), limit + 1)
    features = ",".join(row[2] for row in rows[:limit])
    links = _links(call, name, limit, rows[limit - 1][:2] if len(rows) > limit else None)
    return Answer(200, f'{{"type":"FeatureCollection","features":[{features}],"links":{links}}}', media_type="application/geo+json")


def _links(call: Call, name: str, limit: int, last: tuple[str, ...] | None) -> str:
    here = f"/stac/collections/{quoted(name)}/items"
    links = [{"rel": "self", "type": "application/geo+json", "href": f"{call.base}{here}"}]
    if last is not None:
        token = urlsafe_b64encode(json.dumps(last).encode()).decode()
        query = urlencode({"api-version": call.api_version, "limit": limit, "token": token})
        links.append({"rel": "next", "type": "application/geo+json", "method": "GET", "href": f"{call.base}{here}?{query}"})
    return dumps(links).replace(STORED_BASE, "")


def _after(call: Call) -> tuple[str, str] | None:
    token = call.query.get("token")
    if token is None:
        return None
    try:
        datetime, item = json.loads(urlsafe_b64decode(token))
    except (ValueError, TypeError) as bad:
        raise Invalid("token is not one that this service gave out") from bad
    return str(datetime), str(item)


def _refuse_stray(call: Call, name: str, feature: dict[str, Any]) -> None:
    if feature.get("collection") not in (None, name):
        raise Invalid(f"collection is '{feature['collection']}', the path says '{name}'")
    if items.exists(call.db, name, feature["id"]) and call.world.chose("duplicate-item", "conflict"):
        raise Conflict(f"Item '{feature['id']}' already exists in collection '{name}'", code="ItemAlreadyExistsInCollection")


def _begin(call: Call, kind: str, payload: Any, total: int) -> Answer:
    operation = operations.start(call, operations.Work(kind, call.params["collectionId"], payload, {}, total))
    return accepted(call, operations.shown(operations.get(call.db, operation)))


def _collection(call: Call) -> str:
    name = call.params["collectionId"]
    collections.need(call.db, name)
    return name
