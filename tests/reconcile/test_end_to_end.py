"""Plan, apply and proof with the real kinds and client over the emulated catalog."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from pcsync.core.change import Action
from pcsync.core.document import from_json, to_json
from pcsync.core.errors import AuthenticationError, PartialError, StaleError
from pcsync.core.resource import Call, Key
from pcsync.kinds import KINDS
from pcsync.reconcile.converge import converge
from pcsync.reconcile.events import Unsealed
from pcsync.reconcile.planning import FEW
from pcsync.reconcile.recheck import recheck
from pcsync.reconcile.sealing import DROPPED
from tests.kinds.examples import STAC
from tests.reconcile.emulated import Emulated, collection, emulated, source


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Emulated]:
    async with emulated(tmp_path) as made:
        yield made


async def test_every_kind_is_planned_applied_proven_and_then_needs_nothing(service: Emulated, tmp_path: Path) -> None:
    documents = [source(), collection("naip", tmp_path)]
    plan = from_json(to_json(await service.plan(*documents)))
    await recheck(plan, KINDS, service.catalog.reader())

    outcome = await service.apply(plan)

    assert outcome.error is None
    assert {change.key.kind for change in outcome.done} == set(KINDS)
    assert await converge(outcome.done, KINDS, service.catalog.reader(), deadline=0) == ()
    again = await service.plan(*documents)
    assert (again.changes, again.kept) == ((), len(plan.changes))


async def test_a_changed_manifest_changes_what_it_says_and_nothing_else(service: Emulated, tmp_path: Path) -> None:
    await service.apply(await service.plan(source(), collection("naip", tmp_path), collection("dem", tmp_path)))
    documents = [source(), collection("naip", tmp_path, changed=True), collection("dem", tmp_path)]

    plan = await service.plan(*documents)
    outcome = await service.apply(plan)

    assert {change.key.collection for change in plan.changes} == {"naip"}
    assert {change.action for change in plan.changes} == {Action.UPDATE}
    assert outcome.error is None
    assert await converge(outcome.done, KINDS, service.catalog.reader(), deadline=0) == ()
    assert (await service.plan(*documents)).changes == ()


@pytest.mark.parametrize(
    ("kinds", "each"),
    [
        pytest.param(("queryable", "tile-settings", "mosaic", "render-option", "asset"), 2, id="1 + 2N"),
        pytest.param(("queryable", "tile-settings", "mosaic", "render-option", "asset", "partition-type"), 3, id="+ N partition types"),
        pytest.param((), 4, id="+ N ingestions"),
    ],
)
async def test_a_full_read_takes_one_listing_and_two_requests_a_collection(
    service: Emulated, tmp_path: Path, kinds: tuple[str, ...], each: int
) -> None:
    count = FEW + 3
    documents = [collection(f"c{number}", tmp_path, *(("collection", *kinds) if kinds else ())) for number in range(count)]
    await service.apply(await service.plan(*documents))
    service.requests.seen.clear()

    plan = await service.plan(*documents)

    assert plan.changes == ()
    assert len(service.requests.seen) == 1 + each * count + 1  # the last one: the listing of sources, of which none is declared
    assert {request.split()[0] for request in service.requests.seen} == {"GET"}


async def test_an_entry_that_the_listing_omits_is_not_created_again(service: Emulated, tmp_path: Path) -> None:
    documents = [collection(f"c{number}", tmp_path, "collection", "mosaic") for number in range(FEW + 3)]
    await service.apply(await service.plan(*documents))
    service.break_("omit-entries", path="^/stac/collections$", count=5)

    plan = await service.plan(*documents)

    assert plan.changes == ()
    assert plan.complete


@pytest.mark.parametrize("status", [400, 404, 500, 503])
async def test_only_a_404_is_absence(service: Emulated, tmp_path: Path, status: int) -> None:
    await service.apply(await service.plan(collection("naip", tmp_path, "collection", "queryable")))
    service.break_("status", method="GET", path="/queryables$", status=status)

    plan = await service.plan(collection("naip", tmp_path, "collection", "queryable"))

    assert [gap.kinds for gap in plan.unknown] == ([] if status == 404 else [("queryable",)])
    assert [change.action for change in plan.changes] == ([Action.CREATE] if status == 404 else [])


@pytest.mark.parametrize("effect", ["expired-token", "role-missing"])
async def test_a_refused_token_ends_plan_and_apply(service: Emulated, tmp_path: Path, effect: str) -> None:
    plan = await service.plan(collection("naip", tmp_path))
    service.break_(effect)

    with pytest.raises(AuthenticationError):
        await service.plan(collection("naip", tmp_path))
    outcome = await service.apply(plan)

    assert outcome.error is not None
    assert outcome.error.exit_code == 8
    assert len(outcome.not_attempted) == len(plan.changes) - 1


async def test_an_ingestion_whose_answer_was_lost_is_not_made_twice(service: Emulated, tmp_path: Path) -> None:
    documents = [source(), collection("naip", tmp_path, "collection", "ingestion")]
    plan = await service.plan(*documents)
    service.break_("drop-after", method="POST", path="/ingestions$", times=1)

    outcome = await service.apply(plan)

    assert outcome.error is None
    assert (await service.plan(*documents)).changes == ()
    assert service.requests.seen.count("POST /inma/collections/naip/ingestions") == 1


async def test_a_request_that_never_arrived_is_sent_once_more(service: Emulated, tmp_path: Path) -> None:
    documents = [source(), collection("naip", tmp_path)]
    plan = await service.plan(*documents)
    service.break_("drop-before", method="POST", path="/ingestions$", times=1)

    assert (await service.apply(plan)).error is None
    assert (await service.plan(*documents)).changes == ()


async def test_a_configuration_conflict_is_retried_after_a_look(service: Emulated, tmp_path: Path) -> None:
    plan = await service.plan(collection("naip", tmp_path))
    service.break_("config-conflict", method="POST", path="/render-options$", times=2)

    assert (await service.apply(plan)).error is None
    assert (await service.plan(collection("naip", tmp_path))).changes == ()


async def test_a_collection_whose_operation_fails_blocks_its_children_and_no_other(service: Emulated, tmp_path: Path) -> None:
    documents = [collection("dem", tmp_path), collection("naip", tmp_path)]
    plan = await service.plan(*documents)
    service.break_("operation-failed", method="POST", path="^/stac/collections$", times=1)

    outcome = await service.apply(plan, concurrency=1)

    assert [entry.change.address for entry in outcome.failed] == ["collection/dem"]
    assert {entry.by.address for entry in outcome.blocked} == {"collection/dem"}
    assert {change.key.collection for change in outcome.done} == {"naip"}
    assert isinstance(outcome.error, PartialError)
    assert (await service.apply(await service.plan(*documents))).error is None


async def test_an_edit_between_plan_and_apply_is_named_and_nothing_is_written(service: Emulated, tmp_path: Path) -> None:
    await service.apply(await service.plan(collection("naip", tmp_path)))
    plan = from_json(to_json(await service.plan(collection("naip", tmp_path, changed=True))))
    path = "/stac/collections/naip/configurations/mosaics/most-recent"
    await service.catalog.send(Call("PUT", path, {"id": "most-recent", "name": "Edited in the portal", "cql": []}))
    service.requests.seen.clear()

    with pytest.raises(StaleError, match='collection/naip/mosaic/most-recent: /name was "Most recent", is now "Edited in the portal"'):
        await recheck(plan, KINDS, service.catalog.reader())

    assert {request.split()[0] for request in service.requests.seen} == {"GET"}


async def test_the_partition_type_of_a_collection_with_items_is_refused_at_plan_time(service: Emulated, tmp_path: Path) -> None:
    await service.apply(await service.plan(collection("naip", tmp_path)))
    await service.catalog.send(Call("POST", "/stac/collections/naip/items", ITEM))

    plan = await service.plan(collection("naip", tmp_path, changed=True))

    refused = {change.key.kind: change.refusal for change in plan.changes if change.refusal}
    assert list(refused) == ["partition-type"]
    assert "has items" in refused["partition-type"]
    assert not plan.applyable


async def test_a_catalog_that_drops_unknown_keys_is_told_of_and_nothing_is_deleted(service: Emulated, tmp_path: Path) -> None:
    whole = collection("naip", tmp_path)
    stac = {name: value for name, value in STAC.items() if ":" not in name}  # such keys it would drop as well
    await service.apply(await service.plan(replace(whole, body={**whole.body, "stac": stac})))
    emptied = replace(whole, body={**whole.body, "stac": stac, "renderOptions": []})
    plan = replace(await service.plan(emptied), checks=())
    service.break_("drop-unknown-keys")

    outcome = await service.apply(plan)

    assert [change.action for change in outcome.done] == [Action.UPDATE]
    assert {verdict.why for verdict in outcome.not_attempted} == {DROPPED}
    told: list[object] = []
    assert await converge(outcome.done, KINDS, service.catalog.reader(), deadline=0, on_event=told.append) == ()
    assert [event.why for event in told if isinstance(event, Unsealed)] == [DROPPED]


async def test_live_resources_that_no_manifest_names_are_shown_and_kept(service: Emulated, tmp_path: Path) -> None:
    await service.apply(await service.plan(collection("naip", tmp_path), collection("dem", tmp_path)))

    plan = await service.plan(collection("naip", tmp_path), show_unmanaged=True)

    assert plan.changes == ()
    assert plan.unmanaged == (Key("collection", "dem"), Key("mosaic", "naip", "default"))


ITEM = {
    "type": "Feature",
    "stac_version": "1.0.0",
    "id": "one",
    "collection": "naip",
    "geometry": {"type": "Point", "coordinates": [-84.39, 33.75]},
    "bbox": [-84.39, 33.75, -84.39, 33.75],
    "properties": {"datetime": STAC["extent"]["temporal"]["interval"][0][0]},
    "assets": {},
    "links": [],
}
