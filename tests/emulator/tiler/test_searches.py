"""Registered searches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pcsync.emulator.tiler.searches import hash_of, mosaic_name, of_collection
from tests.emulator.catalog import BASE, Catalog

REGISTER = "/data/mosaic/register"
RECENT = {"filter": {"op": ">=", "args": [{"property": "datetime"}, "2021-01-01T00:00:00Z"]}, "filter-lang": "cql2-json"}


async def register(catalog: Catalog, **body: Any) -> str:
    reply = await catalog.post(REGISTER, body)
    assert reply.status_code == 200, reply.text
    return str(reply.json()["searchid"])


async def test_the_published_search_gets_its_published_id_and_links(catalog: Catalog, reference: Path) -> None:
    example = json.loads((reference / "examples" / "preview-MosaicsRegisterSearch_Register.json").read_text())
    expected = example["responses"]["200"]["body"]
    reply = await catalog.post(REGISTER, example["parameters"]["body"])

    assert reply.json()["searchid"] == expected["searchid"] == "ba13fc7947b9b585690d84ee61aaa653"
    for made, published in zip(reply.json()["links"], expected["links"], strict=True):
        assert made["href"] == BASE + published["href"].partition(".com")[2]
        assert {**made, "href": ""} == {**published, "href": ""}


def test_the_recorded_mosaic_of_a_collection_has_its_recorded_id() -> None:
    metadata = {
        "type": "mosaic",
        "bounds": [-85.605165, 30.357851, -80.839729, 35.000659],
        "name": mosaic_name("naip"),
        "assets": ["image"],
    }

    assert hash_of(of_collection("naip"), metadata) == "97b6dc04aa3dd8e90728249fe11fedbf"


async def test_the_same_search_is_registered_once_whatever_its_key_order_and_paging(catalog: Catalog) -> None:
    first = await register(catalog, collections=["a"], **RECENT)
    again = await register(catalog, **dict(reversed(RECENT.items())), collections=["a"], limit=3)
    other = await register(catalog, collections=["b"], **RECENT)
    info = (await catalog.get(f"/data/mosaic/searches/{first}/info")).json()

    assert first == again != other
    assert info["search"]["usecount"] == 2
    assert info["search"]["search"] == {"collections": ["a"], **RECENT}
    assert info["search"]["orderby"] == "datetime DESC, id DESC"
    assert info["search"]["metadata"] == {"type": "mosaic"}
    assert [link["href"] for link in info["links"]][1] == f"{BASE}/data/mosaic/searches/{first}/tilejson.json"


async def test_metadata_gives_a_search_its_name_bounds_and_zooms(catalog: Catalog) -> None:
    metadata = {"name": "Summer", "bounds": [1, 2, 3, 4], "minzoom": 4, "maxzoom": 9}
    name = await register(catalog, collections=["a"], metadata=metadata)
    tilejson = (await catalog.get(f"/data/mosaic/searches/{name}/tilejson.json")).json()

    assert tilejson["name"] == "Summer"
    assert (tilejson["bounds"], tilejson["center"]) == ([1, 2, 3, 4], [2, 3, 4])
    assert (tilejson["minzoom"], tilejson["maxzoom"]) == (4, 9)


@pytest.mark.parametrize(
    "body",
    [
        {"filter": {"op": "no-such-op", "args": []}},
        {"filter": "gsd < 1", "filter-lang": "cql2-json"},
        {"collections": "a"},
        {"bbox": [1, 2]},
        {"datetime": "yesterday"},
        {"metadata": {"bounds": [1, 2]}},
        {"metadata": []},
        [],
    ],
    ids=str,
)
async def test_a_search_that_is_none_is_refused(catalog: Catalog, body: Any) -> None:
    assert (await catalog.post(REGISTER, body)).status_code == 400


async def test_a_search_that_nobody_registered_is_not_found(catalog: Catalog) -> None:
    for path in ("info", "tilejson.json", "tiles", "tiles/WebMercatorQuad", "WMTSCapabilities.xml", "point/0,0/assets"):
        assert (await catalog.get(f"/data/mosaic/searches/{'0' * 32}/{path}")).status_code == 404
