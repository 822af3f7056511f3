"""The order in which people write a manifest's keys, and text brought into it.

Whole lines move, with the comments right above them, so nothing inside a line is read or written again. Flow mappings ({a: 1}) are
left to ``style``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pcsync.manifests.kept import scalars
from pcsync.manifests.nodes import Node, compose

BASE = "$file"
FRAME = ("apiVersion", "kind")
BOUNDARY = re.compile(r"^(?:---|\.\.\.)(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Shape:
    """The canonical order of an object's keys, and the shapes of its members: by name, or of each one (also of a list)."""

    keys: tuple[str, ...] = ()
    below: Mapping[str, Shape] = field(default_factory=dict)
    each: Shape | None = None

    def member(self, name: str) -> Shape | None:
        """The shape of the value under a key."""
        return self.below.get(name, self.each)

    def sorted(self, names: Iterable[str]) -> list[str]:
        """Names in canonical order; those that it does not know come last, as their author has them."""
        place = {name: index for index, name in enumerate(self.keys)}
        return sorted(names, key=lambda name: -1 if name == BASE else place.get(name, len(place)))


def each(*keys: str, **below: Shape) -> Shape:
    """The shape of a list, or of an object with free names, whose members have these keys."""
    return Shape(each=Shape(keys, below))


STAC = Shape(
    (
        "type",
        "stac_version",
        "stac_extensions",
        "id",
        "title",
        "description",
        "msft:short_description",
        "license",
        "keywords",
        "providers",
        "extent",
        "summaries",
        "links",
        "item_assets",
        "assets",
    ),
    {
        "extent": Shape(("spatial", "temporal")),
        "providers": each("name", "description", "roles", "url"),
        "links": each("rel", "href", "type", "title"),
        "item_assets": each("title", "type", "roles", "description"),
        "assets": each("href", "title", "type", "roles", "description"),
    },
)
SECTIONS: Mapping[str, Shape] = {
    "stac": STAC,
    "partitionType": Shape(("scheme",)),
    "queryables": each("name", "data_type", "create_index", "definition"),
    "tileSettings": Shape(("minZoom", "maxItemsPerTile", "defaultLocation"), {"defaultLocation": Shape(("zoom", "coordinates"))}),
    "renderOptions": each(
        *("id", "name", "description", "type", "options", "vectorOptions", "minZoom", "legend", "conditions"),
        vectorOptions=Shape(("tilejsonKey", "sourceLayer", "fillColor", "strokeColor", "strokeWidth", "filter")),
        legend=Shape(("type", "labels", "trimStart", "trimEnd", "scaleFactor")),
        conditions=each("property", "value"),
    ),
    "mosaics": each("id", "name", "description", "cql", cql=each("op", "args")),
    "assets": each("file", "type", "title", "description", "roles"),
    "ingestions": each("displayName", "importType", "sourceCatalogUrl", "stacGeoparquetUrl", "skipExistingItems", "keepOriginalAssets"),
    "management": Shape(("modes", "ignore"), {"modes": Shape(("queryables", "renderOptions", "mosaics", "assets", "ingestions"))}),
    "preview": Shape(("places", "renderOptions", "mosaics", "size"), {"places": each("zoom", "coordinates", "bounds")}),
    "checks": each(
        *("name", "tile", "preview", "point", "statistics", "legend", "tilejson", "wmts", "search", "sas", "thumbnail", "expect", "skip"),
    ),
}
SOURCE = ("name", "containerUrl", "managedIdentity", "sasToken", "rotateBefore")
SHAPES: Mapping[str, Shape] = {
    "Project": Shape(
        (*FRAME, "owner", "previousOwners", "manifests", "defaultTarget", "targets", "guards", "rules", "policies", "plugins"),
        {"targets": each("endpoint", "overlays", "protected", "marker", "variables"), "guards": Shape(("maxDeletePercent", "maxDeletes"))},
    ),
    "Collection": Shape((*FRAME, "id", *SECTIONS), SECTIONS),
    "IngestionSource": Shape((*FRAME, *SOURCE)),
    "Overlay": Shape((*FRAME, "of", "id", *SECTIONS, *SOURCE), SECTIONS),
    "Removal": Shape((*FRAME, "collection", "expectItems", "reason")),
}
"""By the kind of manifest."""


def shape_of(document: Any) -> Shape | None:
    """The shape of a document; None where it is no manifest."""
    kind = document.get("kind") if isinstance(document, Mapping) else None
    return SHAPES.get(kind) if isinstance(kind, str) and "apiVersion" in document else None


