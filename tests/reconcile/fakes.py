"""A small catalog of four kinds, and readers and senders that are plain dictionaries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from pcsync.core.change import Action, Risk
from pcsync.core.compare import declared
from pcsync.core.diff import FieldDiff
from pcsync.core.errors import PcsyncError
from pcsync.core.kind import Kind
from pcsync.core.mark import Policy, children_entries, field_hashes, new_marker
from pcsync.core.ownership import MARKER
from pcsync.core.plan import Plan, Target
from pcsync.core.resource import Bodies, Body, Call, Desired, Key, Live
from pcsync.core.source import Origin, Position
from pcsync.core.state import Scope
from pcsync.reconcile.planning import make_plan

TARGET = Target("local", "emulator:x", "contoso")
LISTING = "/c"
THEIRS = frozenset({"/keywords"})  # fields of the collections that somebody else writes


def member_calls(base: str, desired: Desired | None, live: Live | None) -> list[Call]:
    if desired is None:
        return [Call("DELETE", live.path)] if live else []
    return [Call("PUT", live.path, desired.body)] if live else [Call("POST", base, desired.body)]


@dataclass(frozen=True)
class FakeKind:
    """What the kinds below have in common."""

    name: str = ""
    manifest: str = "Collection"
    section: str = ""
    after: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    partial: bool = False

    def model(self) -> Any:
        return object

    def declare(self, document: Any) -> Iterable[Desired]:
        return ()

    def normalise(self, body: Body) -> Body:
        return {name: value for name, value in body.items() if not name.startswith("_") and name != MARKER}

    def risk(self, action: Action, fields: Sequence[FieldDiff]) -> Risk:
        return Risk.COSMETIC

    def export(self, lives: Sequence[Live]) -> Any:
        return None


@dataclass(frozen=True)
class Collections(FakeKind):
    name: str = "collection"
    after: tuple[str, ...] = ("source",)
    partial: bool = True
    listing: str = LISTING
    array: str = "collections"

    def listed(self, body: Any) -> Iterator[tuple[str, Any]]:
        for member in body["collections"]:
            yield f"/c/{member['id']}", member

    def reads(self, scope: str, bodies: Bodies) -> Iterable[str]:
        return (f"/c/{scope}",)

    def live(self, scope: str, bodies: Bodies) -> Iterator[Live]:
        body = bodies.get(f"/c/{scope}")
        if body is not None:
            yield Live(Key(self.name, scope), body, f"/c/{scope}")

    def calls(self, desired: Desired | None, live: Live | None) -> Sequence[Call]:
        return member_calls("/c", desired, live)


@dataclass(frozen=True)
class Children(FakeKind):
    """Members of one list of a collection; ``path`` is where the list is read and written."""

    path: str = ""
    after: tuple[str, ...] = ("collection",)
    needs: tuple[str, ...] = ("collection",)

    def reads(self, scope: str, bodies: Bodies) -> Iterable[str]:
        missing = f"/c/{scope}" in bodies and bodies[f"/c/{scope}"] is None
        return () if missing or not scope else (f"/c/{scope}/{self.path}",)

    def live(self, scope: str, bodies: Bodies) -> Iterator[Live]:
        for member in bodies.get(f"/c/{scope}/{self.path}") or ():
            yield Live(Key(self.name, scope, member["id"]), member, f"/c/{scope}/{self.path}/{member['id']}")

    def calls(self, desired: Desired | None, live: Live | None) -> Sequence[Call]:
        scope = (desired or live).key.collection
        return member_calls(f"/c/{scope}/{self.path}", desired, live)


@dataclass(frozen=True)
class Partitions(Children):
    """A child with a precondition."""

    def probes(self, desired: Desired, live: Live | None) -> Iterable[str]:
        return (f"/c/{desired.key.collection}/items",) if live else ()

    def refusal(self, desired: Desired, live: Live | None, bodies: Bodies) -> str:
        return "the collection has items" if bodies.get(f"/c/{desired.key.collection}/items") else ""


@dataclass(frozen=True)
class Sources(FakeKind):
    name: str = "source"
    manifest: str = "Source"

    def reads(self, scope: str, bodies: Bodies) -> Iterable[str]:
        if scope:
            return ()
        return ("/s", *(f"/s/{number}" for number in bodies.get("/s") or ()))

    def live(self, scope: str, bodies: Bodies) -> Iterator[Live]:
        for number in bodies.get("/s") or ():
            body = bodies.get(f"/s/{number}")
            if body is not None:
                yield Live(Key(self.name, "", body["container"]), body, f"/s/{number}")

    def calls(self, desired: Desired | None, live: Live | None) -> Sequence[Call]:
        return member_calls("/s", desired, live)


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Sources(),
        Collections(),
        Partitions("partition", path="partition"),
        Children("layer", path="config"),
        Children("theme", path="config-themes"),
        Children("run", path="runs", after=("layer", "source"), needs=("collection", "source")),
    )
}


class FakeReader:
    """Bodies by path, None for what is not there; an exception instead of a body is raised. ``asked`` is every request."""

    def __init__(self, bodies: Mapping[str, Any], delay: Callable[[str], float] = lambda _: 0.0) -> None:
        self.bodies = dict(bodies)
        self.asked: list[str] = []
        self._delay = delay

    async def get(self, path: str) -> Any:
        self.asked.append(path)
        await asyncio.sleep(self._delay(path))
        return self._answer(path)

    async def members(self, path: str, array: str) -> AsyncIterator[Any]:
        self.asked.append(path)
        for member in (self._answer(path) or {}).get(array, ()):
            await asyncio.sleep(self._delay(path))
            if isinstance(member, PcsyncError):
                raise member
            yield member

    def _answer(self, path: str) -> Any:
        body = self.bodies.get(path)
        if isinstance(body, PcsyncError):
            raise body
        return body


@dataclass
class FakeDesired:
    """Desired resources, handed out in batches; ``expanded`` is every scope that was looked at closely."""

    resources: Sequence[Desired]
    batch: int = 10
    expanded: list[str] = field(default_factory=list)

    async def scopes(self) -> AsyncIterator[Sequence[Scope]]:
        scopes: dict[str, list[Desired]] = {}
        for resource in self.resources:
            scopes.setdefault(resource.key.collection, []).append(resource)
        entries = [(scope, tuple(declared(KINDS[it.key.kind], it) for it in found)) for scope, found in scopes.items()]
        for start in range(0, len(entries), self.batch):
            await asyncio.sleep(0)
            yield entries[start : start + self.batch]

    def expand(self, scope: str) -> Sequence[Desired]:
        self.expanded.append(scope)
        return [resource for resource in self.resources if resource.key.collection == scope]


def want(kind: str, scope: str = "", name: str = "", **body: Any) -> Desired:
    """A desired resource; its body names it as the fake catalog does."""
    identity = {"id": name or scope} if scope else {"container": name}
    return Desired(Key(kind, scope, name), {**identity, **body}, Origin("catalog.yaml", f"/{kind}/{scope}/{name}"))


def locate(origin: Origin) -> Position:
    return Position(origin.file, 1, 1)


def marked(collection: Desired, resources: Sequence[Desired]) -> Desired:
    """A collection as an apply of these resources leaves it."""
    scope = collection.key.collection
    children = [declared(KINDS[it.key.kind], it) for it in resources if it.key.collection == scope]
    fields = {name: it for name, it in field_hashes(KINDS["collection"], collection).items() if name not in THEIRS}
    marker = new_marker(scope, Policy(TARGET.endpoint, (TARGET.owner,)), fields, children_entries(children, {}), None)
    return replace(collection, body={**collection.body, MARKER: marker.to_json()})


def catalog(*resources: Desired) -> dict[str, Any]:
    """The bodies of a catalog to which these resources were applied."""
    bodies: dict[str, Any] = {LISTING: {"collections": []}, "/s": []}
    for resource in (marked(it, resources) if it.key.kind == "collection" else it for it in resources):
        kind, scope = KINDS[resource.key.kind], resource.key.collection
        if isinstance(kind, Children):
            bodies.setdefault(f"/c/{scope}/{kind.path}", []).append(resource.body)
        elif isinstance(kind, Collections):
            bodies[f"/c/{scope}"] = resource.body
            bodies[LISTING]["collections"].append(resource.body)
        else:
            bodies["/s"].append(len(bodies["/s"]))
            bodies[f"/s/{len(bodies['/s']) - 1}"] = resource.body
    return bodies


async def planned(resources: Sequence[Desired], reader: FakeReader, **options: Any) -> Plan:
    """The plan that leads from what the reader shows to these resources."""
    return await make_plan(TARGET, FakeDesired(resources), KINDS, reader, locate, **options)


class FakeCatalog(FakeReader):
    """A reader that also takes writes, as the catalog of the fake kinds would; ``sent`` is every write, ``faults`` goes first.

    A fault is (error, acted): what a request ends in the next time, and whether the catalog did what was asked all the same.
    """

    def __init__(self, bodies: Mapping[str, Any], delay: Callable[[str], float] = lambda _: 0.0) -> None:
        super().__init__(bodies, delay)
        self.sent: list[str] = []
        self.faults: dict[str, list[tuple[PcsyncError, bool]]] = {}
        self.running = 0
        self.most = 0  # writes under way at one time
        self.most_of_one: dict[str, int] = {}  # the same, by collection
        self._running_of: dict[str, int] = {}

    def fail(self, request: str, error: PcsyncError, *, times: int = 1, acted: bool = False) -> None:
        self.faults.setdefault(request, []).extend([(error, acted)] * times)

    async def send(self, call: Call) -> Any:
        name = (call.json or {}).get("id", "") if call.method == "POST" else ""
        request = f"{call.method} {call.path}" + (f" {name}" if name else "")
        self.sent.append(request)
        with self._counted(name if call.path == "/c" else (call.path.split("/") + [""] * 3)[2]):
            await asyncio.sleep(self._delay(call.path))
        error, acted = self.faults[request].pop(0) if self.faults.get(request) else (None, True)
        if acted:
            self._act(call)
        if error:
            raise error

    @contextmanager
    def _counted(self, scope: str) -> Iterator[None]:
        self.running += 1
        self._running_of[scope] = self._running_of.get(scope, 0) + 1
        self.most = max(self.most, self.running)
        self.most_of_one[scope] = max(self.most_of_one.get(scope, 0), self._running_of[scope])
        try:
            yield
        finally:
            self.running -= 1
            self._running_of[scope] -= 1

    def _act(self, call: Call) -> None:
        parts = call.path.split("/")[1:]
        if parts[0] == "s":
            self._act_on_source(call, parts)
        elif call.path == "/c" or len(parts) == 2:
            self._act_on_collection(call)
        else:
            self._act_on_member(call, "/".join(["", *parts[:3]]), parts[3:])

    def _act_on_source(self, call: Call, parts: list[str]) -> None:
        number = len(self.bodies["/s"]) if call.method == "POST" else int(parts[1])
        if call.method == "POST":
            self.bodies["/s"] = [*self.bodies["/s"], number]
        self.bodies[f"/s/{number}"] = None if call.method == "DELETE" else call.json

    def _act_on_collection(self, call: Call) -> None:
        path = f"/c/{call.json['id']}" if call.method == "POST" else call.path
        self.bodies[path] = None if call.method == "DELETE" else call.json

    def _act_on_member(self, call: Call, path: str, member: list[str]) -> None:
        rest = [body for body in self.bodies.get(path) or () if [body["id"]] != member]
        self.bodies[path] = rest if call.method == "DELETE" else [*rest, call.json]


class Clock:
    """Time that passes only while somebody sleeps; ``at`` holds what happens at which second."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self.at: dict[float, Callable[[], None]] = {}

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        for moment in sorted(moment for moment in self.at if moment <= self.now):
            self.at.pop(moment)()
        await asyncio.sleep(0)
