"""Ingestion definitions (dossier 3.8)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from pcsync.rules.manifest import Manifest
from pcsync.rules.rule import ERROR, WARNING, Finding, rule

URLS = {"StaticCatalog": "sourceCatalogUrl", "StacGeoparquet": "stacGeoparquetUrl"}
EXAMPLE = """
ingestions:
  - displayName: nightly
    importType: StaticCatalog
    sourceCatalogUrl: https://contosoimagery.blob.core.windows.net/imagery/%s
"""


@rule(
    "service-import-type",
    Manifest,
    WARNING,
    "a file that is not of the import type",
    why="StaticCatalog begins with a catalog.json or collection.json; StacGeoparquet reads one GeoParquet file of items.",
    bad=EXAMPLE % "items.parquet",
    good=EXAMPLE % "catalog.json",
    needs="ingestions",
)
def import_type(manifest: Manifest) -> Iterator[Finding]:
    for pointer, body in manifest.members("ingestions"):
        for name, url in ((URLS[kind], body.get(URLS[kind])) for kind in URLS):
            path = _path(url)
            if name == "sourceCatalogUrl" and path.endswith((".parquet", ".geoparquet")):
                fix = "write importType: StacGeoparquet and stacGeoparquetUrl"
                yield Finding(f"{pointer}/{name}", "this is a GeoParquet file, not a catalog", fix)
            elif name == "stacGeoparquetUrl" and path.endswith(".json"):
                yield Finding(f"{pointer}/{name}", "this is JSON, not GeoParquet", "write importType: StaticCatalog and sourceCatalogUrl")
            elif name == "sourceCatalogUrl" and path.endswith("/"):
                yield Finding(f"{pointer}/{name}", "this is a folder", "name its catalog.json or collection.json")


def _path(url: object) -> str:
    try:
        return urlsplit(url).path.lower() if isinstance(url, str) else ""
    except ValueError:
        return ""


@rule(
    "service-token-in-url",
    Manifest,
    ERROR,
    "a SAS token in the URL of an ingestion",
    why="The URL of an ingestion is shown to everybody who may read the catalog, and stands in the repository. Tokens belong to sources.",
    bad=EXAMPLE % "catalog.json?sv=2024-01-01&sp=rl&se=2027-01-01&sig=abc",
    good=EXAMPLE % "catalog.json",
    needs="ingestions",
)
def token_in_url(manifest: Manifest) -> Iterator[Finding]:
    for pointer, body in manifest.members("ingestions"):
        for name in URLS.values():
            url = body.get(name)
            if isinstance(url, str) and "sig=" in url.partition("?")[2]:
                start = url.index("?")
                fix = "remove it, revoke it, and declare an IngestionSource"
                yield Finding(f"{pointer}/{name}", "a token must not stand in a URL", fix, (start, len(url)))
