"""``$file``: bases with keys beside them, texts, and every way a path can be wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pcsync.manifests.load import load_all
from tests.manifests.folder import STAC, Folder, said


def test_keys_beside_a_base_override_it(folder: Folder) -> None:
    folder.write("collections/stac.json", json.dumps({**STAC, "title": "Base", "keywords": ["a", "b"]}))
    folder.write("collections/description.md", "# Imagery\n\nOf the *ground*.\n")
    stac = {"$file": "stac.json", "title": "Own", "keywords": None, "description": {"$file": "description.md"}}
    folder.collection(stac=stac)

    (document,) = folder.load().documents

    assert document.body["stac"] == {**STAC, "title": "Own", "description": "# Imagery\n\nOf the *ground*."}


def test_a_base_may_itself_have_a_base(folder: Folder) -> None:
    folder.write("shared/licence.yaml", {"license": "MIT", "providers": [{"name": "Contoso", "roles": ["host"]}]})
    folder.write("collections/stac.yaml", {"$file": "../shared/licence.yaml", **{k: STAC[k] for k in ("description", "extent")}})
    folder.collection(stac={"$file": "stac.yaml", "providers": [{"name": "Contoso", "url": "https://contoso.example"}]})

    loaded = folder.load()

    assert loaded.valid
    assert loaded.documents[0].body["stac"]["providers"] == [{"name": "Contoso", "roles": ["host"], "url": "https://contoso.example"}]


def test_a_path_may_hold_a_variable(folder: Folder) -> None:
    folder.write("collections/stac.stg.json", json.dumps(STAC))
    folder.collection(stac={"$file": "stac.${env}.json"})

    assert folder.load(variables={"env": "stg"}).valid


def test_a_whole_manifest_may_stand_on_a_base(folder: Folder) -> None:
    folder.write("collections/base.json", json.dumps({"stac": STAC, "tileSettings": {"minZoom": 6, "maxItemsPerTile": 35}}))
    folder.collection(stac=None, **{"$file": "base.json", "tileSettings": {"minZoom": 9}})

    loaded = folder.load()

    assert loaded.valid
    assert loaded.documents[0].body["tileSettings"] == {"minZoom": 9, "maxItemsPerTile": 35}


def test_yaml_in_a_folder_that_is_no_manifest_is_none(folder: Folder) -> None:
    folder.write("collections/stac.yaml", STAC)
    folder.collection(stac={"$file": "stac.yaml"})

    loaded = folder.load()

    assert (loaded.valid, [document.id for document in loaded.documents]) == (True, ["naip"])


def test_yaml_named_outright_has_to_be_a_manifest(folder: Folder) -> None:
    folder.write("stac.yaml", STAC)
    folder.project(manifests=["stac.yaml"])
    using = folder.context()
    project = folder.project(manifests=["stac.yaml"])

    loaded = load_all(project.files(), type(using)(project, using.target, {}))

    assert said(loaded) == [("manifest-expected", "stac.yaml:1:1")]


@pytest.mark.parametrize(
    ("named", "rule"),
    [
        ("missing.json", "file-missing"),
        ("../../outside.json", "file-outside"),
        ("/etc/hostname", "file-outside"),
        ("C:\\stac.json", "file-outside"),
        ("sub", "file-missing"),
        ("thumbnail.png", "file-type"),
        ("two.yaml", "file-several-documents"),
        ("loop.yaml", "file-cycle"),
        ("list.json", "manifest-wrong-type"),
        (7, "file-missing"),
        ("", "file-missing"),
    ],
)
def test_a_wrong_file_is_an_error_where_it_is_named(folder: Folder, named: object, rule: str) -> None:
    folder.write("collections/sub/x.json", "{}")
    folder.write("collections/thumbnail.png", b"\x89PNG")
    folder.write("collections/two.yaml", "a: 1\n---\nb: 2\n")
    folder.write("collections/loop.yaml", "a: {$file: loop2.yaml}\n")
    folder.write("collections/loop2.yaml", "a: {$file: loop.yaml}\n")
    folder.write("collections/list.json", "[1]")
    folder.write("../outside.json", "{}")
    folder.write("collections/naip.yaml", f"apiVersion: pcsync/v1\nkind: Collection\nid: naip\nstac:\n  $file: {json.dumps(named)}\n")

    found = said(folder.load())

    assert rule in {name for name, _ in found}
    assert all(place.startswith(("collections/naip.yaml:4:", "collections/naip.yaml:5:", "collections/l")) for _, place in found)


def test_keys_beside_a_list_are_refused(folder: Folder) -> None:
    folder.write("collections/list.json", "[1]")
    folder.collection(queryables={"$file": "list.json", "more": 1})

    assert "file-not-an-object" in dict(said(folder.load()))


def test_a_symbolic_link_may_not_lead_out_of_the_project(folder: Folder, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "stac.json"
    outside.write_text(json.dumps(STAC))
    folder.collection(stac={"$file": "stac.json"})
    (folder.root / "collections" / "stac.json").symlink_to(outside)

    assert said(folder.load()) == [("file-outside", "collections/naip.yaml:5:10")]


def test_what_is_wrong_inside_a_base_is_said_with_its_own_line(folder: Folder) -> None:
    folder.write("collections/stac.json", '{\n  "description": "x",\n  "license": 7,\n  "extent": {}\n}\n')
    folder.write("collections/queryables.yaml", "- name: a\n  definition: {type: string}\n  create_index: yes\n")
    folder.collection(stac={"$file": "stac.json"}, queryables={"$file": "queryables.yaml"})

    places = {place for _, place in said(folder.load())}

    assert {"collections/stac.json:3:14", "collections/queryables.yaml:3:17"} <= places


def test_syntax_errors_of_a_base_are_said_there(folder: Folder) -> None:
    folder.write("collections/stac.json", '{"a": 1,\n}')
    folder.collection(stac={"$file": "stac.json"})

    assert ("json-trailing-comma", "collections/stac.json:1:8") in said(folder.load())


def test_unreadable_files_are_diagnostics(folder: Folder) -> None:
    using = folder.context()

    found = load_all([folder.root / "collections" / "gone.yaml", Path("/etc/passwd")], using)

    assert [it.rule for it in found.diagnostics if it.rule == "file-unreadable"] == ["file-unreadable"] * 2


def test_assets_become_facts_about_their_bytes(folder: Folder) -> None:
    folder.write("collections/thumbnail.png", b"\x89PNG")
    folder.collection(assets={"thumbnail": {"file": "thumbnail.png", "title": "T", "roles": ["thumbnail"]}})

    (document,) = folder.load().documents

    sha256 = "0f4636c78f65d3639ece5a064b5ae753e3408614a14fb18ab4d7540d2c248543"
    assert document.facts == {"/assets/thumbnail/file": {"path": "collections/thumbnail.png", "sha256": sha256, "size": 4}}


def test_an_asset_that_is_missing_is_an_error_where_it_is_named(folder: Folder) -> None:
    folder.collection(assets={"thumbnail": {"file": "thumbnail.png", "title": "T"}})

    (error,) = said(folder.load())

    assert error[0] == "file-missing"
