"""From which zoom, and of how many items, the tiles of a collection are made (dossier 2.6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pcsync.core.change import Action, Risk
from pcsync.core.diff import FieldDiff
from pcsync.core.kind import COLLECTION_MANIFEST, Kind
from pcsync.core.resource import Bodies, Body, Call, Desired, Key, Live
from pcsync.core.source import Document
from pcsync.kinds._shapes import (
    child_reads,
    configuration,
    configurations_path,
    graded,
    ignored,
    replacing,
    section,
    set_fields,
)


class TileSettingsKind:
    """A singleton that every collection has and that cannot be deleted: PUT sets it, dropping it from the manifest leaves it."""

    name = "tile-settings"
    manifest = COLLECTION_MANIFEST
    section = "tileSettings"
    after: tuple[str, ...] = ("queryable",)
    needs: tuple[str, ...] = ("collection",)
    partial = False

    def model(self) -> Any:
        """The settings."""
        from pcsync.kinds.models.tile_settings import TileSettings

        return TileSettings

    def declare(self, document: Document) -> Iterator[Desired]:
        """The settings, where the manifest has them; no default of the service is taken for granted."""
        body = section(document, self.section)
        if body is not None:
            origin = document.origin.at("/tileSettings")
            yield Desired(Key(self.name, document.id), dict(body), origin, ignored(document, "/tileSettings", FIELDS))

    def reads(self, scope: str, bodies: Bodies) -> Iterable[str]:
        """The combined configuration of the collection."""
        return child_reads(scope, bodies, configurations_path)

    def live(self, scope: str, bodies: Bodies) -> Iterator[Live]:
        """The settings of the collection."""
        body = configuration(scope, bodies).get("tileSettings")
        if body is not None:
            yield Live(Key(self.name, scope), body, settings_path(scope))

    def normalise(self, body: Body) -> Body:
        """Null as absent."""
        return set_fields(body)

    def calls(self, desired: Desired | None, live: Live | None) -> Sequence[Call]:
        """PUT creates and replaces; there is no delete."""
        if desired is None:
            return []
        return [Call("PUT", settings_path(desired.key.collection), replacing(desired, live) if live else desired.body)]

    def risk(self, action: Action, fields: Sequence[FieldDiff]) -> Risk:
        """The map looks different."""
        return graded(action, fields, create=Risk.VISUAL, table={}, other=Risk.VISUAL)

    def export(self, lives: Sequence[Live]) -> Any:
        """The settings of the one collection."""
        return set_fields(lives[0].body)


FIELDS = ("minZoom", "maxItemsPerTile", "defaultLocation")


def settings_path(collection: str) -> str:
    """``…/configurations/tile-settings``."""
    return f"{configurations_path(collection)}/tile-settings"


KIND: Kind = TileSettingsKind()
