"""Appendix B of the dossier, row by row: what a comparison ignores, and what it takes for the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsync.core.canonical import canonical
from pcsync.core.kind import Kind
from pcsync.kinds import KINDS
from pcsync.kinds._shapes import instant
from tests.kinds.examples import EXAMPLES, STAC, document

HOST = "https://contoso.abc.uksouth.geocatalog.spatio.azure.com"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
SERVED = STAC | {
    "id": "naip",
    "links": [
        {"rel": "items", "type": "application/geo+json", "href": f"{HOST}/stac/collections/naip/items"},
        {"rel": "parent", "type": "application/json", "href": f"{HOST}/stac/"},
        {"rel": "root", "type": "application/json", "href": f"{HOST}/stac/"},
        {"rel": "self", "type": "application/json", "href": f"{HOST}/stac/collections/naip"},
        {"rel": QUERYABLES, "type": "application/schema+json", "title": "Queryables", "href": f"{HOST}/stac/collections/naip/queryables"},
        *STAC["links"],
    ],
    "msft:_created": "2026-04-16T15:10:54.2235055Z",
    "msft:_updated": "2026-04-16T15:11:09.5082193Z",
    "assets": {"thumbnail": {"href": "https://storage.blob.core.windows.net/naip-bf48131e/collection-assets/thumbnail/thumbnail.png"}},
}
SAS = {
    "kind": "SasToken",
    "connectionInfo": {"containerUrl": "https://acct.blob.core.windows.net/data", "expiration": "2026-04-22T15:55:57Z"},
}


def interval(*ends: str | None) -> dict[str, Any]:
    return {"extent": {"spatial": STAC["extent"]["spatial"], "temporal": {"interval": [list(ends)]}}}


def connection(**fields: Any) -> dict[str, Any]:
    return {"connectionInfo": SAS["connectionInfo"] | fields}  # type: ignore[operator]


def asset(**fields: Any) -> dict[str, Any]:
    return {
        "key": "thumbnail",
        "type": "image/png",
        "title": "T",
        "href": "https://a.blob.core.windows.net/c-1/thumbnail/thumbnail.png",
    } | fields


MOSAIC = {"id": "m", "name": "M", "cql": []}
OPTION = {"id": "o", "name": "O", "type": "raster-tile", "options": "assets=image"}
NULLS = {"description": None, "vectorOptions": None, "minZoom": None, "legend": None, "conditions": None}
INGESTION = {"displayName": "n", "importType": "StaticCatalog", "sourceCatalogUrl": "https://a/b"}

SAME: Mapping[str, tuple[str, Mapping[str, Any], Mapping[str, Any]]] = {
    "collection: structural links, time stamps and assets": ("collection", STAC | {"id": "naip"}, SERVED),
    "collection: the marker of pcsync": ("collection", STAC, STAC | {"pcsync:managed": {"v": 1}}),
    "collection: order of keys": ("collection", STAC, dict(reversed(STAC.items()))),
    "collection: Z and +00:00": ("collection", interval("2020-01-01T00:00:00Z", None), interval("2020-01-01T00:00:00+00:00", None)),
    "collection: Z and .000Z": ("collection", interval("2020-01-01T00:00:00Z"), interval("2020-01-01T00:00:00.000Z")),
    "collection: fractions of seconds": ("collection", interval("2020-01-01T00:00:00.5Z"), interval("2020-01-01T00:00:00.5000000Z")),
    "collection: other offsets": ("collection", interval("2020-01-01T00:30:00+02:00"), interval("2019-12-31T22:30:00Z")),
    "collection: a space for the T": ("collection", interval("2020-01-01 00:00:00Z"), interval("2020-01-01T00:00:00Z")),
    "collection: absent and null": ("collection", {"id": "c"}, {"id": "c", "title": None, "keywords": None, "providers": None}),
    "collection: absent and empty": (
        "collection",
        {"id": "c"},
        {"id": "c", "keywords": [], "providers": [], "links": [], "item_assets": {}},
    ),
    "collection: only structural links": ("collection", {"id": "c"}, {"id": "c", "links": SERVED["links"][:5]}),
    "collection: nulls in a link": (
        "collection",
        {"links": [{"href": "h", "rel": "r"}]},
        {"links": [{"href": "h", "rel": "r", "title": None}]},
    ),
    "collection: empty roles": ("collection", {"providers": [{"name": "P"}]}, {"providers": [{"name": "P", "roles": [], "url": None}]}),
    "collection: nulls in an item asset": (
        "collection",
        {"item_assets": {"a": {"title": "A"}}},
        {"item_assets": {"a": {"title": "A", "roles": None}}},
    ),
    "mosaic: null and absent": ("mosaic", MOSAIC, MOSAIC | {"description": None}),
    "render option: nulls of the combined read": ("render-option", OPTION, OPTION | NULLS),
    "render option: nulls in the legend": (
        "render-option",
        OPTION | {"legend": {"type": "none"}},
        OPTION | {"legend": {"type": "none", "labels": None}},
    ),
    "render option: the default type": ("render-option", {"id": "o", "name": "O"}, {"id": "o", "name": "O", "type": "raster-tile"}),
    "render option: no conditions": ("render-option", OPTION, OPTION | {"conditions": []}),
    "render option: options that mean the same": ("render-option", OPTION | {"options": "a=x|y&b=1"}, OPTION | {"options": "b=1&a=x%7Cy"}),
    "render option: no options": ("render-option", {"id": "o", "name": "O"}, {"id": "o", "name": "O", "options": ""}),
    "tile settings: absent location and null": ("tile-settings", {"minZoom": 6}, {"minZoom": 6, "defaultLocation": None}),
    "tile settings: 8 and 8.0": ("tile-settings", {"minZoom": 8}, {"minZoom": 8.0}),
    "partition type: unset and none": ("partition-type", {}, {"scheme": "none"}),
    "queryable: what cannot be read": (
        "queryable",
        {"name": "q", "definition": {"a": 1, "b": 2}, "data_type": "string", "create_index": True},
        {"name": "q", "definition": {"b": 2, "a": 1}},
    ),
    "ingestion source: id, created and token": ("ingestion-source", SAS, SAS | {"id": "x", "created": "y"} | connection(sasToken="s")),
    "ingestion source: case of the host": (
        "ingestion-source",
        SAS,
        SAS | connection(containerUrl="https://ACCT.blob.Core.windows.net/data"),
    ),
    "ingestion source: trailing slash": (
        "ingestion-source",
        SAS,
        SAS | connection(containerUrl="https://acct.blob.core.windows.net/data/"),
    ),
    "ingestion source: the expiration as an instant": (
        "ingestion-source",
        SAS,
        SAS | connection(expiration="2026-04-22T15:55:57.0000000Z"),
    ),
    "ingestion source: case of the identity": (
        "ingestion-source",
        {"kind": "BlobManagedIdentity", "connectionInfo": {"objectId": "AB"}},
        {"kind": "BlobManagedIdentity", "connectionInfo": {"objectId": "ab"}},
    ),
    "ingestion: id, time and status": ("ingestion", INGESTION, INGESTION | {"id": "x", "creationTime": "y", "status": "Ready"}),
    "asset: host and container of the href": (
        "asset",
        asset(),
        asset(href="https://b.blob.core.windows.net/c-2/thumbnail/thumbnail.png?x=1"),
    ),
    "asset: a file sent as the key with its suffix": (
        "asset",
        asset(),
        {"key": "thumbnail", "type": "image/png", "title": "T", "file": "pictures/t.PNG"},
    ),
    "asset: null texts and empty roles": ("asset", asset(), asset(description=None, roles=[])),
}

DIFFERENT: Mapping[str, tuple[str, Mapping[str, Any], Mapping[str, Any]]] = {
    "collection: a user's link": ("collection", STAC, STAC | {"links": []}),
    "collection: true is not 1": ("collection", {"x": True}, {"x": 1}),
    "collection: order of a list": ("collection", {"keywords": ["a", "b"]}, {"keywords": ["b", "a"]}),
    "collection: an open interval": (
        "collection",
        interval("2020-01-01T00:00:00Z", None),
        interval("2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"),
    ),
    "collection: an empty list of an extension": ("collection", {"sci:publications": []}, {}),
    "collection: text that looks like a time elsewhere": (
        "collection",
        {"title": "2020-01-01T00:00:00Z"},
        {"title": "2020-01-01T00:00:00+00:00"},
    ),
    "mosaic: an empty description": ("mosaic", MOSAIC, MOSAIC | {"description": ""}),
    "mosaic: order of expressions": ("mosaic", MOSAIC | {"cql": [{"op": "a"}, {"op": "b"}]}, MOSAIC | {"cql": [{"op": "b"}, {"op": "a"}]}),
    "render option: order of repeats": (
        "render-option",
        OPTION | {"options": "assets=a&assets=b"},
        OPTION | {"options": "assets=b&assets=a"},
    ),
    "queryable: its definition": (
        "queryable",
        {"name": "q", "definition": {"type": "string"}},
        {"name": "q", "definition": {"type": "number"}},
    ),
    "ingestion source: another expiration": ("ingestion-source", SAS, SAS | connection(expiration="2026-04-22T15:55:58.0000000Z")),
    "ingestion source: case of the container": (
        "ingestion-source",
        SAS,
        SAS | connection(containerUrl="https://acct.blob.core.windows.net/Data"),
    ),
    "ingestion: a flag": ("ingestion", INGESTION | {"skipExistingItems": True}, INGESTION | {"skipExistingItems": False}),
    "asset: another kind of file": ("asset", asset(), asset(href="https://a.blob.core.windows.net/c-1/thumbnail/thumbnail.jpeg")),
    "asset: its title": ("asset", asset(), asset(title="U")),
}


def compared(name: str, body: Mapping[str, Any]) -> bytes:
    return canonical(KINDS[name].normalise(body))


@pytest.mark.parametrize(("name", "left", "right"), SAME.values(), ids=SAME)
def test_a_difference_that_is_none(name: str, left: Mapping[str, Any], right: Mapping[str, Any]) -> None:
    assert compared(name, left) == compared(name, right)


@pytest.mark.parametrize(("name", "left", "right"), DIFFERENT.values(), ids=DIFFERENT)
def test_a_difference_that_counts(name: str, left: Mapping[str, Any], right: Mapping[str, Any]) -> None:
    assert compared(name, left) != compared(name, right)


def test_stac_extensions_count_only_where_the_manifest_sets_them() -> None:
    """The collection is a partial kind: what its manifest is silent about is somebody else's."""
    assert KINDS["collection"].partial
    assert {kind.name for kind in KINDS.values() if kind.partial} == {"collection", "asset", "ingestion"}


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("2026-04-22T15:55Z", "2026-04-22T15:55:00Z"),
        ("2026-04-22t15:55:57z", "2026-04-22T15:55:57Z"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
        ("2026-02-31T00:00:00+00:00", "2026-02-31T00:00:00+00:00"),
        ("2026-04-22", "2026-04-22"),
        ("0600-01-01T00:00:00+00:00", "0600-01-01T00:00:00Z"),
        ("", ""),
    ],
)
def test_an_instant_has_one_spelling_and_anything_else_stays_as_it_is(text: str, folded: str) -> None:
    assert instant(text) == folded
    assert instant(folded) == folded


