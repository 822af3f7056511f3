"""pcsync plan --shard and pcsync merge, as the jobs of a pipeline run them on a catalog."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pcsync.core.shard import place
from tests.cli.test_exit_codes import manifest
from tests.harness import Folder, Ran

NAMES = [f"imagery-{number}" for number in range(8)]
IDENTITY = {"objectId": "11111111-2222-3333-4444-555555555555"}
CONTAINER = "https://contoso.blob.core.windows.net/imagery"
SOURCE = {"apiVersion": "pcsync/v1", "kind": "IngestionSource", "name": "imagery", "containerUrl": CONTAINER, "managedIdentity": IDENTITY}
NIGHTLY = {"displayName": "nightly", "importType": "StaticCatalog", "sourceCatalogUrl": f"{CONTAINER}/catalog.json"}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A project with some collections, a source and two ingestions that need it; nothing applied."""
    folder = Folder(tmp_path)
    folder.project(manifests=["collections", "sources"])
    folder.write("sources/imagery.yaml", SOURCE)
    for name in NAMES:
        ingestions = {"ingestions": [NIGHTLY]} if name in NAMES[:2] else {}
        folder.write(f"collections/{name}.yaml", manifest(name, **ingestions))
    return folder


def shards(folder: Folder, of: int, *flags: str) -> list[str]:
    """The files of all shards, planned one after the other."""
    files = [f"{number}.json" for number in range(1, of + 1)]
    for number, file in enumerate(files, 1):
        ran = folder.run("plan", "--shard", f"{number}/{of}", "--out", file, *flags)
        assert ran.code == 0, ran.err
    return files


def merged(folder: Folder, files: list[str]) -> Ran:
    ran = folder.run("merge", *files, "--out", "merged.json")
    assert ran.code == 0, ran.err
    return ran


def document(folder: Folder, file: str) -> Any:
    return json.loads((folder.path / file).read_text())


def digest(folder: Folder, file: str) -> str:
    found: str = document(folder, file)["pcsync"]["digest"]
    return found


def test_merged_shards_are_the_plan_made_as_one_and_apply_as_it_would(folder: Folder) -> None:
    assert folder.run("plan", "--out", "whole.json").code == 0

    merged(folder, shards(folder, 3))

    assert digest(folder, "merged.json") == digest(folder, "whole.json")
    assert folder.run("apply", "merged.json").code == 0
    assert folder.run("plan", "--detailed-exitcode").code == 0


def test_it_holds_for_updates_deletes_and_warnings_as_well(folder: Folder) -> None:
    assert folder.run("apply", "--yes").code == 0
    folder.write(f"collections/{NAMES[5]}.yaml", {"apiVersion": "pcsync/v1", "kind": "Removal", "collection": NAMES[5], "expectItems": 0})
    folder.write(f"collections/{NAMES[2]}.yaml", manifest(NAMES[2], renderOptions=[]))
    folder.write(f"collections/{NAMES[3]}.yaml", manifest(NAMES[3], renderOptions=[{**manifest()["renderOptions"][0], "name": "New"}]))
    folder.write(f"collections/{NAMES[4]}.yaml", manifest(NAMES[4], tileSettings={"minZoom": 6, "maxItemsPerTile": 35}))
    flags = ("--show-unmanaged", "--allow-delete", f"collection/{NAMES[5]}")
    assert folder.run("plan", "--out", "whole.json", *flags).code == 0

    merged(folder, shards(folder, 4, *flags))

    whole = document(folder, "whole.json")
    assert whole["summary"]["delete"] == 2
    assert whole["pcsync"]["checks"]
    assert digest(folder, "merged.json") == digest(folder, "whole.json")


@pytest.mark.parametrize("of", [2, 3])
def test_a_source_that_a_collection_of_any_shard_needs_is_kept(folder: Folder, of: int) -> None:
    """Shard 1 has the sources, and looks at the manifests of all shards for who needs them."""
    assert {place(name, of) for name in NAMES[:2]} != {1}
    assert folder.run("apply", "--yes").code == 0
    (folder.path / "sources/imagery.yaml").unlink()
    folder.project(manifests=["collections"])
    assert folder.run("plan", "--out", "whole.json", "--no-validate").code == 0

    files = shards(folder, of, "--no-validate")
    merged(folder, files)

    refused = [check["name"] for check in document(folder, "1.json")["pcsync"]["checks"] if check["status"] == "fail"]
    assert refused.count("in-use") == 2
    assert digest(folder, "merged.json") == digest(folder, "whole.json")


def test_the_plan_of_a_shard_says_so_wherever_it_is_shown(folder: Folder) -> None:
    shards(folder, 2)

    assert document(folder, "2.json")["pcsync"]["shard"]["number"] == 2
    for form in ("text", "markdown", "html"):
        assert "shard 2 of 2" in folder.run("show", "2.json", "-o", form).out
        merged(folder, ["1.json", "2.json"])
        assert "shard 2 of 2" not in folder.run("show", "merged.json", "-o", form).out


def test_a_shard_is_applied_alone_where_the_target_is_not_protected(folder: Folder) -> None:
    shards(folder, 2)

    assert folder.run("apply", "1.json").code == 0
    assert folder.run("apply", "2.json").code == 0
    assert folder.run("plan", "--detailed-exitcode").code == 0


def test_a_protected_target_takes_the_whole_only(folder: Folder) -> None:
    targets = {"local": {"endpoint": "emulator:.pcsync/local.sqlite", "protected": True}}
    folder.project(manifests=["collections", "sources"], targets=targets)
    files = shards(folder, 2)

    refused = folder.run("apply", "2.json")
    merged(folder, files)

    assert refused.code == 4
    assert "pcsync merge" in refused.err
    assert folder.run("apply", "merged.json").code == 0


def test_shards_of_different_manifests_are_refused(folder: Folder) -> None:
    folder.run("plan", "--shard", "1/2", "--out", "1.json")
    folder.write(f"collections/{NAMES[0]}.yaml", manifest(NAMES[0], tileSettings={"minZoom": 6, "maxItemsPerTile": 35}))
    folder.run("plan", "--shard", "2/2", "--out", "2.json")

    ran = folder.run("merge", "1.json", "2.json")

    assert ran.code == 5
    assert "one commit" in ran.err


def test_shards_of_different_flags_are_refused(folder: Folder) -> None:
    folder.run("plan", "--shard", "1/2", "--out", "1.json")
    folder.run("plan", "--shard", "2/2", "--out", "2.json", "--force-conflicts")

    assert folder.run("merge", "1.json", "2.json").code == 5


def test_a_missing_shard_is_named(folder: Folder) -> None:
    files = shards(folder, 3)

    ran = folder.run("merge", files[0], files[2])

    assert (ran.code, ran.out) == (64, "")
    assert "shard 2/3 is missing" in ran.err


@pytest.mark.parametrize("shard", ["0/2", "3/2", "2", "one/two"])
def test_a_shard_that_is_none_is_refused_before_anything_is_read(folder: Folder, shard: str) -> None:
    ran = folder.run("plan", "--shard", shard)

    assert ran.code == 64
    assert "1/4 to 4/4" in ran.err
    assert not (folder.path / ".pcsync").exists()


def test_a_shard_may_come_from_the_environment_as_a_matrix_sets_it(folder: Folder) -> None:
    inside = Folder(folder.path, {"PCSYNC_SHARD": "1/2"})

    assert inside.run("plan", "-o", "json").json["pcsync"]["shard"]["of"] == 2
