"""Mosaics that are another one under a second name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pcsync.rules.collection import Collection
from pcsync.rules.mosaic.snippet import mosaic
from pcsync.rules.rule import WARNING, Finding, rule
from pcsync.rules.words import shown


@rule(
    "mosaic-same-filter",
    Collection,
    WARNING,
    "two mosaics select the same items",
    why="Two mosaics with one filter show the same picture under two names; usually one was copied and not changed.",
    bad=mosaic("[]", "  - id: other", "    name: Other", "    cql: []"),
    good=mosaic("[]", "  - id: other", "    name: Other", '    cql: [{op: "<=", args: [{property: "eo:cloud_cover"}, 10]}]'),
    needs="mosaics",
)
def same_filter(collection: Collection) -> Iterator[Finding]:
    seen: list[tuple[Any, Any]] = []
    for subject in collection.mosaics:
        if not isinstance(subject.cql, list):
            continue
        twin = next((name for cql, name in seen if cql == subject.cql), None)
        if twin is not None:
            yield Finding(f"{subject.pointer}/cql", f"the mosaic {shown(twin)} has the same filter", "change or remove one of them")
        seen.append((subject.cql, subject.body.get("id")))
