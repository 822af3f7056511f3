"""The form of a mosaic's CQL2-JSON."""

from __future__ import annotations

from collections.abc import Iterator

from pcsync.rules.mosaic.filter import ARITY, FUNCTIONS, KNOWN, LOGICAL, MAX_DEPTH, OLD, Node
from pcsync.rules.mosaic.mosaic import Mosaic
from pcsync.rules.mosaic.snippet import mosaic
from pcsync.rules.rule import ERROR, WARNING, Finding, rule
from pcsync.rules.words import meant, shown

ACCEPTED = frozenset({"intersects"})  # an old name that pgstac still takes


@rule(
    "mosaic-cql",
    Mosaic,
    ERROR,
    "cql is no list of CQL2-JSON expressions",
    why="""
cql is a list; every member is {op: …, args: […]}, and all of them have to hold. Filters as text (cql2-text) and a single object are
refused. An empty list is every item.""",
    bad=mosaic('"eo:cloud_cover <= 10"'),
    good=mosaic('[{op: "<=", args: [{property: "eo:cloud_cover"}, 10]}]'),
    answers=True,
)
def cql(subject: Mosaic) -> Iterator[Finding]:
    value, at = subject.cql, f"{subject.pointer}/cql"
    if isinstance(value, str):
        yield Finding(at, "a filter as text is cql2-text, which a mosaic does not take", 'write [{op: "<=", args: [{property: NAME}, 10]}]')
    elif isinstance(value, dict):
        inner = "filter" in value and "op" not in value
        fix = "put what is in filter into a list" if inner else "put it into a list: cql: [{op: …, args: […]}]"
        yield Finding(at, "cql is a list of expressions, and this is one object", fix)


@rule(
    "mosaic-expression",
    Mosaic,
    ERROR,
    "an expression inside a filter has no op and args",
    why="In CQL2-JSON every expression is an object with op, a text, and args, a list; expressions stand inside others as arguments.",
    bad=mosaic('[{op: and, args: [{op: "=", arg: [{property: platform}, a]}, {op: isNull, args: [{property: gsd}]}]}]'),
    good=mosaic('[{op: and, args: [{op: "=", args: [{property: platform}, a]}, {op: isNull, args: [{property: gsd}]}]}]'),
)
def expression(subject: Mosaic) -> Iterator[Finding]:
    for node in subject.nodes:
        if node.pointer.count("/args/") >= MAX_DEPTH:
            yield Finding(node.pointer, f"this filter is nested more than {MAX_DEPTH} deep", "write it more simply")
        if not node.op:
            yield Finding(f"{node.pointer}/op", "op is no text", "name an operator, such as =")
        if not isinstance(node.args, list):
            yield Finding(node.pointer, f"{shown(node.op) or 'this'} has no list of args", "add args: [{property: NAME}, VALUE]")
        elif node.name in LOGICAL | {"not"}:
            yield from _operands(node)


def _operands(node: Node) -> Iterator[Finding]:
    for index, member in enumerate(node.operands):
        if not (isinstance(member, dict) and ("op" in member or "property" in member)) and not isinstance(member, bool):
            at = f"{node.pointer}/args/{index}"
            yield Finding(at, f"{node.name} joins expressions, and this is none", "write {op: …, args: […]}")


@rule(
    "mosaic-operator",
    Mosaic,
    ERROR,
    "CQL2 has no operator of that name",
    why="An operator that the catalog does not know makes the mosaic fail when it is opened, not when it is saved.",
    bad=mosaic('[{op: eq, args: [{property: "eo:cloud_cover"}, 10]}]'),
    good=mosaic('[{op: "=", args: [{property: "eo:cloud_cover"}, 10]}]'),
)
def operator(subject: Mosaic) -> Iterator[Finding]:
    for node in subject.nodes:
        if node.op and node.op not in KNOWN and node.op not in ACCEPTED:
            fix = f"write {OLD[node.op]}" if node.op in OLD else meant(node.op, KNOWN, "there are =, <>, <, <=, >, >=, and, or, not, in …")
            yield Finding(f"{node.pointer}/op", f"CQL2 has no operator {shown(node.op)!r}", fix)


@rule(
    "mosaic-arguments",
    Mosaic,
    ERROR,
    "an operator with too few or too many arguments",
    why="Comparisons take two arguments, between three, not and isNull one, in a value and a list.",
    bad=mosaic('[{op: between, args: [{property: "eo:cloud_cover"}, [0, 10]]}]'),
    good=mosaic('[{op: between, args: [{property: "eo:cloud_cover"}, 0, 10]}]'),
)
def arguments(subject: Mosaic) -> Iterator[Finding]:
    for node in subject.nodes:
        if not isinstance(node.args, list):
            continue
        wanted, count = ARITY.get(node.name), len(node.args)
        at = f"{node.pointer}/args"
        if wanted is not None and count != wanted:
            yield Finding(at, f"{node.op} takes {wanted} argument{'s' if wanted > 1 else ''}, and {count} are given")
        elif node.name in LOGICAL and not count:
            yield Finding(at, f"{node.op} joins nothing", "add expressions, or remove it")
        elif node.name == "in" and not isinstance(node.args[1], list):
            yield Finding(f"{at}/1", "in takes a list of values", f"write [{shown(node.args[1])}]")


@rule(
    "mosaic-compares-nothing",
    Mosaic,
    ERROR,
    "a comparison without a property",
    why="A comparison of two values is the same for every item. A property is written {property: NAME}; a bare text is just a text.",
    bad=mosaic('[{op: "<=", args: ["eo:cloud_cover", 10]}]'),
    good=mosaic('[{op: "<=", args: [{property: "eo:cloud_cover"}, 10]}]'),
)
def compares_nothing(subject: Mosaic) -> Iterator[Finding]:
    for node in subject.nodes:
        if node.name not in ARITY or node.name in FUNCTIONS or node.name in LOGICAL or node.name == "not" or not node.operands:
            continue
        if not any(isinstance(member, dict) and ("property" in member or "op" in member) for member in node.operands):
            first = node.operands[0]
            fix = f"write {{property: {first!r}}}" if isinstance(first, str) else "write one side as {property: NAME}"
            yield Finding(f"{node.pointer}/args", f"{node.op} compares values and no property", fix)


@rule(
    "mosaic-property-name",
    Mosaic,
    WARNING,
    "a property is named as it is not called",
    why="A property is named as items have it: eo:cloud_cover, without properties. before it. Functions are operators, not names.",
    bad=mosaic('[{op: "<=", args: [{property: "properties.eo:cloud_cover"}, 10]}]'),
    good=mosaic('[{op: "<=", args: [{property: "eo:cloud_cover"}, 10]}]'),
)
def property_name(subject: Mosaic) -> Iterator[Finding]:
    for node in subject.nodes:
        for name, at in node.properties:
            if name.startswith("properties."):
                yield Finding(at, "a property is named without properties. before it", f"write {name.removeprefix('properties.')}")
            elif not name or any(sign in name for sign in "() ,"):
                yield Finding(at, f"{shown(name)!r} cannot be a property", "name an item property; there are no functions of properties")
