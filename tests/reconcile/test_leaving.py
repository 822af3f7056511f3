"""A delete whose answer is lost while its operation goes on: what is on its way out is not taken for gone."""

from __future__ import annotations

from pathlib import Path

from pcsync.core.ownership import MARKER
from pcsync.core.policy import Guards
from pcsync.core.resource import COLLECTION, Key
from tests.reconcile.emulated import Emulated, collection, emulated, source

ALLOWED = Guards(allowed=frozenset({Key(COLLECTION, "naip")}))


async def pruned(naip: Emulated, folder: Path) -> set[Key]:
    """Plan the pruning of the collection's ingestions and apply it; what is unknown afterwards."""
    bare = collection("naip", folder)
    object.__setattr__(bare, "body", {**bare.body, "ingestions": []})
    outcome = await naip.apply(await naip.plan(source(), bare, guards=ALLOWED))
    return {it.change.key for it in outcome.unknown} | {it.change.key for it in outcome.failed}


async def test_a_delete_whose_operation_never_ends_is_not_done_because_the_list_leaves_it_out(tmp_path: Path) -> None:
    async with emulated(tmp_path) as naip:
        await naip.apply(await naip.plan(source(), collection("naip", tmp_path)))
        before = (await naip.catalog.reader().get("/stac/collections/naip"))[MARKER]["children"]
        (entry,) = (it for it in before if it.startswith("ingestion/"))
        naip.break_("operation-stuck", method="DELETE", path="/ingestions/")
        naip.break_("drop-after", method="DELETE", path="/ingestions/")

        left = await pruned(naip, tmp_path)
        marker = (await naip.catalog.reader().get("/stac/collections/naip"))[MARKER]

        assert {key.kind for key in left} == {"ingestion"}
        assert entry in marker["children"]
