"""The files and secrets that manifests name, known without importing the kinds: that takes as long as validating a manifest."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pcsync.core.kind import COLLECTION_MANIFEST, Attaching


class AssetFile:
    """The file of each asset of a collection."""

    files: tuple[str, ...] = ("/assets/*/file",)
    secrets: tuple[str, ...] = ()

    def secret_facts(self, value: str) -> Mapping[str, Any]:
        """Assets name no secrets."""
        del value
        return {}


class SourceToken:
    """The SAS token of an ingestion source."""

    files: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ("/sasToken",)

    def secret_facts(self, value: str) -> Mapping[str, Any]:
        """A SAS token's expiry ``se``, permissions ``sp`` and resource ``sr``, as far as it has them; never its signature."""
        from urllib.parse import parse_qs

        token = parse_qs(value.strip().removeprefix("?"))
        return {name: token[name][0] for name in ("se", "sp", "sr") if name in token}


ATTACHING: Mapping[str, tuple[Attaching, ...]] = MappingProxyType(
    {COLLECTION_MANIFEST: (AssetFile(),), "IngestionSource": (SourceToken(),)}
)
"""Manifest kind to what its manifests attach; the kinds they belong to have it from here."""
