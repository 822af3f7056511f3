"""Before the first write the catalog must be as it was approved; after the last one it must be as desired."""

from __future__ import annotations

from typing import Any

import pytest

from pcsync.core.document import from_json, to_json
from pcsync.core.errors import AuthenticationError, ServiceError, StaleError
from pcsync.reconcile.apply import apply
from pcsync.reconcile.converge import DEADLINE, converge
from pcsync.reconcile.events import Converged, Event
from pcsync.reconcile.recheck import recheck
from tests.reconcile.fakes import KINDS, Clock, FakeCatalog, catalog, planned, want

WANTED = [want("collection", "naip", title="new"), want("layer", "naip", "rgb", zoom=6), want("theme", "naip", "dark")]
LIVE = [want("collection", "naip", title="old", keywords=["a"]), want("layer", "naip", "rgb", zoom=1)]


async def test_a_catalog_that_did_not_move_passes() -> None:
    service = FakeCatalog(catalog(*LIVE))
    plan = await planned(WANTED, service)

    await recheck(from_json(to_json(plan)), KINDS, service)


@pytest.mark.parametrize(
    ("moved", "said"),
    [
        pytest.param({"/c/naip/config": [{"id": "rgb", "zoom": 2}]}, "collection/naip/layer/rgb: /zoom was 1, is now 2", id="a field"),
        pytest.param({"/c/naip/config": []}, "collection/naip/layer/rgb: was there, and is gone", id="gone"),
        pytest.param({"/c/naip/config-themes": [{"id": "dark"}]}, "collection/naip/theme/dark: was not there, and is now", id="new"),
        pytest.param(
            {"/c/naip": {"id": "naip", "title": "old", "keywords": ["b"]}},
            "collection/naip: something that the plan does not compare, but would overwrite",
            id="a field that the manifest does not set",
        ),
        pytest.param(
            {"/c/naip/config": [{"id": "rgb", "zoom": 1, "name": "x" * 90}]},
            'collection/naip/layer/rgb: /name was not there, is now "xxxxxxxx',
            id="a long value is cut",
        ),
    ],
)
async def test_what_moved_since_the_approval_is_said_field_by_field(moved: dict[str, Any], said: str) -> None:
    service = FakeCatalog(catalog(*LIVE))
    plan = from_json(to_json(await planned(WANTED, service)))
    service.bodies.update(moved)

    with pytest.raises(StaleError) as stale:
        await recheck(plan, KINDS, service)

    assert said in stale.value.what
    assert len(stale.value.what.splitlines()) == 2
    assert max(map(len, stale.value.what.splitlines())) < 140


async def test_only_what_the_plan_touches_is_read_again() -> None:
    service = FakeCatalog(catalog(*LIVE, *(want("collection", f"c{number}") for number in range(9))))
    plan = await planned(WANTED, service)
    service.asked.clear()

    await recheck(plan, KINDS, service)

    assert sorted(service.asked) == ["/c/naip", "/c/naip/config", "/c/naip/config-themes"]


async def test_what_cannot_be_read_again_is_not_written_over() -> None:
    service = FakeCatalog(catalog(*LIVE))
    plan = await planned(WANTED, service)
    service.bodies["/c/naip/config"] = ServiceError("503", where="GET /c/naip/config")

    with pytest.raises(ServiceError, match="could not be read again before the first write: GET /c/naip/config: 503"):
        await recheck(plan, KINDS, service)


async def applied_to(service: FakeCatalog) -> tuple[Any, ...]:
    plan = await planned(WANTED, service)
    return (await apply(from_json(to_json(plan)), KINDS, service, service)).done


async def test_an_apply_that_worked_is_proven_by_one_read() -> None:
    service, clock, events = FakeCatalog(catalog(*LIVE)), Clock(), list[Event]()
    done = await applied_to(service)
    service.asked.clear()

    left = await converge(done, KINDS, service, clock=clock, sleep=clock.sleep, on_event=events.append)

    assert left == ()
    assert events == [Converged(change) for change in done]
    assert (clock.slept, len(service.asked)) == ([], 3)


async def test_stale_reads_are_waited_out() -> None:
    service, clock = FakeCatalog(catalog(*LIVE)), Clock()
    done = await applied_to(service)
    true = service.bodies["/c/naip/config"]
    service.bodies["/c/naip/config"] = [{"id": "rgb", "zoom": 1}]
    clock.at[30.0] = lambda: service.bodies.update({"/c/naip/config": true})

    assert await converge(done, KINDS, service, clock=clock, sleep=clock.sleep) == ()
    assert 30 <= clock.now < DEADLINE


@pytest.mark.parametrize(
    ("body", "fields", "why"),
    [
        ([{"id": "rgb", "zoom": 1}], [("replace", "/zoom")], ""),
        ([], [("replace", "")], "it is not there"),
        (ServiceError("503"), [], "503"),
        ([{"id": "rgb", "zoom": 6, "extra": True}], [("remove", "/extra")], ""),
    ],
    ids=["another value", "absent", "unreadable", "a field too many"],
)
async def test_what_does_not_read_back_is_named_after_the_deadline(body: object, fields: list[tuple[str, str]], why: str) -> None:
    service, clock = FakeCatalog(catalog(*LIVE)), Clock()
    done = await applied_to(service)
    service.bodies["/c/naip/config"] = body

    left = await converge(done, KINDS, service, clock=clock, sleep=clock.sleep)

    assert [(entry.change.address, entry.why) for entry in left] == [("collection/naip/layer/rgb", why)]
    assert [(entry.op, entry.path) for entry in left[0].fields] == fields
    assert clock.now == DEADLINE


async def test_ignored_fields_are_no_part_of_the_proof() -> None:
    from dataclasses import replace

    wanted = [replace(WANTED[0], ignore=("/title",)), *WANTED[1:]]
    service = FakeCatalog(catalog(*LIVE))
    plan = from_json(to_json(await planned(wanted, service)))
    done = (await apply(plan, KINDS, service, service)).done
    service.bodies["/c/naip"] = {"id": "naip", "title": "somebody else's"}

    assert await converge(done, KINDS, service, clock=(clock := Clock()), sleep=clock.sleep) == ()


async def test_a_refused_token_ends_the_proof() -> None:
    service = FakeCatalog(catalog(*LIVE))
    done = await applied_to(service)
    service.bodies["/c/naip"] = AuthenticationError("401")

    with pytest.raises(AuthenticationError):
        await converge(done, KINDS, service)
