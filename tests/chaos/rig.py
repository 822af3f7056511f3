"""The whole command over the whole emulator in one process, with a clock that nobody waits for and one exchange that goes wrong.

``python -m tests.chaos.rig FOLDER EXCHANGE before|after`` applies and is killed (SIGKILL) at that exchange.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from pcsync.cli.applying import Applying
from pcsync.cli.emulator import ORIGIN
from pcsync.cli.options import Allowance, GlobalOptions
from pcsync.cli.printing import Printer
from pcsync.cli.wiring import Wiring, wire
from pcsync.client.clock import Clock
from pcsync.client.http import Catalog, Limits
from pcsync.core.errors import PcsyncError
from pcsync.core.ownership import MARKER
from pcsync.emulator import Settings, create_app
from pcsync.emulator.gate import ConnectionDroppedError
from tests.harness import Folder
from tests.kinds.examples import EXAMPLES, PNG, STAC

START = 1_800_000_000.0
CANARY = "c4n4ry5ignature"
SAS = f"sp=rl&se=2036-04-22T15:55:57Z&sv=2024-11-04&sr=c&sig={CANARY}"
COLLECTIONS = ("alpha", "beta", "delta", "gamma")
FOREIGN = "somebodys"
STORE = ".pcsync/local.sqlite"
HEADER = "x-emulator-fault"

FAULTS: dict[str, dict[str, Any]] = {
    "refused 429": {"effect": "status", "status": 429, "retry_after": 1},
    "refused 500": {"effect": "status", "status": 500},
    "refused 503": {"effect": "status", "status": 503},
    "dropped before": {"effect": "drop-before"},
    "dropped after": {"effect": "drop-after"},
    "garbage": {"effect": "garbage-body"},
}
OPERATION_FAULTS: dict[str, dict[str, Any]] = {
    "operation failed": {"effect": "operation-failed"},
    "operation stuck": {"effect": "operation-stuck"},
    "operation canceled": {"effect": "operation-canceled"},
}


class FakeTime:
    """Seconds that pass only when somebody sleeps."""

    def __init__(self, now: float = START) -> None:
        self.now = now

    def read(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)

    @property
    def clock(self) -> Clock:
        return Clock(self.read, self.read, self.sleep)


Strike = Callable[[int, httpx.Request], None]
"""What happens before exchange number n (from 1) goes out."""


class Exchanges(httpx.AsyncBaseTransport):
    """The way to the emulator: every exchange is counted, and one may be told to go wrong."""

    def __init__(
        self, app: Any, before: Strike | None = None, after: Strike | None = None, faults: dict[int, dict[str, Any]] | None = None
    ) -> None:
        self._inner = httpx.ASGITransport(app=app)
        self._before, self._after, self._faults = before, after, faults or {}
        self.again: dict[str, Any] | None = None  # a fault that stays with the request it hit first
        self._hit = ""
        self.seen: list[tuple[str, str, int]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append((request.method, request.url.path, 0))
        number = len(self.seen)
        if self._before:
            self._before(number, request)
        self._arm(number, request)
        try:
            response = await self._inner.handle_async_request(request)
        except ConnectionDroppedError as dropped:
            raise httpx.RemoteProtocolError(str(dropped)) from dropped
        finally:
            if self._after:
                self._after(number, request)
        self.seen[number - 1] = (request.method, request.url.path, response.status_code)
        return response

    def _arm(self, number: int, request: httpx.Request) -> None:
        fault = self._faults.get(number)
        name = f"{request.method} {request.url.path}"
        if fault and self.again is not None:
            self._hit = name
        if fault or (self._hit and self._hit == name):
            request.headers[HEADER] = json.dumps(fault or self.again)

    @property
    def writes(self) -> list[str]:
        return [f"{method} {path}" for method, path, _ in self.seen if method != "GET"]


@dataclass(frozen=True)
class Rigged(Wiring):
    """A wiring whose catalog is reached through the exchanges under test."""

    transport: httpx.AsyncBaseTransport | None = None
    time: FakeTime = field(default_factory=FakeTime)

    @asynccontextmanager
    async def catalog(self, credential: str = "default", concurrency: int = 64) -> AsyncIterator[Catalog]:
        limits = Limits(concurrency=concurrency)
        connected = {"transport": self.transport, "clock": self.time.clock, "limits": limits}
        async with Catalog(ORIGIN, secrets=self.secret, files=self.project.root, **connected) as catalog:
            yield catalog


@dataclass(frozen=True)
class Result:
    """One apply: its exit code, all it said, and its exchanges."""

    code: int
    said: str
    exchanges: Exchanges


@contextmanager
def service(root: Path, time: FakeTime) -> Iterator[Any]:
    """The emulator on the project's file."""
    app = create_app(root / STORE, Settings(lro_delay=0.3, clock=time.read))
    try:
        yield app
    finally:
        app.close()


