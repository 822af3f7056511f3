"""From live state to manifest files: one for each collection with its thumbnail beside it, one for all ingestion sources."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pcsync.core.change import Unknown
from pcsync.core.errors import PcsyncError, ServiceError
from pcsync.core.kind import COLLECTION_MANIFEST, Listed
from pcsync.core.resource import CATALOG_SCOPE, COLLECTION, Live
from pcsync.kinds import KINDS
from pcsync.manifests.write import dump
from pcsync.reconcile.observe import MISSHAPEN, Observation, observe, reason, scope_address
from pcsync.render.terminal import write

if TYPE_CHECKING:
    from pcsync.cli.printing import Printer
    from pcsync.client.http import Catalog

HEAD = {"apiVersion": "pcsync/v1"}
SECTIONS = ("stac", "partitionType", "queryables", "tileSettings", "renderOptions", "mosaics", "assets", "ingestions")
THUMBNAIL = "thumbnail"
SOURCES = "ingestion-sources.yaml"


class Dump:
    """One dump: what is read goes to a folder, or to stdout as one stream of documents."""

    def __init__(self, catalog: Catalog, printer: Printer, folder: Path | None, concurrency: int) -> None:
        self._catalog, self._printer, self._folder = catalog, printer, folder
        self._slots = asyncio.Semaphore(concurrency)

    async def run(self, collections: Iterable[str]) -> int:
        """Dump the named collections, or everything. 1 when something could not be read."""
        named = list(collections)
        scopes = named or [*sorted([scope async for scope in self._listed()]), CATALOG_SCOPE]
        self._require_room(scopes)
        done = await asyncio.gather(*(self._scope(scope) for scope in scopes))
        return 0 if all(done) else 1

    async def _listed(self) -> AsyncIterator[str]:
        root = KINDS[COLLECTION]
        assert isinstance(root, Listed)  # noqa: S101  collections can be listed
        async for member in self._catalog.members(root.listing, "collections"):
            try:
                yield str(member["id"])
            except MISSHAPEN as wrong:
                raise ServiceError(f"a collection of the listing cannot be read: {reason(wrong)}", where=f"GET {root.listing}") from wrong

    def _require_room(self, scopes: Iterable[str]) -> None:
        for scope in scopes if self._folder else ():
            path = self._folder / self._file(scope)  # type: ignore[operator]  # there is a folder
            if path.exists():
                raise PcsyncError("the file exists already and is kept", where=str(path), fix="dump into another folder")

    async def _scope(self, scope: str) -> bool:
        async with self._slots:
            found = writable(await observe(scope, list(KINDS.values()), self._catalog.reader()))
            documents = [it async for it in self._documents(scope, found)]
        for gap in found.unknown:
            self._printer.say(f"{gap.address}: {', '.join(gap.kinds)} could not be read: {gap.reason}")
        if scope and not documents and not found.unknown:
            self._printer.say(f"there is no collection {scope}")
            return False
        if documents:
            self._write(scope, documents)
        return not found.unknown

    async def _documents(self, scope: str, found: Observation) -> AsyncIterator[dict[str, Any]]:
        if scope == CATALOG_SCOPE:
            for live in found.live.values():
                kind = KINDS[live.key.kind]
                yield {**HEAD, "kind": kind.manifest, **kind.export([live])}
            return
        sections = dict(exported(found))
        if "stac" in sections:
            if "assets" in sections:
                sections["assets"] = await self._assets(scope, sections["assets"])
            ordered = {name: sections[name] for name in SECTIONS if sections.get(name)}
            yield {**HEAD, "kind": COLLECTION_MANIFEST, "id": scope, **ordered}

    async def _assets(self, scope: str, assets: Mapping[str, Any]) -> dict[str, Any]:
        """The assets whose bytes can be had, their files written beside the manifest; the others are named on stderr."""
        kept = {}
        for key, asset in assets.items():
            content = await self._thumbnail(scope) if key == THUMBNAIL and self._folder else None
            if content is None:
                self._printer.say(f"collection/{scope}/asset/{key}: left out, its file cannot be read back ({asset['file']})")
                continue
            name = f"{_name(scope)}.{Path(asset['file']).name}"
            self._save(name, content)
            kept[key] = {**asset, "file": name}
        return kept

    async def _thumbnail(self, scope: str) -> bytes | None:
        return await self._catalog.reader().content(f"/stac/collections/{quote(scope, safe='')}/thumbnail")

    def _write(self, scope: str, documents: list[dict[str, Any]]) -> None:
        text = "---\n".join(dump(document) for document in documents)
        if self._folder is None:
            write(sys.stdout, "---\n" + text)
            return
        self._save(self._file(scope), text.encode())
        self._printer.say(f"wrote {self._folder / self._file(scope)}")

    def _save(self, name: str, content: bytes) -> None:
        assert self._folder is not None  # noqa: S101  asked only with a folder
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / name).write_bytes(content)

    def _file(self, scope: str) -> str:
        return f"{_name(scope)}.yaml" if scope else SOURCES


def writable(found: Observation) -> Observation:
    """The observation without the kinds of which no manifest can be made, because their bodies have another shape; each is a gap."""
    gaps: dict[str, Unknown] = {}
    for live in found.live.values():
        kind = KINDS[live.key.kind]
        try:
            kind.export([live])
        except MISSHAPEN as wrong:
            gaps[kind.name] = Unknown(scope_address(found.scope), (kind.name,), reason(wrong))
    whole = {key: it for key, it in found.live.items() if key.kind not in gaps}
    return replace(found, live=whole, unknown=(*found.unknown, *gaps.values()))


def exported(found: Observation) -> Iterator[tuple[str, Any]]:
    """(section, its value) of every kind that has live resources in a collection."""
    for kind in KINDS.values():
        lives: list[Live] = [live for key, live in found.live.items() if key.kind == kind.name]
        if lives and kind.manifest == COLLECTION_MANIFEST:
            yield kind.section, kind.export(lives)


def _name(scope: str) -> str:
    """A file name for a collection id: what a path gives a meaning to is escaped."""
    return quote(scope, safe=" ()+,;=@") or "collection"
