"""Shards of a plan, put together, are the plan; anything else is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcsync.core.document import digest, from_json, to_json
from pcsync.core.errors import PcsyncError, ServiceError, StaleError, UsageError
from pcsync.core.merge import merge
from pcsync.core.plan import Plan, Target
from pcsync.core.policy import Guards
from pcsync.core.removal import Removal
from pcsync.core.resource import Desired
from pcsync.core.shard import Part, Seen, Shard, place
from pcsync.core.source import Origin
from pcsync.reconcile.planning import FEW
from tests.reconcile.fakes import KINDS, FakeReader, catalog, planned, want

BASIS = "0" * 64
NO_LIMITS = Guards()
NAMES = [f"c{number:03}" for number in range(12)]


def part(plan: Plan, number: int, of: int, guards: Guards = NO_LIMITS, basis: str = BASIS) -> tuple[str, Plan]:
    """A plan as the command makes it of a shard, by its file."""
    made = Part(Shard(number, of), basis, guards)
    return f"{number}.json", replace(plan, part=made, notes=(made.note, *plan.notes))


async def shards(resources: Sequence[Desired], bodies: dict[str, Any], of: int, **options: Any) -> list[tuple[str, Plan]]:
    """The plans of all shards, saved and read again."""
    found = []
    for number in range(1, of + 1):
        plan = await planned(resources, FakeReader(bodies), shard=Shard(number, of), **options)
        name, plan = part(plan, number, of, options.get("guards") or NO_LIMITS)
        found.append((name, from_json(to_json(plan))))
    return found


def project(names: Sequence[str], zoom: int = 6) -> list[Desired]:
    return [
        want("source", name="https://x/a"),
        *(it for name in names for it in (want("collection", name, title=name), want("layer", name, "rgb", zoom=zoom))),
    ]


def test_a_collection_is_in_exactly_one_shard_and_the_catalog_in_the_first() -> None:
    for scope in [*NAMES, "", "a/b", "café", "\ud800"]:
        assert sum(Shard(number, 5).holds(scope) for number in range(1, 6)) == 1
    assert Shard(1, 5).holds("")


def test_where_a_collection_goes_never_changes() -> None:
    """Jobs of several versions of Python and pcsync share one plan's shards."""
    assert [place(name, 4) for name in ("naip", "sentinel-2-l2a", "c000", "c001")] == [3, 4, 1, 1]


@pytest.mark.parametrize("text", ["0/4", "5/4", "4", "1/0", "-1/4", "1/4/5", "a/b", "", "1/99999"])
def test_a_shard_is_one_of_so_many(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the text itself is all it says
        Shard.parse(text)


async def test_a_shard_reads_its_own_collections_only() -> None:
    resources = project(NAMES)
    reader = FakeReader(catalog(*resources))

    await planned(resources, reader, shard=Shard(2, 3))

    assert {path.split("/")[2] for path in reader.asked} == {name for name in NAMES if place(name, 3) == 2}


declared_states = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(["same", "new", "changed", "dropped", "emptied"])),
    unique_by=lambda it: it[0],
    max_size=10,
)


@settings(max_examples=60, deadline=None)
@given(
    states=declared_states,
    of=st.integers(1, 5),
    sources=st.sampled_from(["same", "new", "none"]),
    deletes=st.none() | st.integers(0, 3),
    percent=st.none() | st.sampled_from([0.0, 10.0, 60.0]),
    unmanaged=st.booleans(),
    order=st.randoms(use_true_random=False),
)
async def test_the_merged_shards_have_the_digest_of_the_plan_made_as_one(
    states: list[tuple[str, str]], of: int, sources: str, deletes: int | None, percent: float | None, unmanaged: bool, order: Any
) -> None:
    live: list[Desired] = [want("source", name="https://x/a")] if sources == "same" else []
    desired: list[Desired] = [] if sources == "none" else [want("source", name="https://x/a")]
    removals: list[Removal] = []
    for name, state in states:
        collection, layer, run = want("collection", name, title=name), want("layer", name, "rgb"), want("run", name, "nightly")
        live += [] if state == "new" else [collection, layer, want("layer", name, "nir"), run]
        if state == "dropped":
            removals.append(Removal(name, 0, "", Origin("gone.yaml")))
        elif state == "emptied":
            desired.append(replace(collection, claims=(("layer", "owned"), ("run", "owned"))))
        else:
            zoom = {"zoom": 9} if state == "changed" else {}
            desired += [replace(collection, claims=(("layer", "owned"),)), want("layer", name, "rgb", **zoom), run]
    bodies = catalog(*live)
    options = {"guards": Guards(deletes, percent), "show_unmanaged": unmanaged, "removals": lambda: iter(removals)}

    whole = await planned(desired, FakeReader(bodies), **options)
    parts = await shards(desired, bodies, of, **options)
    order.shuffle(parts)

    assert digest(merge(parts, KINDS)) == digest(whole)


