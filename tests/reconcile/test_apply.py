"""An apply does what the plan says in an order that works, and tells the truth about what became of each change."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from pcsync.core.change import Action, Change
from pcsync.core.errors import AuthenticationError, DeadlineError, GuardError, PartialError, PcsyncError, ServiceError, StaleError
from pcsync.core.resource import Call, Desired
from pcsync.reconcile.apply import apply
from pcsync.reconcile.attempt import CONTESTED, LOOKS
from pcsync.reconcile.events import Applied, Event, Failed, Sealed, Sending, Sent, Started, Unsure
from pcsync.reconcile.outcome import Ledger, Outcome
from tests.reconcile.fakes import KINDS, Clock, FakeCatalog, catalog, planned, want

NAIP = [want("collection", "naip"), want("layer", "naip", "rgb"), want("theme", "naip", "dark")]
DEM = [want("collection", "dem"), want("layer", "dem", "shade")]


class LostError(ServiceError):
    """An answer that never came."""

    uncertain = True


class ContestedError(ServiceError):
    """409."""

    contested = True


async def applied(wanted: Sequence[Desired], service: FakeCatalog, clock: Clock | None = None, **options: Any) -> Outcome:
    plan = await planned(wanted, service)
    service.asked.clear()
    return await apply(plan, KINDS, service, service, sleep=(clock or Clock()).sleep, **options)


def addresses(entries: Sequence[Any]) -> list[str]:
    return [(entry if isinstance(entry, Change) else entry.change).address for entry in entries]


async def test_after_an_apply_the_next_plan_is_empty() -> None:
    wanted = [want("collection", "naip", title="new"), *NAIP[1:], *DEM, want("source", name="https://x/a"), want("run", "naip", "nightly")]
    service = FakeCatalog(catalog(want("collection", "naip", title="old"), want("layer", "naip", "rgb", zoom=1)))

    outcome = await applied(wanted, service)

    assert outcome.error is None
    assert len(outcome.done) == len(wanted)
    assert (await planned(wanted, service)).changes == ()


async def test_sources_come_first_and_a_collection_before_its_children() -> None:
    wanted = [want("run", "naip", "nightly"), *reversed(NAIP), want("source", name="https://x/a")]
    service = FakeCatalog(catalog())

    await applied(wanted, service)

    assert service.sent[:2] == ["POST /s", "POST /c naip"]
    assert service.sent[-1] == "POST /c/naip/runs nightly"


async def test_changes_of_one_collection_are_serial_and_collections_run_side_by_side() -> None:
    wanted = [resource for number in range(10) for resource in (want("collection", f"c{number}"), want("layer", f"c{number}", "x"))]
    service = FakeCatalog(catalog(), delay=lambda _: 0.002)

    await applied(wanted, service, concurrency=4)

    assert service.most == 4
    assert set(service.most_of_one.values()) == {1}


async def test_catalog_wide_deletes_come_last() -> None:
    live = [want("source", name="https://x/a"), want("run", "naip", "nightly"), want("collection", "naip")]
    service = FakeCatalog(catalog(*live))
    deletes = [removal(live[0], "/s/0"), removal(live[1], "/c/naip/runs/nightly")]

    await apply(replace(await planned([], service), changes=tuple(deletes)), KINDS, service, service)

    assert service.sent == ["DELETE /c/naip/runs/nightly", "DELETE /s/0"]


def removal(resource: Desired, path: str) -> Change:
    return Change(resource.key, Action.DELETE, resource.body, None, calls=(Call("DELETE", path),))


async def test_a_failure_blocks_what_needs_it_and_nothing_else() -> None:
    service = FakeCatalog(catalog())
    service.fail("POST /c naip", ServiceError("400 bad body"))

    outcome = await applied([*NAIP, *DEM], service)

    assert addresses(outcome.done) == ["collection/dem", "collection/dem/layer/shade"]
    assert addresses(outcome.failed) == ["collection/naip"]
    assert [(entry.change.address, entry.by.address) for entry in outcome.blocked] == [
        ("collection/naip/layer/rgb", "collection/naip"),
        ("collection/naip/theme/dark", "collection/naip"),
    ]
    assert isinstance(outcome.error, PartialError)
    assert outcome.error.what == "2 of 5 changes were applied"


async def test_a_failed_child_does_not_hold_up_its_siblings() -> None:
    service = FakeCatalog(catalog())
    service.fail("POST /c/naip/config rgb", ServiceError("400"))

    outcome = await applied(NAIP, service)

    assert addresses(outcome.done) == ["collection/naip", "collection/naip/theme/dark"]
    assert outcome.blocked == ()


@pytest.mark.parametrize(
    ("run", "blocked"),
    [
        pytest.param({"url": "https://X.example/a/catalog.json"}, True, id="a URL in the failed container"),
        pytest.param({"url": "https://x.example/ab/catalog.json"}, False, id="a container whose name merely begins the same"),
        pytest.param({"url": "https://y.example/a/catalog.json"}, False, id="another host"),
        pytest.param({}, True, id="no URL: it cannot be ruled out"),
    ],
)
async def test_a_failed_source_blocks_the_ingestions_that_read_it(run: dict[str, str], blocked: bool) -> None:
    service = FakeCatalog(catalog())
    service.fail("POST /s", ServiceError("400"))
    wanted = [want("source", name="https://x.example/a"), want("collection", "naip"), want("run", "naip", "nightly", **run)]

    outcome = await applied(wanted, service)

    assert addresses(outcome.blocked) == (["collection/naip/run/nightly"] if blocked else [])


async def test_a_delete_waits_for_the_deletes_of_what_needs_it() -> None:
    live = [want("source", name="https://x/a"), want("run", "naip", "nightly"), want("collection", "naip")]
    service = FakeCatalog(catalog(*live))
    service.fail("DELETE /c/naip/runs/nightly", ServiceError("409 a run is in progress"))
    deletes = (removal(live[1], "/c/naip/runs/nightly"), removal(live[0], "/s/0"))

    outcome = await apply(replace(await planned([], service), changes=deletes), KINDS, service, service)

    assert addresses(outcome.blocked) == ["source/https:%2F%2Fx%2Fa"]


@pytest.mark.parametrize(("error", "code"), [(ServiceError("500"), 1), (DeadlineError("too long"), 9), (AuthenticationError("403"), 8)])
async def test_when_nothing_was_done_the_first_error_is_the_result(error: PcsyncError, code: int) -> None:
    service = FakeCatalog(catalog())
    service.fail("POST /c naip", error, times=9)

    outcome = await applied(NAIP, service)

    assert outcome.done == ()
    assert outcome.error is error
    assert outcome.error.exit_code == code


async def test_a_refused_token_ends_the_apply() -> None:
    service = FakeCatalog(catalog())
    service.fail("POST /c dem", AuthenticationError("401"))

    outcome = await applied([*NAIP, *DEM], service, concurrency=1)

    assert len(service.sent) == 1
    assert {entry.why for entry in outcome.not_attempted} == {"the catalog refuses the token"}
    assert len(outcome.not_attempted) == 4


async def test_a_lost_answer_is_looked_up_and_not_sent_again() -> None:
    clock, events, service = Clock(), list[Event](), FakeCatalog(catalog())
    service.fail("POST /c/naip/config rgb", LostError("no answer came back"), acted=True)

    outcome = await applied(NAIP, service, clock, on_event=events.append)

    assert outcome.error is None
    assert service.sent.count("POST /c/naip/config rgb") == 1
    assert [event.found for event in events if isinstance(event, Applied)] == [False, True, False]
    assert clock.slept == []


async def test_a_lost_request_is_looked_for_longer_than_reads_are_stale_and_then_sent_once_more() -> None:
    clock, service = Clock(), FakeCatalog(catalog())
    service.fail("POST /c/naip/config rgb", LostError("no answer came back"))

    outcome = await applied(NAIP, service, clock)

    assert outcome.error is None
    assert service.sent.count("POST /c/naip/config rgb") == 2
    assert clock.now == sum(LOOKS) > 30


async def test_a_lost_answer_is_found_although_reads_are_stale_for_half_a_minute() -> None:
    clock, service = Clock(), FakeCatalog(catalog())
    service.fail("POST /c/naip/runs nightly", LostError("no answer came back"))
    clock.at[29.0] = lambda: service.bodies.update({"/c/naip/runs": [{"id": "nightly"}]})

    outcome = await applied([NAIP[0], want("run", "naip", "nightly")], service, clock)

    assert outcome.error is None
    assert service.sent.count("POST /c/naip/runs nightly") == 1


async def test_a_request_lost_twice_is_unknown() -> None:
    service = FakeCatalog(catalog())
    service.fail("POST /c/naip/config rgb", LostError("no answer came back"), times=2)

    outcome = await applied(NAIP, service)

    assert addresses(outcome.unknown) == ["collection/naip/layer/rgb"]
    assert isinstance(outcome.error, PartialError)


async def test_an_operation_that_does_not_end_is_unknown_and_not_started_twice() -> None:
    service = FakeCatalog(catalog())
    service.fail("POST /c naip", DeadlineError("the operation is still Pending after 1,800 s"))

    outcome = await applied([*NAIP, *DEM], service)

    assert service.sent.count("POST /c naip") == 1
    assert addresses(outcome.unknown) == ["collection/naip"]
    assert addresses(outcome.blocked) == ["collection/naip/layer/rgb", "collection/naip/theme/dark"]


async def test_when_looking_fails_too_nobody_knows_and_the_rest_is_left_alone() -> None:
    wanted = [want("layer", "naip", f"l{number}") for number in range(6)]
    service = FakeCatalog(catalog(want("collection", "naip")))
    plan = await planned([want("collection", "naip"), *wanted], service)
    service.bodies["/c/naip/config"] = ServiceError("503")
    for number in range(6):
        service.fail(f"POST /c/naip/config l{number}", LostError("no answer"))

    outcome = await apply(plan, KINDS, service, service, sleep=Clock().sleep)

    assert (len(outcome.unknown), len(outcome.not_attempted)) == (3, 3)
    assert {entry.why for entry in outcome.not_attempted} == {"the catalog does not answer"}


async def test_another_write_that_came_first_is_followed_by_the_same_request() -> None:
    clock, service = Clock(), FakeCatalog(catalog())
    service.fail("POST /c/naip/config rgb", ContestedError("409 CollectionConfigChanged"), times=2)

    outcome = await applied(NAIP, service, clock)

    assert outcome.error is None
    assert service.sent.count("POST /c/naip/config rgb") == 3
    assert clock.slept == [1.0, 2.0]


async def test_a_conflict_that_stays_fails_after_a_deleted_id_would_be_free_again() -> None:
    clock, service = Clock(), FakeCatalog(catalog())
    service.fail("POST /c naip", ContestedError("409"), times=99)

    outcome = await applied(NAIP, service, clock)

    assert addresses(outcome.failed) == ["collection/naip"]
    assert clock.now == sum(CONTESTED) > 45


async def test_a_conflict_over_a_resource_that_moved_is_stale_and_not_overwritten() -> None:
    service = FakeCatalog(catalog(NAIP[0], want("layer", "naip", "rgb", zoom=1)))
    plan = await planned(NAIP, service)
    service.bodies["/c/naip/config"] = [{"id": "rgb", "zoom": 7}]
    service.fail("PUT /c/naip/config/rgb", ContestedError("409 CollectionConfigChanged"))

    outcome = await apply(plan, KINDS, service, service, sleep=Clock().sleep)

    assert [type(entry.error) for entry in outcome.failed] == [StaleError]
    assert service.sent.count("PUT /c/naip/config/rgb") == 1


async def test_a_change_that_cannot_be_seen_is_never_taken_for_done() -> None:
    service = FakeCatalog(catalog(*NAIP))
    unseen = Change(NAIP[1].key, Action.UPDATE, NAIP[1].body, NAIP[1].body, calls=(Call("PUT", "/c/naip/config/rgb", NAIP[1].body),))
    service.fail("PUT /c/naip/config/rgb", ServiceError("400"))

    outcome = await apply(replace(await planned(NAIP, service), changes=(unseen,)), KINDS, service, service)

    assert len(outcome.failed) == 1


async def test_a_stop_finishes_what_runs_and_attempts_nothing_more() -> None:
    stop, service = asyncio.Event(), FakeCatalog(catalog(), delay=lambda _: 0.001)

    def stop_at_first(event: Event) -> None:
        if isinstance(event, Sending):
            stop.set()

    outcome = await applied([*NAIP, *DEM], service, concurrency=1, on_event=stop_at_first, stop=stop)

    assert addresses(outcome.done) == ["collection/dem"]
    assert len(outcome.not_attempted) == 4
    assert service.sent == ["POST /c dem", "PUT /c/dem"]  # the second says in its marker what was not made
    assert isinstance(outcome.error, PartialError)


async def test_an_apply_that_is_cut_off_still_counts_true() -> None:
    service = FakeCatalog(catalog(), delay=lambda path: 30 if path == "/c/naip/config" else 0)
    plan = await planned(NAIP, FakeCatalog(catalog()))
    ledger, waiting = Ledger(plan.changes), asyncio.Event()

    def heard(event: Event) -> None:
        ledger.note(event)
        if isinstance(event, Sending) and event.call.path == "/c/naip/config":
            waiting.set()

    running = asyncio.create_task(apply(plan, KINDS, service, service, on_event=heard))
    await waiting.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    outcome = ledger.outcome()
    assert (addresses(outcome.done), addresses(outcome.unknown)) == (["collection/naip"], ["collection/naip/layer/rgb"])
    assert addresses(outcome.not_attempted) == ["collection/naip/theme/dark"]


async def test_every_request_is_announced_before_it_goes_out_and_reported_after() -> None:
    events, service = list[Event](), FakeCatalog(catalog())
    service.fail("POST /c/naip/config rgb", ServiceError("400"))

    await applied(NAIP[:2], service, on_event=events.append)

    first, second, marker = [Started, Sending, Sent, Applied], [Started, Sending, Failed], [Started, Sending, Sent, Sealed]
    assert [type(event) for event in events] == [*first, *second, *marker]


async def test_no_request_goes_out_before_its_announcement_is_kept() -> None:
    service = FakeCatalog(catalog())
    told: list[Event] = []
    kept: list[tuple[type[Event], int]] = []

    async def keep() -> None:
        kept.append((type(told[-1]), len(service.sent)))
        await asyncio.sleep(0)

    await applied([*NAIP, *DEM], service, on_event=told.append, keep=keep, concurrency=1)

    assert kept == [(Sending, number) for number in range(len(service.sent))]
    assert len(service.sent) == 5


async def test_what_cannot_be_kept_is_not_sent() -> None:
    service = FakeCatalog(catalog())

    async def keep() -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        await applied(NAIP, service, keep=keep)
    assert service.sent == []


async def test_a_refused_plan_is_not_applied() -> None:
    service = FakeCatalog(catalog())
    plan = await planned(NAIP, service, only=lambda key: key.kind == "layer")

    with pytest.raises(GuardError, match="collection/naip/layer/rgb: collection/naip is not in the catalog"):
        await apply(plan, KINDS, service, service)
    assert service.sent == []


async def test_an_incomplete_plan_is_not_applied() -> None:
    service = FakeCatalog({**catalog(NAIP[0]), "/c/naip/config": ServiceError("500 broken")})
    plan = await planned(NAIP, service)

    with pytest.raises(PcsyncError, match="the plan is not complete: collection/naip: 500 broken"):
        await apply(plan, KINDS, service, service)
    assert service.sent == []


async def test_a_plan_without_changes_sends_nothing() -> None:
    service = FakeCatalog(catalog(*NAIP))

    outcome = await applied(NAIP, service)

    assert (outcome, service.sent, outcome.error) == (Outcome(), [], None)


def test_unsure_changes_come_before_blocked_ones_in_what_is_said() -> None:
    first, second = (Change(resource.key, Action.CREATE, None, {}) for resource in NAIP[:2])
    ledger = Ledger([first, second])
    ledger.note(Unsure(first, DeadlineError("too long")))

    assert isinstance(ledger.outcome().error, DeadlineError)
    assert addresses(ledger.outcome().not_attempted) == ["collection/naip/layer/rgb"]
