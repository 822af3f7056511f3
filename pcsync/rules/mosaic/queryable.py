"""Properties in filters beside the collection's queryables: names and values that no item has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pcsync.rules.collection import BUILT_IN, Collection
from pcsync.rules.mosaic.filter import COMPARISONS, Node
from pcsync.rules.mosaic.snippet import mosaic
from pcsync.rules.rule import NOTE, WARNING, Finding, rule
from pcsync.rules.shape import list_of, number, object_of, text_of
from pcsync.rules.words import listed, nearest, shown

ALIKE = 0.85


@rule(
    "mosaic-value",
    Collection,
    WARNING,
    "a property is compared with a value that it never takes",
    why="The queryable's definition says of which type a property is, sometimes which values it takes. Any other value matches nothing.",
    bad="queryables:\n  - {name: year, definition: {type: string}}\n" + mosaic('[{op: "=", args: [{property: year}, 2021]}]'),
    good="queryables:\n  - {name: year, definition: {type: string}}\n" + mosaic('[{op: "=", args: [{property: year}, "2021"]}]'),
    needs="queryables",
)
def value(collection: Collection) -> Iterator[Finding]:
    asked = {node.subject for subject in collection.mosaics for node in subject.nodes}
    found = (body for _, body in collection.members("queryables") if text_of(body.get("name")) in asked)
    definitions = {text_of(body.get("name")): object_of(body.get("definition")) for body in found} if asked else {}
    for subject in collection.mosaics if definitions else ():
        for node in subject.nodes:
            definition = definitions.get(node.subject)
            for literal, at in _literals(node) if definition else ():
                problem = _value_problem(literal, definition or {})
                if problem:
                    yield Finding(at, f"{node.subject} {problem[0]}", problem[1])


def _literals(node: Node) -> Iterator[tuple[Any, str]]:
    """The scalar values that a property is compared with."""
    if node.name not in COMPARISONS | {"in", "between"}:
        return
    for literal, at in node.literals():
        if isinstance(literal, list):
            yield from ((member, f"{at}/{index}") for index, member in enumerate(literal))
        else:
            yield literal, at


def _value_problem(literal: Any, definition: Mapping[str, Any]) -> tuple[str, str] | None:
    kind, values = definition.get("type"), list_of(definition.get("enum"))
    if kind == "string" and number(literal):
        return "is a text, and this is a number", f'quote it: "{literal}"'
    if kind in ("number", "integer") and isinstance(literal, str):
        return "is a number, and this is a text", "remove the quotes"
    if kind == "boolean" and isinstance(literal, str | int) and not isinstance(literal, bool):
        return "is true or false", "write true or false"
    if values and isinstance(literal, str | int | float) and literal not in values:
        return f"never takes the value {shown(literal)}", listed([str(it) for it in values])
    return None


@rule(
    "mosaic-unknown-property",
    Collection,
    WARNING,
    "a property that nearly is a declared queryable",
    why="A property that no item has matches nothing, and the catalog does not complain.",
    bad='queryables:\n  - {name: "eo:cloud_cover", definition: {type: number}}\n'
    + mosaic('[{op: "<=", args: [{property: "eo:cloudcover"}, 10]}]'),
    good='queryables:\n  - {name: "eo:cloud_cover", definition: {type: number}}\n'
    + mosaic('[{op: "<=", args: [{property: "eo:cloud_cover"}, 10]}]'),
    needs="queryables",
)
def unknown_property(collection: Collection) -> Iterator[Finding]:
    for name, at in _undeclared(collection):
        near = nearest(name, (collection.queryables or frozenset()) | BUILT_IN)
        if near is not None and _same_letters(name, near):
            yield Finding(at, f"{shown(name)} is no declared queryable", f"did you mean {near}?")


def _same_letters(one: str, other: str) -> bool:
    """Spelt differently, and not just another property of the same extension."""
    from difflib import SequenceMatcher

    bare, near = ("".join(filter(str.isalnum, name.rpartition(":")[2])).lower() for name in (one, other))
    return bare == near or SequenceMatcher(None, bare, near).ratio() > ALIKE


def _undeclared(collection: Collection) -> Iterator[tuple[str, str]]:
    declared = collection.queryables
    said = set()
    for subject in collection.mosaics if declared is not None else ():
        for node in subject.nodes:
            for name, at in node.properties:
                if declared is not None and name not in declared and name not in BUILT_IN and name not in said:
                    said.add(name)
                    yield name, at


@rule(
    "mosaic-undeclared-property",
    Collection,
    NOTE,
    "a mosaic filters by a property that is no declared queryable",
    why="""
Filtering works by any property of the items, but without a queryable there is no index, no known type and no entry in the Explorer's
filter.""",
    bad="queryables: []\n" + mosaic('[{op: "<=", args: [{property: "eo:cloud_cover"}, 10]}]'),
    good='queryables:\n  - {name: "eo:cloud_cover", definition: {type: number}}\n'
    + mosaic('[{op: "<=", args: [{property: "eo:cloud_cover"}, 10]}]'),
    needs="queryables",
)
def undeclared_property(collection: Collection) -> Iterator[Finding]:
    for name, at in _undeclared(collection):
        near = nearest(name, (collection.queryables or frozenset()) | BUILT_IN)
        if near is None or not _same_letters(name, near):
            yield Finding(at, f"{shown(name)} is no declared queryable", "declare it under queryables")
