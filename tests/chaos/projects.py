"""The two applies under test: one mostly creates, one changes, prunes and removes. Other people's things stand beside them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos.rig import COLLECTIONS, DOOMED, FOREIGN, START, FakeTime, apply, ask, service
from tests.harness import Folder
from tests.kinds.examples import EXAMPLES, PNG, STAC

BLOBS = "https://acct.blob.core.windows.net"
IDENTITIES = ("11111111-2222-3333-4444-555555555555", "66666666-7777-8888-9999-aaaaaaaaaaaa")


@dataclass(frozen=True)
class Story:
    """An apply: what the catalog holds of ours before it, and what is declared then; both are stages of the project."""

    name: str
    before: str
    after: str


GROW = Story("grow", "early", "whole")
SHRINK = Story("shrink", "whole", "later")
STORIES = (GROW, SHRINK)


def write_project(root: Path, stage: str = "whole") -> None:
    """The project at a stage. ``early``: one collection and one source; ``whole``: all; ``later``: other values, less of each, one gone."""
    folder = Folder(root)
    folder.project(manifests=["manifests"])
    shutil.rmtree(root / "manifests", ignore_errors=True)
    folder.write("thumb.png", PNG)
    for name, body in sources(stage).items():
        folder.write(f"manifests/{name}.yaml", {"apiVersion": "pcsync/v1", "kind": "IngestionSource", "name": name, **body})
    for name in COLLECTIONS[:1] if stage == "early" else COLLECTIONS:
        folder.write(f"manifests/{name}.yaml", manifest(name, stage))
    if stage == "whole":
        folder.write(f"manifests/{DOOMED}.yaml", {"apiVersion": "pcsync/v1", "kind": "Collection", "id": DOOMED, "stac": _stac(DOOMED)})
    if stage == "later":
        folder.write(
            f"manifests/{DOOMED}.yaml",
            {"apiVersion": "pcsync/v1", "kind": "Removal", "collection": DOOMED, "expectItems": 0, "reason": "over"},
        )


def sources(stage: str) -> Mapping[str, dict[str, Any]]:
    """Ingestion sources by name; later on one has another identity, and one is gone."""
    tokens = {"containerUrl": f"{BLOBS}/data", "sasToken": {"$secret": "env:IMAGERY_SAS"}}
    if stage == "early":
        return {"imagery": tokens}
    archive = {"containerUrl": f"{BLOBS}/archive", "managedIdentity": {"objectId": IDENTITIES[stage == "later"]}}
    spare = {"containerUrl": f"{BLOBS}/spare", "managedIdentity": {"objectId": IDENTITIES[0]}}
    return {"imagery": tokens, "archive": archive, **({"spare": spare} if stage == "whole" else {})}


def manifest(name: str, stage: str = "whole") -> dict[str, Any]:
    """A collection with every section. At every stage but ``whole`` the values differ; later on the last of each list is gone."""
    value = {kind: example.value for kind, example in EXAMPLES.items()}
    other, later = stage != "whole", stage == "later"
    cql = [{"op": "<=", "args": [{"property": "eo:cloud_cover"}, 10]}]
    thumbnail = {"file": "../thumb.png", "title": stage.title() if other else "Thumbnail", "roles": ["thumbnail"]}
    state = {"name": "naip:state", "definition": {"type": "string", "title": "old" if other else "State"}}
    assets = {"thumbnail": thumbnail, "legend": {"file": "../thumb.png", "title": "Legend", "roles": ["overview"]}}
    mosaics = [{"id": f"m{n}", "name": f"M{n}", "cql": [] if other else cql} for n in range(4)]
    options = [{"id": f"r{n}", "name": f"R{n}", "type": "raster-tile", "options": f"assets=image{'&x=1' * other}"} for n in range(3)]
    catalogs = [f"{BLOBS}/data/{n}{'b' * (later and n == 0)}.json" for n in range(3)]
    ingestions = [{"displayName": f"i{n}", "importType": "StaticCatalog", "sourceCatalogUrl": url} for n, url in enumerate(catalogs)]
    return {
        "apiVersion": "pcsync/v1",
        "kind": "Collection",
        "id": name,
        "stac": {**_stac(stage.title() if other else name), **({"keywords": ["later"]} if later else {})},
        "partitionType": {"scheme": "month"} if later else value["partition-type"],
        "queryables": [state] if later else [*value["queryable"], state],
        "tileSettings": {"minZoom": 4 if other else 6, "maxItemsPerTile": 35},
        "mosaics": mosaics[: 3 if later else 4],
        "renderOptions": options[: 2 if later else 3],
        "assets": assets if stage == "whole" else {"thumbnail": thumbnail},
        "ingestions": ingestions[: 2 if later else 3],
    }


def declared(stage: str) -> dict[str, set[str]]:
    """By collection the children that the manifests of a stage declare, as markers name them; written down here a second time."""
    lists = {"mosaics": "mosaic", "renderOptions": "render-option", "queryables": "queryable", "ingestions": "ingestion"}
    found: dict[str, set[str]] = {}
    for name in COLLECTIONS:
        body = manifest(name, stage)
        named = {f"{kind}/{it.get('id') or it.get('name') or it['displayName']}" for key, kind in lists.items() for it in body[key]}
        found[name] = {*named, *(f"asset/{key}" for key in body["assets"]), "tile-settings", "partition-type"}
    return found


def _stac(title: str) -> dict[str, Any]:
    return {**{key: it for key, it in STAC.items() if key != "links"}, "title": title}


def plant(app: Any, time: FakeTime) -> None:
    """What other people have in the catalog: a collection and a source of their own, and things inside one of ours."""
    _post(app, "/stac/collections", {**STAC, "id": FOREIGN, "links": []})
    time.now += 10
    connection = {"containerUrl": "https://other.blob.core.windows.net/theirs", "objectId": IDENTITIES[0]}
    source = {"id": "99999999-2222-3333-4444-555555555555", "kind": "BlobManagedIdentity", "connectionInfo": connection}
    _post(app, "/inma/ingestion-sources", source)
    for name in (FOREIGN, COLLECTIONS[0]):
        option = {"id": "theirs", "name": "Theirs", "type": "raster-tile", "options": "assets=image"}
        _post(app, f"/stac/collections/{name}/configurations/render-options", option)
        _post(app, f"/stac/collections/{name}/configurations/mosaics", {"id": "theirs", "name": "Theirs", "cql": []})
        url = "https://other.blob.core.windows.net/theirs/catalog.json"
        definition = {"displayName": "theirs", "importType": "StaticCatalog", "sourceCatalogUrl": url}
        _post(app, f"/inma/collections/{name}/ingestions", definition)


def _post(app: Any, path: str, body: Any) -> None:
    answer = ask(app, "POST", path, body)
    assert answer.status_code < 300, answer.text


def prepare(root: Path, story: Story = GROW) -> None:
    """A project to be applied, on a catalog that holds an earlier state of it and other people's things."""
    root.mkdir(parents=True, exist_ok=True)
    time = FakeTime(START - 10_000)
    write_project(root, story.before)
    with service(root, time) as app:
        first = apply(root, app, time)
        assert first.code == 0, first.said
        plant(app, time)
    shutil.rmtree(root / ".pcsync" / "journal")
    shutil.rmtree(root / ".pcsync" / "undo")
    write_project(root, story.after)
