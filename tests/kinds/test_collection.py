"""The collection document: what is sent, what is left alone."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from pydantic import TypeAdapter

from pcsync.core.change import Action, Risk
from pcsync.core.diff import FieldDiff, Op
from pcsync.core.resource import Desired, Key, Live
from pcsync.kinds import KINDS
from tests.kinds.emulated import Emulated
from tests.kinds.examples import STAC, document

COLLECTION = KINDS["collection"]
SCHEMA = jsonschema_rs.validator_for(TypeAdapter(COLLECTION.model()).json_schema())
MINIMAL = {name: STAC[name] for name in ("description", "license", "extent")}


def desired(stac: dict[str, Any], **management: Any) -> Desired:
    (found,) = COLLECTION.declare(document("collection", stac, **management))
    return found


def live(**body: Any) -> Live:
    return Live(Key("collection", "naip"), {"id": "naip", "type": "Collection", **MINIMAL, "links": [], **body}, "/stac/collections/naip")


def put(stac: dict[str, Any], on: Live, **management: Any) -> Any:
    (call,) = COLLECTION.calls(desired(stac, **management), on)
    assert (call.method, call.path) == ("PUT", "/stac/collections/naip")
    return call.json


def test_a_new_collection_gets_what_the_service_demands_and_no_assets() -> None:
    (call,) = COLLECTION.calls(desired(MINIMAL | {"title": None}), None)

    assert (call.method, call.path) == ("POST", "/stac/collections")
    assert call.json == {"type": "Collection", "stac_version": "1.0.0", "links": [], "id": "naip", **MINIMAL}


def test_what_the_manifest_does_not_set_is_neither_compared_nor_changed() -> None:
    there = live(title="Somebody's", assets={"thumbnail": {"href": "h"}}, links=[{"rel": "license", "href": "l"}], stac_version="1.1.0")

    assert put(MINIMAL | {"keywords": ["a"]}, there) == {**there.body, "keywords": ["a"]}


def test_a_field_set_to_null_is_taken_away() -> None:
    assert "title" not in put(MINIMAL | {"title": None}, live(title="Old"))


def test_links_of_a_manifest_replace_the_users_links() -> None:
    own = [{"rel": "license", "href": "https://example.com"}]

    assert put(MINIMAL | {"links": own}, live(links=[{"rel": "self", "href": "s"}, {"rel": "about", "href": "a"}]))["links"] == own
    assert put(MINIMAL | {"links": None}, live(links=[{"rel": "about", "href": "a"}]))["links"] == []


def test_ignored_fields_carry_the_live_value() -> None:
    """Fields that pipelines write survive our write, also deep inside and inside lists."""
    moved = {"spatial": {"bbox": [[0, 0, 1, 1]]}, "temporal": {"interval": [["2010-01-01T00:00:00Z", "2026-01-01T00:00:00Z"]]}}
    there = live(extent=moved)

    assert put(MINIMAL | {"title": "T"}, there, ignore=["/stac/extent"])["extent"] == moved
    ours = put(MINIMAL | {"title": "T"}, there, ignore=["/stac/extent/temporal/interval/0/1"])["extent"]
    assert ours["temporal"] == moved["temporal"]
    assert ours["spatial"] == MINIMAL["extent"]["spatial"]


async def test_links_that_no_manifest_manages_survive_an_update(empty: Emulated) -> None:
    await empty.collection(links=[{"rel": "about", "href": "https://example.com/about"}])

    await empty.apply(document("collection", MINIMAL | {"title": "New"}), COLLECTION)

    served = await empty.catalog.get("/stac/collections/naip?sign=false")
    assert [link["rel"] for link in served["links"][-2:]] == ["http://www.opengis.net/def/rel/ogc/1.0/queryables", "about"]
    assert len(served["links"]) == 6
    assert served["title"] == "New"
    assert served["msft:region"] == STAC["msft:region"]


async def test_an_update_leaves_the_assets_alone(naip: Emulated, tmp_path: Any) -> None:
    assets = document("asset", {"thumbnail": {"file": "t.png", "title": "T"}}, tmp_path)
    await naip.apply(assets, KINDS["asset"])

    await naip.apply(document("collection", MINIMAL | {"title": "New"}), COLLECTION)

    assert {it.action for it in await naip.plan(assets, KINDS["asset"])} == {Action.KEEP}


async def test_one_listing_reads_every_collection_as_its_own_path_does(naip: Emulated) -> None:
    await naip.collection("sentinel 2")

    listed = dict(COLLECTION.listed(await naip.catalog.get("/stac/collections?sign=false")))  # type: ignore[attr-defined]

    assert set(listed) == {"/stac/collections/naip?sign=false", "/stac/collections/sentinel%202?sign=false"}
    assert listed == {path: await naip.catalog.get(path) for path in listed}


def test_a_manifest_without_stac_expects_the_collection_to_be_there() -> None:
    (found,) = COLLECTION.declare(document("mosaic", [], modes={"mosaics": "observe"}))

    assert (found.body, found.expected) == ({"id": "naip"}, True)
    assert found.claims == (("mosaic", "observe"),)


def test_every_list_of_a_manifest_is_claimed_with_its_mode() -> None:
    manifest = document("collection", MINIMAL, modes={"mosaics": "additive"})
    manifest.body.update({"mosaics": [], "renderOptions": [], "tileSettings": {}, "ingestions": None})  # type: ignore[attr-defined]

    (found,) = COLLECTION.declare(manifest)

    assert set(found.claims) == {("mosaic", "additive"), ("render-option", "owned")}


def test_an_export_leaves_out_what_the_service_makes() -> None:
    there = live(
        links=[{"rel": "self", "href": "s"}, {"rel": "about", "href": "a"}],
        assets={"a": {}},
        title=None,
        **{"msft:_created": "x", "msft:_updated": "y", "pcsync:managed": {}, "msft:region": "r"},
    )

    assert COLLECTION.export([there]) == {
        "type": "Collection",
        **MINIMAL,
        "links": [{"rel": "about", "href": "a"}],
        "msft:region": "r",
    }


@pytest.mark.parametrize(
    ("stac", "where"),
    [
        ({**MINIMAL, "description": ""}, "description"),
        ({**MINIMAL, "license": None}, "license"),
        ({**MINIMAL, "assets": {"thumbnail": {"href": "h"}}}, "assets"),
        ({**MINIMAL, "type": "Catalog"}, "type"),
        ({**MINIMAL, "msft:short_description": "x" * 301}, "msft:short_description"),
        ({**MINIMAL, "extent": {"spatial": {"bbox": [[1, 2, 3, 4, 5]]}, "temporal": {"interval": [[None, None]]}}}, "extent"),
        ({**MINIMAL, "extent": {"spatial": {"bbox": [[1, 2, 3, 4]]}, "temporal": {"interval": [["2020-01-01", None]]}}}, "extent"),
        ({**MINIMAL, "links": [{"rel": "about"}]}, "links"),
        ({**MINIMAL, "providers": [{"name": ""}]}, "providers"),
        ({"description": "d", "extent": MINIMAL["extent"]}, None),
    ],
)
def test_what_a_catalog_would_refuse_is_refused_by_the_schema(stac: dict[str, Any], where: str | None) -> None:
    errors = [error.instance_path for error in SCHEMA.iter_errors(stac)]

    assert errors
    assert {path[0] if path else None for path in errors} == {where}


@pytest.mark.parametrize(
    ("fields", "risk"),
    [
        (["/title"], Risk.COSMETIC),
        (["/item_assets/image/title"], Risk.VISUAL),
        (["/title", "/extent/spatial/bbox"], Risk.QUERY),
        (["/license", "/summaries"], Risk.DATA),
        (["/msft:region"], Risk.QUERY),
    ],
)
def test_the_gravest_field_is_the_risk(fields: list[str], risk: Risk) -> None:
    assert COLLECTION.risk(Action.UPDATE, [FieldDiff(Op.REPLACE, path, 1, 2) for path in fields]) is risk


def test_deleting_a_collection_cannot_be_undone() -> None:
    assert COLLECTION.risk(Action.DELETE, ()) is Risk.IRREVERSIBLE
