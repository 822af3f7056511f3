"""STAC's own schemas: the core, and the extensions that a document names."""

from __future__ import annotations

from collections.abc import Iterator

from pcsync.rules.rule import ERROR, WARNING, Finding, rule
from pcsync.rules.stac.schemas import VERSIONS, complaints
from pcsync.rules.stac.stac import Stac
from pcsync.rules.words import shown

EO = "https://stac-extensions.github.io/eo/v1.1.0/schema.json"


@rule(
    "stac-schema",
    Stac,
    ERROR,
    "the document is no STAC collection",
    why="The core JSON Schema of the STAC version that the document says it is written in does not allow it.",
    bad="stac:\n  providers: [{name: Contoso, roles: [owner]}]\n",
    good="stac:\n  providers: [{name: Contoso, roles: [producer]}]\n",
)
def schema(stac: Stac) -> Iterator[Finding]:
    compiled = stac.schemas.core(stac.version)
    if compiled is not None:
        for complaint in complaints(compiled, stac.whole):
            yield stac.finding(complaint.pointer, complaint.what, f"compare with the STAC specification {stac.version}")


@rule(
    "stac-version",
    Stac,
    WARNING,
    "a STAC version that a GeoCatalog does not know",
    why="The service is documented with STAC 1.0.0; 1.1.0 is current. Drafts before 1.0.0 mean other things by some fields.",
    bad="stac:\n  stac_version: 1.0.0-beta.2\n",
    good="stac:\n  stac_version: 1.0.0\n",
)
def version(stac: Stac) -> Iterator[Finding]:
    if stac.body.get("stac_version") is not None and stac.version not in VERSIONS:
        what = f"STAC {shown(stac.version)} is none that a GeoCatalog is documented with; the core schema was not checked"
        yield stac.finding("/stac_version", what, f"write {' or '.join(VERSIONS)}")


@rule(
    "stac-extension",
    Stac,
    WARNING,
    "the document does not hold to an extension it names",
    why="The JSON Schema of an extension in stac_extensions does not allow the document. Its schema comes by pcsync schema fetch.",
    bad=f"stac:\n  stac_extensions: [{EO}]\n  item_assets: {{image: {{title: Image, eo:bands: red}}}}\n",
    good=f"stac:\n  stac_extensions: [{EO}]\n  item_assets: {{image: {{title: Image, eo:bands: [{{name: red}}]}}}}\n",
)
def extension(stac: Stac) -> Iterator[Finding]:
    for url in stac.extensions:
        compiled = stac.schemas.extension(url) if isinstance(url, str) else None
        for complaint in complaints(compiled, stac.whole) if compiled is not None else ():
            yield stac.finding(complaint.pointer, complaint.what, f"compare with {url}")


@rule(
    "stac-extension-name",
    Stac,
    WARNING,
    "an extension that is named by no URL",
    why="Since STAC 1.0.0 an extension is named by the URL of its schema, version included. A short name says nothing to any program.",
    bad="stac:\n  stac_extensions: [eo]\n",
    good=f"stac:\n  stac_extensions: [{EO}]\n",
)
def extension_name(stac: Stac) -> Iterator[Finding]:
    for index, url in enumerate(stac.extensions):
        if isinstance(url, str) and "://" not in url:
            fix = f"write https://stac-extensions.github.io/{url}/v1.0.0/schema.json, with the version in use"
            yield stac.finding(f"/stac_extensions/{index}", f"{shown(url)!r} is no URL", fix)
