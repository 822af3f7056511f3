"""Whatever is sent, no route answers 5xx, and every refusal has one of the two documented shapes."""

from __future__ import annotations

import asyncio
import copy
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcsync.emulator import GeoCatalog, Settings, create_app
from pcsync.emulator.table import ROUTES, ServedRoute

from .catalog import API_VERSION, BASE, Catalog, asset_form, collection, item, open_catalog, sas_source, static_ingestion

OPTION = {
    "id": "rgb",
    "name": "RGB",
    "type": "raster-tile",
    "options": "assets=image",
    "vectorOptions": {"tilejsonKey": "t", "sourceLayer": "s"},
    "minZoom": 6,
    "legend": {"type": "classmap", "labels": ["a"], "trimStart": 0},
    "conditions": [{"property": "p", "value": "v"}],
}
GEOMETRY = {"property": "geometry"}
POLYGON = {"type": "Polygon", "coordinates": [[[0, 0], [5, 0], [5, 5], [0, 5], [0, 0]]]}
FILTER = {
    "op": "or",
    "args": [
        {
            "op": "and",
            "args": [
                {"op": "<", "args": [{"property": "gsd"}, {"op": "+", "args": [1, 2]}]},
                {"op": "isNull", "args": [{"property": "x"}]},
            ],
        },
        {"op": "not", "args": [{"op": "like", "args": [{"op": "casei", "args": [{"property": "platform"}]}, "a%_b\\%"]}]},
        {"op": "in", "args": [{"property": "id"}, ["one", 2, True]]},
        {"op": "between", "args": [{"property": "gsd"}, 1, 2.5]},
        {"op": "s_intersects", "args": [GEOMETRY, POLYGON]},
        {"op": "t_during", "args": [{"property": "datetime"}, {"interval": ["2020-01-01", ".."]}]},
        {"op": ">=", "args": [{"property": "datetime"}, {"timestamp": "2020-01-01T00:00:00Z"}]},
        {"op": "a_overlaps", "args": [{"property": "tags"}, ["a", 1]]},
    ],
}
BODIES: dict[str, Any] = {
    "collections": collection("naip", providers=[{"name": "a"}], keywords=["k"], summaries={"gsd": [1]}, item_assets={"i": {"title": "t"}}),
    "{collectionId}": collection("naip", stac_extensions=["x"], assets={}),
    "mosaics": {"id": "recent", "name": "Recent", "cql": [{"op": "<=", "args": [{"property": "gsd"}, 1]}]},
    "{mosaicId}": {"id": "default", "name": "Default", "description": "", "cql": []},
    "render-options": OPTION,
    "{renderOptionId}": OPTION,
    "tile-settings": {"minZoom": 6, "maxItemsPerTile": 35, "defaultLocation": {"zoom": 12, "coordinates": [33.75, -84.39]}},
    "partition-type": {"scheme": "year"},
    "queryables": [{"name": "gsd", "data_type": "number", "create_index": True, "definition": {"type": "number"}}],
    "{queryableName}": {"name": "gsd", "definition": {"type": "number"}},
    "items": {"type": "FeatureCollection", "features": [item("one")]},
    "{itemId}": item("one"),
    "ingestion-sources": sas_source(),
    "{id}": sas_source(),
    "ingestions": static_ingestion(displayName="n", skipExistingItems=True),
    "{ingestionId}": static_ingestion(displayName="n"),
    "search": {
        "collections": ["naip"],
        "ids": ["one"],
        "bbox": [-10, -10, 10, 10],
        "datetime": "2020-01-01T00:00:00Z/..",
        "limit": 5,
        "sortby": [{"field": "properties.gsd", "direction": "desc"}],
        "fields": {"include": ["properties.gsd", "assets"], "exclude": ["links"]},
        "query": {"gsd": {"lt": 5, "in": [1, "a"]}},
        "filter-lang": "cql2-json",
        "filter": FILTER,
        "token": "WyJhIl0=",
    },
    "assets": {"key": "k", "type": "image/png", "roles": ["r"], "title": "t"},
    "{assetId}": {"key": "thumbnail", "type": "image/png"},
}
KNOWN = {
    "collectionId": "naip",
    "mosaicId": "default",
    "renderOptionId": "rgb",
    "queryableName": "gsd",
    "itemId": "one",
    "assetId": "thumbnail",
}

