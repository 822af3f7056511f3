"""Rules about what no public collection comes with: sources, tokens, ingestions, variables, suppressions.

The project's own examples carry them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from pcsync.core.diagnostic import Diagnostic
from tests.harness import Folder
from tests.rules.examples import diagnostics, token

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "catalog-specs"
ENVIRONMENT = {"PCSYNC_STAGING_ENDPOINT": "https://staging.abc123.uksouth.geocatalog.spatio.azure.com", "IMAGERY_SAS": token(3)}
SOURCES, NAIP, PROJECT = "ingestion-sources.yaml", "collections/naip/collection.yaml", "pcsync.yaml"
NO_SOURCES = "the public data have no ingestion sources: those are part of a private catalog"
NO_INGESTIONS = "the public data have no ingestions: whoever published them loads items by other means"
NO_PROJECT = "the public data are no pcsync project"
NO_COMMENTS = "the public data are JSON, which has no comments"


@dataclass(frozen=True)
class Own:
    """One way to break the examples: a text of a file exchanged, or a secret; ``reason`` says why no real file can carry it."""

    rule: str
    reason: str
    file: str = ""
    old: str = ""
    new: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict)


SOURCE = """---
apiVersion: pcsync/v1
kind: IngestionSource
name: copy
containerUrl: ${container}
managedIdentity: {objectId: "${identity}"}
"""
ITEMS = "maxItemsPerTile: 35"
SORTS: list[Own] = [
    Own("service-no-source", NO_INGESTIONS, NAIP, "${container}/naip", "https://contosodev.blob.core.windows.net/other/naip"),
    Own("service-import-type", NO_INGESTIONS, NAIP, "/catalog.json", "/items.parquet"),
    Own("service-import-type", NO_INGESTIONS, NAIP, "/catalog.json", "/"),
    Own("service-token-in-url", NO_INGESTIONS, NAIP, "/catalog.json", "/catalog.json?sv=2024-01-01&sp=rl&sig=abc"),
    Own("service-container-url", NO_SOURCES, SOURCES, "containerUrl: ${container}", "containerUrl: ${container}/2024"),
    Own("service-container-url", NO_SOURCES, PROJECT, "contosodev.blob.core", "contosodev.dfs.core"),
    Own("service-two-sources", NO_SOURCES, SOURCES, "---\n# A partner", f"{SOURCE}---\n# A partner"),
    Own("service-token-expired", NO_SOURCES, secrets={"IMAGERY_SAS": token(-1)}),
    Own("service-token-lifetime", NO_SOURCES, secrets={"IMAGERY_SAS": token(30)}),
    Own("service-token-permissions", NO_SOURCES, secrets={"IMAGERY_SAS": token(3, "r")}),
    Own("service-token-permissions", NO_SOURCES, secrets={"IMAGERY_SAS": token(3, "rl", "b")}),
    Own("service-token-writes", NO_SOURCES, secrets={"IMAGERY_SAS": token(3, "rlwd")}),
    Own(
        "service-unused-variable",
        NO_PROJECT,
        PROJECT,
        "      container: https://contosodev",
        "      old: a\n      container: https://contosodev",
    ),
    Own("style-suppression", NO_COMMENTS, NAIP, ITEMS, "maxItemsPerTile: 2000  # pcsync: ignore service-items-per-tile"),
    Own("style-idle-suppression", NO_COMMENTS, NAIP, ITEMS, f"{ITEMS}  # pcsync: ignore service-items-per-tile: one is enough"),
]


def found(own: Own) -> list[Diagnostic]:
    """What is wrong with the examples once they are broken."""
    with TemporaryDirectory() as scratch:
        folder = Folder(Path(scratch) / "p", {**ENVIRONMENT, **own.secrets})
        shutil.copytree(EXAMPLES, folder.path, ignore=shutil.ignore_patterns(".pcsync"))
        if own.file:
            text = (folder.path / own.file).read_text(encoding="utf-8")
            assert own.old in text, f"{own.file} has no {own.old!r} to break"
            folder.write(own.file, text.replace(own.old, own.new, 1))
        return diagnostics(folder)


@cache
def beforehand() -> tuple[Diagnostic, ...]:
    """What is wrong with the examples as they are."""
    return tuple(found(Own("", "")))
