"""JSON Schemas (draft 2020-12) of the manifests, made of the kinds' models and kept in the package as files.

Each comes twice. ``schemas/Collection.json`` is for authors and editors: it describes a manifest as it is written, with ``$file`` and
``${variables}`` wherever a value may stand. ``schemas/resolved/Collection.json`` is the gate, over what is left after both are resolved.
``python -m tests.manifests.write_schemas`` writes them anew; a test says when that is due.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pcsync.core.kind import COLLECTION_MANIFEST

if TYPE_CHECKING:
    from pcsync.core.kind import Kind

DRAFT = "https://json-schema.org/draft/2020-12/schema"
POLICY = "Policy"
NAMES = ("Project", "Collection", "IngestionSource", "Overlay", "Removal", POLICY)
SECTIONS = ("stac", "partitionType", "queryables", "tileSettings", "renderOptions", "mosaics", "assets", "ingestions")
"""The order in which people write them, and editors offer them."""
FOLDER = "schemas"
DEFERRED = "Deferred"
Schema = dict[str, Any]


@cache
def packaged(name: str) -> Schema:
    """The schema of a manifest kind as authors write it. Raises KeyError for a kind that there is not."""
    return _read(name, FOLDER)


@cache
def packaged_gate(name: str) -> Schema:
    """The schema of a resolved manifest. Raises KeyError for a kind that there is not."""
    return _read(name, f"{FOLDER}/resolved")


def _read(name: str, folder: str) -> Schema:
    if name not in NAMES:
        raise KeyError(name)
    schema: Schema = json.loads((Path(__file__).parent / folder / f"{name}.json").read_bytes())
    return schema


def build(kinds: Mapping[str, Kind]) -> dict[str, Schema]:
    """The schemas of all manifest kinds as authors write them, by name. A Policy is read as it is written: nothing in it is resolved."""
    return {name: schema if name == POLICY else authored(schema) for name, schema in build_gates(kinds).items()}


def build_gates(kinds: Mapping[str, Kind]) -> dict[str, Schema]:
    """The schemas of resolved manifests, by name."""
    from pcsync.manifests import models

    frames = {name: getattr(models, name) for name in ("Project", "Overlay", "Removal", POLICY)}
    schemas = {name: _schema({name: model}, name) for name, model in frames.items()}
    schemas[COLLECTION_MANIFEST] = _collection(kinds.values())
    for kind in kinds.values():
        if not kind.section:
            schemas[kind.manifest] = _standalone(kind)
    return {name: _tidy(schemas[name]) for name in NAMES if name in schemas}


def _schema(types: Mapping[str, Any], root: str) -> Schema:
    """One schema that holds several types as definitions, and is the ``root`` of them."""
    from pydantic import TypeAdapter
    from pydantic.json_schema import GenerateJsonSchema

    class Untitled(GenerateJsonSchema):
        def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  # pydantic's name
            return False

    inputs = [(name, "validation", TypeAdapter(type_)) for name, type_ in types.items()]
    mapped, shared = TypeAdapter.json_schemas(inputs, schema_generator=Untitled)  # type: ignore[arg-type]  # its Literal mode is inferred as str
    definitions = dict(shared.get("$defs", {}))
    found = {name: mapped[(name, "validation")] for name in types}
    own = definitions.pop(root) if root in definitions else found[root]
    return {"$schema": DRAFT, "title": root, **own, "$defs": definitions, "sections": found}


def _collection(kinds: Iterable[Kind]) -> Schema:
    from pcsync.manifests import models

    sections = {kind.section: kind.model() for kind in kinds if kind.manifest == COLLECTION_MANIFEST}
    ordered = sorted(sections, key=lambda name: (SECTIONS.index(name) if name in SECTIONS else len(SECTIONS), name))
    types = {COLLECTION_MANIFEST: models.Collection, **{name: sections[name] for name in ordered}, "end": models.CollectionEnd}
    schema = _schema(types, COLLECTION_MANIFEST)
    schema["properties"] |= {name: schema["sections"][name] for name in ordered}
    schema["properties"] |= schema["$defs"].pop("CollectionEnd")["properties"]
    return _without_own(schema)


def _without_own(schema: Schema) -> Schema:
    """The id stands on top and assets have a section of their own, so neither may stand in ``stac``."""
    reference = schema["properties"].get("stac", {}).get("$ref", "").rpartition("/")[2]
    stac = schema["$defs"].get(reference, schema["properties"].get("stac"))
    if stac and "properties" in stac:
        stac["properties"] |= {"id": False, "assets": False}
    return schema


def _standalone(kind: Kind) -> Schema:
    from pcsync.manifests import models

    schema = _schema({kind.manifest: kind.model(), "Standalone": models.Standalone}, kind.manifest)
    frame = schema["$defs"].pop("Standalone")
    own = {"kind": {"const": kind.manifest, "type": "string"}, "name": {"type": "string", "minLength": 1}}
    schema["properties"] = {**frame["properties"], **own, **schema.get("properties", {})}
    schema["required"] = list(dict.fromkeys(["apiVersion", "kind", "name", *schema.get("required", [])]))
    return schema


def _tidy(schema: Schema) -> Schema:
    """Without the workings of this module, nor ``default: null``, which says nothing."""
    schema.pop("sections", None)
    if not schema["$defs"]:
        del schema["$defs"]
    tidied: Schema = _pruned(schema)
    return tidied


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        pruned = {name: _pruned(member) for name, member in value.items() if not (name == "default" and member is None)}
        return {**pruned, "additionalProperties": False} if _names_only(pruned) else pruned
    return [_pruned(member) for member in value] if isinstance(value, list) else value


def _names_only(schema: Schema) -> bool:
    """An object whose names have to fit a pattern: pydantic forgets to say that no others may be in it."""
    return isinstance(schema.get("patternProperties"), dict) and "additionalProperties" not in schema and schema.get("type") == "object"


def authored(gate: Schema) -> Schema:
    """The schema of the same manifest before ``$file`` and ``${variables}`` are resolved: either may stand for any value."""
    definitions = {name: _open(schema) for name, schema in gate.get("$defs", {}).items()}
    definitions[DEFERRED] = {
        "description": "A value from another file, or one with a variable in it.",
        "anyOf": [{"type": "object", "required": ["$file"]}, {"type": "string", "pattern": r"\$\{"}],
    }
    return {**_open({name: member for name, member in gate.items() if name != "$defs"}), "$defs": definitions}


def _open(schema: Any) -> Any:
    """The schema with each value below it, but not itself, open to ``$file`` and variables."""
    if isinstance(schema, list):
        return [_open(member) for member in schema]
    if not isinstance(schema, dict):
        return schema
    opened: Schema = {}
    for keyword, member in schema.items():
        if keyword in ("properties", "patternProperties"):
            opened[keyword] = {name: _deferrable(value, name) for name, value in member.items()}
        elif keyword in ("items", "additionalProperties") and isinstance(member, dict):
            opened[keyword] = _deferrable(member)
        elif keyword == "prefixItems":
            opened[keyword] = [_deferrable(value) for value in member]
        elif keyword in ("anyOf", "oneOf", "allOf", "then", "else"):
            opened[keyword] = _open(member)
        else:
            opened[keyword] = member
    return opened


def _deferrable(schema: Any, name: str = "") -> Any:
    if not isinstance(schema, dict) or name in ("apiVersion", "kind"):
        return schema
    shown = {"description": schema["description"]} if "description" in schema else {}
    return {**shown, "if": {"$ref": f"#/$defs/{DEFERRED}"}, "else": _open(schema)}


def write(kinds: Mapping[str, Kind], folder: Path) -> None:
    """Write the schemas of both sorts below a folder."""
    for sub, schemas in (("", build(kinds)), ("resolved", build_gates(kinds))):
        (folder / sub).mkdir(parents=True, exist_ok=True)
        for name, schema in schemas.items():
            (folder / sub / f"{name}.json").write_text(text(schema), encoding="utf-8")


def text(schema: Schema) -> str:
    """A schema as its file holds it."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
