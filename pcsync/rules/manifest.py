"""A manifest as it was written, for rules that answer people's first guesses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from pcsync.core.source import Document
from pcsync.rules.shape import object_of, objects


class Manifest:
    """A manifest of any kind, valid or not."""

    def __init__(self, document: Document) -> None:
        self.kind, self.id, self.body = document.kind, document.id, document.body

    @cached_property
    def names(self) -> frozenset[str]:
        """The keys of the manifest, of its tile settings, and of the members of its lists."""
        found = set(self.body)
        found.update(object_of(self.body.get("tileSettings")))
        for value in self.body.values():
            if isinstance(value, list):
                found.update(*(member for member in value if isinstance(member, dict)))
        return frozenset(found)

    @property
    def collection(self) -> bool:
        """It is a Collection."""
        return self.kind == "Collection"

    def distinct(self, section: str, key: str) -> bool:
        """No two members of a section have the same text there."""
        values = self.body.get(section)
        if not isinstance(values, list) or len(values) < 2:
            return True
        texts = [it for member in values if isinstance(member, dict) and isinstance(it := member.get(key), str)]
        return len(set(texts)) == len(texts)

    def members(self, section: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """(pointer, body) of the members of a section that are objects."""
        for index, body in objects(self.body.get(section)):
            yield f"/{section}/{index}", body
