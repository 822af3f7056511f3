"""All manifests of a run as the rules across documents see them: names and addresses, no bodies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pcsync.core.source import Document, Origin
from pcsync.rules.shape import list_of, object_of, objects, text_of

URLS = ("sourceCatalogUrl", "stacGeoparquetUrl")


@dataclass(frozen=True, slots=True)
class Extract:
    """What is kept of one document; small, because worker processes send it.

    ``urls`` are (pointer, URL) of its ingestions; ``container`` and ``token`` of a source its container and whether it is a SAS token's;
    ``extensions`` the STAC extensions it names.
    """

    kind: str
    id: str
    origin: Origin
    urls: tuple[tuple[str, str], ...] = ()
    container: str = ""
    token: bool = False
    extensions: tuple[str, ...] = ()

    @classmethod
    def of(cls, document: Document) -> Extract:
        """The extract of a document, valid or not."""
        body = document.body
        stac = object_of(body.get("stac"))
        return cls(
            document.kind,
            document.id,
            document.origin,
            tuple(_urls(body.get("ingestions"))),
            text_of(body.get("containerUrl")),
            body.get("sasToken") is not None,
            tuple(it for it in list_of(stac.get("stac_extensions")) if isinstance(it, str)),
        )


def _urls(ingestions: Any) -> Iterator[tuple[str, str]]:
    for index, body in objects(ingestions):
        for name in URLS:
            if isinstance(body.get(name), str):
                yield f"/ingestions/{index}/{name}", body[name]


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything the manifests of a target declare, by extract.

    ``complete``: all manifests of the project were read. ``unused`` are the target's variables that nothing mentions, with their places in
    pcsync.yaml; ``schemas`` the extension schemas at hand.
    """

    extracts: Sequence[Extract] = ()
    complete: bool = True
    unused: Sequence[tuple[str, Origin]] = ()
    schemas: frozenset[str] = field(default_factory=frozenset)

    def of(self, kind: str) -> Iterator[Extract]:
        """The extracts of one kind of manifest."""
        return (it for it in self.extracts if it.kind == kind)
