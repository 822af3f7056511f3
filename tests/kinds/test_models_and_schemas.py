"""The pydantic models and the packaged JSON Schema are one: both take a value, or both refuse it."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from pcsync.core.kind import Kind
from pcsync.kinds import KINDS
from pcsync.manifests.schema import packaged_gate
from tests.kinds.examples import EXAMPLES

SECTIONS = [kind for kind in KINDS.values() if kind.section and kind.name != "collection"]
"""A STAC document is taken apart by hand (its id and assets stand elsewhere), so its schema is not its model's."""
TEXTS = ["", "a", "x" * 31, "x" * 41, "x" * 301, "a b", "2", "https://a.blob.core.windows.net/b", "raster-tile", "none", "image/png"]
VALUES = st.one_of(
    st.sampled_from([None, True, False, -1, 0, 1, 24, 25, 2**70, 0.5, 6.0, -91, 181, [], {}, [1, 2], [1.5, "a"], {"a": 1}, *TEXTS]),
    st.text(max_size=4),
)


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value inside a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(found for key, member in inner for found in places(member, (*at, key)))]


def changed(value: Any, way: tuple[Any, ...], how: str, new: Any) -> Any:
    """The value with one inner value exchanged, taken away, or given a neighbour."""
    whole = deepcopy({"root": value})
    parent: Any = whole
    for key in ("root", *way)[:-1]:
        parent = parent[key]
    key = ("root", *way)[-1]
    if how == "without" and way:
        del parent[key]
    elif how == "neighbour" and isinstance(parent[key], dict):
        parent[key]["nobody:knows"] = new
    else:
        parent[key] = new
    return whole["root"]


@cache
def model(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(KINDS[name].model())


@cache
def schema_of(section: str) -> jsonschema_rs.Draft202012Validator:
    gate = packaged_gate("Collection")
    return jsonschema_rs.Draft202012Validator({**gate["properties"][section], "$defs": gate["$defs"]})


def schema(kind: Kind) -> jsonschema_rs.Draft202012Validator:
    """The part of the packaged schema that is about the kind's section."""
    return schema_of(kind.section)


def whole(value: Any) -> Any:
    """6.0 is 6 to JSON Schema, and to the diff."""
    if isinstance(value, dict | list):
        return {key: whole(it) for key, it in value.items()} if isinstance(value, dict) else [whole(it) for it in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def by_model(kind: Kind, value: Any) -> bool:
    try:
        model(kind.name).validate_json(json.dumps(whole(value)), strict=True)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("kind", SECTIONS, ids=lambda kind: kind.name)
def test_the_example_of_a_kind_is_taken_by_both(kind: Kind) -> None:
    assert by_model(kind, EXAMPLES[kind.name].value)
    assert schema(kind).is_valid(EXAMPLES[kind.name].value)


@pytest.mark.parametrize("kind", SECTIONS, ids=lambda kind: kind.name)
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_model_and_schema_take_the_same(kind: Kind, data: st.DataObject) -> None:
    value = EXAMPLES[kind.name].value
    for _ in range(data.draw(st.integers(1, 2))):
        way = data.draw(st.sampled_from(places(value)))
        value = changed(value, way, data.draw(st.sampled_from(["value", "without", "neighbour"])), data.draw(VALUES))

    assert by_model(kind, value) == schema(kind).is_valid(value), value