junk_text = st.text(max_size=20) | st.sampled_from(
    [
        "'; DROP TABLE collections; --",
        "../../etc/passwd",
        "..",
        "%2e%2e%2f",
        "\x01",
        "a\x00b",
        "\ud800",
        "é" * 300,
        "x" * 600,
        "${jndi:x}",
        "\ue000",
    ]
)
junk_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(min_value=10**30) | st.floats() | junk_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(junk_text, inner, max_size=3),
    max_leaves=8,
)
junk_bytes = st.binary(max_size=60) | st.sampled_from(
    [b"", b"{", b"NaN", b"[1e999]", b'{"a": "\\ud800"}', b"[" * 5000, b'"\\u0000"', b"1" * 5000, b"\xef\xbb\xbf{}", b'{"id": NaN}', b"null"]
)
content_types = st.sampled_from(
    [
        "application/json",
        "application/merge-patch+json",
        "text/plain",
        "",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "a\xff",
    ]
)


@pytest.fixture(scope="module")
def app() -> Iterator[GeoCatalog]:
    """One catalog for all the junk: what junk leaves behind must not hurt what comes later."""
    made = create_app(":memory:", Settings(tombstone=0.0))

    async def seed() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=made), base_url=BASE) as http:
            catalog = Catalog(made, http)
            await catalog.add("naip")
            await catalog.post("/stac/collections/naip/assets", files=asset_form())
            await catalog.post("/stac/collections/naip/configurations/render-options", {"id": "rgb", "name": "RGB"})
            await catalog.post("/stac/collections/naip/items", item("one", gsd=1, platform="A", tags=["a"]))

    asyncio.run(seed())
    yield made
    made.close()


async def _send(app: GeoCatalog, method: str, path: str, **options: Any) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE) as http:
        return await http.request(method, path, **options)


def _check(reply: httpx.Response) -> None:
    assert reply.status_code < 500, reply.text
    if reply.status_code < 400:
        return
    body = reply.json()
    if reply.headers["content-type"].startswith("application/problem+json"):
        assert {"type", "title", "status", "traceId"} <= set(body) <= {"type", "title", "status", "traceId", "detail"}
        assert body["status"] == reply.status_code
    else:
        assert set(body) == {"error"}
        assert set(body["error"]) == {"code", "message"}
        if not reply.request.url.path.startswith("/data/"):  # the tiler has no such header
            assert reply.headers["x-ms-error-code"] == body["error"]["code"]


def _path(route: ServedRoute, values: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: quote(values[match[1]].encode("utf-8", "replace"), safe=""), route.path)


def _mutations(draw: Any, body: Any) -> Any:
    """The body with one value somewhere replaced, or one key gone."""
    changed = copy.deepcopy(body)
    here = changed
    while True:
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        if not keys:
            return changed
        key = draw(st.sampled_from(keys))
        deeper = isinstance(here[key], dict | list) and here[key] and draw(st.booleans())
        if not deeper:
            break
        here = here[key]
    if draw(st.integers(0, 4)):
        here[key] = draw(junk_json)
    else:
        del here[key]
    return changed


@st.composite
def requests(draw: Any) -> tuple[str, str, dict[str, Any]]:
    """A method, a path and the options of httpx."""
    route = draw(st.sampled_from(ROUTES))
    names = re.findall(r"\{(\w+)\}", route.path)
    values = {name: KNOWN[name] if name in KNOWN and draw(st.integers(0, 3)) else draw(junk_text.filter(bool)) for name in names}
    query = draw(
        st.dictionaries(
            st.sampled_from(["$top", "$skip", "limit", "token", "status", "sign", "duration", "bbox", "datetime", "href"]),
            junk_text,
            max_size=2,
        )
    )
    params = {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}
    options: dict[str, Any] = {"params": {"api-version": API_VERSION, **params}}
    if route.method != "GET":
        options |= _body(draw, route)
    return route.method, _path(route, values), options


def _body(draw: Any, route: ServedRoute) -> dict[str, Any]:
    template = BODIES.get(route.path.rpartition("/")[2])
    kind = draw(st.sampled_from(["bytes", "json", "mutated", "mutated", "form"]))
    if kind == "bytes" or template is None:
        return {"content": draw(junk_bytes), "headers": {"content-type": draw(content_types).encode("latin-1")}}
    value = draw(junk_json) if kind == "json" else _mutations(draw, template)
    content = json.dumps(value)
    if kind == "form" or "/assets" in route.path:
        name = draw(junk_text).encode("utf-8", "replace").decode()
        return {"files": {draw(st.sampled_from(["file", "other"])): (name, draw(junk_bytes)), "data": (None, content)}}
    mime = "application/merge-patch+json" if route.method == "PATCH" else "application/json"
    return {"content": content, "headers": {"content-type": mime}}


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(request=requests())
def test_no_junk_gets_a_server_error(app: GeoCatalog, request: tuple[str, str, dict[str, Any]]) -> None:
    method, path, options = request

    _check(asyncio.run(_send(app, method, path, **options)))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.text(max_size=30), method=st.sampled_from(["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE"]))
