"""The STAC document as its rules see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from pcsync.rules.collection import Collection
from pcsync.rules.rule import Finding
from pcsync.rules.shape import list_of, object_of, objects
from pcsync.rules.stac.schemas import Schemas

DEFAULT_VERSION = "1.0.0"  # what the service takes a document for that does not say


class Stac:
    """A collection's STAC document, and the schemas it can be held against."""

    def __init__(self, collection: Collection, schemas: Schemas) -> None:
        self.collection, self.body, self.schemas = collection, collection.stac or {}, schemas

    @property
    def version(self) -> str:
        """The STAC version it is written in."""
        return str(self.body.get("stac_version") or DEFAULT_VERSION)

    @cached_property
    def whole(self) -> Mapping[str, Any]:
        """The document as the catalog will hold it: with its id, and with links."""
        set_ = {name: value for name, value in self.body.items() if value is not None}
        return {"type": "Collection", "stac_version": DEFAULT_VERSION, "links": [], **set_, "id": self.collection.id}

    @property
    def extensions(self) -> list[Any]:
        """What stac_extensions lists."""
        return list_of(self.body.get("stac_extensions"))

    @property
    def bboxes(self) -> list[Any]:
        """The boxes of the spatial extent, as written."""
        return list_of(object_of(object_of(self.body.get("extent")).get("spatial")).get("bbox"))

    @property
    def intervals(self) -> list[Any]:
        """The intervals of the temporal extent, as written."""
        return list_of(object_of(object_of(self.body.get("extent")).get("temporal")).get("interval"))

    def links(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Index and body of each link."""
        return objects(self.body.get("links"))

    def finding(self, at: str, what: str, fix: str = "", *, key: bool = False) -> Finding:
        """A finding about a value of the document."""
        return Finding(f"/stac{at}", what, fix, key=key)
