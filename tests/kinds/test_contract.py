"""What holds for every kind; a new kind is found by itself and fails here until it has an example."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from pydantic import TypeAdapter

from pcsync.core.change import Action, Risk
from pcsync.core.kind import Attaching, Conditional, Kind
from pcsync.core.order import ranks
from pcsync.kinds import KINDS
from pcsync.kinds.attaching import ATTACHING
from tests.kinds.emulated import Emulated, emulated
from tests.kinds.examples import EXAMPLES, document

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
REFERENCE = Path(os.environ.get("PCSYNC_REFERENCE") or Path(__file__).resolve().parents[3] / "shared" / "reference")
ROUTES = REFERENCE / "routes-2026-04-15.json"
SCOPES = {"ingestion-source": ""}


def scope(kind: Kind) -> str:
    return SCOPES.get(kind.name, "naip")


async def prepare(catalog: Emulated, kind: Kind) -> None:
    """What has to be there before the kind's example can be."""
    if "collection" in kind.needs:
        await catalog.collection()


def schema(kind: Kind) -> Any:
    return jsonschema_rs.validator_for(TypeAdapter(kind.model()).json_schema())


def test_every_kind_has_an_example_and_every_example_a_kind() -> None:
    assert set(EXAMPLES) == set(KINDS)


@every_kind
def test_a_kind_needs_only_what_comes_before_it(kind: Kind) -> None:
    place = ranks(KINDS)

    assert KINDS[kind.name] is kind
    assert all(place[need] < place[kind.name] for need in kind.needs)


def test_kinds_are_ordered_as_the_service_needs_them() -> None:
    place = ranks(KINDS)
    chain = ["ingestion-source", "collection", "partition-type", "queryable", "render-option", "asset", "ingestion"]

    assert sorted(place.values()) == [0, 1, 2, 3, 4, 4, 4, 5, 6]
    assert [place[name] for name in chain] == sorted(place[name] for name in chain)


def test_importing_the_kinds_imports_nothing_heavy() -> None:
    """Their models are for whoever writes schemas; every command pays for what is imported here."""
    heavy = "pydantic", "httpx", "azure", "starlette", "jsonschema_rs", "yaml"
    code = f"import sys, pcsync.kinds; print([name for name in {heavy!r} if name in sys.modules])"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_files_and_secrets_are_found_by_the_manifest_they_stand_in() -> None:
    assert {manifest: [kind.files + kind.secrets for kind in kinds] for manifest, kinds in ATTACHING.items()} == {
        "Collection": [("/assets/*/file",)],
        "IngestionSource": [("/sasToken",)],
    }
    assert all(isinstance(kind, Attaching) for kinds in ATTACHING.values() for kind in kinds)
    attaching = [(kind.manifest, kind.files, kind.secrets) for kind in KINDS.values() if isinstance(kind, Attaching)]
    assert sorted(attaching) == sorted((manifest, it.files, it.secrets) for manifest, kinds in ATTACHING.items() for it in kinds)


def test_kinds_with_a_precondition() -> None:
    assert {kind.name for kind in KINDS.values() if isinstance(kind, Conditional)} == {"partition-type", "ingestion", "ingestion-source"}


@every_kind
def test_the_schema_of_a_kind_takes_its_example_and_describes_every_field(kind: Kind) -> None:
    validator, example = schema(kind), EXAMPLES[kind.name]

    assert list(validator.iter_errors(example.value)) == []
    assert list(validator.iter_errors(example.changed)) == []
    assert undescribed(TypeAdapter(kind.model()).json_schema()) == []


def undescribed(part: Any, path: str = "") -> list[str]:
    """Paths of the properties in a schema that say nothing of themselves."""
    if isinstance(part, list):
        return [found for index, member in enumerate(part) for found in undescribed(member, f"{path}/{index}")]
    if not isinstance(part, dict):
        return []
    own = [f"{path}/{name}" for name, field in part.get("properties", {}).items() if "title" in field and "description" not in field]
    return own + [found for name, member in part.items() for found in undescribed(member, f"{path}/{name}")]


@every_kind
async def test_after_applying_a_manifest_there_is_nothing_to_do(kind: Kind, tmp_path: Path) -> None:
    """Create, then change: each is planned once, and each is settled afterwards."""
    example = EXAMPLES[kind.name]
    async with emulated() as catalog:
        await prepare(catalog, kind)
        first, second = document(kind.name, example.value, tmp_path), document(kind.name, example.changed, tmp_path)
        born = Action.UPDATE if not example.deletable else Action.CREATE

        assert await catalog.apply(first, kind) == [born]
        assert await catalog.apply(first, kind) == [Action.KEEP]
        assert await catalog.apply(second, kind) == [Action.UPDATE]
        assert await catalog.apply(second, kind) == [Action.KEEP]


