"""A catalog in this process that kinds are read from and applied to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from pcsync.client.http import Catalog
from pcsync.core.change import Action, Change
from pcsync.core.compare import change
from pcsync.core.kind import Kind
from pcsync.core.resource import Call, Desired, Key, Live
from pcsync.core.source import Document
from pcsync.emulator import create_app
from pcsync.kinds import KINDS
from tests.kinds.examples import SECRETS, STAC, document

ENDPOINT = "http://127.0.0.1"


@dataclass
class Emulated:
    """Plans and applies single kinds; ``sent`` are all calls so far."""

    catalog: Catalog
    http: httpx.AsyncClient
    sent: list[Call] = field(default_factory=list)

    async def bodies(self, kind: Kind, scope: str) -> dict[str, Any]:
        """Everything the kind names, read until it names nothing new."""
        bodies: dict[str, Any] = {}
        while new := [path for path in kind.reads(scope, bodies) if path not in bodies]:
            bodies.update([(path, await self.catalog.get(path)) for path in new])
        return bodies

    async def live(self, kind: Kind, scope: str) -> dict[Key, Live]:
        """The live resources of a kind."""
        return {live.key: live for live in kind.live(scope, await self.bodies(kind, scope))}

    async def plan(self, manifest: Document, *kinds: Kind) -> list[Change]:
        """The changes that the manifest asks for."""
        found = []
        for kind in kinds or KINDS.values():
            for desired in kind.declare(manifest) if kind.manifest == manifest.kind else ():
                live = (await self.live(kind, desired.key.collection)).get(desired.key)
                found.append(change(kind, desired, live, lambda _: None))
        return found

    async def apply(self, manifest: Document, kind: Kind) -> list[Action]:
        """Plan and apply; what was done."""
        changes = await self.plan(manifest, kind)
        await self.send(call for it in changes for call in it.calls)
        return [it.action for it in changes]

    async def delete(self, kind: Kind, desired: Desired) -> None:
        """Delete what the manifest had declared."""
        await self.send(kind.calls(None, (await self.live(kind, desired.key.collection))[desired.key]))

    async def send(self, calls: Iterable[Call]) -> None:
        """The calls, one after the other."""
        for call in calls:
            self.sent.append(call)
            await self.catalog.send(call)

    async def raw(self, path: str) -> httpx.Response:
        """The answer to a GET as it is."""
        return await self.http.get(path, params={"api-version": "2026-04-15"})

    async def collection(self, collection: str = "naip", **fields: Any) -> None:
        """A collection to hang things on."""
        await self.apply(document("collection", STAC | fields, collection=collection), KINDS["collection"])


@asynccontextmanager
async def emulated() -> AsyncIterator[Emulated]:
    """An empty catalog."""
    app = create_app(":memory:")
    transport = httpx.ASGITransport(app=app)
    async with (
        httpx.AsyncClient(transport=transport, base_url=ENDPOINT) as http,
        Catalog(ENDPOINT, transport=transport, secrets=SECRETS.__getitem__, files=Path("/")) as catalog,  # the tests' own folders
    ):
        yield Emulated(catalog, http)
    app.close()
