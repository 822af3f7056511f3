"""One mosaic as its rules see it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import cached_property
from typing import Any

from pcsync.rules.mosaic.filter import Node, nodes
from pcsync.rules.shape import content


class Mosaic:
    """A mosaic below ``pointer``."""

    def __init__(self, pointer: str, body: Mapping[str, Any]) -> None:
        self.pointer, self.body = pointer, body

    @property
    def identity(self) -> Hashable:
        """Equal for mosaics that no rule can tell apart: of the texts, only the name is looked at."""
        return content(self.cql), content(self.body.get("name"))

    names: frozenset[str] = frozenset()

    @property
    def cql(self) -> Any:
        """The expressions as written."""
        return self.body.get("cql")

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every operator of the filter."""
        return tuple(nodes(self.cql, f"{self.pointer}/cql"))

    @cached_property
    def required(self) -> tuple[Node, ...]:
        """The operators that have to hold for every item: below no or, below no not."""
        return tuple(node for node in self.nodes if not node.optional and not node.negated)
