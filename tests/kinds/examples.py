"""One example for each kind: a manifest, and the same manifest changed. A kind without one fails the contract test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from pcsync.core.source import Document, Origin
from pcsync.kinds import KINDS

OWNER = "contoso-imagery"
TOKEN = "sp=rl&st=2026-04-15T00:00:00Z&se=2026-04-22T15:55:57Z&spr=https&sv=2024-11-04&sr=c&sig=planted"
LATER = TOKEN.replace("04-22", "05-22")
SECRETS = {"env:IMAGERY_SAS": TOKEN, "env:IMAGERY_SAS_2": LATER}
PNG = b"\x89PNG\r\n\x1a\n not really"

STAC: dict[str, Any] = {
    "type": "Collection",
    "stac_version": "1.0.0",
    "title": "NAIP",
    "description": "Aerial imagery",
    "license": "proprietary",
    "extent": {
        "spatial": {"bbox": [[-124.784, 24.744, -66.951, 49.346]]},
        "temporal": {"interval": [["2010-01-01T00:00:00Z", None]]},
    },
    "keywords": ["aerial"],
    "providers": [{"name": "USDA", "roles": ["producer"]}],
    "links": [{"rel": "license", "href": "https://example.com/licence"}],
    "item_assets": {"image": {"title": "RGBIR", "type": "image/tiff", "roles": ["data"], "eo:bands": [{"name": "Red"}]}},
    "summaries": {"gsd": [0.6, 1.0]},
    "msft:region": "westeurope",
}


@dataclass(frozen=True)
class Example:
    """The value of a section (or a whole manifest body), and the changed value."""

    value: Any
    changed: Any
    deletable: bool = True


EXAMPLES: Mapping[str, Example] = {
    "collection": Example(STAC, STAC | {"description": "Aerial imagery, RGBIR", "keywords": None, "title": "NAIP 2"}),
    "partition-type": Example({"scheme": "year"}, {"scheme": "month"}, deletable=False),
    "queryable": Example(
        [{"name": "naip:year", "data_type": "string", "create_index": True, "definition": {"type": "string", "title": "Year"}}],
        [{"name": "naip:year", "definition": {"type": "string", "title": "Year", "enum": ["2021", "2022"]}}],
    ),
    "tile-settings": Example(
        {"minZoom": 6, "maxItemsPerTile": 35, "defaultLocation": {"zoom": 12, "coordinates": [33.75, -84.39]}},
        {"minZoom": 8, "maxItemsPerTile": 35},
        deletable=False,
    ),
    "mosaic": Example(
        [{"id": "most-recent", "name": "Most recent", "cql": []}],
        [{"id": "most-recent", "name": "Recent", "description": "", "cql": [{"op": "<=", "args": [{"property": "eo:cloud_cover"}, 10]}]}],
    ),
    "render-option": Example(
        [{"id": "natural-color", "name": "Natural color", "options": {"assets": "image", "asset_bidx": "image|1,2,3"}, "minZoom": 6}],
        [
            {
                "id": "natural-color",
                "name": "Natural color",
                "type": "raster-tile",
                "options": "assets=image&asset_bidx=image|4,1,2&color_formula=Gamma RGB 3.2",
                "legend": {"type": "continuous", "labels": ["a", "b"], "scaleFactor": 1.0},
                "conditions": [{"property": "naip:state", "value": ["ga", "sc"]}],
            }
        ],
    ),
    "asset": Example(
        {"thumbnail": {"file": "thumb.png", "title": "Thumbnail", "roles": ["thumbnail"]}},
        {"thumbnail": {"file": "thumb.jpeg", "title": "Thumbnail", "description": "Smaller", "roles": ["thumbnail"]}},
    ),
    "ingestion": Example(
        [
            {
                "displayName": "nightly",
                "importType": "StaticCatalog",
                "sourceCatalogUrl": "https://acct.blob.core.windows.net/data/catalog.json",
            }
        ],
        [
            {
                "displayName": "nightly",
                "importType": "StacGeoparquet",
                "stacGeoparquetUrl": "https://acct.blob.core.windows.net/data/items.parquet",
                "skipExistingItems": True,
            }
        ],
    ),
    "ingestion-source": Example(
        {"name": "imagery", "containerUrl": "https://acct.blob.core.windows.net/data", "sasToken": {"$secret": "env:IMAGERY_SAS"}},
        {"name": "imagery", "containerUrl": "https://acct.blob.core.windows.net/data", "sasToken": {"$secret": "env:IMAGERY_SAS_2"}},
    ),
}


def document(name: str, value: Any, folder: Path | None = None, *, collection: str = "naip", **management: Any) -> Document:
    """The manifest that has this value under the kind's section, its files written to the folder, its secrets looked up."""
    kind = KINDS[name]
    if not kind.section:
        return Document(kind.manifest, value["name"], value, Origin("sources.yaml"), OWNER, secret_facts(value))
    body = {kind.section: value, **({"management": management} if management else {})}
    return Document(kind.manifest, collection, body, Origin("naip.yaml"), OWNER, file_facts(value, folder) if folder else {})


def file_facts(assets: Any, folder: Path) -> dict[str, dict[str, Any]]:
    """What loading would find out about the files of assets."""
    facts = {}
    for key, asset in assets.items() if isinstance(assets, dict) else ():
        if isinstance(asset, dict) and "file" in asset:
            path = folder / asset["file"]
            path.write_bytes(PNG)
            facts[f"/assets/{key}/file"] = {"path": str(path), "sha256": sha256(PNG).hexdigest(), "size": len(PNG)}
    return facts


def secret_facts(body: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What loading would find out about the token of a source; a reference that nobody can look up is missing."""
    if "sasToken" not in body:
        return {}
    ref = body["sasToken"]["$secret"]
    if ref not in SECRETS:
        return {"/sasToken": {"ref": ref, "missing": "not set"}}
    return {"/sasToken": {"ref": ref, **KINDS["ingestion-source"].secret_facts(SECRETS[ref])}}  # type: ignore[attr-defined]
