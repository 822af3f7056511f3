"""Schema errors in the author's words: where, what, and the fix."""

from __future__ import annotations

from typing import Any

import pytest

from tests.manifests.folder import STAC, Folder

OPTION = {"id": "rgb", "name": "RGB", "type": "raster-tile", "options": "assets=image"}

CASES: dict[str, tuple[dict[str, Any], str, str, str, str]] = {
    "an unknown key": (
        {"tilesettings": {}},
        "manifest-unknown-key",
        "/tilesettings",
        "there is no key 'tilesettings' here",
        "did you mean tileSettings?",
    ),
    "an unknown key below": (
        {"renderOptions": [{**OPTION, "minzoom": 3}]},
        "manifest-unknown-key",
        "/renderOptions/0/minzoom",
        "there is no key 'minzoom' here",
        "did you mean minZoom?",
    ),
    "a number in quotes": (
        {"tileSettings": {"minZoom": "6", "maxItemsPerTile": 35}},
        "manifest-wrong-type",
        "/tileSettings/minZoom",
        "'6' is not a whole number",
        "remove the quotes: 6",
    ),
    "a number where text belongs": (
        {"renderOptions": [{**OPTION, "name": 2022}]},
        "manifest-wrong-type",
        "/renderOptions/0/name",
        "2022 is not text",
        'quote it: "2022"',
    ),
    "a fraction where a whole number belongs": (
        {"tileSettings": {"minZoom": 6.5, "maxItemsPerTile": 35}},
        "manifest-wrong-type",
        "/tileSettings/minZoom",
        "6.5 is not a whole number",
        "write 6",
    ),
    "a word of YAML 1.1 where true belongs": (
        {"queryables": [{"name": "a", "create_index": "yes", "definition": {"type": "string"}}]},
        "manifest-wrong-type",
        "/queryables/0/create_index",
        "'yes' is not true or false",
        "write true (YAML 1.2 has no yes)",
    ),
    "a list that is none": ({"mosaics": {"id": "a"}}, "manifest-wrong-type", "/mosaics", "this object is not a list", ""),
    "nothing where a list belongs": (
        {"queryables": [{"name": None, "definition": {}}]},
        "manifest-wrong-type",
        "/queryables/0/name",
        "null is not text",
        "",
    ),
    "a missing key": (
        {"mosaics": [{"id": "a", "cql": []}]},
        "manifest-missing-key",
        "/mosaics/0",
        "the key 'name' is missing",
        "add name: ...",
    ),
    "a word that is not one of several": (
        {"partitionType": {"scheme": "yearly"}},
        "manifest-wrong-value",
        "/partitionType/scheme",
        "'yearly' is none of",
        "did you mean",
    ),
    "too large a number": (
        {"tileSettings": {"minZoom": 25, "maxItemsPerTile": 35}},
        "manifest-limit",
        "/tileSettings/minZoom",
        "25 is more than 24",
        "",
    ),
    "too long a text": (
        {"renderOptions": [{**OPTION, "name": "x" * 41}]},
        "manifest-limit",
        "/renderOptions/0/name",
        "has 41 characters; 40 are allowed",
        "shorten it to 40 characters",
    ),
    "a character that is not allowed": (
        {"renderOptions": [{**OPTION, "id": "a b"}]},
        "manifest-pattern",
        "/renderOptions/0/id",
        "'a b' does not have the form",
        "",
    ),
    "an id inside stac": ({"stac": {**STAC, "id": "naip"}}, "stac-refused-key", "/stac/id", "the id stands at the top", "remove it"),
    "assets inside stac": (
        {"stac": {**STAC, "assets": {"a": {}}}},
        "stac-refused-key",
        "/stac/assets",
        "only as uploads",
        "declare them under assets",
    ),
    "the wrong version": (
        {"apiVersion": "pcsync/v2"},
        "manifest-wrong-value",
        "/apiVersion",
        "'pcsync/v2' is not 'pcsync/v1'",
        "write 'pcsync/v1'",
    ),
    "the wrong mode": (
        {"management": {"modes": {"mosaics": "own"}}},
        "manifest-wrong-value",
        "/management/modes/mosaics",
        "'own' is none of",
        "did you mean",
    ),
    "a bounding box of five": (
        {"stac": {**STAC, "extent": {"spatial": {"bbox": [[1, 2, 3, 4, 5]]}, "temporal": STAC["extent"]["temporal"]}}},  # type: ignore[index]
        "manifest-invalid",
        "/stac/extent/spatial/bbox/0",
        "a list of 5 members",
        "",
    ),
}