@every_kind
async def test_after_deleting_a_resource_it_is_absent(kind: Kind, tmp_path: Path) -> None:
    """Singletons cannot be deleted: dropping them sends nothing."""
    example = EXAMPLES[kind.name]
    async with emulated() as catalog:
        await prepare(catalog, kind)
        manifest = document(kind.name, example.value, tmp_path)
        await catalog.apply(manifest, kind)
        (desired,) = kind.declare(manifest)
        sent = len(catalog.sent)

        await catalog.delete(kind, desired)

        assert (desired.key not in await catalog.live(kind, scope(kind))) == example.deletable
        assert [call.method for call in catalog.sent[sent:]] == ["DELETE"] * example.deletable


@every_kind
async def test_an_exported_manifest_declares_what_it_was_exported_from(kind: Kind, tmp_path: Path) -> None:
    example = EXAMPLES[kind.name]
    async with emulated() as catalog:
        await prepare(catalog, kind)
        await catalog.apply(document(kind.name, example.changed, tmp_path), kind)

        exported = kind.export(list((await catalog.live(kind, scope(kind))).values()))

        assert list(schema(kind).iter_errors(exported)) == []
        assert exported == json.loads(json.dumps(exported))
        assert {change.action for change in await catalog.plan(document(kind.name, exported, tmp_path), kind)} == {Action.KEEP}


@every_kind
async def test_a_kind_reads_nothing_of_a_collection_that_is_not_there(kind: Kind, empty: Emulated) -> None:
    known = {"/stac/collections/naip?sign=false": None}

    assert [path for path in kind.reads("naip", known) if path not in known] == []
    assert await empty.live(kind, scope(kind)) == {}


@every_kind
def test_a_kind_belongs_to_one_kind_of_scope(kind: Kind) -> None:
    """Catalog-wide kinds have nothing to read in a collection, and the others nothing outside of one."""
    elsewhere = "naip" if scope(kind) == "" else ""

    assert list(kind.reads(elsewhere, {})) == []
    assert list(kind.live(elsewhere, {})) == []
    assert list(kind.reads(scope(kind), {})) != []


@every_kind
async def test_every_call_of_a_kind_is_a_route_of_the_service(kind: Kind, tmp_path: Path) -> None:
    if not ROUTES.exists():
        pytest.skip(f"no route table at {ROUTES} (set PCSYNC_REFERENCE)")
    example = EXAMPLES[kind.name]
    routes = [(it["method"], pattern(it["path"])) for it in json.loads(ROUTES.read_text(encoding="utf-8"))["routes"]]
    async with emulated() as catalog:
        await prepare(catalog, kind)
        for value in (example.value, example.changed):
            await catalog.apply(document(kind.name, value, tmp_path), kind)
        (desired,) = kind.declare(document(kind.name, example.value))
        await catalog.delete(kind, desired)
        reads = [("GET", path) for path in await catalog.bodies(kind, scope(kind))]

    calls = [(call.method, call.path) for call in catalog.sent] + reads
    assert [
        call for call in calls if not any(call[0] == method and path.fullmatch(call[1].partition("?")[0]) for method, path in routes)
    ] == []


def pattern(route: str) -> re.Pattern[str]:
    return re.compile("".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", route)))


@every_kind
def test_ids_are_percent_encoded_in_every_path(kind: Kind) -> None:
    example, odd = EXAMPLES[kind.name], "a/b?c#ü %"
    (desired,) = kind.declare(document(kind.name, example.value, collection=odd))

    paths = [*kind.reads(scope(kind) and odd, {}), *(call.path for call in kind.calls(desired, None) if "collection" in kind.needs)]

    assert [path for path in paths if re.search(r"[^A-Za-z0-9/?=&%._~-]", path)] == []
    assert all("a%2Fb%3Fc%23%C3%BC%20%25" in path for path in paths if scope(kind))


@every_kind
def test_normalising_does_not_change_the_body_it_is_given(kind: Kind) -> None:
    example = EXAMPLES[kind.name]
    (desired,) = kind.declare(document(kind.name, example.value))
    before = json.dumps(desired.body)

    once = kind.normalise(desired.body)

    assert json.dumps(desired.body) == before
    assert kind.normalise(once) == once


@every_kind
def test_deleting_is_destructive_at_least(kind: Kind) -> None:
    assert kind.risk(Action.DELETE, ()).weight >= Risk.DESTRUCTIVE.weight


@every_kind
def test_a_kind_without_either_side_calls_nothing(kind: Kind) -> None:
    assert list(kind.calls(None, None)) == []


@every_kind
def test_a_section_that_is_absent_declares_nothing(kind: Kind) -> None:
    if kind.section:
        assert list(kind.declare(document(kind.name, None))) == []
