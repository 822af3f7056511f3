"""The packaged schemas: fresh, valid, and in agreement with every manifest that loads."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import pcsync.manifests
from pcsync.kinds import KINDS
from pcsync.kinds.attaching import ATTACHING
from pcsync.manifests.load import context, load_all
from pcsync.manifests.parse import parse
from pcsync.manifests.project import read_project
from pcsync.manifests.schema import NAMES, build, build_gates, packaged, packaged_gate

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "catalog-specs"
MANIFESTS = sorted([*EXAMPLES.rglob("*.yaml")])


def test_packaged_schemas_are_fresh() -> None:
    """After a change of a model: python -m tests.manifests.write_schemas."""
    assert {name: packaged(name) for name in NAMES} == build(KINDS)
    assert {name: packaged_gate(name) for name in NAMES} == build_gates(KINDS)


@pytest.mark.parametrize("name", NAMES)
def test_schemas_are_draft_2020_12(name: str) -> None:
    for schema in (packaged(name), packaged_gate(name)):
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_an_unknown_kind_has_no_schema() -> None:
    with pytest.raises(KeyError):
        packaged("../models")


def documents(path: Path) -> list[Any]:
    """The manifests of a file as written."""
    return [it for it in parse(path.read_bytes(), path.name).documents if isinstance(it, dict) and "kind" in it]


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.relative_to(EXAMPLES).as_posix())
def test_examples_are_valid_as_written(path: Path) -> None:
    """What an editor sees, with $file and variables unresolved."""
    for document in documents(path):
        jsonschema.Draft202012Validator(packaged(document["kind"])).validate(document)


@pytest.mark.parametrize("target", ["local", "staging", "production"])
def test_examples_load_on_every_target(target: str) -> None:
    environ = {"PCSYNC_STAGING_ENDPOINT": "https://staging.example"}
    project = read_project(EXAMPLES / "pcsync.yaml", environ)

    loaded = load_all(project.files(), context(project, target, environ, ATTACHING))

    assert [str(it) for it in loaded.diagnostics] == []
    assert len(loaded.documents) >= 6


@pytest.mark.parametrize(
    "document",
    [
        {"apiVersion": "pcsync/v1", "kind": "Collection", "id": "a", "stac": {"$file": "x.json", "anything": 1}},
        {"apiVersion": "pcsync/v1", "kind": "Collection", "id": "${id}", "tileSettings": {"minZoom": "${zoom}", "maxItemsPerTile": 1}},
        {"apiVersion": "pcsync/v1", "kind": "Collection", "id": "a", "renderOptions": {"$file": "x.json"}},
        {
            "apiVersion": "pcsync/v1",
            "kind": "Collection",
            "id": "a",
            "renderOptions": [{"$file": "x.json"}, {"id": "${x}", "name": {"$file": "n.txt"}}],
        },
    ],
)
def test_authors_may_put_files_and_variables_where_a_value_belongs(document: Any) -> None:
    assert jsonschema.Draft202012Validator(packaged("Collection")).is_valid(document)


@pytest.mark.parametrize(
    "keys",
    [
        {"tileSetings": {}},
        {"tileSettings": {"minZoom": "six"}},
        {"stac": {"id": "a"}},
        {"id": 3},
        {"kind": "Overlay"},
        {"assets": {"a": {"file": 3}}},
    ],
)
def test_editors_see_the_same_errors(keys: dict[str, Any]) -> None:
    document = {"apiVersion": "pcsync/v1", "kind": "Collection", "id": "a", **keys}

    assert not jsonschema.Draft202012Validator(packaged("Collection")).is_valid(document)


def test_the_sections_of_every_kind_are_in_the_schema() -> None:
    sections = {kind.section for kind in KINDS.values() if kind.section}

    assert sections <= packaged("Collection")["properties"].keys()
    assert "name" in packaged("IngestionSource")["properties"]


def test_schemas_do_not_depend_on_where_they_were_built() -> None:
    assert str(Path.home()) not in json.dumps(build(KINDS))


@pytest.mark.parametrize("path", sorted((Path(pcsync.manifests.__file__).parent / "schemas").rglob("*.json")), ids=lambda path: path.name)
def test_no_schema_carries_a_limit_under_a_name_that_json_schema_does_not_know(path: Path) -> None:
    """pydantic writes ``ge`` and the like, which every validator ignores, where a limit stands around a union of numbers."""
    assert re.findall(r'"(?:ge|le|gt|lt|multiple_of|min_length|max_length)":', path.read_text(encoding="utf-8")) == []
