"""A Collection manifest as its rules see it: the STAC document, its render options, its mosaics, each read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from pcsync.core.source import Document
from pcsync.rules.mosaic.mosaic import Mosaic
from pcsync.rules.render.option import Option
from pcsync.rules.shape import list_of, object_of, objects

BUILT_IN = frozenset({"id", "datetime", "geometry", "collection"})
"""Properties that every catalog can filter by (dossier 3.3)."""


class Collection:
    """One collection with everything its manifest declares for it. Sections of a wrong shape read as empty."""

    def __init__(self, document: Document) -> None:
        self.id, self.body = document.id, document.body

    @cached_property
    def stac(self) -> Mapping[str, Any] | None:
        """The STAC document; None where the manifest leaves it alone."""
        return object_of(self.body["stac"]) if self.body.get("stac") is not None else None

    @cached_property
    def item_assets(self) -> Mapping[str, Any] | None:
        """What items' assets have in common, by key; None where the manifest does not say which assets there are."""
        assets = (self.stac or {}).get("item_assets")
        return assets if isinstance(assets, dict) and assets else None

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """The render options."""
        own = self.body.get("assets")
        keys = own.keys() if isinstance(own, dict) else None
        found = objects(self.body.get("renderOptions"))
        return tuple(Option(f"/renderOptions/{index}", body, self.item_assets, keys) for index, body in found)

    @cached_property
    def mosaics(self) -> tuple[Mosaic, ...]:
        """The mosaics."""
        return tuple(Mosaic(f"/mosaics/{index}", body) for index, body in objects(self.body.get("mosaics")))

    @cached_property
    def queryables(self) -> frozenset[str] | None:
        """The declared queryables; None where the manifest leaves them alone."""
        if self.body.get("queryables") is None:
            return None
        return frozenset(body["name"] for _, body in objects(self.body["queryables"]) if isinstance(body.get("name"), str))

    @property
    def tile_settings(self) -> Mapping[str, Any]:
        """The tile settings."""
        return object_of(self.body.get("tileSettings"))

    @property
    def ingestions(self) -> list[Any]:
        """The ingestion definitions."""
        return list_of(self.body.get("ingestions"))
