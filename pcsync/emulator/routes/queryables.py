"""Queryables (geocatalog-api 2.8): a batch POST, and a JSON Schema in which only the definitions can be read back."""

from typing import Any

from pcsync.emulator import models
from pcsync.emulator.checks import array, demand
from pcsync.emulator.errors import Conflict, Invalid, Missing
from pcsync.emulator.jsonb import ordered
from pcsync.emulator.state import collections
from pcsync.emulator.state import configuration as state
from pcsync.emulator.world import Answer, Call

from .replies import empty, json_answer

Json = dict[str, Any]
BUILT_IN: Json = {
    "id": {
        "$ref": "https://schemas.stacspec.org/v1.0.0/item-spec/json-schema/item.json#/definitions/core/allOf/2/properties/id",
        "title": "Item ID",
        "description": "Item identifier",
    },
    "datetime": {
        "type": "string",
        "title": "Acquired",
        "format": "date-time",
        "pattern": "(\\+00:00|Z)$",
        "description": "Datetime",
    },
    "geometry": {"$ref": "https://geojson.org/schema/Feature.json", "title": "Item Geometry", "description": "Item Geometry"},
}


def read_all(call: Call) -> Answer:
    """Every collection's queryables merged; who wins a name is unknown."""
    found = state.everywhere(call.db, "queryable")
    merged: Json = {}
    for queryable in found:
        if queryable["name"] not in merged or call.world.chose("queryables-merge", "last"):
            merged[queryable["name"]] = queryable["definition"]
    return _schema(call, merged)


def read(call: Call) -> Answer:
    found = state.members(call.db, _collection(call), "queryable")
    return _schema(call, {queryable["name"]: queryable["definition"] for queryable in found})


def create(call: Call) -> Answer:
    name = _collection(call)
    demand(array(models.QUERYABLE), call.body)
    names = [queryable["name"] for queryable in call.body]
    if len(set(names)) < len(names):
        raise Invalid("body names a queryable twice")
    return json_answer(201, [_add(call, name, queryable) for queryable in call.body])


def replace(call: Call) -> Answer:
    """data_type comes back null although it was sent (queryable-replace)."""
    collection, name = _collection(call), call.params["queryableName"]
    demand(models.QUERYABLE, call.body)
    if call.body["name"] != name:
        raise Invalid(f"body.name is '{call.body['name']}', the path says '{name}'")
    new = state.member(call.db, collection, "queryable", name) is None
    if new and call.world.chose("put-missing-configuration", "refuse"):
        raise _missing(name, collection)
    body = _filled(call, call.body)
    state.put_member(call.db, collection, "queryable", name, body)
    return json_answer(201 if new else 200, {**body, "data_type": None})


def delete(call: Call) -> Answer:
    collection, name = _collection(call), call.params["queryableName"]
    if state.member(call.db, collection, "queryable", name) is None:
        raise _missing(name, collection)
    state.remove_member(call.db, collection, "queryable", name)
    return empty(200)


def _add(call: Call, collection: str, queryable: Json) -> Json:
    name = queryable["name"]
    if name in BUILT_IN and call.world.chose("reserved-queryable", "refuse"):
        raise Invalid(f"Queryable '{name}' is built in")
    taken = state.member(call.db, collection, "queryable", name) is not None
    if taken and call.world.chose("duplicate-queryable", "conflict"):
        raise Conflict(f"Queryable '{name}' already exists for collection '{collection}'")
    body = _filled(call, queryable)
    state.put_member(call.db, collection, "queryable", name, body)
    return body


def _filled(call: Call, queryable: Json) -> Json:
    """The four model keys, guesses where nothing was sent."""
    index = False if call.world.chose("queryable-create-index", "false") else None
    kind = "string" if call.world.chose("queryable-data-type", "string") else None
    sent = models.in_model_order(queryable, models.QUERYABLE_KEYS)
    return models.with_nulls({"create_index": index, "data_type": kind, **sent}, models.QUERYABLE_KEYS)


def _schema(call: Call, definitions: Json) -> Answer:
    body = {
        "$id": call.url,
        "type": "object",
        "title": "STAC Queryables.",
        "$schema": "http://json-schema.org/draft-07/schema#",
        "properties": {**definitions, **BUILT_IN},
        "additionalProperties": True,
    }
    return Answer(200, json_answer(200, ordered(body)).text, media_type="application/schema+json")


def _collection(call: Call) -> str:
    name = call.params["collectionId"]
    collections.need(call.db, name)
    return name


def _missing(name: str, collection: str) -> Missing:
    return Missing(f"Queryable '{name}' not found for collection '{collection}'")