def apply(root: Path, app: Any, time: FakeTime, *, resume: bool = False, force: bool = False, **broken: Any) -> Result:
    """One ``pcsync apply --yes`` of the project, in process; ``force``: with --force-conflicts."""
    again, wrapped = broken.pop("again", None), broken.pop("wrapped", None)
    exchanges = Exchanges(app, **broken)
    exchanges.again = again
    options = GlobalOptions(str(root / "pcsync.yaml"), 2, False, False, {"NO_COLOR": "1", "IMAGERY_SAS": SAS})
    wired = wire(options)
    rigged = Rigged(wired.project, wired.spec, wired.environment, wrapped(exchanges) if wrapped else exchanges, time)
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            applying = Applying(rigged, Printer(options, (), root), "default", 8, 4, time.clock)
            code = applying.fresh((), ask=False, resume=resume, allowance=Allowance(force_conflicts=force))
        except PcsyncError as wrong:  # as pcsync.cli.main says it
            code = wrong.exit_code
            said.write(str(wrong))
    return Result(code, said.getvalue(), exchanges)


def write_project(root: Path, *, early: bool = False) -> None:
    """Sources and collections of every kind; ``early`` is what the catalog held of them before: one collection, another value each."""
    folder = Folder(root)
    folder.project(manifests=["manifests"])
    shutil.rmtree(root / "manifests", ignore_errors=True)
    head = {"apiVersion": "pcsync/v1", "kind": "IngestionSource"}
    url = "https://acct.blob.core.windows.net"
    folder.write(
        "manifests/tokens.yaml", {**head, "name": "imagery", "containerUrl": f"{url}/data", "sasToken": {"$secret": "env:IMAGERY_SAS"}}
    )
    if not early:
        identity = {"objectId": "11111111-2222-3333-4444-555555555555"}
        folder.write("manifests/identity.yaml", {**head, "name": "archive", "containerUrl": f"{url}/archive", "managedIdentity": identity})
    folder.write("thumb.png", PNG)
    for name in COLLECTIONS[:1] if early else COLLECTIONS:
        folder.write(f"manifests/{name}.yaml", manifest(name, early=early))


def manifest(name: str, *, early: bool) -> dict[str, Any]:
    """A collection with every section."""
    value = {kind: example.value for kind, example in EXAMPLES.items()}
    cql = [{"op": "<=", "args": [{"property": "eo:cloud_cover"}, 10]}]
    stac = {key: it for key, it in STAC.items() if key not in ("links",)}
    body: dict[str, Any] = {
        "apiVersion": "pcsync/v1",
        "kind": "Collection",
        "id": name,
        "stac": {**stac, "title": "Early" if early else name},
        "partitionType": value["partition-type"],
        "queryables": [*value["queryable"], {"name": "naip:state", "definition": {"type": "string", "title": "old" if early else "State"}}],
        "tileSettings": {"minZoom": 4 if early else 6, "maxItemsPerTile": 35},
        "mosaics": [{"id": f"m{n}", "name": f"M{n}", "cql": [] if early else cql} for n in range(4)],
        "renderOptions": [
            {"id": f"r{n}", "name": f"R{n}", "type": "raster-tile", "options": f"assets=image{'&x=1' * early}"} for n in range(3)
        ],
        "assets": {"thumbnail": {"file": "../thumb.png", "title": "Early" if early else "Thumbnail", "roles": ["thumbnail"]}},
        "ingestions": [
            {"displayName": f"i{n}", "importType": "StaticCatalog", "sourceCatalogUrl": f"https://acct.blob.core.windows.net/data/{n}.json"}
            for n in range(3)
        ],
    }
    return body


