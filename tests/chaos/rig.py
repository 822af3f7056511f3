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
from typing import Any, TypeVar

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

START = 1_800_000_000.0
CANARY = "c4n4ry5ignature"
SAS = f"sp=rl&se=2036-04-22T15:55:57Z&sv=2024-11-04&sr=c&sig={CANARY}"
COLLECTIONS = ("alpha", "beta", "delta", "gamma")
FOREIGN = "somebodys"
DOOMED = "omega"
STORE = ".pcsync/local.sqlite"
HEADER = "x-emulator-fault"

FAULTS: dict[str, dict[str, Any]] = {
    "refused 429": {"effect": "status", "status": 429, "retry_after": 1},
    "refused 500": {"effect": "status", "status": 500},
    "refused 503": {"effect": "status", "status": 503},
    "dropped before": {"effect": "drop-before"},
    "dropped after": {"effect": "drop-after"},
    "garbage": {"effect": "garbage-body"},
    "read is stale": {"effect": "stale-reads", "seconds": 30},
    "entry omitted": {"effect": "omit-entries"},
}
"""What can befall a single exchange."""
READS = ("read is stale", "entry omitted")
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


Done = TypeVar("Done")
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
    seen: tuple[tuple[str, str, int], ...] = ()

    @property
    def writes(self) -> list[str]:
        """Every request that was no read."""
        return [f"{method} {path}" for method, path, _ in self.seen if method != "GET"]


@contextmanager
def service(root: Path, time: FakeTime) -> Iterator[Any]:
    """The emulator on the project's file."""
    app = create_app(root / STORE, Settings(lro_delay=0.3, clock=time.read))
    try:
        yield app
    finally:
        app.close()


def apply(root: Path, app: Any, time: FakeTime, *, resume: bool = False, force: bool = False, aside: bool = False, **broken: Any) -> Result:
    """One ``pcsync apply --yes`` of the project, in process; ``force``: with --force-conflicts; ``aside``: as on another machine."""
    if aside:
        with copied(root, root.with_name(f"{root.name}-aside")) as other:
            shutil.rmtree(other / ".pcsync")
            return apply(other, app, time, force=force, **broken)
    again, wrapped = broken.pop("again", None), broken.pop("wrapped", None)
    exchanges = Exchanges(app, **broken)
    exchanges.again = again
    options = GlobalOptions(str(root / "pcsync.yaml"), 2, False, False, {"NO_COLOR": "1", "IMAGERY_SAS": SAS})
    wired = wire(options)
    rigged = Rigged(wired.project, wired.spec, wired.environment, transport=wrapped(exchanges) if wrapped else exchanges, time=time)
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            applying = Applying(rigged, Printer(options, (), root), "default", 8, 4, time.clock)
            code = applying.fresh(
                (), ask=False, resume=resume, allowance=Allowance(force_conflicts=force, deletes=(f"collection/{DOOMED}",))
            )
        except PcsyncError as wrong:  # as pcsync.cli.main says it
            code = wrong.exit_code
            said.write(str(wrong))
    return Result(code, said.getvalue(), tuple(exchanges.seen))


def ask(app: Any, method: str, path: str, body: Any = None) -> httpx.Response:
    """One exchange that goes by pcsync and by every fault."""

    async def exchange() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=ORIGIN) as client:
            return await client.request(method, path, params={"api-version": "2026-04-15"}, json=body)

    return asyncio.run(exchange())


def _post(app: Any, path: str, body: Any) -> None:
    answer = ask(app, "POST", path, body)
    assert answer.status_code < 300, answer.text


def state(app: Any) -> dict[str, Any]:
    """All the configuration that the catalog holds, by path; ids and times that the service makes left out, lists as sorted."""
    found: dict[str, Any] = {}
    collections = ask(app, "GET", "/stac/collections").json()["collections"]
    for document in collections:
        base = f"/stac/collections/{document['id']}"
        assets = {
            key: {name: asset.get(name) for name in ("title", "roles", "type")} for key, asset in (document.get("assets") or {}).items()
        }
        found[base] = _timeless({**document, "assets": assets})
        for path in (f"{base}/configurations", f"{base}/queryables", f"{base}/configurations/partition-type"):
            found[path] = _timeless(ask(app, "GET", path).json())
        path = f"/inma/collections/{document['id']}/ingestions"
        found[path] = sorted((_timeless(it) for it in ask(app, "GET", path).json()["value"]), key=json.dumps)
    sources = [
        ask(app, "GET", f"/inma/ingestion-sources/{it['id']}").json() for it in ask(app, "GET", "/inma/ingestion-sources").json()["value"]
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
    assert elsewhere(lambda: ask(app, method, path, body)).status_code < 300


def elsewhere(work: Callable[[], Done]) -> Done:
    """Do something in a thread of its own, while this one waits: the event loop of an apply is running here."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def cancel_operations(app: Any) -> None:
    """What a person does about an operation that hangs, on a service that keeps the collection's id for it meanwhile."""
    for operation in ask(app, "GET", "/inma/operations").json()["value"]:
        if operation["status"] in ("Pending", "Running"):
            assert ask(app, "DELETE", f"/inma/operations/{operation['id']}").status_code < 300


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
