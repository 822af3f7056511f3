"""STAC's own JSON Schemas: the core ones are packaged, those of extensions come from wherever the caller has them. Never the network."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pcsync.core.source import step

VERSIONS = ("1.0.0", "1.1.0")
CORE = re.compile(r"https?://schemas\.stacspec\.org/v(?P<version>[0-9.]+)/[a-z-]+/json-schema/(?P<name>[a-z-]+)\.json")
GEOJSON = re.compile(r"https?://geojson\.org/schema/(?P<name>[A-Za-z]+)\.json")
Find = Callable[[str], Any]
"""A schema by its URL (without ``#``), decoded; None where it cannot be had."""
SHOWN = 100
DATA = Path(__file__).parents[1] / "data" / "stac"

Validator = Any
"""A compiled schema of jsonschema_rs, of whichever draft it says it is."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a schema does not allow, and the pointer of the value."""

    pointer: str
    what: str


def nothing(_url: str) -> Any:
    """No schemas but the packaged ones."""
    return None


class Schemas:
    """Compiled schemas, each once."""

    def __init__(self, find: Find = nothing) -> None:
        self._find = find
        self._compiled: dict[str, Validator | None] = {}

    def core(self, version: str) -> Validator | None:
        """The schema of a Collection of a STAC version; None for a version that is not packaged."""
        return core(version)

    def extension(self, url: str) -> Validator | None:
        """The schema of an extension; None where it, or one it refers to, cannot be had."""
        url = url.partition("#")[0]
        if url not in self._compiled:
            self._compiled[url] = self._compile(url)
        return self._compiled[url]

    def _compile(self, url: str) -> Validator | None:
        schema = self._find(url)
        if not isinstance(schema, dict):
            return None
        import jsonschema_rs  # takes longer than the rules that need no schema

        try:
            return jsonschema_rs.validator_for(schema, validate_formats=False, retriever=self._retrieve, base_uri=url)
        except (ValueError, jsonschema_rs.ReferencingError):  # no JSON Schema, or one that refers to what cannot be had
            return None

    def _retrieve(self, url: str) -> Any:
        found = packaged(url)
        found = self._find(url.partition("#")[0]) if found is None else found
        if found is None:
            raise ValueError(f"{url} is not at hand")
        return found


@cache
def core(version: str) -> Validator | None:
    """The compiled schema of a Collection."""
    if version not in VERSIONS:
        return None
    import jsonschema_rs

    schema = packaged(f"https://schemas.stacspec.org/v{version}/collection-spec/json-schema/collection.json")
    return jsonschema_rs.Draft7Validator(schema, validate_formats=False, retriever=_packaged)


def packaged(url: str) -> Any:
    """A schema of STAC or GeoJSON that is in the package; None for any other URL."""
    found = CORE.match(url)
    if found and found["version"] in VERSIONS:
        return _read(f"{found['version']}/{found['name']}.json")
    found = GEOJSON.match(url)
    return _read(f"geojson/{found['name']}.json") if found else None


def _packaged(url: str) -> Any:
    found = packaged(url)
    if found is None:
        raise ValueError(f"{url} is not packaged")
    return found


def _read(name: str) -> Any:
    path = DATA / name
    return json.loads(path.read_bytes()) if path.is_file() else None


def complaints(validator: Validator, document: Mapping[str, Any]) -> Iterator[Complaint]:
    """What is wrong with a document, each thing once; of alternatives the one that fits best is talked about."""
    if validator.is_valid(document):
        return
    said = set()
    for error in validator.iter_errors(document):
        best = _best(error)
        complaint = Complaint("".join(step(name) for name in best.instance_path), _sentence(best))
        if complaint not in said:
            said.add(complaint)
            yield complaint


def _best(error: Any) -> Any:
    """The error inside an anyOf or oneOf that lies deepest, in the alternative with the fewest errors."""
    branches = error.kind.as_dict().get("context") if error.kind.name in ("anyOf", "oneOf") else None
    branches = [branch for branch in branches or () if branch]
    if not branches:
        return error
    branch = min(branches, key=lambda errors: (-max(len(it.instance_path) for it in errors), len(errors)))
    return _best(max(branch, key=lambda it: len(it.instance_path)))


def _sentence(error: Any) -> str:
    text = str(error.message)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
