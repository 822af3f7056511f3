"""A Collection manifest as its rules see it: the STAC document, its render options, its mosaics, each read once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from pcsync.core.source import Document
from pcsync.rules.mosaic.mosaic import Mosaic
from pcsync.rules.render.option import Assets, Option
from pcsync.rules.shape import object_of, objects

LABELS = frozenset({"id", "name", "description", "minZoom", "conditions"})
"""Fields of a render option that say when and under which name it is shown, not how it is drawn."""
BAND_LISTS = ("bands", "eo:bands", "raster:bands")
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
    def names(self) -> frozenset[str]:
        """The sections it has."""
        return frozenset(self.body)

    @cached_property
    def item_assets(self) -> Mapping[str, int | None] | None:
        """The assets of items by key, with the number of their bands where that is said; None where the manifest has none."""
        assets = (self.stac or {}).get("item_assets")
        return {key: _bands(asset) for key, asset in assets.items()} if isinstance(assets, dict) and assets else None

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """The render options, less what has no say in how they are drawn."""
        own = self.body.get("assets")
        assets = Assets(self.item_assets, frozenset(own) if isinstance(own, dict) else None)
        return tuple(Option(pointer, _drawn(body), assets) for pointer, body in self.members("renderOptions"))

    def members(self, section: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """(pointer, body) of the members of a section that are objects."""
        return ((f"/{section}/{index}", body) for index, body in objects(self.body.get(section)))

    @cached_property
    def mosaics(self) -> tuple[Mosaic, ...]:
        """Those that are objects, each with its pointer; what else stands in the list is the schema's to complain of."""
        return tuple(Mosaic(f"/mosaics/{index}", body) for index, body in objects(self.body.get("mosaics")))

    @cached_property
    def queryables(self) -> frozenset[str] | None:
        """The declared queryables; None where the manifest leaves them alone."""
        if self.body.get("queryables") is None:
            return None
        return frozenset(body["name"] for _, body in objects(self.body["queryables"]) if isinstance(body.get("name"), str))

    @property
    def tile_settings(self) -> Mapping[str, Any]:
        """Empty where the manifest leaves them alone."""
        return object_of(self.body.get("tileSettings"))


def _drawn(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in LABELS}


def _bands(asset: Any) -> int | None:
    """How many bands the collection says that an asset has."""
    if not isinstance(asset, dict):
        return None
    most = 0
    for name in BAND_LISTS:
        found = asset.get(name)
        if found is not None and isinstance(found, list) and len(found) > most:
            most = len(found)
    return most or None
