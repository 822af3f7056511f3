"""The way back from an apply, and what it will not do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pcsync.emulator import create_app
from tests.cli.test_exit_codes import RGB, STAC, Served, manifest
from tests.emulator.port import on_port
from tests.harness import Folder

VERSION = "?api-version=2026-04-15"
ITEM = {
    "type": "Feature", "stac_version": "1.0.0", "id": "a", "collection": "naip", "bbox": [0, 0, 1, 1], "links": [], "assets": {},
    "geometry": {"type": "Point", "coordinates": [0, 0]}, "properties": {"datetime": "2024-01-01T00:00:00Z"},
}  # fmt: skip
MOSAIC = {"id": "recent", "name": "Recent", "cql": []}
IDENTITY = {
    "apiVersion": "pcsync/v1",
    "kind": "IngestionSource",
    "name": "imagery",
    "containerUrl": "https://acct.blob.core.windows.net/data",
    "managedIdentity": {"objectId": "11111111-2222-3333-4444-555555555555"},
}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    folder = Folder(tmp_path, {"IMAGERY_SAS": "sp=rl&se=2036-04-22T15:55:57Z&sv=2024-11-04&sr=c&sig=planted"})
    folder.write("collections/naip.yaml", manifest())
    with on_port(create_app(tmp_path / "served.sqlite")) as url:
        folder.project(targets={"local": {"endpoint": url}})
        yield Served(folder, url)


def get(served: Served, path: str) -> httpx.Response:
    return httpx.get(f"{served.url}{path}{VERSION}")


def state(served: Served) -> Any:
    """All that the catalog shows of naip and the sources, less what it writes itself."""
    document = get(served, "/stac/collections/naip").json()
    document.pop("msft:_updated", None)
    paths = ("/stac/collections/naip/configurations", "/stac/collections/naip/queryables", "/inma/ingestion-sources")
    return document, [get(served, path).json() for path in paths]


def test_what_an_apply_created_is_deleted(served: Served) -> None:
    served.folder.write("collections/source.yaml", IDENTITY)
    served.folder.run("apply", "--yes")

    undone = served.folder.run("undo", "--yes")

    assert undone.code == 0, undone.err
    assert get(served, "/stac/collections/naip").status_code == 404
    assert get(served, "/inma/ingestion-sources").json()["value"] == []


def test_what_an_apply_changed_is_put_back(served: Served) -> None:
    served.folder.write("collections/naip.yaml", manifest(mosaics=[MOSAIC]))
    assert served.folder.run("apply", "--yes").code == 0
    before = state(served)
    changed = manifest(
        stac={**STAC, "description": "other", "title": "new"}, renderOptions=[{**RGB, "options": "assets=nir"}, {**RGB, "id": "b"}]
    )
    served.folder.write("collections/naip.yaml", changed)
    assert served.folder.run("apply", "--yes").code == 0
    assert state(served) != before

    undone = served.folder.run("undo", "--yes")

    assert undone.code == 0, undone.err
    assert state(served) == before
    assert "nothing to undo" not in undone.err


def test_an_undo_can_be_undone(served: Served) -> None:
    served.folder.run("apply", "--yes")
    served.folder.write("collections/naip.yaml", manifest(renderOptions=[{**RGB, "options": "assets=nir"}]))
    served.folder.run("apply", "--yes")
    after = state(served)

    assert [served.folder.run("undo", "--yes").code for _ in range(2)] == [0, 0]
    assert state(served) == after


def test_5_when_the_catalog_moved_since_the_apply(served: Served) -> None:
    served.folder.run("apply", "--yes")
    path = "/stac/collections/naip/configurations/render-options/rgb"
    httpx.put(f"{served.url}{path}{VERSION}", json={**RGB, "name": "Edited in the portal"}).raise_for_status()
    before = state(served)

    refused = served.folder.run("undo", "--yes")

    assert refused.code == 5
    assert "collection/naip/render-option/rgb: /name" in refused.err
    assert state(served) == before


def test_a_collection_with_items_stays(served: Served) -> None:
    served.folder.run("apply", "--yes")
    httpx.post(f"{served.url}/stac/collections/naip/items{VERSION}", json=ITEM).raise_for_status()
    before = state(served)

    kept = served.folder.run("undo", "--yes")

    assert kept.code == 0
    assert "cannot be undone: collection/naip: it has items" in kept.err
    assert state(served) == before


def test_a_collection_in_which_somebody_put_something_stays(served: Served) -> None:
    served.folder.run("apply", "--yes")
    path = "/stac/collections/naip/configurations/mosaics"
    httpx.post(f"{served.url}{path}{VERSION}", json=MOSAIC).raise_for_status()

    kept = served.folder.run("undo", "--yes")

    assert "somebody else put collection/naip/mosaic/recent into it" in kept.err
    assert get(served, "/stac/collections/naip").status_code == 200


def test_what_an_apply_did_not_get_to_needs_no_undo(served: Served) -> None:
    served.fault(effect="status", status=400, method="POST", path="/render-options$")
    assert served.folder.run("apply", "--yes").code == 6
    served.heal()

    assert served.folder.run("undo", "--yes").code == 0
    assert get(served, "/stac/collections/naip").status_code == 404
    (latest, *_) = sorted((served.folder.path / ".pcsync" / "undo").iterdir())
    again = served.folder.run("undo", str(latest), "--yes")
    assert (again.code, "nothing to undo" in again.err) == (0, True)


def test_bytes_of_assets_and_tokens_of_sources_are_named_as_lost(served: Served) -> None:
    source = {**IDENTITY, "sasToken": {"$secret": "env:IMAGERY_SAS"}}
    del source["managedIdentity"]
    served.folder.write("thumbnail.png", b"\x89PNG one")
    asset = {"thumbnail": {"file": "../thumbnail.png", "title": "T", "roles": ["thumbnail"]}}
    served.folder.write("collections/naip.yaml", manifest(assets=asset))
    served.folder.write("collections/source.yaml", source)
    assert served.folder.run("apply", "--yes").code == 0
    served.folder.environment["IMAGERY_SAS"] = "sp=rl&se=2037-04-22T15:55:57Z&sv=2024-11-04&sr=c&sig=planted"  # type: ignore[index]
    served.folder.write("collections/naip.yaml", manifest(assets={"thumbnail": {**asset["thumbnail"], "title": "Other"}}))
    assert served.folder.run("apply", "--yes").code == 0

    undone = served.folder.run("undo", "--yes")

    assert undone.code == 0
    assert "collection/naip/asset/thumbnail: the former bytes cannot be read back" in undone.err
    assert "the catalog never gives a SAS token back" in undone.err
    kept = "".join(path.read_text() for path in (served.folder.path / ".pcsync").rglob("*.json*"))
    assert "planted" not in kept + undone.out + undone.err


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"undo": "9.0"}', b'{"undo": "1.0"}', b"\xff\xfe", None])
def test_an_undo_file_that_is_none_is_refused(served: Served, content: bytes | None) -> None:
    if content is not None:
        served.folder.write("undo.json", content)

    refused = served.folder.run("undo", "undo.json", "--yes")

    assert refused.code == 1
    assert "undo" in refused.err


def test_an_undo_file_that_was_edited_is_refused(served: Served) -> None:
    served.folder.run("apply", "--yes")
    (path,) = (served.folder.path / ".pcsync" / "undo").iterdir()
    document = json.loads(path.read_text())
    document["changes"] = document["changes"][:1]
    served.folder.write("undo.json", json.dumps(document))

    assert served.folder.run("undo", "undo.json", "--yes").code == 1
    assert path.stat().st_mode & 0o777 == 0o600


def test_undo_asks_for_a_target_an_answer_and_something_to_undo(served: Served) -> None:
    assert served.folder.run("undo", "--yes").code == 64
    served.folder.run("apply", "--yes")
    assert served.folder.run("undo").code == 64
    (path,) = (served.folder.path / ".pcsync" / "undo").iterdir()
    assert served.folder.run("undo", str(path), "--yes", "--endpoint", "emulator:other.sqlite").code == 5
    served.folder.project(targets={"local": {"endpoint": served.url, "protected": True}})
    assert served.folder.run("undo", "--yes").code == 4
