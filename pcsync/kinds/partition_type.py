"""How the items of a collection are partitioned: decided once, before the first item (dossier 2.7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pcsync.core.change import Action, Risk
from pcsync.core.diff import FieldDiff
from pcsync.core.kind import COLLECTION_MANIFEST, Kind
from pcsync.core.resource import Bodies, Body, Call, Desired, Key, Live
from pcsync.core.source import Document
from pcsync.kinds._shapes import child_reads, collection_path, configurations_path, section


class PartitionTypeKind:
    """A singleton that every collection has; on one with items it can no longer change, which planning has to find out.

    On a collection that does not exist yet it is a create with its own PUT, also for ``none``: one more request, but then what the
    plan says is what is sent, and nothing rests on the default of a fresh collection.
    """

    name = "partition-type"
    manifest = COLLECTION_MANIFEST
    section = "partitionType"
    after: tuple[str, ...] = ("collection",)
    needs: tuple[str, ...] = ("collection",)
    partial = False

    def model(self) -> Any:
        """The scheme."""
        from pcsync.kinds.models.partition_type import PartitionType

        return PartitionType

    def declare(self, document: Document) -> Iterator[Desired]:
        """The partition type, where the manifest sets it."""
        body = section(document, self.section)
        if body is not None:
            yield Desired(Key(self.name, document.id), dict(body), document.origin.at("/partitionType"))

    def reads(self, scope: str, bodies: Bodies) -> Iterable[str]:
        """The partition type of the collection; it is not in the combined configuration."""
        return child_reads(scope, bodies, partition_path)

    def live(self, scope: str, bodies: Bodies) -> Iterator[Live]:
        """What the collection is partitioned by."""
        body = bodies.get(partition_path(scope))
        if body is not None:
            yield Live(Key(self.name, scope), body, partition_path(scope))

    def normalise(self, body: Body) -> Body:
        """The scheme; unset is ``none``, the default of the model."""
        return {"scheme": body.get("scheme") or "none"}

    def calls(self, desired: Desired | None, live: Live | None) -> Sequence[Call]:
        """PUT; there is no way to delete it."""
        del live
        return [Call("PUT", partition_path(desired.key.collection), desired.body)] if desired else []

    def probes(self, desired: Desired, live: Live | None) -> Iterable[str]:
        """One item of the collection, if the scheme of an existing one is to change."""
        return (items_path(desired.key.collection),) if self._changes(desired, live) else ()

    def refusal(self, desired: Desired, live: Live | None, bodies: Bodies) -> str:
        """A collection with items keeps its partitions."""
        items = bodies.get(items_path(desired.key.collection)) if live and self._changes(desired, live) else None
        if not live or not items or not items.get("features"):
            return ""
        scheme, wanted = (self.normalise(body)["scheme"] for body in (live.body, desired.body))
        return (
            f"collection {desired.key.collection} has items, so its partition type stays {scheme}; "
            f"{wanted} needs a new collection that the items are ingested into again"
        )

    def _changes(self, desired: Desired, live: Live | None) -> bool:
        return live is not None and self.normalise(live.body) != self.normalise(desired.body)

    def risk(self, action: Action, fields: Sequence[FieldDiff]) -> Risk:
        """Once items are loaded there is no way back; on a new collection it only says how they will be stored."""
        del fields
        return Risk.DATA if action is Action.CREATE else Risk.IRREVERSIBLE

    def export(self, lives: Sequence[Live]) -> Any:
        """The scheme of the one collection."""
        return dict(self.normalise(lives[0].body))


def partition_path(collection: str) -> str:
    """``…/configurations/partition-type``."""
    return f"{configurations_path(collection)}/partition-type"


def items_path(collection: str) -> str:
    """The smallest answer that says whether a collection has items."""
    return f"{collection_path(collection)}/items?limit=1"


KIND: Kind = PartitionTypeKind()
