"""Mosaics, render options, tile settings, partition type, queryables (geocatalog-api 2.3 to 2.8)."""

from __future__ import annotations

from typing import Any

import pytest

from .catalog import Catalog, item

CONFIG = "/stac/collections/naip/configurations"
OPTIONS = f"{CONFIG}/render-options"
MOSAICS = f"{CONFIG}/mosaics"
QUERYABLES = "/stac/collections/naip/queryables"


def option(name: str = "rgb", **fields: Any) -> dict[str, Any]:
    return {"id": name, "name": "RGB", "type": "raster-tile", "options": "assets=image&rescale=0,1", **fields}


async def test_a_new_collection_has_one_mosaic_called_default_and_nothing_else(naip: Catalog) -> None:
    body = (await naip.get(CONFIG)).json()

    assert body["mosaicInfo"]["mosaics"] == [{"id": "default", "name": "Default", "description": "", "cql": []}]
    assert body["mosaicInfo"]["renderOptions"] == []
    assert body["tileSettings"] == (await naip.get(f"{CONFIG}/tile-settings")).json()


async def test_single_render_options_omit_what_is_unset_and_the_combined_read_says_null(naip: Catalog) -> None:
    await naip.post(OPTIONS, option(description=None))
    single = (await naip.get(f"{OPTIONS}/rgb")).json()
    combined = (await naip.get(CONFIG)).json()["mosaicInfo"]["renderOptions"][0]

    assert list(single) == ["id", "name", "type", "options"]
    assert list(combined) == ["id", "name", "description", "type", "options", "vectorOptions", "minZoom", "legend", "conditions"]
    assert {key for key, value in combined.items() if value is None} == {"description", "vectorOptions", "minZoom", "legend", "conditions"}


async def test_a_mosaic_without_description_shows_null_and_an_empty_one_stays_empty(naip: Catalog) -> None:
    await naip.post(MOSAICS, {"id": "a", "name": "A", "cql": []})
    await naip.post(MOSAICS, {"id": "b", "name": "B", "cql": [], "description": ""})

    assert (await naip.get(f"{MOSAICS}/a")).json()["description"] is None
    assert (await naip.get(f"{MOSAICS}/b")).json()["description"] == ""


async def test_options_are_stored_verbatim(naip: Catalog) -> None:
    text = "assets=a&expression=(B08-B04)/(B08+B04)&color_formula=Gamma RGB 3.2&asset_bidx=a|1,2,3&colormap=%7B%22a%22%3A1%7D"
    await naip.post(OPTIONS, option(options=text))

    assert (await naip.get(f"{OPTIONS}/rgb")).json()["options"] == text


@pytest.mark.parametrize(
    ("path", "make"), [(OPTIONS, option), (MOSAICS, lambda name: {"id": name, "name": "M", "cql": []})], ids=["option", "mosaic"]
)
async def test_a_replaced_member_keeps_its_place(naip: Catalog, path: str, make: Any) -> None:
    for name in ("a", "b", "c"):
        await naip.post(path, make(name))
    await naip.put(f"{path}/a", {**make("a"), "name": "new"})
    await naip.delete(f"{path}/b")
    listed = [entry["id"] for entry in (await naip.get(path)).json() if entry["id"] != "default"]

    assert listed == ["a", "c"]


@pytest.mark.parametrize(
    ("path", "make"), [(OPTIONS, option), (MOSAICS, lambda name: {"id": name, "name": "M", "cql": []})], ids=["option", "mosaic"]
)
async def test_members_answer_409_when_they_exist_and_404_when_they_do_not(naip: Catalog, path: str, make: Any) -> None:
    await naip.post(path, make("a"))

    assert (await naip.post(path, make("a"))).status_code == 409
    assert (await naip.put(f"{path}/b", make("b"))).status_code == 404
    assert (await naip.delete(f"{path}/b")).status_code == 404
    assert (await naip.put(f"{path}/a", make("b"))).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        option("x" * 31),
        option("-a"),
        option("a_"),
        option("a b"),
        option(""),
        option("a\n"),
        option(name="x" * 41),
        option(type="raster"),
        option(minZoom=25),
        option(minZoom=6.5),
        option(minZoom=True),
        option(options={"assets": "image"}),
        option(vectorOptions={"tilejsonKey": "a"}),
        option(legend={"type": "bar"}),
        option(conditions=[{"value": "a"}]),
        {"id": "a"},
        [option()],
    ],
)
async def test_a_render_option_outside_the_model_is_refused(naip: Catalog, body: Any) -> None:
    reply = await naip.post(OPTIONS, body)

    assert (reply.status_code, reply.headers["x-ms-error-code"]) == (400, "ValidationError")


