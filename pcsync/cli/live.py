"""``validate --live``: what only the catalog can say about valid manifests. It is read and searched, never written to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pcsync.cli.checking import Wanted, chosen_files, examining
from pcsync.cli.examining import places
from pcsync.cli.owning import own_rules
from pcsync.cli.wiring import Wiring, wire
from pcsync.client.errors import ConnectionFailedError
from pcsync.core.diagnostic import Diagnostic
from pcsync.core.errors import AuthenticationError, DeadlineError, PcsyncError, ServiceError
from pcsync.core.source import Document
from pcsync.manifests.load import load_all
from pcsync.rules.collection import Collection
from pcsync.rules.engine import Found
from pcsync.rules.live import (
    THUMBNAIL,
    Said,
    containers,
    empty,
    identity,
    not_checked,
    out_of_range,
    pixels,
    rescaled,
    uncovered,
    without_items,
)
from pcsync.rules.rule import Finding
from pcsync.rules.service.across import folded
from pcsync.rules.shape import list_of, object_of, text_of
from pcsync.seeing.answers import reason as answered
from pcsync.seeing.routes import mosaic_question

if TYPE_CHECKING:
    from pcsync.cli.options import GlobalOptions
    from pcsync.client.reader import CatalogReader
    from pcsync.client.viewer import CatalogViewer
    from pcsync.rules.mosaic.mosaic import Mosaic

SOURCES = "/inma/ingestion-sources"
SEARCH = "/stac/search"
UNHEARD = (ServiceError, DeadlineError)
"""Failures after which one question stays open."""


def check_live(
    options: GlobalOptions, files: Sequence[Path], target: str | None, endpoint: str | None, credential: str, wanted: Wanted
) -> list[Diagnostic]:
    """What a catalog's own answers say about manifests, sorted; only for manifests that are valid offline."""
    wiring = wire(options, target, endpoint, credential)
    examination = examining(wiring.project, wanted, own_rules(wiring.project))
    documents = load_all(chosen_files(wiring.project, files), wiring.context).documents
    found: set[Diagnostic] = set()
    for document, said in asyncio.run(_asked(wiring, credential, documents)):
        weighed = [(rule, examination.choice.severity(rule), finding) for rule, finding in said]
        counting = [Found(rule, severity, finding) for rule, severity, finding in weighed if severity]
        reported = examination.engine.diagnostics(counting, places(wiring.project.root), document) if counting else ()
        found.update(it.diagnostic for it in reported)
    return sorted(found, key=lambda it: it.order)


async def _asked(wiring: Wiring, credential: str, documents: Sequence[Document]) -> list[tuple[Document, list[Said]]]:
    async with wiring.catalog(credential) as catalog:
        asking = Asking(catalog.reader(), catalog.viewer(), documents)
        said = await asyncio.gather(*(asking.about(document) for document in documents))
    return list(zip(documents, said, strict=True))


def reason(failure: PcsyncError) -> str:
    """Why a question stays open. Raises the failure where none can be asked: no connection, no right to read."""
    if isinstance(failure, ConnectionFailedError | AuthenticationError):
        raise failure
    return failure.what


def decoded(content: bytes) -> Any:
    """The JSON of an answer; None where it is none."""
    try:
        return json.loads(content)
    except ValueError:
        return None