async def test_the_catalog_is_listed_by_each_shard_of_many_and_nothing_is_lost() -> None:
    names = [f"n{number:04}" for number in range(FEW * 4)]
    resources = project(names)
    bodies = catalog(*project([*names, "stranger"], zoom=7))

    whole = await planned(resources, FakeReader(bodies), show_unmanaged=True)
    parts = await shards(resources, bodies, 3, show_unmanaged=True)

    assert len(whole.changes) == 2 * len(names)  # each layer, and the marker that names it
    assert [str(key) for key in whole.unmanaged] == ["collection/stranger"]
    assert digest(merge(parts, KINDS)) == digest(whole)


async def test_the_guards_are_asked_again_about_the_whole() -> None:
    """Two deletes in each of two shards are within the limit of three, and together they are not."""
    names = [next(name for name in NAMES if place(name, 2) == number) for number in (1, 2)]
    collections = [replace(want("collection", name), claims=(("layer", "owned"),)) for name in names]
    kept = [want("layer", name, "kept") for name in names]
    bodies = catalog(*collections, *kept, *(want("layer", name, layer) for name in names for layer in ("a", "b")))
    guards = Guards(max_deletes=3)

    parts = await shards([*collections, *kept], bodies, 2, guards=guards)
    whole = merge(parts, KINDS)

    assert [plan.applyable for _, plan in parts] == [True, True]
    assert [check.name for check in whole.checks if check.status == "fail"] == ["maxDeletes"]
    assert not whole.applyable


async def test_a_share_that_one_shard_exceeds_alone_is_none_of_the_whole() -> None:
    names = [next(name for name in NAMES if place(name, 2) == number) for number in (1, 2)]
    collections = [replace(want("collection", name), claims=(("layer", "owned"),)) for name in names]
    kept = [want("layer", names[0], "kept"), *(want("layer", names[1], f"l{number}") for number in range(9))]
    bodies = catalog(*collections, *kept, want("layer", names[0], "gone"))
    guards = Guards(max_delete_percent=30)

    parts = await shards([*collections, *kept], bodies, 2, guards=guards)

    assert sorted(plan.applyable for _, plan in parts) == [False, False]  # one deletes too large a share, the other has nothing to do
    assert merge(parts, KINDS).applyable


async def test_what_a_shard_could_not_read_keeps_the_whole_from_being_applied() -> None:
    resources = project(NAMES)
    bodies = catalog(*project(NAMES, zoom=7))
    bodies["/c/c003"] = ServiceError("500", where="GET /c/c003")

    merged = merge(await shards(resources, bodies, 3), KINDS)

    assert [gap.address for gap in merged.unknown] == ["collection/c003"]
    assert not merged.complete
    assert not merged.applyable


def empty(number: int, of: int, **changes: Any) -> tuple[str, Plan]:
    return part(Plan(Target("local", "emulator:x", "contoso")), number, of, **changes)


def aimed(target: Target) -> tuple[str, Plan]:
    return part(Plan(target), 2, 2)


@pytest.mark.parametrize(
    ("plans", "error", "said"),
    [
        ([empty(1, 3), empty(3, 3)], UsageError, "shard 2/3 is missing"),
        ([empty(1, 2), empty(2, 2), empty(2, 2)], UsageError, "shard 2/2 is in 2.json already"),
        ([empty(1, 2), empty(2, 3)], UsageError, "it is one of 3 shards"),
        ([empty(1, 2), ("w.json", Plan(Target("local", "emulator:x", "contoso")))], UsageError, "whole already"),
        ([empty(1, 2), empty(2, 2, basis="1" * 64)], StaleError, "made of other manifests, or with other flags"),
        ([empty(1, 2), empty(2, 2, guards=Guards(5))], StaleError, "made of other manifests, or with other flags"),
        ([empty(1, 2), aimed(Target("local", "emulator:y", "contoso"))], StaleError, "emulator:y"),
        ([empty(1, 2), aimed(Target("local", "emulator:x", "fabrikam"))], StaleError, "fabrikam"),
    ],
)
def test_what_is_not_all_of_one_plan_is_refused(plans: list[tuple[str, Plan]], error: type[PcsyncError], said: str) -> None:
    with pytest.raises(error, match=said):
        merge(plans, KINDS)


async def test_a_change_that_belongs_to_another_shard_is_refused() -> None:
    name = next(name for name in NAMES if place(name, 2) == 2)
    strange = await planned([want("collection", name)], FakeReader(catalog()))

    with pytest.raises(UsageError, match=f"collection/{name} is not in shard 1/2"):
        merge([part(strange, 1, 2), empty(2, 2)], KINDS)


def test_the_digest_covers_that_a_plan_is_of_a_shard() -> None:
    document = to_json(empty(1, 2)[1])
    del document["pcsync"]["shard"]

    with pytest.raises(PcsyncError, match="edited"):
        from_json(document)


def test_what_is_declared_sums_up_to_the_same_in_any_order() -> None:
    from pcsync.core.compare import declared

    entries = [declared(KINDS[it.key.kind], it) for it in project(NAMES)]
    one, other, third = Seen(), Seen(), Seen()
    one.add(entries)
    other.add(reversed(entries))
    third.add(entries[1:])

    assert one.sum.hex() == other.sum.hex() != third.sum.hex()
