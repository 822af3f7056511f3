"""The manifests around a rule's examples: what an example leaves out is taken from here, so that it shows nothing but its point."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from pcsync.cli.checking import Wanted, check_files
from pcsync.cli.options import GlobalOptions
from pcsync.core.diagnostic import Diagnostic
from tests.harness import PROJECT, Folder, _inside

COG = "image/tiff; application=geotiff; profile=cloud-optimized"


def asset(title: str, bands: int = 0) -> dict[str, Any]:
    """An entry of item_assets with so many bands."""
    described = {"eo:bands": [{"name": f"b{number}"} for number in range(1, bands + 1)]} if bands else {}
    return {"title": title, "type": COG, "roles": ["data"], **described}


COLLECTION: dict[str, Any] = {
    "apiVersion": "pcsync/v1",
    "kind": "Collection",
    "id": "example",
    "stac": {
        "type": "Collection",
        "stac_version": "1.0.0",
        "title": "Example",
        "description": "A collection to show rules with.",
        "license": "CC-BY-4.0",
        "keywords": ["example"],
        "extent": {
            "spatial": {"bbox": [[-85.6, 30.3, -80.8, 35.0]]},
            "temporal": {"interval": [["2010-01-01T00:00:00Z", None]]},
        },
        "item_assets": {
            "image": asset("Image", 4),
            **{name: asset(name, 1) for name in ("B02", "B03", "B04", "B08")},
            "data": asset("Data"),
            "tiles": {"title": "Tiles", "type": "application/json"},
        },
    },
}
FRAMES: dict[str, dict[str, Any]] = {
    "Collection": COLLECTION,
    "IngestionSource": {"apiVersion": "pcsync/v1", "kind": "IngestionSource", "name": "imagery"},
    "Project": PROJECT,
}
EO = "stac-extensions.github.io/eo/v1.1.0/schema.json"
EO_SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "properties": {
        "item_assets": {"additionalProperties": {"properties": {"eo:bands": {"type": "array"}}}},
    },
}


def token(days: float, permissions: str = "rl", resource: str = "c") -> str:
    """A SAS token that lasts so many days."""
    ends = datetime.now(UTC) + timedelta(days=days)
    return f"sv=2024-11-04&sp={permissions}&sr={resource}&se={ends:%Y-%m-%dT%H:%M:%SZ}&sig=c2VjcmV0"


def environment() -> dict[str, str]:
    """The secrets that examples name."""
    return {
        "IMAGERY_SAS": token(3),
        "EXPIRED_SAS": token(-1),
        "LONG_SAS": token(30),
        "BLOB_SAS": token(3, "r", "b"),
        "WRITING_SAS": token(3, "rlwd"),
    }


def merged(base: Any, patch: Any) -> Any:
    """A merge patch: null takes away."""
    if not isinstance(base, dict) or not isinstance(patch, dict):
        return patch
    kept = {name: value for name, value in base.items() if patch.get(name, value) is not None or name not in patch}
    return kept | {name: merged(base.get(name), value) for name, value in patch.items() if value is not None}


def whole(document: Mapping[str, Any]) -> dict[str, Any]:
    """An example with what every manifest of its kind has."""
    return dict(merged(deepcopy(FRAMES[document.get("kind", "Collection")]), document))


def written(path: Path, snippet: str) -> Folder:
    """A project that holds the documents of an example; text that needs no completing is written letter by letter."""
    folder = Folder(path, environment())
    project: Mapping[str, Any] = {}
    for number, text in enumerate(part for part in f"\n{snippet}".split("\n---\n") if part.strip()):
        document = yaml.safe_load(text)
        if document.get("kind") == "Project":
            project = {name: value for name, value in document.items() if name != "kind"}
        else:
            folder.write(f"collections/manifest-{number}.yaml", _completed(document, text))
    if project:
        folder.write("collections/manifest.yaml", COLLECTION)
    folder.project(**project)
    folder.write("collections/thumbnail.png", b"\x89PNG\r\n\x1a\n")
    folder.write("collections/classes.csv", "value,name\n")
    folder.write(f"schemas/{EO}", json.dumps(EO_SCHEMA))
    return folder


def _completed(document: dict[str, Any], text: str) -> str:
    """The example's own lines as they are, then what it leaves out; a section that is merged is written anew."""
    frame = whole(document)
    own = "".join(f"{line}\n" for line in text.splitlines() if line.strip())
    if "stac" in document:
        return yaml.safe_dump(frame, sort_keys=False, allow_unicode=True)
    return own + yaml.safe_dump({name: value for name, value in frame.items() if name not in document}, sort_keys=False)


def diagnostics(folder: Folder, *, wanted: Wanted | None = None) -> list[Diagnostic]:
    """What validating the project finds."""
    options = GlobalOptions(config=None, verbose=0, quiet=False, color=None, environment=dict(folder.environment))
    with _inside(folder.path, folder.environment):
        return check_files(options, (), None, False, wanted or Wanted(stac_schemas=folder.path / "schemas"))[1]


def found(folder: Folder) -> list[str]:
    """The rules that do not hold, each as often as it does not."""
    return [it.rule for it in diagnostics(folder)]