def plant(app: Any, time: FakeTime) -> None:
    """What other people have in the catalog: a collection of their own, and things inside one of ours."""
    _post(app, "/stac/collections", {**STAC, "id": FOREIGN, "links": []})
    time.now += 10
    for name in (FOREIGN, COLLECTIONS[0]):
        option = {"id": "theirs", "name": "Theirs", "type": "raster-tile", "options": "assets=image"}
        _post(app, f"/stac/collections/{name}/configurations/render-options", option)
        _post(app, f"/stac/collections/{name}/configurations/mosaics", {"id": "theirs", "name": "Theirs", "cql": []})
        url = "https://other.blob.core.windows.net/theirs/catalog.json"
        _post(
            app, f"/inma/collections/{name}/ingestions", {"displayName": "theirs", "importType": "StaticCatalog", "sourceCatalogUrl": url}
        )


def _ask(app: Any, method: str, path: str, body: Any = None) -> httpx.Response:
    async def exchange() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=ORIGIN) as client:
            return await client.request(method, path, params={"api-version": "2026-04-15"}, json=body)

    return asyncio.run(exchange())


def _post(app: Any, path: str, body: Any) -> None:
    answer = _ask(app, "POST", path, body)
    assert answer.status_code < 300, answer.text


def state(app: Any) -> dict[str, Any]:
    """All the configuration that the catalog holds, by path; ids and times that the service makes left out, lists as sorted."""
    found: dict[str, Any] = {}
    collections = _ask(app, "GET", "/stac/collections").json()["collections"]
    for document in collections:
        base = f"/stac/collections/{document['id']}"
        found[base] = _timeless({**document, "assets": sorted(document.get("assets") or {})})
        for path in (f"{base}/configurations", f"{base}/queryables", f"{base}/configurations/partition-type"):
            found[path] = _timeless(_ask(app, "GET", path).json())
        path = f"/inma/collections/{document['id']}/ingestions"
        found[path] = sorted((_timeless(it) for it in _ask(app, "GET", path).json()["value"]), key=json.dumps)
    sources = [
        _ask(app, "GET", f"/inma/ingestion-sources/{it['id']}").json() for it in _ask(app, "GET", "/inma/ingestion-sources").json()["value"]
    ]
    found["sources"] = sorted((_timeless(it) for it in sources), key=json.dumps)
    return found


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        served = {"msft:_created", "msft:_updated", "created", "creationTime", "links", "status"}
        guid = {"id"} if "displayName" in value or "connectionInfo" in value else set()
        kept = {key: _timeless(it) for key, it in sorted(value.items()) if key not in served | guid}
        return kept | ({MARKER: {**kept[MARKER], "rev": 0}} if isinstance(kept.get(MARKER), dict) else {})
    if isinstance(value, list):
        return sorted((_timeless(it) for it in value), key=lambda it: json.dumps(it, sort_keys=True))
    return value


def in_the_portal(app: Any, path: str, body: Any, method: str = "POST") -> None:
    """What somebody else writes, also while an apply is running in this thread."""
    with ThreadPoolExecutor(1) as elsewhere:
        assert elsewhere.submit(_ask, app, method, path, body).result().status_code < 300


def cancel_operations(app: Any) -> None:
    """What a person does about an operation that hangs, on a service that keeps the collection's id for it meanwhile."""
    for operation in _ask(app, "GET", "/inma/operations").json()["value"]:
        if operation["status"] in ("Pending", "Running"):
            assert _ask(app, "DELETE", f"/inma/operations/{operation['id']}").status_code < 300


def prepare(root: Path) -> None:
    """A project to be applied, on a catalog that holds an earlier state of it and other people's things."""
    root.mkdir(parents=True, exist_ok=True)
    time = FakeTime(START - 10_000)
    write_project(root, early=True)
    with service(root, time) as app:
        assert apply(root, app, time).code == 0
        plant(app, time)
    shutil.rmtree(root / ".pcsync" / "journal")
    shutil.rmtree(root / ".pcsync" / "undo")
    write_project(root)


@contextmanager
def copied(base: Path, to: Path) -> Iterator[Path]:
    """A copy of a prepared project, gone afterwards."""
    shutil.copytree(base, to)
    try:
        yield to
    finally:
        shutil.rmtree(to)


def killed(arguments: Sequence[str]) -> None:
    """Apply, and die at an exchange."""
    root, number, when = Path(arguments[0]), int(arguments[1]), arguments[2]

    def die(current: int, request: httpx.Request) -> None:
        if current == number:
            os.kill(os.getpid(), signal.SIGKILL)

    time = FakeTime()
    with service(root, time) as app:
        apply(root, app, time, **{when: die})


if __name__ == "__main__":
    killed(sys.argv[1:])
