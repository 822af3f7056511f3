"""Real collections with their real configurations, as manifests that the rules look at in process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pcsync.core.diagnostic import Severity
from pcsync.core.source import Document, Origin
from pcsync.rules.choice import Choice
from pcsync.rules.engine import Engine, Found
from tests.real import corpus

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def engine() -> Engine:
    """All rules."""
    return Engine(Choice(), NOW)


def document(body: Mapping[str, Any]) -> Document:
    """The document of a manifest's body."""
    kept = {name: value for name, value in body.items() if name not in ("apiVersion", "kind", "id")}
    return Document("Collection", body["id"], kept, Origin(f"{body['id']}.yaml"))


def look(body: Mapping[str, Any]) -> list[Found]:
    """What the rules find in a manifest."""
    return engine().look(document(body))


def errors(found: list[Found]) -> list[Found]:
    """Those that stop a plan."""
    return [it for it in found if it.severity is Severity.ERROR]


@dataclass(frozen=True)
class Configured:
    """A real collection and what is configured for it, each section in the service's own shape."""

    name: str
    stac: Mapping[str, Any]
    sections: Mapping[str, Any]

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest of both."""
        return corpus.collection(self.stac, **self.sections)


@cache
def collections() -> dict[str, Mapping[str, Any]]:
    """The current collection document of each id: authored ones first, then as served."""
    found: dict[str, Mapping[str, Any]] = {}
    for entry in (*corpus.entries("collection"), *corpus.entries("collection-served")):
        found.setdefault(entry.body["id"], entry.body)
    return found


@cache
def configured() -> tuple[Configured, ...]:
    """Every collection that has a configuration of its own."""
    sections: dict[str, dict[str, Any]] = {}
    for entry in corpus.entries("render-options", "mosaics", "queryables", "tile-settings"):
        sections.setdefault(entry.id, {})[NAMES[entry.kind]] = SHAPES[entry.kind](entry.body)
    known = collections()
    return tuple(Configured(name, known[name], parts) for name, parts in sorted(sections.items()) if name in known)


def unconfigured() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(name of the section's file, body) of configurations whose collection is not among the data."""
    known = collections()
    for entry in corpus.entries("render-options", "mosaics", "queryables", "tile-settings"):
        if entry.id not in known:
            body = {"id": entry.id, NAMES[entry.kind]: SHAPES[entry.kind](entry.body)}
            yield entry.file, body


NAMES = {"render-options": "renderOptions", "mosaics": "mosaics", "queryables": "queryables", "tile-settings": "tileSettings"}
SHAPES = {
    "render-options": corpus.render_options,
    "mosaics": corpus.mosaics,
    "queryables": corpus.queryables,
    "tile-settings": lambda body: body,
}
