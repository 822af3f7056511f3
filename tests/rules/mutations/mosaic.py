"""Mosaics of real collections, broken: operators, intervals, properties, names."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from tests.rules.mutations.sort import Change, Manifest, Sort, copied, member, put, sort

Node = dict[str, Any]
PAST = ["1850-01-01", "1850-12-31"]


def in_filter(change: Callable[[Node, random.Random], bool]) -> Change:
    """Change one expression of one mosaic."""

    def mutate(manifest: Manifest, chance: random.Random) -> bool:
        nodes = [node for mosaic in manifest.get("mosaics", ()) for node in mosaic["cql"]]
        chance.shuffle(nodes)
        return any(change(node, chance) for node in nodes)

    return mutate


def interval(node: Node) -> list[Any] | None:
    ends = node["args"][1].get("interval") if isinstance(node["args"][1], dict) else None
    return ends if isinstance(ends, list) else None


def timed(change: Callable[[Node, list[Any], random.Random], Any]) -> Change:
    """Change one expression that has an interval."""

    def mutate(node: Node, chance: random.Random) -> bool:
        ends = interval(node)
        return ends is not None and change(node, ends, chance) is not False

    return in_filter(mutate)


def turn(_node: Node, ends: list[Any], _chance: random.Random) -> bool:
    if ends[0][:10] == ends[1][:10]:
        return False
    ends.reverse()
    return True


def spoil(_node: Node, ends: list[Any], chance: random.Random) -> None:
    ends[chance.randrange(2)] = chance.choice(["2020-13-01", "yesterday", "2020", None, "01/02/2020"])


def set_in(node: Node, **changes: Any) -> bool:
    node.update(changes)
    return True


def argument(node: Node, value: Any, op: str = "") -> None:
    node["args"][1] = value
    node["op"] = op or node["op"]


def late(_node: Node, ends: list[Any], _chance: random.Random) -> bool:
    if ends[0][:10] == ends[1][:10] or ends[0].endswith("23:59:59Z"):
        return False
    ends[0] = f"{ends[0][:10]}T23:59:59Z"
    return True


def nested(change: Callable[[Node], Any]) -> Change:
    """Put an expression into an and, and spoil it there."""

    def mutate(node: Node, _chance: random.Random) -> bool:
        inner = dict(node)
        change(inner)
        return set_in(node, op="and", args=[{"op": "isNull", "args": [{"property": "gsd"}]}, inner])

    return in_filter(mutate)


def contradict(manifest: Manifest, chance: random.Random) -> bool:
    numeric = [
        (mosaic, node)
        for mosaic in manifest.get("mosaics", ())
        for node in mosaic["cql"]
        if node["op"] == "<=" and isinstance(node["args"][1], int | float)
    ]
    if not numeric:
        return False
    mosaic, node = chance.choice(numeric)
    mosaic["cql"].append({"op": ">", "args": [node["args"][0], node["args"][1] + 5]})
    return True


def apart(manifest: Manifest, chance: random.Random) -> bool:
    """A second interval in the same filter, long before the first."""
    found = [it for it in manifest.get("mosaics", ()) if any(interval(node) for node in it["cql"])]
    if not found:
        return False
    mosaic = chance.choice(found)
    node = deepcopy(next(node for node in mosaic["cql"] if interval(node)))
    node["args"][1] = {"interval": PAST}
    mosaic["cql"].append(node)
    return True


def wrong_value(manifest: Manifest, _chance: random.Random) -> bool:
    """Ask for a value that a queryable's enum does not have."""
    names = [it["name"] for it in manifest.get("queryables", ()) if it["definition"].get("enum")]
    if not names or not manifest.get("mosaics"):
        return False
    manifest["mosaics"][0]["cql"].append({"op": "=", "args": [{"property": names[0]}, "no such value"]})
    return True


def named_after(manifest: Manifest, chance: random.Random) -> bool:
    """Name a mosaic of one closed interval after a year long before it."""
    found = [
        it
        for it in manifest.get("mosaics", ())
        if [interval(node) is not None for node in it["cql"]].count(True) == 1
        and all(re.match(r"(19|20)\d\d-", str(end)) for node in it["cql"] for end in interval(node) or ())
    ]
    if not found:
        return False
    mosaic = chance.choice(found)
    first = next(ends[0] for node in mosaic["cql"] if (ends := interval(node)))
    mosaic["name"] = f"Summer {int(first[:4]) - 20}"
    return True


