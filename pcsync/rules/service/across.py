"""Rules over all manifests together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pcsync.rules.catalog import Catalog, Extract
from pcsync.rules.rule import ERROR, WARNING, Finding, rule

BLOB = re.compile(r"(?i)https://[a-z0-9]{3,24}(?:\.z[0-9]+)?\.blob\.[a-z0-9.-]+/[^/?#]+")
SOURCE = """
---
kind: IngestionSource
name: imagery
containerUrl: https://contosoimagery.blob.core.windows.net/imagery
managedIdentity: {objectId: 11111111-2222-3333-4444-555555555555}
"""
INGESTION = """
kind: Collection
id: example
ingestions:
  - displayName: nightly
    importType: StaticCatalog
    sourceCatalogUrl: https://contosoimagery.blob.core.windows.net/%s/catalog.json
"""


@rule(
    "service-no-source",
    Catalog,
    WARNING,
    "an ingestion from a container that no source opens",
    why="""
The service reads a private container through an ingestion source. If no manifest declares one for the container, the ingestion fails,
unless the container is public or its source is kept elsewhere.""",
    bad=INGESTION % "imagery" + SOURCE.replace("/imagery\n", "/other\n"),
    good=INGESTION % "imagery" + SOURCE,
)
def no_source(catalog: Catalog) -> Iterator[Finding]:
    sources = {folded(it.container): it for it in catalog.of("IngestionSource")}
    if not catalog.complete or not sources:
        return  # sources are kept elsewhere, or not all of them were read
    for extract in catalog.of("Collection"):
        for pointer, url in extract.urls:
            container = BLOB.match(url)
            if container and folded(container[0]) not in sources:
                yield Finding(
                    pointer, f"no ingestion source opens {container[0]}", "declare one, or correct the URL", origin=extract.origin
                )


def folded(url: str) -> str:
    """A container URL with its host in lower case."""
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    return f"{scheme.lower()}://{host.lower()}/{path.rstrip('/')}"


@rule(
    "service-two-sources",
    Catalog,
    ERROR,
    "two sources of one container and kind",
    why="The service takes one source of a kind for each container; the second is refused (409).",
    bad=SOURCE.lstrip("\n-") + SOURCE.replace("name: imagery", "name: copy"),
    good=SOURCE.lstrip("\n-") + SOURCE.replace("/imagery\n", "/archive\n").replace("name: imagery", "name: archive"),
)
def two_sources(catalog: Catalog) -> Iterator[Finding]:
    seen: dict[tuple[str, bool], Extract] = {}
    for extract in catalog.of("IngestionSource"):
        key = (folded(extract.container), extract.token)
        if extract.container and key in seen and seen[key].id != extract.id:
            what = f"the source {seen[key].id} is of the same container and kind"
            yield Finding("/containerUrl", what, "keep one of them", origin=extract.origin)
        seen.setdefault(key, extract)


@rule(
    "service-similar-collections",
    Catalog,
    WARNING,
    "ids of collections that differ only in case or punctuation",
    why="""
Two collections whose ids differ in case or punctuation are taken for one another by people, and by whatever makes names of ids (blob
containers, file names, URLs).""",
    bad="kind: Collection\nid: naip-2022\n---\nkind: Collection\nid: NAIP_2022\n",
    good="kind: Collection\nid: naip-2022\n---\nkind: Collection\nid: naip-2023\n",
)
def similar_collections(catalog: Catalog) -> Iterator[Finding]:
    seen: dict[str, Extract] = {}
    for extract in sorted(catalog.of("Collection"), key=lambda it: (it.origin.file, it.origin.document)):
        first = seen.setdefault(slug(extract.id), extract)
        if first.id != extract.id:
            what = f"the collection {first.id} differs only in case or punctuation"
            yield Finding("/id", what, "choose ids that differ in letters or digits", origin=extract.origin)


@lru_cache(maxsize=4096)
def slug(name: str) -> str:
    """What is left of a name once case and punctuation are gone."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or name


@rule(
    "service-unused-variable",
    Catalog,
    WARNING,
    "a variable that no manifest uses",
    why="A variable that nothing uses is one that was renamed in only one of two places.",
    bad="kind: Project\ntargets:\n  local: {endpoint: 'emulator:local.sqlite', variables: {contaner: imagery}}\n",
    good="kind: Project\ntargets:\n  local: {endpoint: 'emulator:local.sqlite', variables: {}}\n",
)
def unused_variable(catalog: Catalog) -> Iterator[Finding]:
    for name, origin in catalog.unused if catalog.complete else ():
        yield Finding("", f"no manifest uses the variable {name}", "remove it, or write ${" + name + "} where it belongs", origin=origin)
