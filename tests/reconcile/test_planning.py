"""A plan names what differs, asks for no more than it must, and never takes a failure for an absence."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from pcsync.core.change import Action, Change
from pcsync.core.document import digest, to_json
from pcsync.core.errors import AuthenticationError, DeadlineError, PcsyncError, ServiceError
from pcsync.core.resource import Desired, Key
from pcsync.reconcile import steady
from pcsync.reconcile.planning import FEW, make_plan
from tests.reconcile.fakes import KINDS, LISTING, TARGET, FakeDesired, FakeReader, catalog, locate, planned, want

NAIP = [want("collection", "naip", title="NAIP"), want("layer", "naip", "rgb", zoom=6)]


def many(count: int, *children: str) -> list[Desired]:
    """Collections c000, c001 and on, each with one child of each kind named."""
    ids = [f"c{number:03}" for number in range(count)]
    return [resource for name in ids for resource in (want("collection", name, title=name), *(want(kind, name, "x") for kind in children))]


def actions(changes: Sequence[Change]) -> dict[str, str]:
    return {change.address: str(change.action) for change in changes}


class Mistyped(dict):
    """The body of an answer that is not what the documents say."""


async def test_a_catalog_as_declared_needs_no_change() -> None:
    plan = await planned(NAIP, FakeReader(catalog(*NAIP)))

    assert plan.changes == ()
    assert (plan.kept, plan.kept_by_kind) == (2, {"collection": 1, "layer": 1})
    assert plan.complete
    assert plan.notes == ()


async def test_an_empty_catalog_gets_everything_sources_first() -> None:
    plan = await planned([*NAIP, want("run", "naip", "nightly"), want("source", name="https://x/a")], FakeReader(catalog()))

    assert [change.address for change in plan.changes] == [
        "source/https:%2F%2Fx%2Fa",
        "collection/naip",
        "collection/naip/layer/rgb",
        "collection/naip/run/nightly",
    ]
    assert {change.action for change in plan.changes} == {Action.CREATE}


async def test_only_what_differs_is_looked_at_closely() -> None:
    resources = many(3, "layer")
    live = catalog(*resources)
    live["/c/c001/config"] = [{"id": "x", "zoom": 9}]
    desired = FakeDesired(resources)

    plan = await make_plan(TARGET, desired, KINDS, FakeReader(live), locate)

    assert actions(plan.changes) == {"collection/c001/layer/x": "update"}
    assert [(entry.op, entry.path) for entry in plan.changes[0].fields] == [("remove", "/zoom")]
    assert desired.expanded == ["c001"]


@pytest.mark.parametrize(
    ("children", "requests"),
    [
        pytest.param(("layer", "theme"), 2, id="configuration and queryables: 1 + 2N"),
        pytest.param(("layer", "theme", "partition"), 3, id="and the partition type: 1 + 3N"),
        pytest.param(("layer", "theme", "partition", "run"), 4, id="and ingestions: 1 + 4N"),
        pytest.param((), 0, id="collections alone: 1"),
    ],
)
async def test_a_full_read_asks_for_one_listing_and_each_declared_section(children: tuple[str, ...], requests: int) -> None:
    count = FEW + 8
    resources = many(count, *children)
    reader = FakeReader(catalog(*resources))

    plan = await planned(resources, reader)

    assert plan.kept == count * (1 + len(children))
    assert len(reader.asked) == len(set(reader.asked)) == 1 + requests * count


async def test_few_collections_are_read_one_by_one_and_the_catalog_is_not_listed() -> None:
    resources = many(FEW, "layer")
    reader = FakeReader(catalog(*resources))

    await planned(resources, reader)

    assert LISTING not in reader.asked
    assert len(reader.asked) == 2 * FEW


async def test_a_targeted_plan_never_lists_the_catalog() -> None:
    resources = many(FEW + 8, "layer")
    reader = FakeReader(catalog(*resources[2:]))

    plan = await planned(resources, reader, only=lambda key: key.collection == "c000")

    assert sorted(actions(plan.changes)) == ["collection/c000", "collection/c000/layer/x"]
    assert reader.asked == ["/c/c000"]


async def test_a_targeted_child_of_a_collection_that_is_not_there_is_refused() -> None:
    plan = await planned(NAIP, FakeReader(catalog()), only=lambda key: key.kind == "layer")

    assert [(change.address, change.refusal, change.calls) for change in plan.changes] == [
        ("collection/naip/layer/rgb", "collection/naip is not in the catalog, and this plan does not create it", ())
    ]
    assert not plan.applyable


async def test_an_entry_the_listing_omits_is_confirmed_before_it_counts_as_absent() -> None:
    resources = many(FEW + 8, "layer")
    live = catalog(*resources)
    live[LISTING]["collections"] = [body for body in live[LISTING]["collections"] if body["id"] not in ("c003", "c004")]
    live["/c/c004"] = None
    reader = FakeReader(live)

    plan = await planned(resources, reader)

    assert actions(plan.changes) == {"collection/c004": "create", "collection/c004/layer/x": "create"}
    assert {path for path in reader.asked if path.count("/") == 2 and "config" not in path} == {"/c/c003", "/c/c004"}


async def test_the_first_plan_of_a_catalog_asks_each_new_collection_once() -> None:
    resources = many(FEW + 8, "layer", "theme")
    reader = FakeReader(catalog(), delay=lambda path: 0.001 if path != LISTING else 0)

    plan = await planned(resources, reader, concurrency=4)

    assert len(plan.changes) == len(resources)
    assert len(reader.asked) <= 1 + (FEW + 8) + 2 * 4


@pytest.mark.parametrize("listed", [{}, {"collections": [Mistyped()]}, ServiceError("cut off")], ids=["empty", "garbage", "failed"])
async def test_a_listing_that_says_nothing_proves_nothing(listed: object) -> None:
    resources = many(FEW + 8, "layer")
    reader = FakeReader({**catalog(*resources), LISTING: listed})

    plan = await planned(resources, reader)

    assert plan.changes == ()
    assert plan.complete
    assert plan.kept == len(resources)


async def test_a_listing_that_breaks_off_is_finished_one_by_one_and_said_so() -> None:
    resources = many(FEW + 8)
    live = catalog(*resources)
    live[LISTING]["collections"][5:] = [ServiceError("the connection was lost", where="GET /c")]
    reader = FakeReader(live)

    plan = await planned(resources, reader)

    assert plan.kept == len(resources)
    assert len(reader.asked) == 1 + (FEW + 8 - 5)
    assert any("GET /c: the connection was lost" in note for note in plan.notes)


@pytest.mark.parametrize("failure", [ServiceError("500 broken", where="GET /x"), DeadlineError("no answer in time", where="GET /x")])
@pytest.mark.parametrize("count", [1, FEW + 8])
async def test_a_failed_read_is_unknown_and_never_absent(failure: PcsyncError, count: int) -> None:
    resources = many(count, "layer", "theme")
    reader = FakeReader({**catalog(*resources), "/c/c000/config": failure})

    plan = await planned(resources, reader)

    assert plan.changes == ()
    assert [(gap.address, gap.kinds, gap.reason) for gap in plan.unknown] == [("collection/c000", ("layer",), f"GET /x: {failure.what}")]
    assert not plan.complete
    assert not plan.applyable
    assert plan.kept == len(resources) - 1


@pytest.mark.parametrize("count", [1, FEW + 8])
async def test_children_of_a_collection_that_could_not_be_read_are_unknown_too(count: int) -> None:
    resources = many(count, "layer")
    live = catalog(*resources)
    live[LISTING]["collections"] = live[LISTING]["collections"][1:]
    reader = FakeReader({**live, "/c/c000": ServiceError("500"), "/c/c000/config": None})

    plan = await planned(resources, reader)

    assert plan.changes == ()
    assert [(gap.address, gap.kinds) for gap in plan.unknown] == [("collection/c000", ("collection", "layer"))]


async def test_whatever_is_answered_for_children_of_a_missing_collection_they_are_new() -> None:
    resources = many(FEW + 8, "layer")
    live = catalog(*resources[2:])
    reader = FakeReader({**live, "/c/c000/config": ServiceError("500")}, delay=lambda path: 0.002 if path == LISTING else 0)

    plan = await planned(resources, reader)

    assert actions(plan.changes) == {"collection/c000": "create", "collection/c000/layer/x": "create"}
    assert plan.complete


@pytest.mark.parametrize("body", [{"id": "rgb"}, ["text"], [{}], 7], ids=["object", "texts", "without id", "number"])
async def test_an_answer_of_the_wrong_shape_is_unknown(body: object) -> None:
    plan = await planned(NAIP, FakeReader({**catalog(*NAIP), "/c/naip/config": body}))

    assert [gap.kinds for gap in plan.unknown] == [("layer",)]
    assert plan.changes == ()


@pytest.mark.parametrize("path", ["/c/c000", "/c/c000/config", LISTING])
async def test_a_refused_token_ends_the_run_at_once(path: str) -> None:
    resources = many(FEW + 8 if path == LISTING else 3, "layer")
    reader = FakeReader({**catalog(*resources), path: AuthenticationError("401")})

    with pytest.raises(AuthenticationError, match="401"):
        await planned(resources, reader, concurrency=1)


@pytest.mark.parametrize(
    ("failure", "raised"), [(ServiceError("no connection"), ServiceError), (DeadlineError("no answer"), DeadlineError)]
)
async def test_a_catalog_that_is_down_is_not_asked_ten_thousand_times(failure: PcsyncError, raised: type[PcsyncError]) -> None:
    resources = many(200)
    reader = FakeReader(dict.fromkeys([LISTING, *(f"/c/c{number:03}" for number in range(200))], failure))

    with pytest.raises(raised, match="gave up after 32 failed reads in a row"):
        await planned(resources, reader, concurrency=4)

    assert len(reader.asked) <= 1 + steady.IN_A_ROW + 4


async def test_a_precondition_that_fails_refuses_the_change() -> None:
    wanted = [want("collection", "naip"), want("partition", "naip", "p", scheme="year")]
    live = {**catalog(wanted[0], want("partition", "naip", "p", scheme="none")), "/c/naip/items": ["an item"]}

    plan = await planned(wanted, FakeReader(live))

    assert [(it.refusal, it.calls) for it in plan.changes if it.refusal] == [("the collection has items", ())]
    assert not plan.applyable


async def test_a_precondition_that_cannot_be_read_leaves_the_plan_incomplete() -> None:
    wanted = [want("collection", "naip"), want("partition", "naip", "p", scheme="year")]
    live = {**catalog(wanted[0], want("partition", "naip", "p", scheme="none")), "/c/naip/items": ServiceError("500")}

    plan = await planned(wanted, FakeReader(live))

    assert [gap.address for gap in plan.unknown] == ["collection/naip/partition/p"]
    assert not plan.applyable


async def test_twins_that_are_as_declared_are_reported_and_left_alone() -> None:
    wanted = [want("collection", "naip"), want("run", "naip", "nightly")]
    plan = await planned(wanted, FakeReader(catalog(*wanted, wanted[1], wanted[1])))

    assert plan.changes == ()
    assert "collection/naip/run/nightly: 3 of that name are in the catalog; none of them is touched." in plan.notes


async def test_which_of_several_twins_to_change_is_never_guessed() -> None:
    wanted = [want("collection", "naip"), want("run", "naip", "nightly", url="b")]
    twin = want("run", "naip", "nightly", url="a")
    plan = await planned(wanted, FakeReader(catalog(wanted[0], twin, twin)))

    refusals = [change.refusal for change in plan.changes if change.refusal]
    assert refusals == ["2 of that name are in the catalog, and which of them is meant cannot be told"]


@pytest.mark.parametrize("count", [2, FEW + 8])
async def test_what_is_unmanaged_is_listed_when_asked_for(count: int) -> None:
    resources = many(count, "layer")
    strangers = [want("collection", "other"), want("layer", "c000", "theirs"), want("theme", "c000", "unread")]
    live = catalog(*resources, *strangers)

    plan = await planned(resources, FakeReader(live), show_unmanaged=True)

    assert plan.unmanaged == (Key("collection", "other"), Key("layer", "c000", "theirs"))
    assert (await planned(resources, FakeReader(live))).unmanaged == ()


async def test_a_plan_is_the_same_whatever_the_order_of_answers() -> None:
    resources = many(FEW + 8, "layer", "theme")
    live = catalog(*resources[30:])
    live["/c/c020/config"] = [{"id": "x", "zoom": 1}]
    live["/c/c021/config"] = ServiceError("500")
    digests = set()
    for seed in range(6):
        chance = random.Random(seed)
        shuffled = chance.sample(resources, len(resources))
        chance.shuffle(live[LISTING]["collections"])
        reader = FakeReader(live, delay=lambda _, chance=chance: chance.random() / 500)
        plan = await planned(shuffled, reader, concurrency=chance.choice([1, 7, 64]))
        digests.add(digest(plan))
        assert to_json(plan)["complete"] is False

    assert len(digests) == 1


async def test_manifests_that_turn_out_invalid_end_the_plan_with_their_own_error() -> None:
    class Invalid(FakeDesired):
        async def scopes(self):  # type: ignore[no-untyped-def]  # a generator like its parent's
            async for batch in FakeDesired.scopes(self):
                yield batch
            raise PcsyncError("catalog.yaml:3:1 is wrong")

    with pytest.raises(PcsyncError, match="is wrong"):
        await make_plan(TARGET, Invalid(many(FEW + 8, "layer")), KINDS, FakeReader({}, delay=lambda _: 5), locate)
