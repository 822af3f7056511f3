"""Conditions of render options beside the mosaics that would meet them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pcsync.rules.collection import Collection
from pcsync.rules.rule import WARNING, Finding, rule
from pcsync.rules.shape import objects
from pcsync.rules.words import listed, shown


@rule(
    "render-condition",
    Collection,
    WARNING,
    "a condition that no mosaic meets",
    why="A render option with conditions shows only while the active mosaic's filter has that equality. If none has, it never shows.",
    bad="""
renderOptions:
  - {id: classes, name: Classes, options: assets=data, conditions: [{property: product, value: classes}]}
mosaics:
  - {id: all, name: All, cql: []}
""",
    good="""
renderOptions:
  - {id: classes, name: Classes, options: assets=data, conditions: [{property: product, value: classes}]}
mosaics:
  - {id: classes, name: Classes, cql: [{op: "=", args: [{property: product}, classes]}]}
""",
    needs="renderOptions",
)
def condition(collection: Collection) -> Iterator[Finding]:
    conditional = any(body.get("conditions") for _, body in collection.members("renderOptions"))
    if not conditional or not isinstance(collection.body.get("mosaics"), list):
        return
    asked: dict[str, list[Any]] = {}
    for subject in collection.mosaics:
        for node in subject.nodes:
            if node.name == "=" and node.subject:
                asked.setdefault(node.subject, []).extend(value for value, _ in node.literals())
    for pointer, option in collection.members("renderOptions"):
        for index, body in objects(option.get("conditions")):
            name, at = body.get("property"), f"{pointer}/conditions/{index}"
            if isinstance(name, str) and name not in asked:
                yield Finding(f"{at}/property", f"no mosaic asks for {shown(name)} = …, so this option never shows", listed(asked))
            elif isinstance(name, str) and "value" in body and body["value"] not in asked[name]:
                values = listed([shown(it) for it in asked[name]])
                yield Finding(f"{at}/value", f"no mosaic asks for {shown(name)} = {shown(body['value'])}", values)