scalars = (
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-2, 2) | st.text(max_size=3) | st.sampled_from(["2020-01-01T00:00:00+00:00"])
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3), max_leaves=6
)
IDENTITY = {"queryable": {"name": "q"}, "ingestion-source": {"kind": "SasToken"}}


def bodies(kind: Kind) -> st.SearchStrategy[dict[str, Any]]:
    """The kind's example with random values in any of its fields."""
    example = EXAMPLES[kind.name].value
    (desired,) = kind.declare(document(kind.name, example))
    texts = {"description": st.text(max_size=5), "title": st.text(max_size=5)}
    any_of = st.fixed_dictionaries({}, optional={name: st.just(value) | texts.get(name, st.none()) for name, value in desired.body.items()})
    return st.builds(lambda some, extra: {**extra, **some, **IDENTITY.get(kind.name, {})}, any_of, extras(kind))


def extras(kind: Kind) -> st.SearchStrategy[dict[str, Any]]:
    """Unknown keys, and the collection's lists with anything in them."""
    free = {"x:any": values, "keywords": values, "providers": values, "links": st.lists(values, max_size=2), "extent": values}
    texts = {"description": values, "options": st.text(max_size=12), "title": values}
    return st.fixed_dictionaries({}, optional=free if kind.name == "collection" else texts)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
@given(data=st.data())
def test_normalising_twice_is_normalising_once(kind: Kind, data: st.DataObject) -> None:
    body = data.draw(bodies(kind))

    once = kind.normalise(body)

    assert canonical(kind.normalise(once)) == canonical(once)
    assert canonical(kind.normalise(json.loads(json.dumps(body)))) == canonical(once)
