"""Mosaics, render options, tile settings and partition type: one configuration document per collection (2.3 to 2.7).

Null or absent: `/configurations` shows every unset field as null, single mosaics and tile settings too, single render
options leave them out (render-option-create, mosaic-create, configurations-get).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pcsync.emulator import models
from pcsync.emulator.checks import Check, demand
from pcsync.emulator.errors import Conflict, Invalid, Missing, Refusal
from pcsync.emulator.state import collections, items
from pcsync.emulator.state import configuration as state
from pcsync.emulator.world import Answer, Call

from .replies import empty, json_answer

Json = dict[str, Any]
FRESH_ZOOM = {"zoom-0": 0, "zoom-6": 6, "zoom-12": 12}


@dataclass(frozen=True, slots=True)
class Member:
    """One kind of list entry; `title` is the word in error messages, `parameter` the id's name in the path."""

    kind: state.Kind
    title: str
    parameter: str
    check: Check
    keys: tuple[str, ...]
    keep: Callable[[Json, tuple[str, ...]], Json]


MOSAIC = Member("mosaic", "Mosaic", "mosaicId", models.MOSAIC, models.MOSAIC_KEYS, models.with_nulls)
RENDER_OPTION = Member(
    "render-option", "Render Option", "renderOptionId", models.RENDER_OPTION, models.RENDER_OPTION_KEYS, models.in_model_order
)


def whole(call: Call) -> Answer:
    """The combined read (configurations-get)."""
    name = _collection(call)
    options = state.members(call.db, name, "render-option")
    mosaic_info = {
        "mosaics": state.members(call.db, name, "mosaic"),
        "renderOptions": [models.with_nulls(option, models.RENDER_OPTION_KEYS) for option in options],
        "defaultLocation": None,
        "defaultCustomQuery": None,
    }
    return json_answer(200, {"tileSettings": _tile_settings(call, name), "mosaicInfo": mosaic_info})


def list_of(member: Member) -> Callable[[Call], Answer]:
    def list_members(call: Call) -> Answer:
        return json_answer(200, state.members(call.db, _collection(call), member.kind))

    return list_members


def read_of(member: Member) -> Callable[[Call], Answer]:
    def read_member(call: Call) -> Answer:
        name, key = _collection(call), call.params[member.parameter]
        found = state.member(call.db, name, member.kind, key)
        if found is None:
            raise _missing(member, key, name)
        return json_answer(200, found)

    return read_member


def create_of(member: Member) -> Callable[[Call], Answer]:
    def create_member(call: Call) -> Answer:
        name, body = _collection(call), _body(call, member)
        taken = state.member(call.db, name, member.kind, body["id"]) is not None
        if taken and call.world.chose("duplicate-configuration", "conflict"):
            raise Conflict(f"{member.title} '{body['id']}' already exists for collection '{name}'")
        state.put_member(call.db, name, member.kind, body["id"], body)
        return json_answer(201, body)

    return create_member


def replace_of(member: Member) -> Callable[[Call], Answer]:
    def replace_member(call: Call) -> Answer:
        name, body, key = _collection(call), _body(call, member), call.params[member.parameter]
        if body["id"] != key:
            raise Invalid(f"body.id is '{body['id']}', the path says '{key}'")
        new = state.member(call.db, name, member.kind, key) is None
        if new and call.world.chose("put-missing-configuration", "refuse"):
            raise _missing(member, key, name)
        state.put_member(call.db, name, member.kind, key, body)
        return json_answer(201 if new else 200, body)

    return replace_member


def delete_of(member: Member) -> Callable[[Call], Answer]:
    def delete_member(call: Call) -> Answer:
        name, key = _collection(call), call.params[member.parameter]
        if state.member(call.db, name, member.kind, key) is None:
            raise _missing(member, key, name)
        state.remove_member(call.db, name, member.kind, key)
        return empty(200)

    return delete_member


def read_tile_settings(call: Call) -> Answer:
    return json_answer(200, _tile_settings(call, _collection(call)))


def replace_tile_settings(call: Call) -> Answer:
    """Full replace: an absent defaultLocation becomes null (tile-settings-replace)."""
    name = _collection(call)
    demand(models.TILE_SETTINGS, call.body)
    _refuse_unknown(call, models.TILE_SETTINGS_KEYS)
    body = models.with_nulls(call.body, models.TILE_SETTINGS_KEYS)
    if body["defaultLocation"] is not None:
        body["defaultLocation"] = models.in_model_order(body["defaultLocation"], models.LOCATION_KEYS)
    state.set_tile_settings(call.db, name, body)
    return json_answer(200, body)


def read_partition_type(call: Call) -> Answer:
    return json_answer(200, {"scheme": collections.load(call.db, call.params["collectionId"]).partition})


def replace_partition_type(call: Call) -> Answer:
    """200 without a body (partition-type-replace); only before the first item (2.7)."""
    row = collections.load(call.db, call.params["collectionId"])
    demand(models.PARTITION_TYPE, call.body)
    scheme = call.body.get("scheme") or "none"
    same = scheme == row.partition and call.world.chose("partition-same-value", "accept")
    if items.any_in(call.db, row.id) and not same:
        raise _partition_refusal(call)(f"The partition type of collection '{row.id}' cannot change once items are loaded")
    state.set_partition(call.db, row.id, scheme)
    return empty(200)


def _partition_refusal(call: Call) -> type[Refusal]:
    return Conflict if call.world.chose("partition-on-items", "409") else Invalid


def _tile_settings(call: Call, name: str) -> Json:
    fresh = {"minZoom": FRESH_ZOOM[call.world.choices["fresh-tile-settings"]], "maxItemsPerTile": 35, "defaultLocation": None}
    return collections.load(call.db, name).tile_settings or fresh


def _collection(call: Call) -> str:
    name = call.params["collectionId"]
    collections.need(call.db, name)
    return name


def _body(call: Call, member: Member) -> Json:
    demand(member.check, call.body)
    _refuse_unknown(call, member.keys)
    body = member.keep(call.body, member.keys)
    for field, keys in (("vectorOptions", models.VECTOR_KEYS), ("legend", models.LEGEND_KEYS)):
        if body.get(field) is not None:
            body[field] = models.in_model_order(body[field], keys)
    return body


def _refuse_unknown(call: Call, keys: tuple[str, ...]) -> None:
    strange = [key for key in call.body if key not in keys]
    if strange and call.world.chose("configuration-unknown-keys", "refuse"):
        raise Invalid(f"body.{strange[0]} is not a known field")


def _missing(member: Member, key: str, collection: str) -> Missing:
    return Missing(f"{member.title} '{key}' not found for collection '{collection}'")
