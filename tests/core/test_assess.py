"""What pcsync may do in a collection, by what it declares, what is live, and what it can prove to have applied."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from pcsync.core.assess import Assessment, assess
from pcsync.core.change import Action
from pcsync.core.compare import declared
from pcsync.core.mark import Policy, untouched
from pcsync.core.ownership import MARKER, Claim, Marker, binding
from pcsync.core.resource import Desired, Key, Live
from pcsync.core.source import Document, Origin, Position
from pcsync.kinds import KINDS
from pcsync.kinds.asset import assets_path
from pcsync.kinds.collection import collection_path

ENDPOINT = "https://contoso.abc.uksouth.geocatalog.spatio.azure.com"
POLICY = Policy(ENDPOINT, ("contoso", "contoso-old"))
STAC = {"title": "NAIP", "description": "d", "license": "proprietary", "extent": {"spatial": {}, "temporal": {}}}
RGB = {"id": "rgb", "name": "RGB", "type": "raster-tile", "options": "assets=image"}
NIR = {"id": "nir", "name": "NIR", "type": "raster-tile", "options": "assets=nir"}
COLLECTION, RGB_KEY, NIR_KEY = Key("collection", "naip"), Key("render-option", "naip", "rgb"), Key("render-option", "naip", "nir")


def desired(**sections: Any) -> list[Desired]:
    """What a manifest of ``naip`` with these sections declares."""
    document = Document("Collection", "naip", {"stac": STAC, **sections}, Origin("naip.yaml"))
    return [it for kind in KINDS.values() if kind.manifest == "Collection" for it in kind.declare(document)]


def locate(_: Origin) -> Position:
    return Position("naip.yaml", 1, 1)


class Catalog:
    """The live side of one collection, changed the way apply and people change it."""

    def __init__(self) -> None:
        self.live: dict[Key, Live] = {}

    def apply(self, wanted: list[Desired], policy: Policy = POLICY) -> Assessment:
        """Do what an assessment says, with its final marker at the end."""
        found = assess("naip", wanted, self.live, KINDS, policy, locate)
        bodies = {it.key: it.body for it in wanted}
        for change in found.changes:
            if change.action is Action.DELETE:
                del self.live[change.key]
            elif change.calls and change.key != COLLECTION:
                self.put(change.key, bodies[change.key])
        whole = next((it.calls[0].json for it in found.changes if it.key == COLLECTION and it.calls), None)
        if whole is not None:
            self.put(COLLECTION, whole)
        if found.final is not None:
            self.put(COLLECTION, {**self.live[COLLECTION].body, MARKER: found.final.to_json()})
        return found

    def put(self, key: Key, body: Mapping[str, Any]) -> None:
        """A write of somebody."""
        paths = {"collection": collection_path("naip"), "asset": f"{assets_path('naip')}/{key.name}"}
        self.live[key] = Live(key, copy.deepcopy(dict(body)), paths.get(key.kind, f"/{key.kind}/{key.name}"))

    def edit(self, key: Key, **fields: Any) -> None:
        """A portal user changes some fields."""
        self.put(key, {**self.live[key].body, **fields})


def actions(found: Assessment) -> dict[str, str]:
    """Address to action, KEEP left out."""
    return {str(it.key): str(it.action) for it in found.changes if it.action is not Action.KEEP}


def look(catalog: Catalog, wanted: list[Desired], policy: Policy = POLICY) -> Assessment:
    return assess("naip", wanted, catalog.live, KINDS, policy, locate)


@pytest.fixture
def applied() -> Catalog:
    """A catalog on which title and two render options were applied."""
    catalog = Catalog()
    catalog.apply(desired(renderOptions=[RGB, NIR]))
    return catalog


def test_applying_leaves_nothing_to_assess(applied: Catalog) -> None:
    wanted = desired(renderOptions=[RGB, NIR])

    assert actions(look(applied, wanted)) == {}
    assert untouched("naip", [declared(KINDS[it.key.kind], it) for it in wanted], applied.live, KINDS, POLICY)


def test_the_first_write_of_a_collection_reserves_what_is_coming() -> None:
    found = look(Catalog(), desired(renderOptions=[RGB]))

    assert found.changes[0].calls[0].json[MARKER]["children"].keys() == {"render-option/rgb"}
    assert found.changes[0].calls[0].method == "POST"


def test_a_child_that_the_manifest_dropped_and_we_applied_is_pruned(applied: Catalog) -> None:
    found = look(applied, desired(renderOptions=[RGB]))

    assert actions(found) == {str(COLLECTION): "update", str(NIR_KEY): "delete"}
    assert found.reserve is not None
    assert "render-option/nir" in found.reserve.children
    assert found.final is not None
    assert "render-option/nir" not in found.final.children


def test_an_emptied_list_prunes_and_an_absent_list_leaves_alone(applied: Catalog) -> None:
    assert str(RGB_KEY) in actions(look(applied, desired(renderOptions=[])))
    assert actions(look(applied, desired())) == {str(COLLECTION): "update"}


def test_somebody_elses_child_is_never_deleted(applied: Catalog) -> None:
    applied.put(Key("render-option", "naip", "theirs"), {**RGB, "id": "theirs"})

    found = look(applied, desired(renderOptions=[RGB]))

    assert str(Key("render-option", "naip", "theirs")) not in actions(found)
    assert found.unmanaged == (Key("render-option", "naip", "theirs"),)


def test_a_dropped_child_that_was_edited_since_is_left(applied: Catalog) -> None:
    applied.edit(NIR_KEY, name="Edited by somebody")

    found = look(applied, desired(renderOptions=[RGB]))

    assert str(NIR_KEY) not in actions(found)
    assert found.unmanaged == (NIR_KEY,)


@pytest.mark.parametrize(
    ("mode", "deleted"),
    [("observe", set()), ("additive", set()), ("owned", {"nir"}), ("authoritative", {"nir", "theirs"})],
)
def test_the_mode_of_a_list_says_what_may_be_deleted(applied: Catalog, mode: str, deleted: set[str]) -> None:
    applied.put(Key("render-option", "naip", "theirs"), {**RGB, "id": "theirs"})

    found = look(applied, desired(renderOptions=[RGB], management={"modes": {"renderOptions": mode}}))

    assert {it.key.name for it in found.changes if it.action is Action.DELETE} == deleted


def test_an_observed_list_is_shown_and_not_changed(applied: Catalog) -> None:
    wanted = desired(renderOptions=[{**RGB, "name": "Other"}], management={"modes": {"renderOptions": "observe"}})

    change = next(it for it in look(applied, wanted).changes if it.key == RGB_KEY)

    assert (change.action, change.calls) == (Action.KEEP, ())
    assert change.notes == ("observed only: would update",)


def test_our_change_is_no_drift(applied: Catalog) -> None:
    change = next(it for it in look(applied, desired(renderOptions=[{**RGB, "name": "New"}, NIR])).changes if it.key == RGB_KEY)

    assert (change.action, change.drift, change.refusal) == (Action.UPDATE, False, "")


def test_an_edit_on_the_catalog_is_drift_and_put_back(applied: Catalog) -> None:
    applied.edit(RGB_KEY, name="Edited")

    change = next(it for it in look(applied, desired(renderOptions=[RGB, NIR])).changes if it.key == RGB_KEY)

    assert (change.action, change.drift) == (Action.UPDATE, True)


def test_a_child_that_somebody_removed_is_drift_and_made_again(applied: Catalog) -> None:
    del applied.live[RGB_KEY]

    change = next(it for it in look(applied, desired(renderOptions=[RGB, NIR])).changes if it.key == RGB_KEY)

    assert (change.action, change.drift) == (Action.CREATE, True)


def test_a_conflict_is_refused_unless_it_is_forced(applied: Catalog) -> None:
    applied.edit(RGB_KEY, name="Edited")
    wanted = desired(renderOptions=[{**RGB, "name": "New"}, NIR])

    change = next(it for it in look(applied, wanted).changes if it.key == RGB_KEY)
    forced = next(it for it in look(applied, wanted, Policy(ENDPOINT, ("contoso",), force_conflicts=True)).changes if it.key == RGB_KEY)

    assert "--force-conflicts" in change.refusal
    assert change.calls == ()
    assert forced.refusal == ""
    assert len(forced.calls) == 1


def test_a_field_of_the_collection_has_the_same_three_sides(applied: Catalog) -> None:
    applied.edit(COLLECTION, title="Edited")

    drift = look(applied, desired(renderOptions=[RGB, NIR])).changes[0]
    conflict = look(applied, desired(renderOptions=[RGB, NIR], stac={**STAC, "title": "New"})).changes[0]

    assert drift.drift
    assert drift.calls[0].json["title"] == "NAIP"
    assert "--force-conflicts" in conflict.refusal


def test_a_field_that_the_manifest_dropped_is_removed(applied: Catalog) -> None:
    without_title = {name: value for name, value in STAC.items() if name != "title"}

    change = look(applied, desired(renderOptions=[RGB, NIR], stac=without_title)).changes[0]

    assert [it.path for it in change.fields] == ["/title"]
    assert "title" not in change.calls[0].json


def test_a_field_of_somebody_else_survives_our_write(applied: Catalog) -> None:
    applied.edit(COLLECTION, keywords=["theirs"])

    change = look(applied, desired(renderOptions=[RGB, NIR], stac={**STAC, "title": "New"})).changes[0]

    assert change.calls[0].json["keywords"] == ["theirs"]


def test_a_foreign_owner_is_a_hard_stop(applied: Catalog) -> None:
    found = look(applied, desired(renderOptions=[]), Policy(ENDPOINT, ("fabrikam",)))

    assert [it.refusal for it in found.changes] == ["contoso manages this collection; to take it over: --take-over --from contoso"]
    assert all(it.calls == () for it in found.changes)


def test_taking_over_adopts_and_deletes_nothing(applied: Catalog) -> None:
    found = look(applied, desired(renderOptions=[]), Policy(ENDPOINT, ("fabrikam",), take_over=frozenset({"contoso"})))

    assert actions(found) == {str(COLLECTION): "adopt"}
    assert found.final is not None
    assert found.final.owner == "fabrikam"


def test_a_former_name_of_ours_is_ours_and_is_rewritten(applied: Catalog) -> None:
    found = look(applied, desired(renderOptions=[RGB, NIR]), Policy(ENDPOINT, ("contoso-new", "contoso")))

    assert actions(found) == {str(COLLECTION): "update"}
    assert found.final is not None
    assert found.final.owner == "contoso-new"


def test_a_lost_marker_means_adopt_again_and_never_delete(applied: Catalog) -> None:
    body = {name: value for name, value in applied.live[COLLECTION].body.items() if name != MARKER}
    applied.put(COLLECTION, body)

    found = look(applied, desired(renderOptions=[]))

    assert actions(found) == {str(COLLECTION): "adopt"}
    assert found.unmanaged == (NIR_KEY, RGB_KEY)


@pytest.mark.parametrize(
    "marker", ["text", 7, {"v": 9}, {"v": 1, "owner": "contoso", "at": "x", "rev": 1, "fields": {}, "children": {"a": 1}}]
)
def test_a_damaged_marker_counts_as_lost(applied: Catalog, marker: Any) -> None:
    applied.edit(COLLECTION, **{MARKER: marker})

    found = look(applied, desired(renderOptions=[]))

    assert found.claim is Claim.DAMAGED
    assert actions(found) == {str(COLLECTION): "adopt"}


def test_a_copied_marker_proves_nothing(applied: Catalog) -> None:
    elsewhere = Marker("contoso", binding(ENDPOINT, "other"), 1, {}, {"render-option/rgb": "0" * 16})
    applied.edit(COLLECTION, **{MARKER: elsewhere.to_json()})

    found = look(applied, desired(renderOptions=[]))

    assert found.claim is Claim.COPIED
    assert actions(found) == {str(COLLECTION): "adopt"}


def test_adopting_what_is_as_declared_changes_nothing_but_the_marker() -> None:
    catalog = Catalog()
    catalog.put(COLLECTION, {"id": "naip", "type": "Collection", "stac_version": "1.0.0", "links": [], **STAC})
    catalog.put(RGB_KEY, RGB)

    found = look(catalog, desired(renderOptions=[RGB]))

    assert actions(found) == {str(COLLECTION): "adopt"}
    sent = found.changes[0].calls[0].json
    assert {name: value for name, value in sent.items() if name != MARKER} == catalog.live[COLLECTION].body


def test_what_cannot_be_read_back_is_known_from_the_marker() -> None:
    year = {"name": "naip:year", "data_type": "string", "create_index": False, "definition": {"type": "string"}}
    catalog = Catalog()
    catalog.apply(desired(queryables=[year]))
    key = Key("queryable", "naip", "naip:year")
    catalog.put(key, {"name": "naip:year", "definition": year["definition"]})

    same = look(catalog, desired(queryables=[year]))
    indexed = look(catalog, desired(queryables=[{**year, "create_index": True}]))

    assert actions(same) == {}
    assert actions(indexed) == {str(COLLECTION): "update", str(key): "update"}


def test_a_field_that_is_ignored_is_ignored_by_the_marker_too(applied: Catalog) -> None:
    wanted = desired(renderOptions=[RGB, NIR], management={"ignore": ["/stac/title"]})
    applied.apply(wanted)
    applied.edit(COLLECTION, title="Somebody's")

    assert actions(look(applied, wanted)) == {}
