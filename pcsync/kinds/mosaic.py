"""Named selections of a collection's items that the Explorer offers (dossier 2.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from pcsync.core.change import Action, Risk
from pcsync.core.diff import FieldDiff
from pcsync.core.kind import COLLECTION_MANIFEST, Kind
from pcsync.core.resource import Bodies, Body, Call, Desired, Key, Live
from pcsync.core.source import Document, step
from pcsync.kinds._shapes import (
    child_reads,
    configuration,
    configurations_path,
    graded,
    ignored,
    member_calls,
    section,
    segment,
    set_fields,
)

BORN_WITH = "default"
FIELDS = ("name", "description", "cql")
RISKS = {"name": Risk.COSMETIC, "description": Risk.COSMETIC, "cql": Risk.QUERY}


class MosaicKind:
    """A member of the collection's configuration; its place in the list is not state."""

    name = "mosaic"
    manifest = COLLECTION_MANIFEST
    section = "mosaics"
    after: tuple[str, ...] = ("queryable",)
    needs: tuple[str, ...] = ("collection",)
    partial = False

    def model(self) -> Any:
        """A list of mosaics."""
        from pcsync.kinds.models.mosaic import Mosaic

        return list[Mosaic]

    def declare(self, document: Document) -> Iterator[Desired]:
        """One resource for each member of the list."""
        for index, body in enumerate(section(document, self.section) or ()):
            key, origin = Key(self.name, document.id, body["id"]), document.origin.at(f"/mosaics/{index}")
            yield Desired(key, dict(body), origin, ignored(document, f"/mosaics{step(body['id'])}", FIELDS))

    def reads(self, scope: str, bodies: Bodies) -> Iterable[str]:
        """The combined configuration of the collection."""
        return child_reads(scope, bodies, configurations_path)

    def live(self, scope: str, bodies: Bodies) -> Iterator[Live]:
        """The mosaics of the combined configuration; ``default`` is one of them on collections that nobody configured."""
        for body in (configuration(scope, bodies).get("mosaicInfo") or {}).get("mosaics") or ():
            yield Live(Key(self.name, scope, body["id"]), body, f"{mosaics_path(scope)}/{segment(body['id'])}")

    def normalise(self, body: Body) -> Body:
        """Null as absent; ``""`` stays."""
        return set_fields(body)

    def calls(self, desired: Desired | None, live: Live | None) -> Sequence[Call]:
        """POST, PUT, DELETE. ``default`` is replaced where its POST finds that the collection was born with it (dossier 2.4)."""
        calls = member_calls(desired, live, mosaics_path(desired.key.collection) if desired else "")
        if desired is None or live is not None or desired.key.name != BORN_WITH:
            return calls
        path = f"{mosaics_path(desired.key.collection)}/{segment(BORN_WITH)}"
        return [replace(call, otherwise=Call("PUT", path, call.json)) for call in calls]

    def risk(self, action: Action, fields: Sequence[FieldDiff]) -> Risk:
        """What its filter finds; texts are cosmetic."""
        return graded(action, fields, create=Risk.QUERY, table=RISKS, other=Risk.QUERY)

    def export(self, lives: Sequence[Live]) -> Any:
        """The mosaics as a list."""
        return [set_fields(live.body) for live in lives]


def mosaics_path(collection: str) -> str:
    """``…/configurations/mosaics``."""
    return f"{configurations_path(collection)}/mosaics"


KIND: Kind = MosaicKind()
