"""Two catalogs side by side: everything is read once, little is held, and a failure is no absence."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pcsync.core.contrast import Contrast, Side
from pcsync.core.errors import AuthenticationError, ServiceError
from pcsync.reconcile.contrasting import contrast
from tests.reconcile.fakes import KINDS, LISTING, FakeReader, catalog, want

A, B = Side("staging", "https://a"), Side("production", "https://b")


def bodies(names: list[str], zoom: int = 6) -> dict[str, Any]:
    return catalog(
        want("source", name="https://x/a"),
        *(it for name in names for it in (want("collection", name, title=name), want("layer", name, "rgb", zoom=zoom))),
    )


async def compared(a: dict[str, Any], b: dict[str, Any], **options: Any) -> Contrast:
    return await contrast((A, FakeReader(a)), (B, FakeReader(b)), KINDS, **options)


def addresses(found: Contrast) -> dict[str, str]:
    return {it.address: str(it.presence) for it in found.differences}


async def test_catalogs_that_hold_the_same_are_alike() -> None:
    found = await compared(bodies(["naip"]), bodies(["naip"]))

    assert found.alike
    assert found.same == 3  # the source, the collection and its layer


async def test_swapping_the_sides_swaps_what_is_found_and_nothing_else() -> None:
    a, b = bodies(["naip", "left"]), bodies(["naip", "right"], zoom=9)

    there, back = await compared(a, b), await compared(b, a)

    swapped = {"a": "b", "b": "a", "both": "both"}
    assert addresses(there) == {address: swapped[presence] for address, presence in addresses(back).items()}
    assert addresses(there) == {"collection/naip/layer/rgb": "both", "collection/left": "a", "collection/right": "b"}


async def test_each_path_is_asked_for_once_on_each_side() -> None:
    one, other = FakeReader(bodies(["naip", "left"])), FakeReader(bodies(["naip"]))

    await contrast((A, one), (B, other), KINDS)

    for reader in (one, other):
        assert len(reader.asked) == len(set(reader.asked))
        assert LISTING in reader.asked


async def test_a_child_that_cannot_be_read_on_one_side_is_unknown_and_not_missing() -> None:
    b = bodies(["naip"]) | {"/c/naip/config": ServiceError("500", where="GET /c/naip/config")}

    found = await compared(bodies(["naip"]), b)

    assert found.differences == ()
    assert [(side.name, gap.kinds) for side, gap in found.unread] == [("production", ("layer",))]
    assert not found.alike


async def test_a_collection_that_cannot_be_read_on_one_side_is_not_taken_for_one_that_is_not_there() -> None:
    found = await compared(bodies(["naip"]), bodies(["naip"]) | {"/c/naip": ServiceError("500")})

    assert found.differences == ()
    assert found.unread


async def test_a_catalog_that_refuses_the_token_ends_it_at_once() -> None:
    with pytest.raises(AuthenticationError):
        await compared(bodies(["naip"]), bodies(["naip"]) | {"/c/naip": AuthenticationError("403")})


async def test_a_catalog_that_cannot_be_listed_is_not_an_empty_one() -> None:
    with pytest.raises(ServiceError):
        await compared(bodies(["naip"]), {LISTING: ServiceError("500")})


async def test_a_catalog_that_stopped_answering_is_not_asked_a_thousand_times() -> None:
    names = [f"c{number:04}" for number in range(1000)]
    down = FakeReader(bodies(names) | {f"/c/{name}": ServiceError("503") for name in names})

    with pytest.raises(ServiceError, match="gave up"):
        await contrast((A, FakeReader(bodies(names))), (B, down), KINDS, concurrency=8)

    assert len(down.asked) < 100


async def test_so_many_scopes_are_read_at_a_time_and_no_more() -> None:
    names = [f"c{number:03}" for number in range(100)]
    under_way: set[str] = set()
    most = 0

    class Watched(FakeReader):
        async def get(self, path: str) -> Any:
            nonlocal most
            scope = path.split("/")[2] if path.startswith("/c/") else ""
            under_way.add(scope)
            most = max(most, len(under_way))
            await asyncio.sleep(0)
            try:
                return await super().get(path)
            finally:
                under_way.discard(scope)

    await contrast((A, Watched(bodies(names))), (B, FakeReader(bodies(names))), KINDS, concurrency=4)

    assert 1 < most <= 4


async def test_the_difference_does_not_depend_on_how_many_are_read_at_a_time() -> None:
    a, b = bodies([f"c{number}" for number in range(20)]), bodies([f"c{number}" for number in range(5, 25)], zoom=9)

    assert await compared(a, b, concurrency=1) == await compared(a, b, concurrency=16)
