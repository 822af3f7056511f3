"""Documents as others get them, what shows only when manifests are seen together, and input that means harm."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcsync.core.source import Origin
from pcsync.manifests.load import conflicts, load_file
from tests.manifests.folder import STAC, Folder, said


def test_a_document_keeps_its_authors_keys_less_the_frame(folder: Folder) -> None:
    folder.collection(mosaics=[])

    (document,) = folder.load().documents

    assert (document.kind, document.id, document.owner) == ("Collection", "naip", "contoso")
    assert document.body == {"stac": STAC, "mosaics": []}
    assert document.origin == Origin("collections/naip.yaml")


def test_a_file_may_hold_several_documents(folder: Folder) -> None:
    source = "apiVersion: pcsync/v1\nkind: IngestionSource\nname: {}\ncontainerUrl: https://contoso.blob.core.windows.net/{}\n{}\n"
    identity = 'managedIdentity: {objectId: "11111111-2222-3333-4444-555555555555"}'
    folder.write(
        "collections/sources.yaml",
        "---\n".join([source.format("one", "one1", identity), "# nothing\n", source.format("two", "two2", "x: 1")]),
    )

    loaded = folder.load()

    assert [(it.id, it.origin.document) for it in loaded.documents] == [("one", 0), ("two", 2)]
    assert {place for _, place in said(loaded)} == {"collections/sources.yaml:9:1", "collections/sources.yaml:13:1"}


def test_two_manifests_cannot_claim_one_id(folder: Folder) -> None:
    folder.collection("collections/a.yaml")
    folder.collection("collections/b.yaml")

    loaded = folder.load()

    assert said(loaded) == [("manifest-claimed-twice", "collections/b.yaml:3:5")]
    assert "collections/a.yaml:3:5" in loaded.diagnostics[0].what


def test_a_source_and_a_collection_may_share_a_name(folder: Folder) -> None:
    folder.collection()
    identity = {"objectId": "11111111-2222-3333-4444-555555555555"}
    container = "https://contoso.blob.core.windows.net/imagery"
    head = {"apiVersion": "pcsync/v1", "kind": "IngestionSource", "name": "naip"}
    folder.write("collections/source.yaml", {**head, "containerUrl": container, "managedIdentity": identity})

    assert folder.load().valid


def test_a_collection_cannot_be_declared_and_removed(folder: Folder) -> None:
    folder.collection()
    folder.write("collections/removal.yaml", {"apiVersion": "pcsync/v1", "kind": "Removal", "collection": "naip"})

    assert [rule for rule, _ in said(folder.load())] == ["removal-of-declared"]


def test_conflicts_need_no_bodies(folder: Folder) -> None:
    folder.collection()
    folder.write("overlays/x.yaml", "apiVersion: pcsync/v1\nkind: Overlay\nof: Collection/x\n")
    using = folder.context(overlays=["overlays"])

    assert [it.rule for it in conflicts((), using)] == ["overlay-of-nothing"]
    assert conflicts((), using, complete=False) == ()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("kind: Project\napiVersion: pcsync/v1\nowner: x\n", "project-misplaced"),
        ("apiVersion: pcsync/v1\nid: x\n", "manifest-missing-key"),
        ("id: x\nstac: {}\n", "manifest-missing-key"),
        ("apiVersion: pcsync/v1\nkind: [Collection]\n", "manifest-unknown-kind"),
        ("apiVersion: pcsync/v1\nkind: collection\n", "manifest-unknown-kind"),
        ("apiVersion: pcsync/v1\nkind: Collection\nid: [x]\n", "manifest-wrong-type"),
        ("apiVersion: pcsync/v1\nkind: Collection\nid: 2022\n", "manifest-wrong-type"),
        ("apiVersion: pcsync/v1\nkind: Collection\n", "manifest-missing-key"),
        ("apiVersion: pcsync/v1\nkind: Collection\n$file: 7\n", "file-missing"),
    ],
)
def test_what_is_no_manifest_says_so(folder: Folder, text: str, rule: str) -> None:
    folder.write("collections/a.yaml", text)

    assert rule in [name for name, _ in said(folder.load())]


def test_a_context_travels_to_a_worker_process(folder: Folder) -> None:
    path = folder.collection(stac={**STAC, "title": "${t}"})
    folder.write("overlays/x.yaml", "apiVersion: pcsync/v1\nkind: Overlay\nof: Collection/naip\nmosaics: []\n")
    using = folder.context(overlays=["overlays"], variables={"t": "T"})

    copied = pickle.loads(pickle.dumps(using))  # noqa: S301  # our own value of a moment ago

    assert load_file(path, copied) == load_file(path, using)


PARTS = st.sampled_from(
    r"""apiVersion: pcsync/v1|kind: Collection|kind: IngestionSource|id: naip|name: x|stac: {$file: stac.json}|x: *a|y: &a {b: 010}
stac:|  $file: a.yaml|  title: ${t}|  description: x|renderOptions:|- id: a|  name: [1, {2: 3}]|$file: a.yaml|---|\tx|'|stac: []
sasToken: {$secret: 'env:X'}|assets: {thumbnail: {file: ../../x}}|assets: {a: {file: [1]}}|mosaics: ${m}|$patch: replace
management: {ignore: [x], modes: 3}|tileSettings: null|queryables: [null, 3, {}]|links: [1, {rel: {}}]|id: {$file: a.yaml}
ingestions: {$secret: 3}|stac: {links: [{rel: {}}]}|kind: [Collection]|mosaics: [{id: a, $patch: delete}]|${a}: ${
kind: {$file: a.yaml}|queryables: [{name: [a]}]""".replace("\n", "|").split("|")
).map(lambda part: part + "\n")


@settings(max_examples=300, deadline=None)
@given(st.lists(PARTS | st.text(max_size=5), max_size=9).map("".join), st.lists(PARTS, max_size=5).map("".join))
def test_no_manifest_makes_loading_raise(tmp_path_factory: pytest.TempPathFactory, manifest: str, base: str) -> None:
    folder = Folder(tmp_path_factory.mktemp("fuzz"))
    folder.write("collections/naip.yaml", manifest)
    folder.write("collections/a.yaml", base)
    folder.write("collections/stac.json", base)
    folder.write("overlays/x.yaml", f"apiVersion: pcsync/v1\nkind: Overlay\nof: Collection/naip\n{base}")

    loaded = folder.load(overlays=["overlays"], variables={"t": 1})

    assert all(it.rule and it.what and it.position.file for it in loaded.diagnostics)
    assert all(isinstance(it.id, str) for it in loaded.documents)


def test_validating_imports_nothing_that_is_slow(folder: Folder) -> None:
    folder.collection()
    folder.project()
    script = (
        "import sys\nfrom pathlib import Path\n"
        "from pcsync.manifests.project import read_project\nfrom pcsync.manifests.load import context, load_all\n"
        f"project = read_project(Path({str(folder.root / 'pcsync.yaml')!r}), {{}})\n"
        "loaded = load_all(project.files(), context(project, None, {}, {}))\n"
        "assert loaded.valid and len(loaded.documents) == 1, loaded.diagnostics\n"
        "slow = {'pydantic', 'httpx', 'aiohttp', 'azure', 'starlette', 'pcsync.kinds', 'pcsync.client', 'asyncio', 'jsonschema', 'yaml'}\n"
        "print(sorted(slow & sys.modules.keys()))\n"
    )

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert (ran.stdout.strip(), ran.stderr) == ("[]", "")
