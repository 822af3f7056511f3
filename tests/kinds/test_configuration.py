"""Partition type, queryables, tile settings, mosaics and render options."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from pydantic import TypeAdapter

from pcsync.core.change import Action, Risk
from pcsync.core.diff import FieldDiff, Op
from pcsync.core.kind import Conditional
from pcsync.core.resource import Call, Desired, Key, Live
from pcsync.core.source import Origin
from pcsync.kinds import KINDS
from tests.kinds.emulated import Emulated
from tests.kinds.examples import document

BASE = "/stac/collections/naip"
OPTION = {"id": "rgb", "name": "RGB", "options": "assets=image"}


def desired(name: str, value: Any, **management: Any) -> list[Desired]:
    return list(KINDS[name].declare(document(name, value, **management)))


def errors(name: str, value: Any) -> list[list[str | int]]:
    return [
        list(error.instance_path)
        for error in jsonschema_rs.validator_for(TypeAdapter(KINDS[name].model()).json_schema()).iter_errors(value)
    ]


# Partition type


def partition(scheme: str) -> Live:
    return Live(Key("partition-type", "naip"), {"scheme": scheme}, f"{BASE}/configurations/partition-type")


def test_the_items_are_looked_at_only_where_an_existing_scheme_is_to_change() -> None:
    kind = KINDS["partition-type"]
    (wanted,) = desired("partition-type", {"scheme": "year"})

    assert isinstance(kind, Conditional)
    assert list(kind.probes(wanted, None)) == []
    assert list(kind.probes(wanted, partition("year"))) == []
    assert list(kind.probes(wanted, partition("none"))) == [f"{BASE}/items?limit=1"]


@pytest.mark.parametrize(
    ("live", "items", "refused"),
    [
        (partition("month"), {"features": [{"id": "one"}]}, True),
        (partition("month"), {"features": []}, False),
        (partition("month"), None, False),
        (partition("year"), {"features": [{"id": "one"}]}, False),
        (None, None, False),
    ],
)
def test_the_partition_type_of_a_collection_with_items_stays(live: Live | None, items: Any, refused: bool) -> None:
    kind = KINDS["partition-type"]
    (wanted,) = desired("partition-type", {"scheme": "year"})

    why = kind.refusal(wanted, live, {f"{BASE}/items?limit=1": items})  # type: ignore[attr-defined]

    assert ("stays month" in why) == refused
    assert bool(why) == refused


async def test_a_fresh_collection_has_the_scheme_none_and_wants_no_change(naip: Emulated) -> None:
    assert await naip.apply(document("partition-type", {"scheme": "none"}), KINDS["partition-type"]) == [Action.KEEP]


def test_a_new_collection_is_told_its_scheme_even_when_that_is_the_default() -> None:
    (wanted,) = desired("partition-type", {"scheme": "none"})

    assert list(KINDS["partition-type"].calls(wanted, None)) == [Call("PUT", f"{BASE}/configurations/partition-type", {"scheme": "none"})]


def test_changing_partitions_is_irreversible() -> None:
    fields = [FieldDiff(Op.REPLACE, "/scheme", "none", "year")]

    assert KINDS["partition-type"].risk(Action.UPDATE, fields) is Risk.IRREVERSIBLE


# Queryables


async def test_built_in_queryables_are_nobodys_resources(naip: Emulated) -> None:
    assert await naip.live(KINDS["queryable"], "naip") == {}


def test_a_queryable_is_created_in_a_list_and_replaced_by_its_encoded_name() -> None:
    body = {"name": "naip:year", "definition": {"type": "string"}, "data_type": "string", "create_index": None}
    (wanted,) = desired("queryable", [body])
    live = Live(wanted.key, {"name": "naip:year", "definition": {}}, f"{BASE}/queryables/naip%3Ayear")
    sent = {"name": "naip:year", "definition": {"type": "string"}, "data_type": "string"}

    assert list(KINDS["queryable"].calls(wanted, None)) == [Call("POST", f"{BASE}/queryables", [sent])]
    assert list(KINDS["queryable"].calls(wanted, live)) == [Call("PUT", f"{BASE}/queryables/naip%3Ayear", sent)]


def test_what_a_queryable_sends_but_never_shows_is_declared_as_unreadable() -> None:
    first, second = desired(
        "queryable", [{"name": "a", "definition": {}, "data_type": "date", "create_index": False}, {"name": "b", "definition": {}}]
    )

    assert first.unreadable == {"data_type": "date", "create_index": False}
    assert second.unreadable is None


@pytest.mark.parametrize("name", ["id", "datetime", "geometry", ""])
def test_reserved_names_cannot_be_queryables(name: str) -> None:
    assert errors("queryable", [{"name": name, "definition": {}}]) == [[0, "name"]]


# Tile settings


def test_tile_settings_are_put_whole_and_never_deleted() -> None:
    (wanted,) = desired("tile-settings", {"minZoom": 6, "maxItemsPerTile": 35})
    live = Live(wanted.key, {"minZoom": 0, "maxItemsPerTile": 35, "defaultLocation": None}, f"{BASE}/configurations/tile-settings")
    call = Call("PUT", f"{BASE}/configurations/tile-settings", {"minZoom": 6, "maxItemsPerTile": 35})

    assert list(KINDS["tile-settings"].calls(wanted, None)) == [call]
    assert list(KINDS["tile-settings"].calls(wanted, live)) == [call]
    assert list(KINDS["tile-settings"].calls(None, live)) == []


@pytest.mark.parametrize(
    "value",
    [
        {"minZoom": 25, "maxItemsPerTile": 35},
        {"minZoom": -1, "maxItemsPerTile": 35},
        {"minZoom": 6, "maxItemsPerTile": 0},
        {"minZoom": 6.5, "maxItemsPerTile": 35},
        {"minZoom": 6, "maxItemsPerTile": 35, "defaultLocation": {"zoom": 12, "coordinates": [-120, 45]}},
        {"minZoom": 6, "maxItemsPerTile": 35, "defaultLocation": {"zoom": 12, "coordinates": [45]}},
        {"minZoom": 6, "maxItemsPerTile": 35, "defaultZoom": 12},
        {"minZoom": "6", "maxItemsPerTile": 35},
        {"minZoom": True, "maxItemsPerTile": 35},
    ],
)
def test_tile_settings_outside_their_limits_are_refused(value: Any) -> None:
    assert errors("tile-settings", value)


# Mosaics and render options


@pytest.mark.parametrize("name", ["mosaic", "render-option"])
@pytest.mark.parametrize("id_", ["", "-a", "a-", "_a", "a b", "a" * 31, "a\n", "ä"])
def test_ids_outside_the_services_pattern_are_refused(name: str, id_: str) -> None:
    assert {tuple(path) for path in errors(name, [{"id": id_, "name": "N", **({"cql": []} if name == "mosaic" else {})}])} == {(0, "id")}


@pytest.mark.parametrize("id_", ["a", "a_b-C9", "9", "a" * 30, "normalized-difference-veg-inde"])
def test_ids_of_the_services_pattern_are_taken(id_: str) -> None:
    assert errors("render-option", [{"id": id_, "name": "N" * 40}]) == []
    assert errors("mosaic", [{"id": id_, "name": "N" * 30, "cql": []}]) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mosaic", {"id": "m", "name": "N" * 31, "cql": []}),
        ("mosaic", {"id": "m", "name": "N"}),
        ("mosaic", {"id": "m", "name": "N", "cql": ["eo:cloud_cover < 10"]}),
        ("mosaic", {"id": "m", "name": "N", "cql": [{"op": "="}]}),
        ("render-option", {"id": "m", "name": "N" * 41}),
        ("render-option", {"id": "m", "name": "N", "minZoom": 25}),
        ("render-option", {"id": "m", "name": "N", "maxZoom": 20}),
        ("render-option", {"id": "m", "name": "N", "type": "raster"}),
        ("render-option", {"id": "m", "name": "N", "type": "vt-line", "options": "assets=image"}),
        ("render-option", {"id": "m", "name": "N", "vectorOptions": {"tilejsonKey": "t", "sourceLayer": "s"}}),
        ("render-option", {"id": "m", "name": "N", "type": "vt-line", "vectorOptions": {"tilejsonKey": "t"}}),
        ("render-option", {"id": "m", "name": "N", "legend": {"type": "rainbow"}}),
        ("render-option", {"id": "m", "name": "N", "options": {"a b": "x"}}),
        ("render-option", {"id": "m", "name": "N", "options": {"nodata": None}}),
        ("render-option", {"id": "m", "name": "N", "options": {"rescale": [[[0, 1]]]}}),
        ("render-option", {"id": "m", "name": "N", "options": {"colormap": 5}}),
        ("render-option", {"id": "m", "name": "N", "conditions": [{"value": "x"}]}),
    ],
)
def test_members_outside_the_model_are_refused(name: str, value: Any) -> None:
    assert errors(name, [value])


def test_what_a_combined_read_shows_pastes_in_unchanged() -> None:
    served = {"description": None, "type": "raster-tile", "vectorOptions": None, "minZoom": 6, "legend": None, "conditions": None}

    assert errors("render-option", [OPTION | served]) == []
    assert errors("mosaic", [{"id": "m", "name": "N", "description": None, "cql": []}]) == []


@pytest.mark.parametrize(
    "options",
    [
        "anything at all",
        {},
        {"assets": ["a", "b"], "rescale": [[0, 1], [0, 2]], "nodata": 0.5, "unscale": True},
        {"colormap": [[[0, 1], [0, 0, 0, 255]]], "algorithm_params": {"azimuth": 315}},
        {"colormap": {"1": [0, 0, 0, 255]}, "x:new": "y"},
    ],
)
def test_options_are_text_or_parameters(options: Any) -> None:
    assert errors("render-option", [OPTION | {"options": options}]) == []


def test_a_vector_option_is_taken_with_its_own_fields() -> None:
    vector: dict[str, Any] = {
        "tilejsonKey": "tiles",
        "sourceLayer": "roads",
        "strokeColor": "#aa0000",
        "strokeWidth": 2,
        "filter": ["==", "class", "main"],
    }

    assert errors("render-option", [{"id": "roads", "name": "Roads", "type": "vt-line", "options": "", "vectorOptions": vector}]) == []


async def test_options_are_stored_letter_by_letter(naip: Emulated) -> None:
    """Also where another spelling means the same: then nothing is sent at all."""
    spelled = "assets=image&asset_bidx=image%7C4,1,2&color_formula=Gamma+RGB 3.2"
    kind = KINDS["render-option"]
    await naip.apply(document("render-option", [OPTION | {"options": spelled}]), kind)

    again = await naip.apply(
        document("render-option", [OPTION | {"options": "color_formula=Gamma RGB 3.2&assets=image&asset_bidx=image|4,1,2"}]), kind
    )

    (live,) = (await naip.live(kind, "naip")).values()
    assert live.body["options"] == spelled
    assert again == [Action.KEEP]


async def test_a_mosaic_that_the_catalog_was_born_with_is_replaced_not_created(naip: Emulated) -> None:
    manifest = document("mosaic", [{"id": "default", "name": "Everything", "cql": []}])

    assert await naip.apply(manifest, KINDS["mosaic"]) == [Action.UPDATE]
    assert naip.sent[-1].method == "PUT"


def test_the_place_in_a_list_is_where_a_member_comes_from_and_nothing_else() -> None:
    first, second = desired("mosaic", [{"id": "a", "name": "A", "cql": []}, {"id": "b", "name": "B", "cql": []}])

    assert (first.origin, second.origin) == (Origin("naip.yaml", "/mosaics/0"), Origin("naip.yaml", "/mosaics/1"))
    assert {"a", "b"} == {first.key.name, second.key.name}


@pytest.mark.parametrize(
    ("name", "fields", "risk"),
    [
        ("mosaic", ["/name", "/description"], Risk.COSMETIC),
        ("mosaic", ["/name", "/cql/0/args/1"], Risk.QUERY),
        ("render-option", ["/name"], Risk.COSMETIC),
        ("render-option", ["/options"], Risk.VISUAL),
        ("render-option", ["/minZoom"], Risk.VISUAL),
        ("render-option", ["/legend/labels"], Risk.VISUAL),
        ("render-option", ["/conditions"], Risk.VISUAL),
        ("tile-settings", ["/minZoom"], Risk.VISUAL),
        ("queryable", ["/definition/title"], Risk.QUERY),
        ("ingestion", ["/skipExistingItems"], Risk.DATA),
        ("ingestion-source", ["/connectionInfo/expiration"], Risk.DATA),
        ("asset", ["/title"], Risk.COSMETIC),
        ("asset", ["/file"], Risk.VISUAL),
    ],
)
def test_the_risk_of_a_change_is_that_of_its_gravest_field(name: str, fields: list[str], risk: Risk) -> None:
    assert KINDS[name].risk(Action.UPDATE, [FieldDiff(Op.REPLACE, path, 1, 2) for path in fields]) is risk


# management.ignore


def test_ignored_fields_of_a_member_are_named_by_its_id_and_keep_their_live_value() -> None:
    (wanted,) = desired("render-option", [OPTION | {"minZoom": 6}], ignore=["/renderOptions/rgb/minZoom", "/renderOptions/other/name"])
    live = Live(wanted.key, OPTION | {"name": "Old", "minZoom": 9, "legend": None}, f"{BASE}/configurations/render-options/rgb")

    (call,) = KINDS["render-option"].calls(wanted, live)

    assert wanted.ignore == ("/minZoom",)
    assert call.json == OPTION | {"minZoom": 9}


@pytest.mark.parametrize(
    ("name", "value", "pointer", "ignored"),
    [
        ("tile-settings", {"minZoom": 6, "maxItemsPerTile": 35}, "/tileSettings/defaultLocation/zoom", {"/defaultLocation/zoom"}),
        ("tile-settings", {"minZoom": 6, "maxItemsPerTile": 35}, "/tileSettings", {"/minZoom", "/maxItemsPerTile", "/defaultLocation"}),
        ("mosaic", [{"id": "m", "name": "M", "cql": []}], "/mosaics", {"/name", "/description", "/cql"}),
        ("queryable", [{"name": "a/b", "definition": {}}], "/queryables/a~1b/definition/title", {"/definition/title"}),
        ("queryable", [{"name": "naip:year", "definition": {}}], "/queryables/naip", set()),
        ("asset", {"thumbnail": {"file": "t.png"}}, "/assets/thumbnail/title", {"/title"}),
        ("collection", {"description": "d"}, "/stac/extent", {"/extent"}),
        ("collection", {"description": "d"}, "/stac", {"/description", "/id"}),
        (
            "ingestion",
            [{"displayName": "n", "importType": "StaticCatalog"}],
            "/ingestions/n/skipExistingItems",
            {"/skipExistingItems"},
        ),
    ],
)
def test_an_ignored_pointer_reaches_the_resource_it_names(name: str, value: Any, pointer: str, ignored: set[str]) -> None:
    (wanted,) = desired(name, value, ignore=[pointer])

    assert set(wanted.ignore) == ignored
