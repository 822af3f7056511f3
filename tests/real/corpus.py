"""Real collections and configurations that nobody here wrote, and the manifests a person would make of them.

What a GeoCatalog would refuse is repaired here, by name, so that the tests can first prove that pcsync refuses it as it stands.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("PCSYNC_REAL_DATA") or ROOT.parent / "shared" / "data")
BUILT_IN = {"id", "datetime", "geometry"}  # queryables that the service adds by itself

needs_real_data = pytest.mark.skipif(not (REAL / "INDEX.json").exists(), reason=f"no real collections at {REAL} (set PCSYNC_REAL_DATA)")


@dataclass(frozen=True)
class Entry:
    """One file of the corpus."""

    file: str
    id: str
    kind: str
    shape: str

    @property
    def body(self) -> Any:
        """The decoded file."""
        return json.loads((REAL / self.file).read_text(encoding="utf-8"))


@cache
def entries(*kinds: str) -> tuple[Entry, ...]:
    """The files of some kinds, in the index' order; none where there is no real data."""
    if not (REAL / "INDEX.json").exists():
        return ()
    index = json.loads((REAL / "INDEX.json").read_text(encoding="utf-8"))
    found = (Entry(it["file"], it["id"], it["kind"], it["shape"]) for it in index)
    return tuple(entry for entry in found if entry.kind in kinds)


def collection(document: Mapping[str, Any], **sections: Any) -> dict[str, Any]:
    """A Collection manifest around a STAC document: id on top, assets (the service takes them as uploads only) left out."""
    stac = {name: value for name, value in document.items() if name not in ("id", "assets", "msft:_created", "msft:_updated")}
    stac["links"] = [link for link in stac.get("links", []) if link.get("rel") not in STRUCTURAL]
    return {"apiVersion": "pcsync/v1", "kind": "Collection", "id": document["id"], "stac": stac, **sections}


STRUCTURAL = {"items", "item", "self", "root", "parent", "child", "http://www.opengis.net/def/rel/ogc/1.0/queryables"}


def verbatim(document: Mapping[str, Any]) -> dict[str, Any]:
    """A Collection manifest with the document exactly as its author has it."""
    stac = {name: value for name, value in document.items() if name != "id"}
    return {"apiVersion": "pcsync/v1", "kind": "Collection", "id": document.get("id", ""), "stac": stac}


def render_options(body: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Render options in the service's own shape: camelCase, no nulls, ids made of names, names within 40 characters."""
    return [_named(entry, 40, ids) for ids in [set[str]()] for entry in body]


def mosaics(body: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Mosaics in the service's own shape; names within 30 characters."""
    return [_named(entry, 30, ids) for ids in [set[str]()] for entry in body]


def _named(entry: Mapping[str, Any], longest: int, taken: set[str]) -> dict[str, Any]:
    wire = {_camel(name): value if name == "cql" else _wire(value) for name, value in entry.items() if value is not None}
    wire["name"] = wire["name"][:longest].rstrip()
    slug = re.sub(r"[^a-zA-Z0-9_-]+", "-", str(wire.get("id") or entry["name"])).strip("-_").lower()[:26].strip("-_") or "option"
    unique = next(name for n in range(1000) if (name := slug if n == 0 else f"{slug}-{n}") not in taken)
    taken.add(unique)
    return {"id": unique, **{name: value for name, value in wire.items() if name != "id"}}


def _wire(value: Any) -> Any:
    """camelCase keys and no nulls, at any depth."""
    if isinstance(value, dict):
        return {_camel(name): _wire(member) for name, member in value.items() if member is not None}
    return [_wire(member) for member in value] if isinstance(value, list) else value


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def queryables(body: Any) -> list[dict[str, Any]]:
    """Queryables as the service takes them, from its own list or from a JSON Schema's properties."""
    if isinstance(body, list):
        return body
    return [{"name": name, "definition": definition} for name, definition in body["properties"].items() if name not in BUILT_IN]


def catalogs(*kinds: str) -> Iterator[list[Entry]]:
    """Collections of some kinds, parted so that no id occurs twice in one catalog."""
    parts: list[dict[str, Entry]] = []
    for entry in entries(*kinds):
        identity = entry.body["id"]
        free = next((part for part in parts if identity not in part), None)
        if free is None:
            parts.append(free := {})
        free[identity] = entry
    yield from (list(part.values()) for part in parts)
