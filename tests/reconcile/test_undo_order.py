"""An undo that is cut short at any write leaves no child of ours that no marker lists, and can be gone on with."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pcsync.core.mark import Policy
from pcsync.core.ownership import MARKER, child_address
from pcsync.core.resource import Call
from pcsync.core.source import Document
from pcsync.kinds import KINDS
from pcsync.reconcile.apply import apply
from pcsync.reconcile.converge import converge
from pcsync.reconcile.observe import observe
from pcsync.reconcile.recheck import recheck
from pcsync.reconcile.touched import read_again
from pcsync.reconcile.undo import Record, Undo, inverse, record, touched
from tests.kinds.examples import OWNER
from tests.reconcile.emulated import ENDPOINT, Emulated, at_once, collection, emulated

PATH = "/stac/collections/naip"
MOST = 12  # writes of the undo below; enough to come to its end


@dataclass
class Dying:
    """A sender whose process ends at write number ``at`` (from 1), before or after the catalog acts."""

    service: Emulated
    at: int
    acts: bool
    sent: int = 0

    async def send(self, call: Call) -> Any:
        self.sent += 1
        if self.sent == self.at and not self.acts:
            raise asyncio.CancelledError
        answer = await self.service.catalog.send(call)
        if self.sent == self.at:
            raise asyncio.CancelledError
        return answer


def manifest(folder: Path, *, later: bool) -> Document:
    """Two render options and two mosaics, then another one of each, one changed and one gone."""
    options = [{"id": name, "name": name, "type": "raster-tile", "options": "assets=image"} for name in ("a", "b")]
    mosaics: list[dict[str, Any]] = [{"id": name, "name": name, "cql": []} for name in ("x", "y")]
    if later:
        options = [{**options[0], "name": "changed"}, {**options[1], "id": "c", "name": "c"}]
        mosaics = [*mosaics[:1], {"id": "z", "name": "z", "cql": []}]
    whole = collection("naip", folder, "collection")
    return Document("Collection", "naip", {**whole.body, "renderOptions": options, "mosaics": mosaics}, whole.origin, OWNER)


async def document(service: Emulated) -> dict[str, Any]:
    found: dict[str, Any] = await service.catalog.reader().get(f"{PATH}?sign=false")
    return {name: value for name, value in found.items() if name != "msft:_updated"}


async def forget(service: Emulated) -> None:
    """The collection is nobody's."""
    body = {name: value for name, value in (await document(service)).items() if name != MARKER}
    await service.catalog.send(Call("PUT", PATH, body))


async def applied(service: Emulated, folder: Path, *, ours: bool) -> tuple[Record, Any]:
    """The later manifest applied over the earlier one, and what was there before it."""
    await service.apply(await service.plan(manifest(folder, later=False)))
    if not ours:
        await forget(service)
    before = await document(service)
    plan = await service.plan(manifest(folder, later=True))
    kept = record(plan, "digest", await recheck(plan, KINDS, service.catalog.reader()))
    assert (await service.apply(plan)).error is None
    return kept, before


async def way_back(kept: Record, service: Emulated) -> Undo:
    return inverse(kept, await read_again(touched(kept), KINDS, service.catalog.reader()), KINDS, {})


async def unlisted(service: Emulated) -> set[str]:
    """Children that only our apply can have made, and that the marker does not list."""
    seen = await observe("naip", list(KINDS.values()), service.catalog.reader())
    made = {child_address(key) for key in seen.live} & {"render-option/c", "mosaic/z"}
    return made - set(((await document(service)).get(MARKER) or {"children": {}})["children"])


@pytest.mark.parametrize("ours", [True, False], ids=["ours before", "nobody's before"])
async def test_an_undo_that_is_cut_short_leaves_no_unlisted_child_and_is_gone_on_with(tmp_path: Path, ours: bool) -> None:
    ended = 0
    for at in range(1, MOST + 1):
        async with emulated(tmp_path) as service:
            kept, before = await applied(service, tmp_path, ours=ours)
            dying = Dying(service, at, acts=at % 2 == 0)
            try:
                await apply((await way_back(kept, service)).plan, KINDS, dying, service.catalog.reader(), sleep=at_once)
                ended += 1
            except asyncio.CancelledError:
                assert await unlisted(service) == set(), at

            again = (await way_back(kept, service)).plan
            outcome = await service.apply(again)

            assert outcome.error is None, at
            assert await document(service) == before, at
            assert (await way_back(kept, service)).plan.changes == (), at
            assert await converge(outcome.done, KINDS, service.catalog.reader(), deadline=0, seals=again.seals) == ()
    assert 0 < ended < MOST - 4


async def test_what_an_undo_could_not_delete_stays_in_the_marker(tmp_path: Path) -> None:
    async with emulated(tmp_path) as service:
        kept, before = await applied(service, tmp_path, ours=True)
        service.break_("status", status=400, method="DELETE", path="/render-options/c$")

        outcome = await service.apply((await way_back(kept, service)).plan)
        service.mend()

        assert [it.change.address for it in outcome.failed] == ["collection/naip/render-option/c"]
        assert set((await document(service))[MARKER]["children"]) == {*before[MARKER]["children"], "render-option/c"}
        pruned = await service.plan(manifest(tmp_path, later=False), policy=Policy(ENDPOINT, (OWNER,)))
        assert {it.address: str(it.action) for it in pruned.changes}["collection/naip/render-option/c"] == "delete"