def queryable(definition: dict[str, Any]) -> Change:
    """Declare what the first filter asks for, where the manifest declares nothing."""

    def change(manifest: Manifest, _chance: random.Random) -> bool:
        names = [it["args"][0].get("property") for mosaic in manifest.get("mosaics", ()) for it in mosaic["cql"] if it["op"] == "<="]
        names = [it for it in names if it and "cloud" in it]
        if not names or manifest.get("queryables"):
            return False
        manifest["queryables"] = [{"name": name, "definition": definition} for name in dict.fromkeys(names)]
        return True

    return change


def rename(to: Callable[[str], str]) -> Change:
    """Call a declared property of one filter otherwise."""

    def change(node: Node, _chance: random.Random) -> bool:
        name = node["args"][0].get("property", "") if isinstance(node["args"][0], dict) else ""
        if "cloud" not in name:
            return False
        node["args"][0]["property"] = to(name)
        return True

    return in_filter(change)


def of_past(_node: Node, ends: list[Any], _chance: random.Random) -> None:
    ends[:] = PAST


DECLARED = queryable({"type": "number"})
SORTS: list[Sort] = [
    sort("mosaic-interval", timed(turn)),
    sort("mosaic-interval", timed(spoil)),
    sort("mosaic-interval", timed(lambda _, ends, __: ends.pop())),
    sort("mosaic-bare-interval", timed(lambda node, ends, _: argument(node, ends))),
    sort("mosaic-bare-interval", timed(lambda node, ends, _: argument(node, "/".join(ends)))),
    sort("mosaic-time-of-other-property", timed(lambda node, *_: set_in(node["args"][0], property="id"))),
    sort("mosaic-late-start", timed(late)),
    sort("mosaic-instant", timed(lambda node, *_: argument(node, {"timestamp": "2021-13-01"}, ">="))),
    sort("mosaic-instant", timed(lambda node, *_: argument(node, {"date": "yesterday"}, "<="))),
    sort("mosaic-datetime-text", timed(lambda node, ends, _: argument(node, ends[0], ">="))),
    sort("mosaic-operator", in_filter(lambda node, _: set_in(node, op="args"))),
    sort(
        "mosaic-operator",
        in_filter(lambda node, chance: set_in(node, op=chance.choice(["eq", "lte", "anyinteract", "=<", "AND"]))),
        "mosaic-expression",
    ),
    sort("mosaic-expression", nested(lambda node: node.update(operator=node.pop("op")))),
    sort("mosaic-expression", nested(lambda node: node.update(arg=node.pop("args")))),
    sort("mosaic-arguments", in_filter(lambda node, _: set_in(node, args=node["args"][:1]))),
    sort("mosaic-arguments", in_filter(lambda node, _: set_in(node, args=[*node["args"], 1]))),
    sort("mosaic-compares-nothing", in_filter(lambda node, _: set_in(node, args=["datetime", node["args"][1]]))),
    sort("mosaic-property-name", in_filter(lambda node, _: set_in(node, args=[{"property": "properties.gsd"}, node["args"][1]]))),
    sort("mosaic-cql", member("mosaics", put(cql="eo:cloud_cover <= 10"))),
    sort("mosaic-contradiction", contradict),
    sort("mosaic-contradiction", apart),
    sort("mosaic-value", wrong_value),
    sort("mosaic-value", in_filter(lambda node, _: node["op"] == "<=" and argument(node, str(node["args"][1])) is None), first=DECLARED),
    sort("mosaic-unknown-property", rename(lambda name: name.replace("_", "")), first=DECLARED),
    sort("mosaic-undeclared-property", rename(lambda _: "view:sun_elevation"), first=DECLARED),
    sort("mosaic-other-year", named_after),
    sort("mosaic-outside-extent", timed(of_past)),
    sort("mosaic-same-filter", copied("mosaics", id=lambda it: f"{it[:26]}-2", name=lambda it: f"{it[:26]} 2")),
]
