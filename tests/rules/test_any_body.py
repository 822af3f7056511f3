"""Rules look at manifests of any shape, valid or not, and never crash."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pcsync.core.source import Document, Origin
from pcsync.rules.catalog import Catalog, Extract
from tests.rules.real import engine

TEXTS = st.one_of(
    st.sampled_from(
        [
            *("assets=image&asset_bidx=image|1", "expression=(a-b", "colormap={", "rescale=1,", "a&b&=c", "%%%&?", "color_formula=Gamma"),
            *("https://a.blob.core.windows.net/b/", "http://[", "datetime", "..", "2020-01-01", "vt-line", "raster-tile", "and", "="),
        ]
    ),
    st.text(max_size=20),
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS)
KEYS = st.sampled_from(
    [
        *("id", "name", "type", "options", "vectorOptions", "legend", "conditions", "cql", "op", "args", "property", "interval", "labels"),
        *("timestamp", "item_assets", "extent", "spatial", "temporal", "bbox", "stac_extensions", "license", "definition", "enum", "zoom"),
        *("coordinates", "defaultLocation", "minZoom", "displayName", "sourceCatalogUrl", "assets", "asset_bidx", "colormap", "rescale"),
        *("tilejsonKey", "fillColor", "eo:bands", "links", "stac_version", "lat", "expression", "data_type", "value"),
    ]
)
JSON = st.recursive(SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=5)), max_leaves=25)
SECTIONS = st.sampled_from(
    ["stac", "renderOptions", "mosaics", "queryables", "tileSettings", "assets", "ingestions", "containerUrl", "sasToken", "title"]
)


@given(
    st.dictionaries(SECTIONS, st.one_of(JSON, st.lists(JSON, max_size=3)), max_size=6), st.sampled_from(["Collection", "IngestionSource"])
)
@settings(max_examples=400, deadline=None)
@example({"renderOptions": [{"options": {"colormap": [[[], []]], "assets": {"a": 1}, "rescale": [[0, 1]]}}]}, "Collection")
@example({"stac": {"item_assets": {"a": {}}}, "renderOptions": [{"options": {"assets": {"b": 1}, "asset_bidx": {"a": [1]}}}]}, "Collection")
@example({"mosaics": [{"cql": [{"op": ["="], "args": {"op": {}}}]}], "queryables": [{"name": [], "definition": []}]}, "Collection")
@example({"mosaics": [{"cql": [{"op": "in", "args": [{"property": "a"}, []]}, {"op": "between", "args": [1, {}, "a"]}]}]}, "Collection")
@example({"stac": {"extent": {"spatial": {"bbox": [[1e400, float("nan"), 1, 1]]}}, "stac_extensions": [[], 1]}}, "Collection")
def test_a_body_of_any_shape_is_looked_at(body: dict[str, Any], kind: str) -> None:
    document = Document(kind, "example", body, Origin("example.yaml"), facts={"/sasToken": {"se": "x", "sp": "r"}})

    for found in (*engine().look(document), *engine().across(Catalog([Extract.of(document)] * 2))):
        assert found.finding.what
        assert isinstance(found.finding.fix, str)


def test_a_filter_that_is_nested_very_deep_is_looked_at_in_a_moment() -> None:
    cql: Any = {"op": "=", "args": [{"property": "a"}, 1]}
    for _ in range(5000):
        cql = {"op": "not", "args": [cql]}

    found = engine().look(Document("Collection", "example", {"mosaics": [{"cql": [cql]}]}, Origin("example.yaml")))

    assert "mosaic-expression" in {it.rule.id for it in found}