def quoted_lines(text: str) -> frozenset[int]:
    """The lines, counted from 0, that continue a scalar begun above them: what looks like a comment there is text."""
    found: set[int] = set()
    for event in scalars(text):
        if event.end_mark.line > event.start_mark.line:
            found.update(range(event.start_mark.line + 1, event.end_mark.line + (event.end_mark.column > 0)))
    return frozenset(found)


def arranged(text: str) -> str:
    """The text with the keys of every block mapping of a manifest in canonical order."""
    lines = text.split("\n")
    page = Page(lines, quoted_lines(text))
    boundaries = [index for index, line in enumerate(lines) if BOUNDARY.match(line)]
    for node in reversed([node for node in compose(text).documents if node is not None]):
        first = node.line - 1
        last = next((index for index in boundaries if index >= first), len(lines))
        if shape := shape_of(node.value):
            lines[first:last] = page.block(node, shape, first, last)
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of a text, and which of them continue a scalar."""

    lines: Sequence[str]
    quoted: frozenset[int]

    def block(self, node: Node, shape: Shape | None, first: int, last: int) -> list[str]:
        """The lines from ``first`` up to ``last``, which hold this node and nothing else, in canonical order."""
        if shape is None or not node.block or not node.children:
            return [*self.lines[first:last]]
        if isinstance(node.children, dict):
            return self.mapping(node.children, shape, first, last)
        return self.sequence(node.children, shape, first, last)

    def mapping(self, children: Mapping[str, Node], shape: Shape, first: int, last: int) -> list[str]:
        """The lines of a block mapping; where its first key stands behind a dash, the new first key will."""
        keys = {name: child.key_line - 1 for name, child in children.items()}
        column = next(iter(children.values())).key_column - 1
        head = self.lines[next(iter(keys.values()))][:column]
        starts = [self.above(line, column, first) for line in keys.values()]
        opening = next(iter(keys.values())) if head.strip() or column == 0 else starts[0]
        starts[0] = opening
        closing = self.above(last, column, max(keys.values()) + 1)
        chunks: dict[str, list[str]] = {}
        for (name, line), start, end in zip(keys.items(), starts, [*starts[1:], closing], strict=True):
            own = [*self.lines[start : line + 1]]
            own[-1] = " " * column + own[-1][column:]
            chunks[name] = own + self.block(children[name], shape.member(name), line + 1, end)
        names = shape.sorted(chunks)
        moved = [line for name in names for line in chunks[name]]
        if head.strip():
            chosen = keys[names[0]] - starts[[*keys].index(names[0])]
            moved = _behind_dash(moved, chosen, head)
        return [*self.lines[first:opening], *moved, *self.lines[closing:last]]

    def sequence(self, children: Sequence[Node], shape: Shape, first: int, last: int) -> list[str]:
        """The lines of a block list: its members stay where they are."""
        places = [child.line - 1 for child in children]
        heads = [self.lines[line][: child.column - 1] for line, child in zip(places, children, strict=True)]
        if not all(head.strip(" -") == "" and head.rstrip().endswith("-") for head in heads):
            return [*self.lines[first:last]]
        starts = [self.above(line, len(head.rstrip()) - 1, first) for line, head in zip(places, heads, strict=True)]
        done = [*self.lines[first : starts[0]]]
        for child, line, start, end in zip(children, places, starts, [*starts[1:], last], strict=True):
            done += [*self.lines[start:line], *self.block(child, shape.each, line, end)]
        return done

    def above(self, line: int, column: int, floor: int) -> int:
        """The first of the comments (and empty lines) above a line that belong to it: those that begin in its column."""
        start = line
        while start > floor and start - 1 not in self.quoted and self.loose(start - 1, column):
            start -= 1
        return start

    def loose(self, line: int, column: int) -> bool:
        """The line is empty, or a comment that begins in this column."""
        text = self.lines[line]
        return not text.strip() or (text.lstrip().startswith("#") and len(text) - len(text.lstrip()) == column)


def _behind_dash(lines: list[str], chosen: int, head: str) -> list[str]:
    """The lines of a list's member, with the dash before its new first key; comments above that key come before the dash."""
    indent = " " * (len(head.rstrip()) - 1)
    comments = [indent + line.strip() if line.strip() else "" for line in lines[:chosen]]
    return [*comments, head + lines[chosen][len(head) :], *lines[chosen + 1 :]]
