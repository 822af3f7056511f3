"""Item properties that searches may filter by (dossier 2.8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pcsync.core.change import Action, Risk
from pcsync.core.diff import FieldDiff
from pcsync.core.kind import COLLECTION_MANIFEST, Kind
from pcsync.core.resource import Bodies, Body, Call, Desired, Key, Live
from pcsync.core.source import Document, step
from pcsync.kinds._shapes import child_reads, collection_path, graded, ignored, replacing, section, segment, set_fields

BUILT_IN = ("id", "datetime", "geometry")
UNREADABLE = ("data_type", "create_index")


class QueryableKind:
    """A named member of the collection's queryables; of what is sent only the definition can be read back."""

    name = "queryable"
    manifest = COLLECTION_MANIFEST
    section = "queryables"
    after: tuple[str, ...] = ("partition-type",)
    needs: tuple[str, ...] = ("collection",)
    partial = False

    def model(self) -> Any:
        """A list of queryables."""
        from pcsync.kinds.models.queryable import Queryable

        return list[Queryable]

    def declare(self, document: Document) -> Iterator[Desired]:
        """One resource for each member of the list."""
        for index, body in enumerate(section(document, self.section) or ()):
            at = f"/queryables{step(body['name'])}"
            yield Desired(
                Key(self.name, document.id, body["name"]),
                dict(body),
                document.origin.at(f"/queryables/{index}"),
                ignored(document, at, ("definition",)),
                unreadable={name: body[name] for name in UNREADABLE if body.get(name) is not None} or None,
            )

    def reads(self, scope: str, bodies: Bodies) -> Iterable[str]:
        """The queryables of the collection, as one JSON Schema."""
        return child_reads(scope, bodies, queryables_path)

    def live(self, scope: str, bodies: Bodies) -> Iterator[Live]:
        """The properties of the schema, less those that every collection is born with."""
        base = queryables_path(scope)
        for name, definition in ((bodies.get(base) or {}).get("properties") or {}).items():
            if name not in BUILT_IN:
                yield Live(Key(self.name, scope, name), {"name": name, "definition": definition}, f"{base}/{segment(name)}")

    def normalise(self, body: Body) -> Body:
        """Name and definition: data_type and create_index cannot be read."""
        return {"name": body["name"], "definition": body.get("definition") or {}}

    def calls(self, desired: Desired | None, live: Live | None) -> Sequence[Call]:
        """POST takes a list, PUT and DELETE one.

        One POST for each queryable: they are written to one document, and a race (409 CollectionConfigChanged) then concerns one only.
        """
        if desired is None:
            return [Call("DELETE", live.path)] if live else []
        if live is None:
            return [Call("POST", queryables_path(desired.key.collection), [set_fields(desired.body)])]
        return [Call("PUT", live.path, set_fields(replacing(desired, live)))]

    def risk(self, action: Action, fields: Sequence[FieldDiff]) -> Risk:
        """Filters answer differently."""
        return graded(action, fields, create=Risk.QUERY, table={}, other=Risk.QUERY)

    def export(self, lives: Sequence[Live]) -> Any:
        """What can be read of them: names and definitions."""
        return [dict(self.normalise(live.body)) for live in lives]


def queryables_path(collection: str) -> str:
    """``/stac/collections/{id}/queryables``."""
    return f"{collection_path(collection)}/queryables"


KIND: Kind = QueryableKind()