@dataclass(frozen=True)
class Asking:
    """One catalog under questions."""

    reader: CatalogReader
    viewer: CatalogViewer
    documents: Sequence[Document]
    answers: dict[str, asyncio.Future[set[str]]] = field(default_factory=dict)

    async def once(self, name: str, ask: Callable[[], Coroutine[Any, Any, set[str]]]) -> set[str]:
        """An answer that every manifest shares."""
        if name not in self.answers:
            self.answers[name] = asyncio.ensure_future(ask())
        return await self.answers[name]

    async def about(self, document: Document) -> list[Said]:
        """Everything a catalog has to say about one manifest."""
        match document.kind:
            case "IngestionSource":
                return [said async for said in self.source(document)]
            case "Collection":
                return [said async for said in self.collection(document)]
        return []

    async def source(self, document: Document) -> AsyncIterator[Said]:
        """The managed identity of a source."""
        if "managedIdentity" not in document.body:
            return
        try:
            known = await self.once("identities", self.identities)
        except UNHEARD as failure:
            yield not_checked("/managedIdentity", reason(failure))
            return
        for said in identity(document, known):
            yield said

    async def collection(self, document: Document) -> AsyncIterator[Said]:
        """The ingestions, thumbnail, mosaics and render options of a collection."""
        if any(containers(document)):
            try:
                known = await self.once("opened", self.opened)
            except UNHEARD as failure:
                yield not_checked("/ingestions", reason(failure))
            else:
                for said in uncovered(document, known):
                    yield said
        async for said in self.shown(document):
            yield said

    async def identities(self) -> set[str]:
        """The object ids of the catalog's managed identities, in lower case."""
        body = object_of(await self.reader.get(f"{SOURCES}/managed-identities"))
        return {text_of(object_of(it).get("objectId")).lower() for it in list_of(body.get("value"))}

    async def opened(self) -> set[str]:
        """The containers that sources of the catalog or of the manifests open."""
        declared = {text_of(it.body.get("containerUrl")) for it in self.documents if it.kind == "IngestionSource"}
        listing = object_of(await self.reader.get(SOURCES))
        for source in filter(None, (text_of(object_of(it).get("id")) for it in list_of(listing.get("value")))):
            whole = object_of(await self.reader.get(f"{SOURCES}/{quote(source, safe='')}"))
            declared.add(text_of(object_of(whole.get("connectionInfo")).get("containerUrl")))
        return {folded(url) for url in declared if url}

    async def shown(self, document: Document) -> AsyncIterator[Said]:
        """What people see of a collection; nothing can be asked about one that is not on the catalog yet."""
        read, path = Collection(document), f"/stac/collections/{quote(document.id, safe='')}"
        if not any(read.body.get(section) for section in ("assets", "mosaics", "renderOptions")):
            return
        try:
            if await self.reader.get(f"{path}?sign=false") is None:
                yield not_checked("", "the collection is not on this catalog yet")
                return
            features = list_of(object_of(await self.reader.get(f"{path}/items?limit=1")).get("features"))
        except UNHEARD as failure:
            yield not_checked("", reason(failure))
            return
        async for said in self.thumbnail(read, path):
            yield said
        for said in await self.mosaics(read, bool(features)):
            yield said
        async for said in self.ranges(read, text_of(object_of(features[0]).get("id")) if features else ""):
            yield said

    async def mosaics(self, read: Collection, items: bool) -> list[Said]:
        """The mosaics of a collection that has items or not; those without a filter show whatever there is."""
        if not items:
            return [without_items(mosaic) for mosaic in read.mosaics]
        said = await asyncio.gather(*(self.fitting(read.id, mosaic) for mosaic in read.mosaics if mosaic.cql))
        return [one for several in said for one in several]

    async def fitting(self, collection: str, mosaic: Mosaic) -> list[Said]:
        """Whether any item is in a mosaic: a search for one, which changes nothing."""
        question = {**mosaic_question(collection, list_of(mosaic.cql)), "limit": 1}
        try:
            look = await self.viewer.look(SEARCH, question)
        except UNHEARD as failure:
            return [not_checked(f"{mosaic.pointer}/cql", reason(failure))]
        found = object_of(decoded(look.content)) if look.status == 200 else None
        if found is None or not isinstance(found.get("features"), list):
            return [not_checked(f"{mosaic.pointer}/cql", f"the search was answered with {answered(look)}")]
        return list(empty(mosaic, found))

    async def thumbnail(self, read: Collection, path: str) -> AsyncIterator[Said]:
        """The thumbnail that the manifest declares, as the portal asks for it."""
        if "thumbnail" not in object_of(read.body.get("assets")):
            return
        try:
            content = await self.reader.content(f"{path}/thumbnail")
        except UNHEARD as failure:
            yield THUMBNAIL, Finding("/assets/thumbnail", f"the thumbnail cannot be read: {reason(failure)}", "apply, or upload it again")
        else:
            if not content:
                yield (
                    THUMBNAIL,
                    Finding("/assets/thumbnail", "the catalog has no thumbnail of this collection", "apply, or upload it again"),
                )

    async def ranges(self, read: Collection, item: str) -> AsyncIterator[Said]:
        """The rescale of render options against the pixels of one item."""
        for option in rescaled(read):
            place = option.all("rescale")[0].pointer
            if not item:
                yield not_checked(place, "the collection has no items to compare this range with")
                continue
            path = f"/data/mosaic/collections/{quote(read.id, safe='')}/items/{quote(item, safe='')}/statistics?{pixels(option)}"
            try:
                statistics = await self.reader.get(path)
            except UNHEARD as failure:
                yield not_checked(place, f"no statistics of item {item}: {reason(failure)}")
                continue
            for said in out_of_range(option, object_of(statistics), item):
                yield said
