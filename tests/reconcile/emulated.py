"""The real parts together: our kinds, our client and the emulator in this process, with every request counted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from pcsync.client.clock import Clock
from pcsync.client.http import Catalog
from pcsync.core.compare import declared
from pcsync.core.plan import Plan, Target
from pcsync.core.resource import Desired
from pcsync.core.source import Document, Origin, Position
from pcsync.core.state import Scope, by_scope
from pcsync.emulator import Fault, Settings, create_app
from pcsync.emulator.gate import ConnectionDroppedError
from pcsync.kinds import KINDS
from pcsync.reconcile.apply import apply
from pcsync.reconcile.outcome import Outcome
from pcsync.reconcile.planning import make_plan
from tests.kinds.examples import EXAMPLES, OWNER, SECRETS, document, file_facts

ENDPOINT = "http://127.0.0.1"
TARGET = Target("local", ENDPOINT, OWNER)


class Counting(httpx.AsyncBaseTransport):
    """Requests on their way to the emulator: method and path, without the api-version. A dropped connection is httpx' own error."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.seen: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(f"{request.method} {request.url.path}")
        try:
            return await self._inner.handle_async_request(request)
        except ConnectionDroppedError as dropped:
            raise httpx.RemoteProtocolError(str(dropped)) from dropped


@dataclass
class Manifests:
    """Documents as a desired state."""

    documents: Sequence[Document]

    async def scopes(self) -> AsyncIterator[Sequence[Scope]]:
        found = by_scope(self.resources())
        yield [(scope, tuple(declared(KINDS[it.key.kind], it) for it in resources)) for scope, resources in found.items()]

    def expand(self, scope: str) -> Sequence[Desired]:
        return [resource for resource in self.resources() if resource.key.collection == scope]

    def resources(self) -> list[Desired]:
        kinds = [(it, kind) for it in self.documents for kind in KINDS.values() if kind.manifest == it.kind]
        return [resource for it, kind in kinds for resource in kind.declare(it)]


@dataclass
class Emulated:
    """One emulated catalog and the way to it."""

    app: Any
    catalog: Catalog
    requests: Counting

    async def plan(self, *documents: Document, **options: Any) -> Plan:
        reader = self.catalog.reader()
        return await make_plan(TARGET, Manifests(documents), KINDS, reader, lambda origin: Position(origin.file, 1, 1), **options)

    async def apply(self, plan: Plan, **options: Any) -> Outcome:
        return await apply(plan, KINDS, self.catalog, self.catalog.reader(), sleep=at_once, **options)

    def break_(self, effect: str, **where: Any) -> None:
        self.app.world.faults.arm([Fault(effect, **where)])

    def mend(self) -> None:
        self.app.world.faults.clear()


async def at_once(seconds: float) -> None:
    """No waiting."""
    del seconds


def collection(name: str, folder: Path, *kinds: str, changed: bool = False) -> Document:
    """A collection manifest with a section for each kind named; all of them when none is."""
    chosen = [kind for kind in KINDS.values() if kind.manifest == "Collection" and (not kinds or kind.name in kinds)]
    body = {kind.section: EXAMPLES[kind.name].changed if changed else EXAMPLES[kind.name].value for kind in chosen}
    return Document("Collection", name, body, Origin(f"{name}.yaml"), OWNER, file_facts(body.get("assets"), folder))


def source() -> Document:
    """The ingestion source that the ingestions of ``collection`` read."""
    return document("ingestion-source", EXAMPLES["ingestion-source"].value)


@asynccontextmanager
async def emulated(folder: Path, **settings: Any) -> AsyncIterator[Emulated]:
    """An empty catalog, and a client that uploads files of the folder."""
    app = create_app(":memory:", Settings(**settings))
    requests = Counting(httpx.ASGITransport(app=app))
    clock = Clock(sleep=at_once)
    async with Catalog(ENDPOINT, transport=requests, secrets=SECRETS.__getitem__, files=folder, clock=clock) as catalog:
        yield Emulated(app, catalog, requests)
    app.close()
