"""Search: each parameter, each operator, and what is refused."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from pcsync.emulator.search import criteria, select

from .catalog import BASE, Catalog, item

ITEMS = "/stac/collections/naip/items"
FEATURES: list[dict[str, Any]] = [
    {"id": "north", "at": (10, 50), "datetime": "2020-01-01T00:00:00Z", "eo:cloud_cover": 5, "platform": "Alpha", "tags": ["a", "b"]},
    {"id": "south", "at": (10, -50), "datetime": "2021-01-01T00:00:00Z", "eo:cloud_cover": 50.5, "platform": "alpha", "tags": ["b"]},
    {"id": "east", "at": (179, 0), "datetime": "2022-01-01T00:00:00Z", "eo:cloud_cover": "n/a", "platform": "béta 100%", "good": True},
    {"id": "west", "at": (-179, 0), "datetime": "2023-01-01T00:00:00.5+02:00", "nested": {"deep": 1}, "good": False, "other": 5},
]


def _feature(fields: dict[str, Any]) -> dict[str, Any]:
    longitude, latitude = fields["at"]
    properties = {key: value for key, value in fields.items() if key not in ("id", "at")}
    place = {"geometry": {"type": "Point", "coordinates": [longitude, latitude]}, "bbox": [longitude, latitude, longitude, latitude]}
    return {**item(fields["id"]), **place, "properties": properties}


@pytest.fixture
async def four(naip: Catalog) -> Catalog:
    await naip.post(ITEMS, {"type": "FeatureCollection", "features": [_feature(fields) for fields in FEATURES]})
    return naip


def _op(op: str, *args: Any) -> dict[str, Any]:
    return {"op": op, "args": list(args)}


def _p(name: str) -> dict[str, str]:
    return {"property": name}


WHERE = {"type": "Polygon", "coordinates": [[[0, 40], [20, 40], [20, 60], [0, 60], [0, 40]]]}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, "west east south north"),
        ({"collections": ["naip"]}, "west east south north"),
        ({"collections": ["other"]}, ""),
        ({"ids": ["east", "north", "none"]}, "east north"),
        ({"bbox": [0, 0, 20, 60]}, "north"),
        ({"bbox": [0, 0, -100, 20, 60, 9000]}, "north"),
        ({"bbox": [170, -10, -170, 10]}, "west east"),
        ({"bbox": [-180, -90, 180, 90]}, "west east south north"),
        ({"intersects": WHERE}, "north"),
        ({"intersects": {"type": "GeometryCollection", "geometries": [WHERE, {"type": "Point", "coordinates": [179, 0]}]}}, "east north"),
        ({"datetime": "2021-01-01T00:00:00Z"}, "south"),
        ({"datetime": "2021-01-01T01:00:00+01:00"}, "south"),
        ({"datetime": "2021-01-01T00:00:00.000000Z/2022-01-01t00:00:00z"}, "east south"),
        ({"datetime": "../2021-01-01T00:00:00Z"}, "south north"),
        ({"datetime": "2021-01-01T00:00:00Z/.."}, "west east south"),
        ({"datetime": "2021-01-01T00:00:00Z/"}, "west east south"),
        ({"datetime": "/2021-01-01T00:00:00Z"}, "south north"),
        ({"datetime": "2022-12-31T22:00:00.4Z/2022-12-31T22:00:00.6Z"}, "west"),
        ({"sortby": [{"field": "id", "direction": "asc"}]}, "east north south west"),
        ({"sortby": [{"field": "properties.platform", "direction": "asc"}]}, "north south east west"),
        ({"sortby": [{"field": "platform", "direction": "desc"}]}, "west east south north"),
        ({"sortby": ["+datetime"]}, "north south east west"),
        ({"query": {"eo:cloud_cover": {"lt": 50}}}, "north"),
        ({"query": {"platform": {"startsWith": "al"}, "id": {"neq": "x"}}}, "south"),
        ({"query": {"platform": {"endsWith": "100%"}}}, "east"),
        ({"query": {"platform": {"in": ["Alpha", "alpha"]}}}, "south north"),
        ({"filter": {"eq": [{"property": "platform"}, "Alpha"]}}, "north"),
        (
            {"filter": {"and": [{"not": {"eq": [_p("id"), "north"]}}, {"lte": [_p("eo:cloud_cover"), 60]}]}, "filter-lang": "cql-json"},
            "south",
        ),
    ],
)
async def test_a_search_finds(four: Catalog, body: dict[str, Any], expected: str) -> None:
    assert await four.search(**body) == expected.split()
    assert await four.search(**body, limit=1) == expected.split()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (_op("=", _p("platform"), "Alpha"), "north"),
        (_op("<>", _p("platform"), "Alpha"), "east south"),
        (_op("<", _p("eo:cloud_cover"), 50.5), "north"),
        (_op("<=", _p("eo:cloud_cover"), 50.5), "south north"),
        (_op(">", _p("eo:cloud_cover"), 5), "south"),
        (_op(">=", 5, _p("eo:cloud_cover")), "north"),
        (_op("=", _p("eo:cloud_cover"), "n/a"), "east"),
        (_op("=", _p("eo:cloud_cover"), _p("other")), ""),
        (_op("=", _p("good"), True), "east"),
        (_op("<>", _p("good"), True), "west"),
        (_p("good"), "east"),
        (True, "west east south north"),
        (False, ""),
        (_op("not", _op("=", _p("platform"), "Alpha")), "east south"),
        (_op("and", _op(">", _p("eo:cloud_cover"), 1), _op("<", _p("eo:cloud_cover"), 10)), "north"),
        (_op("or", _op("=", _p("id"), "east"), _op("=", _p("id"), "west")), "west east"),
        (_op("between", _p("eo:cloud_cover"), 4, 6), "north"),
        (_op("between", _p("eo:cloud_cover"), [4, 6]), "north"),
        (_op("in", _p("id"), ["west", "north"]), "west north"),
        (_op("in", _p("eo:cloud_cover"), [5, "n/a"]), "east north"),
        (_op("like", _p("platform"), "A%"), "north"),
        (_op("like", _p("platform"), "_lpha"), "south north"),
        (_op("like", _p("platform"), "%100\\%"), "east"),
        (_op("like", _op("casei", _p("platform")), _op("casei", "ALPHA")), "south north"),
        (_op("=", _op("accenti", _p("platform")), "beta 100%"), "east"),
        (_op("isNull", _p("platform")), "west"),
        (_op("not", _op("isNull", _p("nested.deep"))), "west"),
        (_op("=", _p("properties.nested.deep"), 1), "west"),
        (_op("=", _op("+", _p("eo:cloud_cover"), 1), 6), "north"),
        (_op("=", _op("/", _p("other"), 2), 2.5), "west"),
        (_op("s_intersects", _p("geometry"), WHERE), "north"),
        (_op("s_disjoint", _p("geometry"), WHERE), "west east south"),
        (_op("and", _op("s_intersects", _p("geometry"), WHERE), _op("=", _p("id"), "south")), ""),
        (_op("or", _op("s_intersects", _p("geometry"), WHERE), _op("=", _p("id"), "south")), "south north"),
        (_op("anyinteracts", _p("datetime"), {"interval": ["2021-01-01", "2022-06-01T00:00:00Z"]}), "east south"),
        (_op("t_intersects", _p("datetime"), {"interval": ["..", "2020-06-01"]}), "north"),
        (_op("t_after", _p("datetime"), {"timestamp": "2022-01-01T00:00:00Z"}), "west"),
        (_op("t_before", _p("datetime"), {"date": "2021-01-01"}), "north"),
        (_op("t_equals", _p("datetime"), {"date": "2021-01-01"}), "south"),
        (_op("t_during", _p("datetime"), {"interval": ["2020-06-01", "2021-06-01"]}), "south"),
        (_op(">=", _p("datetime"), {"timestamp": "2022-01-01T00:00:00Z"}), "west east"),
        (_op("<", _p("datetime"), "2020-06-01T00:00:00Z"), "north"),
        (_op("a_contains", _p("tags"), ["a"]), "north"),
        (_op("a_containedBy", _p("tags"), ["b", "c"]), "south"),
        (_op("a_overlaps", _p("tags"), ["b", "c"]), "south north"),
        (_op("a_equals", _p("tags"), ["a", "b"]), "north"),
        (_op("=", _p("collection"), "naip"), "west east south north"),
        (_op("=", _p('tags"; DROP TABLE items; --'.replace('"', "'")), 1), ""),
        (_op("=", _p("eo:cloud_cover"), 10**30), ""),
    ],
)
async def test_a_filter_finds(four: Catalog, expression: Any, expected: str) -> None:
    assert await four.search(**{"filter": expression, "filter-lang": "cql2-json"}) == expected.split()


@pytest.mark.parametrize(
    "body",
    [
        {"bbox": [1, 2, 3]},
        {"bbox": [0, 10, 10, 0]},
        {"bbox": [-200, 0, 10, 10]},
        {"bbox": [0, 0, 10, 1, 1, 5]},
        {"bbox": "0,0,1,1"},
        {"bbox": [0, 0, 1, 1], "intersects": WHERE},
        {"intersects": {"type": "Polygon", "coordinates": [[[0, 0]]]}},
        {"intersects": {"type": "Point", "coordinates": []}},
        {"datetime": "2020-01-01"},
        {"datetime": ".."},
        {"datetime": "../.."},
        {"datetime": "/"},
        {"datetime": "2021-01-01T00:00:00Z/2020-01-01T00:00:00Z"},
        {"datetime": "2021-13-01T00:00:00Z"},
        {"datetime": "2021-01-01T00:00:00"},
        {"datetime": "a/b/c"},
        {"limit": 0},
        {"limit": "ten"},
        {"limit": True},
        {"ids": "one"},
        {"collections": [1]},
        {"token": "x"},
        {"token": "W10="},
        {"sortby": [{"field": "a", "direction": "up"}]},
        {"sortby": [{"field": 'a"b'}]},
        {"fields": "id"},
        {"query": {"a": 1}},
        {"query": {"a": {"near": 1}}},
        {"filter": {"op": "frobnicate", "args": []}, "filter-lang": "cql2-json"},
        {"filter": {"op": "=", "args": [1]}, "filter-lang": "cql2-json"},
        {"filter": {"op": "=", "args": [{"property": 'a"b'}, 1]}, "filter-lang": "cql2-json"},
        {"filter": {"op": "s_within", "args": [{"property": "geometry"}, {"type": "Box"}]}, "filter-lang": "cql2-json"},
        {"filter": {"op": "s_intersects", "args": [{"property": "geometry"}, 1]}, "filter-lang": "cql2-json"},
        {"filter": {"op": "t_after", "args": [{"property": "datetime"}, "soon"]}, "filter-lang": "cql2-json"},
        {"filter": {"op": "and", "args": [True] * 2000}, "filter-lang": "cql2-json"},
        {"filter": "eo:cloud_cover <", "filter-lang": "cql2-text"},
        {"filter": [1], "filter-lang": "cql2-json"},
        {"filter-lang": "sql"},
        [],
        "x",
    ],
)
async def test_a_search_that_makes_no_sense_is_refused(four: Catalog, body: Any) -> None:
    reply = await four.post("/stac/search", body)

    assert reply.status_code == 400
    assert set(reply.json()) == {"error"}


async def test_cql2_text_is_understood_with_its_package_and_refused_with_a_hint_without(four: Catalog) -> None:
    reply = await four.post("/stac/search", {"filter": '"eo:cloud_cover" < 50', "filter-lang": "cql2-text"})

    if reply.status_code == 400:
        assert "needs the Python package cql2" in reply.json()["error"]["message"]
    else:
        assert [feature["id"] for feature in reply.json()["features"]] == ["north"]


@pytest.mark.parametrize(
    ("fields", "keys"),
    [
        ({"include": ["properties.platform"]}, {"id", "collection", "properties"}),
        ([{"include": ["bbox"]}, {"exclude": ["bbox.x"]}], {"id", "collection", "bbox"}),
        (
            {"exclude": ["assets", "links", "geometry", "bbox"]},
            {"id", "type", "collection", "properties", "stac_version", "_msft:ts", "_msft:etag"},
        ),
        ({}, {"type", "stac_version", "id", "collection", "geometry", "bbox", "links", "assets", "properties"}),
    ],
)
async def test_fields_leave_parts_of_items_out(four: Catalog, fields: Any, keys: set[str]) -> None:
    reply = await four.post("/stac/search", {"ids": ["north"], "fields": fields})

    (feature,) = reply.json()["features"]
    assert set(feature) == keys
    if fields == {"include": ["properties.platform"]}:
        assert feature["properties"] == {"platform": "Alpha"}
    if "links" in feature:
        assert feature["links"][3]["href"] == f"{BASE}{ITEMS}/north"


async def test_a_page_says_how_to_get_the_next(four: Catalog) -> None:
    body = {"collections": ["naip"], "limit": 3}
    reply = await four.post("/stac/search", body)
    link = reply.json()["links"][-1]

    assert reply.headers["content-type"] == "application/geo+json"
    assert "traceparent" in reply.headers
    assert (link["rel"], link["method"], link["href"]) == ("next", "POST", f"{BASE}/stac/search?api-version=2026-04-15")
    assert link["body"] == {**body, "token": link["body"]["token"]}
    assert [feature["id"] for feature in (await four.post("/stac/search", link["body"])).json()["features"]] == ["north"]


async def test_pages_miss_nothing_and_repeat_nothing_while_items_come_and_go(four: Catalog) -> None:
    first = (await four.post("/stac/search", {"limit": 2})).json()
    await four.delete(f"{ITEMS}/east")
    await four.post(ITEMS, item("newest", datetime="2030-01-01T00:00:00Z"))
    rest = (await four.post("/stac/search", first["links"][-1]["body"])).json()

    assert [feature["id"] for feature in (*first["features"], *rest["features"])] == ["west", "east", "south", "north"]


async def test_a_property_that_is_missing_sorts_as_the_largest_and_pages(four: Catalog) -> None:
    up = [{"field": "other", "direction": "asc"}]
    down = [{"field": "other", "direction": "desc"}]

    assert await four.search(sortby=up, limit=1) == ["west", "south", "north", "east"]
    assert await four.search(sortby=down, limit=1) == ["south", "north", "east", "west"]


async def test_a_get_of_search_is_no_route_of_the_service(naip: Catalog) -> None:
    assert (await naip.get("/stac/search")).status_code == 405


PLANS = [
    ({"collections": ["naip"], "datetime": "2020-01-01T00:00:00Z/2021-01-01T00:00:00Z", "bbox": [0, 0, 1, 1]}, "footprints"),
    ({"collections": ["naip"], "datetime": "2020-01-01T00:00:00Z/2021-01-01T00:00:00Z", "bbox": [-180, -90, 180, 90]}, "items_newest"),
    ({"collections": ["naip"], "datetime": "2020-01-01T00:00:00Z/2021-01-01T00:00:00Z"}, "items_newest"),
    ({"collections": ["naip"]}, "items_newest"),
    ({"datetime": "2020-01-01T00:00:00Z/2021-01-01T00:00:00Z"}, "items_newest_of_all"),
    ({}, "items_newest_of_all"),
    ({"ids": ["a"]}, "items_by_id"),
    ({"collections": ["naip"], "ids": ["a", "b"]}, "items_by_id"),
    ({"filter": _op("s_intersects", _p("geometry"), WHERE), "filter-lang": "cql2-json"}, "footprints"),
]


@pytest.mark.parametrize(("body", "uses"), PLANS, ids=lambda value: str(value)[:60])
async def test_no_search_by_collection_time_or_place_reads_every_item(naip: Catalog, body: dict[str, Any], uses: str) -> None:
    """10,000 points all over the world, so that few and many candidates are told apart."""
    with naip.app.world.store.write() as db:
        _scatter(db)
    with naip.app.world.store.read() as db:
        statement = select.statement_of(db, criteria.of_body(body))
        plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {statement.text}", statement.values)]
        first = [row[0] for row in db.execute(statement.text, statement.values)]

    assert any(uses in step for step in plan), plan
    assert not [step for step in plan if step.startswith("SCAN i") and "INDEX" not in step], plan
    assert first or body.get("ids") or "footprints" in uses


def _scatter(db: sqlite3.Connection) -> None:
    db.execute(
        """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
        INSERT INTO items (collection, id, datetime, ends, west, south, east, north, geometry)
        SELECT CASE i % 3 WHEN 0 THEN 'naip' ELSE 'other' END, 'i' || i,
        1577836800000000 + i * 3000000000, 1577836800000000 + i * 3000000000,
        i * 7 % 360 - 180, i * 11 % 180 - 90, i * 7 % 360 - 180, i * 11 % 180 - 90,
        '{"type":"Point","coordinates":[' || (i * 7 % 360 - 180) || ',' || (i * 11 % 180 - 90) || ']}' FROM n"""
    )
    db.execute("INSERT INTO footprints SELECT n, west, east, south, north FROM items")
    db.execute("INSERT INTO item_documents SELECT n, '{}', '{}' FROM items")