def test_no_path_gets_a_server_error(app: GeoCatalog, path: str, method: str) -> None:
    reply = asyncio.run(_send(app, method, "/stac/" + quote(path.encode("utf-8", "replace"))))

    if method != "HEAD":
        _check(reply)


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"id": NaN}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"id": "\\ud800"}', "application/json", 400),
        (b'{"id": "a\\u0000b"}', "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"{}", "", 415),
        (b" " * 10_000_000, "application/json", 413),
    ],
    ids=["broken", "nan", "deep", "lone surrogate", "nul", "text", "no content type", "huge"],
)
async def test_a_body_that_is_no_json_is_refused_in_the_shape_of_the_writer(
    catalog: Catalog, content: bytes, content_type: str, status: int
) -> None:
    reply = await catalog.send("POST", "/stac/collections", content=content, headers={"content-type": content_type})

    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json; charset=utf-8"


async def test_a_collection_id_may_hold_a_slash() -> None:
    async with open_catalog() as catalog:
        await catalog.add("a/b %")
        reply = await catalog.get("/stac/collections/a%2Fb%20%25")

        assert reply.json()["id"] == "a/b %"
        assert reply.json()["links"][3]["href"] == f"{BASE}/stac/collections/a%2Fb%20%25"
        assert (await catalog.get("/stac/collections/a/b %25")).status_code == 404


async def test_control_characters_of_users_never_become_a_host(naip: Catalog) -> None:
    """Stored text marks the place of the host with a control character; a user's own must stay what it is."""
    await naip.put("/stac/collections/naip", collection("naip", title="a\x01b"))

    assert (await naip.get("/stac/collections/naip")).json()["title"] == "a\x01b"


async def test_a_strange_host_header_cannot_break_the_json(naip: Catalog) -> None:
    reply = await naip.get("/stac/collections/naip", headers={"host": 'x"},{"a":"b'})

    assert reply.json()["links"][1]["href"] == 'https://x"},{"a":"b/stac/'


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_no_search_gets_a_server_error(app: GeoCatalog, data: st.DataObject) -> None:
    """One key at a time next to what is valid, so that the junk gets past the other checks."""
    whole = _mutations(data.draw, BODIES["search"])
    kept = data.draw(st.sampled_from(sorted(whole) or [""]))
    content = json.dumps({key: value for key, value in whole.items() if key in ("filter-lang", kept)})
    headers = {"content-type": "application/json"}

    _check(asyncio.run(_send(app, "POST", f"/stac/search?api-version={API_VERSION}", content=content, headers=headers)))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.text(max_size=30), query=st.dictionaries(st.sampled_from(["sig", "se", "st", "sp", "sr"]), junk_text), span=st.text(max_size=20)
)
def test_no_read_of_storage_gets_a_server_error(app: GeoCatalog, path: str, query: dict[str, str], span: str) -> None:
    params = {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}
    headers = {"range": span.encode("ascii", "replace").replace(b"\n", b"").replace(b"\r", b"")}
    reply = asyncio.run(_send(app, "GET", "/blob/" + quote(path.encode("utf-8", "replace")), params=params, headers=headers))

    assert 400 <= reply.status_code < 500


@pytest.mark.parametrize(
    "value",
    [
        {"intersects": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 0]]] * 4000}},
        {"filter": {"op": "and", "args": [{"op": "=", "args": [{"property": "a"}, 1]}] * 400}, "filter-lang": "cql2-json"},
        {"filter": {"op": "in", "args": [{"property": "id"}, [str(number) for number in range(50_000)]]}, "filter-lang": "cql2-json"},
        {"filter": {"op": "in", "args": [{"property": "gsd"}, list(range(50_000))]}, "filter-lang": "cql2-json"},
        {"filter": {"op": "like", "args": [{"property": "platform"}, "%a" * 5_000]}, "filter-lang": "cql2-json"},
        {"filter": {"op": "=", "args": [{"property": "a." * 500 + "b"}, 1]}, "filter-lang": "cql2-json"},
        {"ids": [str(number) for number in range(100_000)]},
        {"query": {f"p{number}": {"eq": 1} for number in range(2_000)}},
        {"sortby": [{"field": f"p{number}"} for number in range(11)]},
        {"token": "W" * 100_000},
    ],
    ids=["vertices", "conditions", "texts", "numbers", "pattern", "path", "ids", "query", "sort keys", "token"],
)
async def test_a_huge_search_is_answered_or_refused(naip: Catalog, value: dict[str, Any]) -> None:
    await naip.post("/stac/collections/naip/items", item("one", platform="a" * 3000))

    assert (await naip.post("/stac/search", value)).status_code in (200, 400)
