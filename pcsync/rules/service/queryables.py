"""Queryables: definitions, index types and values that agree (dossier 3.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pcsync.rules.manifest import Manifest
from pcsync.rules.rule import WARNING, Finding, rule
from pcsync.rules.shape import list_of, number, object_of, text_of
from pcsync.rules.words import shown

TYPES = frozenset({"string", "number", "boolean", "integer", "array", "object", "null"})
OF_INDEX = {
    "string": {"string"},
    "number": {"number", "integer"},
    "boolean": {"boolean"},
    "timestamp": {"string"},
    "date": {"string"},
}
FORMATS = {"timestamp": "date-time", "date": "date"}
EXAMPLE = "queryables:\n  - {name: year, %s}\n"


@rule(
    "service-queryable-type",
    Manifest,
    WARNING,
    "a queryable whose index is of another type than its values",
    why="""
data_type says how the property is indexed, definition.type what its values are. A number that is indexed as text sorts 10 before 9;
times go with type string and a format.""",
    bad=EXAMPLE % "data_type: number, definition: {type: string}",
    good=EXAMPLE % "data_type: number, definition: {type: integer}",
    needs="queryables",
)
def queryable_type(manifest: Manifest) -> Iterator[Finding]:
    for pointer, body in manifest.members("queryables"):
        definition, index = object_of(body.get("definition")), text_of(body.get("data_type"))
        kind = definition.get("type")
        if isinstance(kind, str) and kind not in TYPES:
            fix = 'write {type: string, format: date-time} and data_type: "timestamp"' if kind in ("date", "timestamp", "datetime") else ""
            yield Finding(f"{pointer}/definition/type", f"JSON Schema has no type {shown(kind)}", fix)
        elif isinstance(kind, str) and index in OF_INDEX and kind not in OF_INDEX[index]:
            yield Finding(f"{pointer}/data_type", f"values of type {kind} are indexed as {index}", "let both say the same")
        elif index in FORMATS and kind == "string" and definition.get("format") not in (None, FORMATS[index]):
            what = f"format {shown(definition['format'])} is indexed as {index}"
            yield Finding(f"{pointer}/data_type", what, f"write format: {FORMATS[index]}")


@rule(
    "service-queryable-values",
    Manifest,
    WARNING,
    "values that a queryable's own definition refuses",
    why="The Explorer offers what enum lists. An empty list offers nothing, and values of another type than type match no item.",
    bad=EXAMPLE % "definition: {type: string, enum: [2021, 2022]}",
    good=EXAMPLE % 'definition: {type: string, enum: ["2021", "2022"]}',
    needs="queryables",
)
def queryable_values(manifest: Manifest) -> Iterator[Finding]:
    for pointer, body in manifest.members("queryables"):
        definition = object_of(body.get("definition"))
        if definition.get("enum") == []:
            yield Finding(f"{pointer}/definition/enum", "this list of values is empty", "list the values, or leave enum out")
        for index, value in enumerate(list_of(definition.get("enum"))):
            if not _fits(value, definition.get("type")):
                fix = f'quote it: "{value}"' if definition.get("type") == "string" and number(value) else ""
                yield Finding(f"{pointer}/definition/enum/{index}", f"{shown(value)} is not of type {definition['type']}", fix)
                break


def _fits(value: Any, kind: Any) -> bool:
    if kind == "string":
        return isinstance(value, str)
    if kind in ("number", "integer"):
        return number(value)
    return isinstance(value, bool) if kind == "boolean" else True