@pytest.mark.parametrize(("keys", "rule", "pointer", "what", "fix"), CASES.values(), ids=CASES)
def test_an_error_says_where_what_and_the_fix(folder: Folder, keys: dict[str, Any], rule: str, pointer: str, what: str, fix: str) -> None:
    folder.collection(**keys)

    found = folder.load().diagnostics

    assert [(rule, pointer)] == [(it.rule, it.pointer) for it in found]
    assert what in found[0].what
    assert fix in found[0].fix
    assert found[0].position.line > 0


def test_a_value_of_several_shapes_is_judged_by_the_one_that_was_meant(folder: Folder) -> None:
    """``options`` is a text or an object: an object is told what is wrong inside, and not that it is no text."""
    folder.collection(renderOptions=[{**OPTION, "options": {"assets": "image", "a=b": "x"}}, {**OPTION, "id": "b", "options": 7}])

    found = folder.load().diagnostics

    assert [it.pointer for it in found] == ["/renderOptions/0/options/a=b", "/renderOptions/1/options"]
    assert found[1].what == "7 is not text or an object"


def test_every_problem_of_every_file_is_said_in_one_run(folder: Folder) -> None:
    folder.collection(tileSettings={"minZoom": "6"}, renderOptions=[{"id": "a"}], mosaik=[])
    folder.collection("collections/b.yaml", id="b", partitionType={"scheme": 3})
    folder.write("collections/c.yaml", "kind: Colection\na: 1\na: 2\n")

    found = folder.load().diagnostics

    assert sorted((it.position.file, it.rule) for it in found) == [
        ("collections/b.yaml", "manifest-wrong-type"),
        ("collections/c.yaml", "manifest-unknown-kind"),
        ("collections/c.yaml", "yaml-duplicate-key"),
        ("collections/naip.yaml", "manifest-missing-key"),
        ("collections/naip.yaml", "manifest-missing-key"),
        ("collections/naip.yaml", "manifest-unknown-key"),
        ("collections/naip.yaml", "manifest-wrong-type"),
    ]


def test_a_collection_as_a_geocatalog_gave_it_loads_with_warnings(folder: Folder) -> None:
    links = [{"rel": "self", "href": "https://x"}, {"rel": "license", "href": "https://y"}, {"rel": "root", "href": "https://z"}]
    folder.collection(stac={**STAC, "links": links, "msft:_created": "2026-01-01T00:00:00.0000000Z"})

    loaded = folder.load()

    assert (loaded.valid, [(it.rule, it.pointer) for it in loaded.diagnostics]) == (
        True,
        [("stac-server-owned", "/stac/links/0"), ("stac-server-owned", "/stac/links/2"), ("stac-server-owned", "/stac/msft:_created")],
    )


@pytest.mark.parametrize(
    ("keys", "what"),
    [
        ({}, "one of managedIdentity and sasToken is needed"),
        ({"managedIdentity": {"objectId": "11111111-2222-3333-4444-555555555555"}, "sasToken": {"$secret": "env:X"}}, "only one of"),
    ],
)
def test_an_ingestion_source_reads_in_exactly_one_way(folder: Folder, keys: dict[str, Any], what: str) -> None:
    body = {
        "apiVersion": "pcsync/v1",
        "kind": "IngestionSource",
        "name": "a",
        "containerUrl": "https://contoso.blob.core.windows.net/imagery",
    }
    folder.write("collections/a.yaml", {**body, **keys})

    found = folder.load().diagnostics

    assert [what in it.what for it in found] == [True]


def test_a_removal_is_a_document_of_its_own(folder: Folder) -> None:
    folder.write(
        "collections/old.yaml",
        {"apiVersion": "pcsync/v1", "kind": "Removal", "collection": "old", "expectItems": 0, "reason": "superseded"},
    )

    loaded = folder.load()

    assert loaded.valid
    assert [(it.kind, it.id, dict(it.body)) for it in loaded.documents] == [
        ("Removal", "old", {"collection": "old", "expectItems": 0, "reason": "superseded"})
    ]
