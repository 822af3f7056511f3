"""Whatever a catalog answers: a documented exit code, words that say what is wrong, and nothing written but what was approved."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcsync.core.ownership import MARKER
from tests.badinput.damage import damaged
from tests.badinput.proxy import Proxy, Spoilt, proxy
from tests.harness import Folder, Ran

DOCUMENTED = frozenset({0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
VERSION = {"api-version": "2026-04-15"}
FEW = settings(max_examples=10, derandomize=True, deadline=None, database=None, suppress_health_check=[*HealthCheck])
STAC = {
    "type": "Collection",
    "stac_version": "1.0.0",
    "description": "d",
    "license": "MIT",
    "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [["2020-01-01T00:00:00Z", None]]}},
    "links": [],
    "item_assets": {"image": {"type": "image/tiff", "roles": ["data"], "title": "i"}},
}
OPTION = {"id": "rgb", "name": "RGB", "type": "raster-tile", "options": "assets=image"}
SECTIONS: dict[str, Any] = {
    "partitionType": {"scheme": "year"},
    "queryables": [{"name": "naip:year", "data_type": "string", "create_index": False, "definition": {"type": "string", "title": "Y"}}],
    "tileSettings": {"minZoom": 6, "maxItemsPerTile": 35},
    "renderOptions": [OPTION, {**OPTION, "id": "more"}],
    "mosaics": [{"id": "recent", "name": "Recent", "cql": []}],
    "ingestions": [
        {"displayName": "n", "importType": "StaticCatalog", "sourceCatalogUrl": "https://acct.blob.core.windows.net/data/c.json"}
    ],
}
SOURCE = {
    "apiVersion": "pcsync/v1",
    "kind": "IngestionSource",
    "name": "imagery",
    "containerUrl": "https://acct.blob.core.windows.net/data",
    "managedIdentity": {"objectId": "11111111-2222-3333-4444-555555555555"},
}
HARMLESS: dict[str, tuple[str, ...]] = {
    "plan": ("plan", "--no-validate"),
    "plan shown whole": ("plan", "--no-validate", "--show-unmanaged", "-o", "json"),
    "drift": ("drift",),
    "dump": ("dump", "--to", "dumped"),
    "check": ("check",),
    "preview": ("preview",),
    "validate --live": ("validate", "--live"),
}
WRITING: dict[str, tuple[str, ...]] = {
    "apply": ("apply", "plan.json"),
    "adopt": ("adopt", "--yes"),
    "undo": ("undo", "--yes"),
}
COMMANDS = HARMLESS | WRITING


@dataclass(frozen=True)
class Calm:
    """A command that nothing disturbed: what it was answered, and the requests it wrote."""

    answers: dict[str, bytes]
    written: frozenset[str]


@dataclass(repr=False)
class Rig:
    """A project that was applied and whose manifests moved since, with a saved plan and a way back; and the catalog it is about."""

    folder: Folder
    served: Proxy
    known: dict[str, Calm] = field(default_factory=dict)

    @contextmanager
    def fresh(self, name: str) -> Iterator[Folder]:
        """The project as it was, and its catalog served."""
        path = self.folder.path.with_name("copy")
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(self.folder.path, path, ignore=shutil.ignore_patterns("*.sqlite*"))
        store = self.folder.path / ("unmarked.sqlite" if name == "adopt" else "first.sqlite")
        with self.served.serving(store, path / "catalog.sqlite"):
            yield Folder(path)

    def calm(self, name: str) -> Calm:
        """The command undisturbed."""
        if name not in self.known:
            with self.fresh(name) as folder:
                ran = folder.run(*COMMANDS[name])
                assert ran.code in (0, 2, 7), ran.err + ran.out
                self.known[name] = Calm(dict(self.served.answers), frozenset(self.served.written))
        return self.known[name]

    def spoilt(self, name: str, path: str, spoilt: Spoilt) -> tuple[Ran, frozenset[str]]:
        """The command while an answer is spoilt: all of one that only reads, the first two of one that writes and looks again."""
        with self.fresh(name) as folder:
            self.served.path, self.served.spoilt, self.served.times = path, spoilt, 2 if name in WRITING else 1_000_000
            ran = folder.run(*COMMANDS[name])
            return ran, frozenset(self.served.written)


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    root = tmp_path_factory.mktemp("answers") / "p"
    root.mkdir()
    with proxy() as served:
        folder = Folder(root)
        folder.project(targets={"local": {"endpoint": served.url}}, manifests=["collections", "sources.yaml"])
        folder.write("sources.yaml", SOURCE)
        declare(folder, **SECTIONS)
        with served.serving(None, root / "first.sqlite"):
            did(folder, "apply", "--yes", "--no-validate", "--no-checks")
            declare(
                folder, **SECTIONS | {"renderOptions": [{**OPTION, "name": "Moved"}], "mosaics": [{"id": "all", "name": "All", "cql": []}]}
            )
            did(folder, "plan", "--no-validate", "--out", "plan.json")
        with served.serving(root / "first.sqlite", root / "unmarked.sqlite"):
            path = f"{served.url}/stac/collections/naip"
            body = httpx.get(path, params=VERSION).json()
            httpx.put(path, params=VERSION, json={name: value for name, value in body.items() if name != MARKER}).raise_for_status()
        yield Rig(folder, served)


def did(folder: Folder, *command: str) -> None:
    ran = folder.run(*command)
    assert ran.code == 0, ran.err + ran.out


def declare(folder: Folder, **sections: Any) -> None:
    folder.write("collections/naip.yaml", {"apiVersion": "pcsync/v1", "kind": "Collection", "id": "naip", "stac": STAC, **sections})


def said_well(ran: Ran) -> None:
    """A documented exit code; where something is wrong, words for it."""
    assert ran.code in DOCUMENTED, (ran.code, ran.err)
    for text in ("Traceback", "internal error", "defect"):
        assert text not in ran.err + ran.out, (ran.err + ran.out)[:800]
    assert ran.code in (0, 2) or (ran.err + ran.out).strip()


def at_a_place(body: bytes, place: int, other: Any) -> bytes:
    """A JSON body with one of its values, counted over all of it, replaced by another one."""
    whole = {"": json.loads(body)}
    places: list[tuple[Any, Any]] = []

    def walk(value: Any) -> None:
        for key, member in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
            places.append((value, key))
            walk(member)

    walk(whole)
    parent, key = places[place % len(places)]
    parent[key] = other
    return json.dumps(whole[""]).encode()


OTHERS: list[Any] = [
    None,
    True,
    -1,
    1.5,
    10**400,
    "",
    "x",
    "\u0000",
    "\ud800",
    [],
    [None],
    [[]],
    ["x"],
    {},
    {"x": None},
    {"id": 7},
    [{"id": []}],
    [{}],
]
SORTS = ["text/html", "text/plain", "", "application/json; charset=bogus", "image/png"]
PAGE = b"<!doctype html><html><body>Sign in to the proxy</body></html>"
BODIES: dict[str, Spoilt] = {
    "a page for people": (PAGE, {"content-type": "text/html"}),
    "a page that says it is json": (PAGE, {}),
    "nothing": (b"", {}),
    "deep lists": (b"[" * 200_000 + b"]" * 200_000, {}),
    "deep objects": (b'{"a":' * 200_000 + b"1" + b"}" * 200_000, {}),
    "a number that is none": (b'{"value": NaN, "collections": [NaN]}', {}),
    "infinity": (b'{"value": Infinity, "links": -Infinity}', {}),
    "an encoding of its own": (b'{"value": []}', {"content-encoding": "rot13"}),
    "half a surrogate": (b'{"value": "\\ud800"}', {}),
    "another charset": ('{"id": "naïp"}'.encode("utf-16"), {"content-type": "application/json; charset=utf-16"}),
}


@st.composite
def spoiling(draw: st.DrawFn, body: bytes) -> Spoilt:
    """A wrong value at any place of the answer, its bytes damaged, a key said twice, or the right words as another media type."""
    way = draw(st.sampled_from(["place", "place", "place", "bytes", "twice", "sort"]))
    if way == "place" and body.startswith((b"{", b"[")):
        return at_a_place(body, draw(st.integers(0, 200)), draw(st.sampled_from(OTHERS))), {}
    if way == "twice":
        return body.replace(b"{", b'{"id": "twice", "value": 1, "id": [],', 1), {}
    if way == "sort":
        return body, {"content-type": draw(st.sampled_from(SORTS))}
    return draw(damaged(body or b"{}")), {}


def judged(rig: Rig, name: str, path: str, spoilt: Spoilt) -> None:
    ran, written = rig.spoilt(name, path, spoilt)

    said_well(ran)
    assert written <= rig.calm(name).written, (ran.out, ran.err)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # bodies of some kilobytes, kept for whoever replays a failure
@pytest.mark.parametrize("name", COMMANDS)
@FEW
@given(data=st.data())
def test_a_spoilt_answer_ends_in_words_and_nothing_is_written_but_what_was_approved(rig: Rig, name: str, data: st.DataObject) -> None:
    answers = rig.calm(name).answers
    path = data.draw(st.sampled_from(sorted(answers)))

    judged(rig, name, path, data.draw(spoiling(answers[path])))


@pytest.mark.slow
@pytest.mark.parametrize("what", BODIES)
@pytest.mark.parametrize("name", ["plan", "apply"])
def test_what_is_no_answer_of_a_catalog_is_never_taken_for_one(rig: Rig, name: str, what: str) -> None:
    for path in ("/stac/collections/naip", "/stac/collections/naip/configurations"):
        ran, written = rig.spoilt(name, path, BODIES[what])

        said_well(ran)
        assert ran.code == 1 or "configurations" in path, (path, ran.out)
        assert written == frozenset() or ran.code == 0


@pytest.mark.slow
@pytest.mark.parametrize("packed", [True, False], ids=["packed", "as it is"])
def test_an_answer_of_three_hundred_megabytes_is_refused_at_the_limit(rig: Rig, packed: bool) -> None:
    content = b"[" + b" " * (300 * 2**20) + b"]"
    spoilt = (gzip.compress(content, 1), {"content-encoding": "gzip"}) if packed else (content, {})

    ran, written = rig.spoilt("plan", "/stac/collections/naip/configurations", spoilt)

    assert ran.code == 1
    assert "larger than 268,435,456 bytes" in " ".join((ran.err + ran.out).split())
    assert written == frozenset()
