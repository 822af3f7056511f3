"""Definitions of what is ingested into a collection, and from where (dossier 2.10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pcsync.core.change import Action, Risk
from pcsync.core.diff import FieldDiff, without
from pcsync.core.kind import COLLECTION_MANIFEST, Kind
from pcsync.core.resource import Bodies, Body, Call, Desired, Key, Live
from pcsync.core.source import Document, step
from pcsync.kinds._shapes import ambiguous, child_reads, graded, ignored, section, segment, set_fields, with_twins

URLS = {"StaticCatalog": "sourceCatalogUrl", "StacGeoparquet": "stacGeoparquetUrl"}
FIELDS = (*URLS.values(), "skipExistingItems", "keepOriginalAssets")
SERVED = frozenset({"id", "creationTime", "status"})
DELETING = "Deleting"  # until the operation ends; one that fails leaves the definition as it was


class IngestionKind:
    """Known by displayName, which the service does not keep unique: where several have one name, nothing is guessed."""

    name = "ingestion"
    manifest = COLLECTION_MANIFEST
    section = "ingestions"
    after: tuple[str, ...] = ("asset", "ingestion-source")
    needs: tuple[str, ...] = ("collection", "ingestion-source")
    partial = True
    repeatable = True

    def model(self) -> Any:
        """A list of ingestion definitions."""
        from pcsync.kinds.models.ingestion import Ingestion

        return list[Ingestion]

    def declare(self, document: Document) -> Iterator[Desired]:
        """One resource for each member of the list; a URL of the other import type is asked to be absent."""
        for index, body in enumerate(section(document, self.section) or ()):
            name = body["displayName"]
            unset = {url: None for import_type, url in URLS.items() if import_type != body["importType"]}
            key, origin = Key(self.name, document.id, name), document.origin.at(f"/ingestions/{index}")
            yield Desired(key, {**body, **unset}, origin, ignored(document, f"/ingestions{step(name)}", FIELDS))

    def reads(self, scope: str, bodies: Bodies) -> Iterable[str]:
        """The definitions of the collection."""
        return child_reads(scope, bodies, ingestions_path)

    def live(self, scope: str, bodies: Bodies) -> Iterator[Live]:
        """The definitions by name, or by id where they have none; those that are being deleted are left out."""
        return with_twins(
            Live(_key(scope, body), body, f"{ingestions_path(scope)}/{segment(body['id'])}")
            for body in _definitions(scope, bodies)
            if body.get("status") != DELETING
        )

    def leaving(self, scope: str, bodies: Bodies) -> Iterable[Key]:
        """The definitions that are being deleted."""
        return {_key(scope, body) for body in _definitions(scope, bodies) if body.get("status") == DELETING}

    def normalise(self, body: Body) -> Body:
        """Without what the service makes; null as absent."""
        return {name: value for name, value in body.items() if value is not None and name not in SERVED}

    def calls(self, desired: Desired | None, live: Live | None) -> Sequence[Call]:
        """POST, PATCH as a merge patch that names the import type, DELETE; nothing where several live ones could be meant."""
        if live and live.twins:
            return []
        if desired is None:
            return [Call("DELETE", live.path)] if live else []
        if live is None:
            return [Call("POST", ingestions_path(desired.key.collection), set_fields(desired.body))]
        return [Call("PATCH", live.path, _patch(desired, live), "application/merge-patch+json")]

    def probes(self, desired: Desired, live: Live | None) -> Iterable[str]:
        """Nothing: the list says it all."""
        del desired, live
        return ()

    def refusal(self, desired: Desired, live: Live | None, bodies: Bodies) -> str:
        """Several definitions of one name: which one is meant cannot be told."""
        del bodies
        return ambiguous(self, desired, live, f"ingestions are called {desired.key.name}")

    def risk(self, action: Action, fields: Sequence[FieldDiff]) -> Risk:
        """What is ingested."""
        return graded(action, fields, create=Risk.DATA, table={}, other=Risk.DATA)

    def export(self, lives: Sequence[Live]) -> Any:
        """The definitions as a list; one without a name is given its id, which adopting it will write."""
        return [{"displayName": live.key.name, **self.normalise(live.body)} for live in lives]


def _definitions(scope: str, bodies: Bodies) -> Iterable[Body]:
    return (bodies.get(ingestions_path(scope)) or {}).get("value") or ()


def _key(scope: str, body: Body) -> Key:
    return Key(IngestionKind.name, scope, body.get("displayName") or body["id"])


def _patch(desired: Desired, live: Live) -> dict[str, Any]:
    """Our fields as a merge patch; a null only where there is something to take away."""
    body = without(desired.body, desired.ignore)
    return {name: value for name, value in body.items() if value is not None or live.body.get(name) is not None}


def ingestions_path(collection: str) -> str:
    """``/inma/collections/{id}/ingestions``."""
    return f"/inma/collections/{segment(collection)}/ingestions"


KIND: Kind = IngestionKind()
