"""``${name}`` and ``${env:NAME}``."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsync.manifests.variables import Variables
from tests.manifests.folder import Folder, said

VARIABLES = Variables({"zoom": 7, "name": "naip", "on": True, "scale": 1.5, "a.b-c": "x"}, {"HOME": "/root", "EMPTY": ""})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("${zoom}", 7),
        ("${on}", True),
        ("${scale}", 1.5),
        ("z${zoom}-${name}", "z7-naip"),
        ("is ${on}", "is true"),
        ("${a.b-c}", "x"),
        ("${env:HOME}/x", "/root/x"),
        ("${env:EMPTY}", ""),
        ("$${name}", "${name}"),
        ("$${name} ${name}", "${name} naip"),
        ("$5 and {x}", "$5 and {x}"),
        ({"a": ["${zoom}", {"b": "${name}"}], "c": 1}, {"a": [7, {"b": "naip"}], "c": 1}),
    ],
)
def test_a_variable_stands_for_its_value(text: Any, value: Any) -> None:
    filled = VARIABLES.fill(text)

    assert (filled, type(filled)) == (value, type(value))


@given(st.recursive(st.text("abc$ {", max_size=5), lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner)))
def test_a_value_without_variables_is_the_same_object(value: Any) -> None:
    if "${" not in repr(value):
        assert VARIABLES.fill(value) is value


def test_an_unknown_variable_is_an_error_where_it_stands(folder: Folder) -> None:
    folder.write(
        "collections/a.yaml",
        "apiVersion: pcsync/v1\nkind: Collection\nid: naip\nqueryables:\n  - name: ${nam}\n    definition: {title: 'x ${env:NOPE} ${}'}\n"
        "mosaics: [{id: a, name: a, cql: [], description: 'open ${name'}]\n",
    )
    loaded = folder.load(variables={"name": "x"})

    assert said(loaded) == [
        ("variable-unknown", "collections/a.yaml:5:11"),
        ("variable-unknown", "collections/a.yaml:6:25"),
        ("variable-unknown", "collections/a.yaml:6:25"),
        ("variable-unknown", "collections/a.yaml:7:50"),
    ]
    assert loaded.diagnostics[0].fix == "did you mean name?"


def test_a_number_may_come_from_a_variable(folder: Folder) -> None:
    """A field is judged after substitution, and a text that is one variable takes its type."""
    folder.collection(tileSettings={"minZoom": "${zoom}", "maxItemsPerTile": 35})

    assert folder.load(variables={"zoom": 6}).documents[0].body["tileSettings"]["minZoom"] == 6
    assert said(folder.load(variables={"zoom": "6"})) == [("manifest-wrong-type", "collections/naip.yaml:19:12")]


def test_the_environment_fills_only_what_is_asked_of_it(folder: Folder) -> None:
    folder.collection(id="naip-${env:STAGE}")
    there = Folder(folder.root, {"STAGE": "dev"})

    assert there.load().documents[0].id == "naip-dev"
    assert [rule for rule, _ in said(folder.load())] == ["variable-unknown"]
