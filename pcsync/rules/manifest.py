"""A manifest as it was written, for rules that answer people's first guesses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pcsync.core.source import Document
from pcsync.rules.shape import objects


class Manifest:
    """A manifest of any kind, valid or not."""

    def __init__(self, document: Document) -> None:
        self.kind, self.id, self.body = document.kind, document.id, document.body

    @property
    def collection(self) -> bool:
        """It is a Collection."""
        return self.kind == "Collection"

    def members(self, section: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """(pointer, body) of the members of a section that are objects."""
        for index, body in objects(self.body.get(section)):
            yield f"/{section}/{index}", body