@pytest.mark.parametrize("fields", [{"id": "x" * 31}, {"id": "_a"}, {"name": "x" * 31}, {"cql": None}, {"cql": ["a"]}, {"cql": {}}])
async def test_a_mosaic_outside_the_model_is_refused(naip: Catalog, fields: dict[str, Any]) -> None:
    assert (await naip.post(MOSAICS, {"id": "a", "name": "A", "cql": [], **fields})).status_code == 400


async def test_a_render_option_id_of_30_characters_is_fine(naip: Catalog) -> None:
    assert (await naip.post(OPTIONS, option("normalized-difference-veg-inde"))).status_code == 201


async def test_tile_settings_are_replaced_as_a_whole(naip: Catalog) -> None:
    location = {"zoom": 12, "coordinates": [8.9637, -79.5437]}
    await naip.put(f"{CONFIG}/tile-settings", {"minZoom": 12, "maxItemsPerTile": 35, "defaultLocation": location})
    first = (await naip.get(f"{CONFIG}/tile-settings")).json()
    await naip.put(f"{CONFIG}/tile-settings", {"minZoom": 6, "maxItemsPerTile": 10})

    assert first["defaultLocation"] == location
    assert (await naip.get(f"{CONFIG}/tile-settings")).json() == {"minZoom": 6, "maxItemsPerTile": 10, "defaultLocation": None}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"minZoom": 25, "maxItemsPerTile": 1},
        {"minZoom": 1},
        {"minZoom": 1, "maxItemsPerTile": 1, "defaultLocation": {"zoom": 1.5, "coordinates": [1, 2]}},
    ],
)
async def test_tile_settings_outside_the_model_are_refused(naip: Catalog, body: dict[str, Any]) -> None:
    assert (await naip.put(f"{CONFIG}/tile-settings", body)).status_code == 400


async def test_the_partition_type_changes_only_while_there_are_no_items(naip: Catalog) -> None:
    assert (await naip.put(f"{CONFIG}/partition-type", {"scheme": "month"})).status_code == 200
    await naip.post("/stac/collections/naip/items", item("one"))
    refused = await naip.put(f"{CONFIG}/partition-type", {"scheme": "year"})
    await naip.delete("/stac/collections/naip/items/one")
    allowed = await naip.put(f"{CONFIG}/partition-type", {"scheme": "year"})

    assert (refused.status_code, allowed.status_code) == (409, 200)
    assert (await naip.put(f"{CONFIG}/partition-type", {"scheme": "day"})).status_code == 400


async def test_queryables_read_back_their_definition_only(naip: Catalog) -> None:
    sent = {"name": "naip:year", "data_type": "string", "create_index": True, "definition": {"type": "string", "enum": ["2021"]}}
    reply = await naip.post(QUERYABLES, [sent])
    schema = (await naip.get(QUERYABLES)).json()

    assert reply.json() == [sent]
    assert schema["properties"]["naip:year"] == {"enum": ["2021"], "type": "string"}


async def test_a_batch_of_queryables_is_stored_whole_or_not_at_all(naip: Catalog) -> None:
    await naip.post(QUERYABLES, [{"name": "b", "definition": {}}])
    reply = await naip.post(QUERYABLES, [{"name": "a", "definition": {}}, {"name": "b", "definition": {}}])

    assert reply.status_code == 409
    assert "a" not in (await naip.get(QUERYABLES)).json()["properties"]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "a", "definition": {}},
        [{"name": "", "definition": {}}],
        [{"name": "a"}],
        [{"name": "a", "definition": {}, "data_type": "text"}],
        [{"name": "a", "definition": {}}, {"name": "a", "definition": {}}],
        [{"name": "datetime", "definition": {}}],
    ],
)
async def test_queryables_outside_the_model_are_refused(naip: Catalog, body: Any) -> None:
    assert (await naip.post(QUERYABLES, body)).status_code == 400


@pytest.mark.parametrize("path", ["test%3Aproperty", "test:property"])
async def test_a_queryable_name_in_the_path_may_be_encoded_or_not(naip: Catalog, path: str) -> None:
    await naip.post(QUERYABLES, [{"name": "test:property", "definition": {}}])

    assert (await naip.delete(f"{QUERYABLES}/{path}")).status_code == 200


@pytest.mark.parametrize("path", ["", "/mosaics", "/mosaics/default", "/render-options", "/tile-settings", "/partition-type"])
async def test_the_configuration_of_a_missing_collection_is_404_with_its_name(catalog: Catalog, path: str) -> None:
    reply = await catalog.get(f"/stac/collections/nix/configurations{path}")

    assert reply.status_code == 404
    assert reply.json()["error"]["message"].startswith("Collection 'nix' not found.")
