"""What pcsync may do by what it applied before: the three-way table, whose collection it is, and what a lost proof leads to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from pcsync.core.ownership import MARKER
from pcsync.emulator import create_app
from tests.cli.test_exit_codes import STAC, manifest
from tests.emulator.port import on_port
from tests.harness import Folder, Ran

VERSION = {"api-version": "2026-04-15"}
RGB = {"id": "rgb", "name": "RGB", "type": "raster-tile", "options": "assets=image"}
NIR = {"id": "nir", "name": "NIR", "type": "raster-tile", "options": "assets=nir"}
NAIP = "/stac/collections/naip"


@dataclass(frozen=True)
class Catalog:
    """A catalog behind a port and the project that is applied to it; people edit it past pcsync."""

    folder: Folder
    url: str

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """A request of somebody else."""
        answer = httpx.request(method, self.url + path, params=VERSION, json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def collection(self) -> dict[str, Any]:
        found: dict[str, Any] = self.send("GET", NAIP)
        return found

    def marker(self) -> dict[str, Any]:
        found: dict[str, Any] = self.collection()[MARKER]
        return found

    def edit(self, **fields: Any) -> None:
        """Somebody replaces fields of the collection; None removes one."""
        body = {name: value for name, value in {**self.collection(), **fields}.items() if value is not None}
        self.send("PUT", NAIP, body)

    def edit_option(self, option: dict[str, Any], **fields: Any) -> None:
        self.send("PUT", f"{NAIP}/configurations/render-options/{option['id']}", {**option, **fields})

    def options(self) -> dict[str, str]:
        """Render options by id: their names."""
        return {it["id"]: it["name"] for it in self.send("GET", f"{NAIP}/configurations/render-options")}

    def declare(self, **sections: Any) -> None:
        self.folder.write("collections/naip.yaml", manifest(**sections))

    def plan(self, *flags: str) -> dict[str, dict[str, Any]]:
        """What would change, by address."""
        planned = self.folder.run("plan", "-o", "json", *flags)
        assert planned.code == 0, planned.err
        return {it["address"]: it["pcsync"] for it in planned.json["resource_changes"]}

    def apply(self, *flags: str) -> Ran:
        return self.folder.run("apply", "--yes", *flags)

    def fault(self, effect: str, **fault: Any) -> None:
        httpx.post(f"{self.url}/_emulator/faults", json={"effect": effect, **fault}).raise_for_status()

    def heal(self) -> None:
        httpx.delete(f"{self.url}/_emulator/faults")


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """A catalog to which a collection with two render options was applied."""
    folder = Folder(tmp_path)
    with on_port(create_app(tmp_path / "served.sqlite")) as url:
        folder.project(targets={"local": {"endpoint": url}})
        made = Catalog(folder, url)
        made.declare(renderOptions=[RGB, NIR])
        assert made.apply().code == 0
        yield made


OPTION = "collection/naip/render-option/rgb"


def settled(catalog: Catalog) -> None:
    """Nothing is left to do, and the marker is true."""
    assert catalog.plan() == {}
    assert catalog.folder.run("plan", "--detailed-exitcode").code == 0


def test_what_was_applied_is_in_the_marker_and_needs_nothing(catalog: Catalog) -> None:
    assert catalog.marker()["owner"] == "contoso-imagery"
    assert set(catalog.marker()["children"]) == {"render-option/rgb", "render-option/nir"}
    settled(catalog)


def test_our_change_is_an_update_without_drift(catalog: Catalog) -> None:
    catalog.declare(renderOptions=[{**RGB, "name": "New"}, NIR])

    planned = catalog.plan()[OPTION]
    applied = catalog.apply()

    assert (planned["action"], planned["drift"]) == ("update", False)
    assert applied.code == 0
    assert catalog.options()["rgb"] == "New"
    settled(catalog)


def test_an_edit_of_somebody_is_drift_and_put_back(catalog: Catalog) -> None:
    catalog.edit_option(RGB, name="Edited")
    catalog.edit(description="edited")

    planned = catalog.plan()

    assert {address: it["drift"] for address, it in planned.items()} == {"collection/naip": True, OPTION: True}
    assert catalog.apply().code == 0
    assert catalog.options()["rgb"] == "RGB"
    assert catalog.collection()["description"] == "d"
    settled(catalog)


def test_a_child_that_somebody_deleted_is_drift_and_made_again(catalog: Catalog) -> None:
    catalog.send("DELETE", f"{NAIP}/configurations/render-options/rgb")

    planned = catalog.plan()

    assert {address: (it["action"], it["drift"]) for address, it in planned.items()} == {OPTION: ("create", True)}
    assert catalog.apply().code == 0
    settled(catalog)


def test_a_conflict_stops_with_5_and_ours_wins_only_by_force(catalog: Catalog) -> None:
    catalog.edit_option(RGB, name="Theirs")
    catalog.declare(renderOptions=[{**RGB, "name": "Ours"}, NIR])

    stopped = catalog.apply()
    before = catalog.options()["rgb"]
    forced = catalog.apply("--force-conflicts")

    assert (stopped.code, before) == (5, "Theirs")
    assert "--force-conflicts" in stopped.err
    assert (forced.code, catalog.options()["rgb"]) == (0, "Ours")
    settled(catalog)


def test_what_the_manifest_dropped_and_we_applied_is_pruned(catalog: Catalog) -> None:
    catalog.declare(renderOptions=[RGB], stac={name: value for name, value in STAC.items() if name != "title"})

    planned = catalog.plan()

    assert planned["collection/naip/render-option/nir"]["action"] == "delete"
    assert catalog.apply().code == 0
    assert set(catalog.options()) == {"rgb"}
    assert set(catalog.marker()["children"]) == {"render-option/rgb"}
    settled(catalog)


def test_a_field_of_the_collection_that_the_manifest_dropped_is_pruned(catalog: Catalog) -> None:
    catalog.declare(renderOptions=[RGB, NIR], stac={**STAC, "keywords": ["a"]})
    catalog.apply()
    catalog.declare(renderOptions=[RGB, NIR])

    assert catalog.apply().code == 0
    assert not catalog.collection().get("keywords")
    settled(catalog)


def test_what_is_somebody_elses_is_left_and_listed_on_request(catalog: Catalog) -> None:
    catalog.send("POST", f"{NAIP}/configurations/render-options", {**RGB, "id": "theirs", "name": "Theirs"})
    catalog.declare(renderOptions=[RGB])

    shown = catalog.folder.run("plan", "--show-unmanaged").out

    assert "collection/naip/render-option/theirs" in shown
    assert catalog.apply().code == 0
    assert set(catalog.options()) == {"rgb", "theirs"}


def test_a_dropped_child_that_somebody_edited_is_left(catalog: Catalog) -> None:
    catalog.edit_option(NIR, name="Theirs now")
    catalog.declare(renderOptions=[RGB])

    assert catalog.apply().code == 0
    assert set(catalog.options()) == {"rgb", "nir"}
    settled(catalog)


def test_a_section_that_left_the_manifest_is_released(catalog: Catalog) -> None:
    body = manifest()
    del body["renderOptions"]
    catalog.folder.write("collections/naip.yaml", body)

    assert catalog.apply().code == 0
    assert set(catalog.options()) == {"rgb", "nir"}
    assert catalog.marker()["children"] == {}
    settled(catalog)


def test_an_authoritative_list_deletes_what_is_not_declared(catalog: Catalog) -> None:
    catalog.declare(renderOptions=[RGB, NIR], management={"modes": {"renderOptions": "authoritative"}})
    catalog.apply()
    settled(catalog)
    catalog.send("POST", f"{NAIP}/configurations/render-options", {**RGB, "id": "theirs", "name": "Theirs"})

    assert catalog.plan()["collection/naip/render-option/theirs"]["action"] == "delete"
    assert catalog.apply().code == 0
    assert set(catalog.options()) == {"rgb", "nir"}
    settled(catalog)


def test_a_foreign_owner_stops_with_5_until_it_is_taken_over(catalog: Catalog) -> None:
    catalog.folder.project(owner="fabrikam", targets={"local": {"endpoint": catalog.url}})

    stopped = catalog.apply()
    without_name = catalog.apply("--take-over")
    taken = catalog.apply("--take-over", "--from", "contoso-imagery")

    assert (stopped.code, without_name.code, taken.code) == (5, 64, 0)
    assert "contoso-imagery manages this collection" in stopped.err
    assert catalog.marker()["owner"] == "fabrikam"
    settled(catalog)


def test_a_former_name_of_the_project_is_ours(catalog: Catalog) -> None:
    catalog.folder.project(owner="contoso", previousOwners=["contoso-imagery"], targets={"local": {"endpoint": catalog.url}})
    catalog.declare(renderOptions=[RGB])

    assert catalog.apply().code == 0
    assert set(catalog.options()) == {"rgb"}
    assert catalog.marker()["owner"] == "contoso"
    settled(catalog)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        pytest.param(lambda _: None, "nothing else", id="lost"),
        pytest.param(lambda marker: {**marker, "at": "0" * 16}, "copied", id="copied"),
        pytest.param(lambda _: {"v": 1, "owner": 7}, "damaged", id="damaged"),
    ],
)
def test_without_proof_a_collection_is_adopted_again_and_nothing_is_deleted(
    catalog: Catalog, broken: Callable[[Any], Any], said: str
) -> None:
    catalog.edit(**{MARKER: broken(catalog.marker())})
    catalog.declare(renderOptions=[RGB])

    planned = catalog.plan()

    assert {address: it["action"] for address, it in planned.items()} == {"collection/naip": "adopt"}
    assert any(said in note for note in planned["collection/naip"]["notes"])
    assert catalog.apply().code == 0
    assert set(catalog.options()) == {"rgb", "nir"}
    settled(catalog)


def test_after_a_failure_the_marker_says_what_is_true(catalog: Catalog) -> None:
    catalog.declare(renderOptions=[{**RGB, "name": "New"}, NIR, {**NIR, "id": "red", "name": "Red"}])
    before = catalog.marker()["children"]
    catalog.fault("status", status=400, method="PUT", path="/render-options/rgb$")
    catalog.fault("status", status=400, method="POST", path="/render-options$")

    applied = catalog.apply()
    catalog.heal()

    assert applied.code == 6
    assert catalog.marker()["children"] == before
    assert {it["drift"] for it in catalog.plan().values()} == {False}
    assert catalog.apply().code == 0
    settled(catalog)


def test_a_child_that_could_not_be_deleted_stays_in_the_marker(catalog: Catalog) -> None:
    catalog.declare(renderOptions=[RGB])
    catalog.fault("status", status=400, method="DELETE", path="/render-options/nir$")

    assert catalog.apply().code == 6
    catalog.heal()

    assert set(catalog.marker()["children"]) == {"render-option/rgb", "render-option/nir"}
    assert catalog.apply().code == 0
    settled(catalog)


def test_a_targeted_apply_keeps_what_the_marker_says_of_the_rest(catalog: Catalog) -> None:
    catalog.declare(renderOptions=[{**RGB, "name": "New"}])

    planned = catalog.plan("--only", OPTION)
    applied = catalog.apply("--only", OPTION)

    assert set(planned) == {"collection/naip", OPTION}
    assert applied.code == 0
    assert set(catalog.marker()["children"]) == {"render-option/rgb", "render-option/nir"}
    assert catalog.plan()["collection/naip/render-option/nir"]["action"] == "delete"


def test_a_dropped_child_can_be_deleted_by_its_address_alone(catalog: Catalog) -> None:
    catalog.declare(renderOptions=[{**RGB, "name": "New"}])

    assert catalog.apply("--only", "collection/naip/render-option/nir").code == 0
    assert catalog.options() == {"rgb": "RGB"}
    assert set(catalog.marker()["children"]) == {"render-option/rgb"}


def test_another_apply_since_the_plan_makes_it_stale(catalog: Catalog) -> None:
    catalog.declare(renderOptions=[RGB])
    catalog.folder.run("plan", "--out", "plan.json")
    catalog.edit(**{MARKER: {**catalog.marker(), "rev": 9}})

    assert catalog.folder.run("apply", "plan.json").code == 5


def test_a_saved_plan_carries_its_seals_and_notices_when_they_are_edited(catalog: Catalog) -> None:
    catalog.declare(renderOptions=[RGB])
    catalog.folder.run("plan", "--out", "plan.json")
    plan = json.loads((catalog.folder.path / "plan.json").read_text())
    seals = plan["pcsync"]["seals"]
    plan["pcsync"]["seals"][0]["leaving"] = []
    catalog.folder.write("edited.json", json.dumps(plan))

    assert [it["collection"] for it in seals] == ["naip"]
    assert catalog.folder.run("apply", "edited.json").code == 1
    assert catalog.folder.run("apply", "plan.json").code == 0


def test_a_list_that_would_be_emptied_stops_with_4_until_it_is_allowed(catalog: Catalog) -> None:
    catalog.declare(renderOptions=[])

    assert catalog.apply().code == 4
    assert set(catalog.options()) == {"rgb", "nir"}
    assert catalog.apply("--allow-delete", "collection/naip").code == 0
    assert catalog.options() == {}


@pytest.mark.parametrize(("guards", "code"), [({"maxDeletes": 0}, 4), ({"maxDeletes": 1}, 0), ({"maxDeletePercent": 10}, 4), ({}, 0)])
def test_a_project_limits_how_much_one_apply_deletes(catalog: Catalog, guards: dict[str, int], code: int) -> None:
    catalog.folder.project(guards=guards, targets={"local": {"endpoint": catalog.url}})
    catalog.declare(renderOptions=[RGB])

    planned = catalog.folder.run("plan")

    assert planned.code == 0
    assert ("refused by maxDelete" in planned.out) == (code == 4)
    assert catalog.apply().code == code


SOURCE = {
    "apiVersion": "pcsync/v1", "kind": "IngestionSource", "name": "imagery", "containerUrl": "https://contoso.blob.core.windows.net/imagery",
    "managedIdentity": {"objectId": "11111111-2222-3333-4444-555555555555"},
}  # fmt: skip
OTHER = {**SOURCE, "name": "other", "containerUrl": "https://contoso.blob.core.windows.net/other"}
NIGHTLY = {
    "displayName": "nightly", "importType": "StaticCatalog", "sourceCatalogUrl": "https://contoso.blob.core.windows.net/imagery/catalog.json"
}  # fmt: skip


def sources(catalog: Catalog) -> set[str]:
    """Containers of the live sources."""
    listed = catalog.send("GET", "/inma/ingestion-sources")["value"]
    return {catalog.send("GET", f"/inma/ingestion-sources/{it['id']}")["connectionInfo"]["containerUrl"].rsplit("/", 1)[1] for it in listed}


@pytest.fixture
def sourced(catalog: Catalog) -> Catalog:
    """Two sources of ours, and one that somebody else made."""
    catalog.folder.write("collections/imagery.yaml", SOURCE)
    catalog.folder.write("collections/other.yaml", OTHER)
    catalog.apply()
    connection = {"containerUrl": "https://contoso.blob.core.windows.net/theirs", "objectId": SOURCE["managedIdentity"]["objectId"]}
    theirs = {"id": "99999999-2222-3333-4444-555555555555", "kind": "BlobManagedIdentity", "connectionInfo": connection}
    catalog.send("POST", "/inma/ingestion-sources", theirs)
    return catalog


def test_a_source_of_ours_that_left_the_manifests_is_pruned_and_no_other(sourced: Catalog) -> None:
    (sourced.folder.path / "collections/other.yaml").unlink()

    assert sourced.apply().code == 0
    assert sources(sourced) == {"imagery", "theirs"}
    settled(sourced)


def vanish(sourced: Catalog, *names: str) -> None:
    """Manifests of sources are deleted."""
    for name in names:
        (sourced.folder.path / f"collections/{name}.yaml").unlink()


def test_the_last_sources_are_pruned_as_well_when_no_manifest_declares_any(sourced: Catalog) -> None:
    vanish(sourced, "imagery", "other")

    assert len(sourced.plan()) == 2
    assert sourced.apply().code == 0
    assert sources(sourced) == {"theirs"}
    settled(sourced)


@pytest.mark.parametrize("named", ["ingestion-source", "by address"])
def test_one_kind_or_one_address_alone_prunes_the_sources_it_names(sourced: Catalog, named: str) -> None:
    sourced.declare(renderOptions=[RGB])
    vanish(sourced, "other")
    address = next(it for it in sourced.plan() if it.startswith("ingestion-source"))
    chosen = named if named == "ingestion-source" else address

    assert list(sourced.plan("--only", chosen)) == [address]
    assert sourced.apply("--only", chosen).code == 0
    assert sources(sourced) == {"imagery", "theirs"}
    assert set(sourced.options()) == {"rgb", "nir"}


def test_a_source_is_chosen_by_the_name_in_its_manifest(sourced: Catalog) -> None:
    identity = {"objectId": "22222222-2222-3333-4444-555555555555"}
    for source in (SOURCE, OTHER):
        sourced.folder.write(f"collections/{source['name']}.yaml", {**source, "managedIdentity": identity})

    assert set(sourced.plan("--only", "ingestion-source/imagery")) == {"ingestion-source/imagery"}
    assert sourced.apply("--only", "ingestion-source/imagery").code == 0
    assert set(sourced.plan()) == {"ingestion-source/other"}
    assert set(sourced.plan("--only", "collection/naip")) == set()


def test_the_last_source_that_an_ingestion_needs_is_not_removed(sourced: Catalog) -> None:
    sourced.declare(renderOptions=[RGB, NIR], ingestions=[NIGHTLY])
    assert sourced.apply().code == 0
    (sourced.folder.path / "collections/imagery.yaml").unlink()

    stopped = sourced.apply()

    assert stopped.code in (3, 4), stopped.out + stopped.err
    assert sources(sourced) == {"imagery", "other", "theirs"}


def test_drift_shows_what_somebody_changed_and_not_what_we_did(catalog: Catalog) -> None:
    quiet = catalog.folder.run("drift", "--detailed-exitcode")
    catalog.edit_option(RGB, name="Edited")
    catalog.declare(renderOptions=[RGB, {**NIR, "name": "New"}])

    drift = catalog.folder.run("drift", "--detailed-exitcode", "-o", "json")

    assert quiet.code == 0
    assert drift.code == 2
    assert [it["address"] for it in drift.json["resource_changes"]] == [OPTION]
    assert catalog.folder.run("drift").code == 0


def test_adopting_writes_the_marker_and_nothing_else(catalog: Catalog) -> None:
    catalog.edit(**{MARKER: None})
    catalog.edit_option(RGB, name="Theirs")
    before = catalog.collection()

    adopted = catalog.folder.run("adopt", "--yes")

    after = catalog.collection()
    assert adopted.code == 0, adopted.err
    assert {name: it for name, it in after.items() if name not in (MARKER, "msft:_updated")} == {
        name: it for name, it in before.items() if name != "msft:_updated"
    }
    assert set(after[MARKER]["children"]) == {"render-option/nir"}
    assert catalog.options() == {"rgb": "Theirs", "nir": "NIR"}
    assert catalog.folder.run("adopt").code == 64


def test_adopting_somebody_elses_collection_stops_with_5(catalog: Catalog) -> None:
    catalog.folder.project(owner="fabrikam", targets={"local": {"endpoint": catalog.url}})

    assert catalog.folder.run("adopt", "--yes").code == 5
    assert catalog.folder.run("adopt", "--yes", "--take-over", "--from", "contoso-imagery").code == 0
    assert catalog.marker()["owner"] == "fabrikam"


ITEM = {
    "type": "Feature", "stac_version": "1.0.0", "id": "a", "collection": "naip", "bbox": [0, 0, 1, 1], "links": [], "assets": {},
    "geometry": {"type": "Point", "coordinates": [0, 0]}, "properties": {"datetime": "2024-01-01T00:00:00Z"},
}  # fmt: skip
ALLOWED = ("--allow-delete", "collection/naip")


def remove(catalog: Catalog, **fields: Any) -> None:
    """The manifest of the collection becomes one that removes it."""
    body = {"apiVersion": "pcsync/v1", "kind": "Removal", "collection": "naip", "reason": "superseded", **fields}
    catalog.folder.write("collections/naip.yaml", body)


def there(catalog: Catalog) -> bool:
    return httpx.get(catalog.url + NAIP, params=VERSION).status_code == 200


def test_a_collection_that_vanished_from_the_manifests_is_left(catalog: Catalog) -> None:
    catalog.folder.write("collections/naip.yaml", manifest("other"))

    assert catalog.apply("--allow-delete", "collection/naip").code == 0
    assert there(catalog)


def test_a_removal_needs_its_address_on_the_command_line(catalog: Catalog) -> None:
    remove(catalog, expectItems=0)

    assert catalog.apply().code == 4
    assert there(catalog)
    assert catalog.apply(*ALLOWED).code == 0
    assert not there(catalog)
    settled(catalog)


@pytest.mark.parametrize(("expected", "code"), [(0, 4), (1, 0), (2, 4), (20_000, 4)])
def test_a_removal_counts_the_items_and_refuses_a_surprise(catalog: Catalog, expected: int, code: int) -> None:
    catalog.send("POST", f"{NAIP}/items", ITEM)
    remove(catalog, expectItems=expected)

    assert catalog.apply(*ALLOWED).code == code
    assert there(catalog) == (code != 0)


def test_a_removal_waits_for_the_runs_of_ingestions(sourced: Catalog) -> None:
    sourced.declare(renderOptions=[RGB, NIR], ingestions=[NIGHTLY])
    assert sourced.apply().code == 0
    ingestions = "/inma/collections/naip/ingestions"
    sourced.fault("operation-stuck", method="POST", path="/runs$")
    sourced.send("POST", f"{ingestions}/{sourced.send('GET', ingestions)['value'][0]['id']}/runs")
    remove(sourced)

    assert "still run" in sourced.folder.run("plan", *ALLOWED).out
    assert sourced.apply(*ALLOWED).code == 4
    assert there(sourced)


def test_a_saved_removal_counts_the_items_again_before_it_deletes(catalog: Catalog) -> None:
    remove(catalog, expectItems=0)
    assert catalog.folder.run("plan", "--out", "plan.json", *ALLOWED).code == 0
    catalog.send("POST", f"{NAIP}/items", ITEM)
    catalog.send("POST", f"{NAIP}/items", {**ITEM, "id": "b"})

    stale = catalog.folder.run("apply", "plan.json")

    assert stale.code == 5
    assert "it has 2 items, and 0 are expected" in stale.err
    assert there(catalog)


def test_a_saved_removal_waits_for_an_ingestion_that_was_started_since(sourced: Catalog) -> None:
    sourced.declare(renderOptions=[RGB, NIR], ingestions=[NIGHTLY])
    sourced.apply()
    remove(sourced)
    sourced.folder.run("plan", "--out", "plan.json", *ALLOWED)
    ingestions = "/inma/collections/naip/ingestions"
    sourced.fault("operation-stuck", method="POST", path="/runs$")
    sourced.send("POST", f"{ingestions}/{sourced.send('GET', ingestions)['value'][0]['id']}/runs")

    stale = sourced.folder.run("apply", "plan.json")

    assert stale.code == 5
    assert "1 of its ingestions still runs" in stale.err
    assert there(sourced)


@pytest.mark.parametrize("owner", ["fabrikam", None])
def test_a_removal_of_what_is_not_proven_ours_stops_with_5(catalog: Catalog, owner: str | None) -> None:
    catalog.edit(**{MARKER: {**catalog.marker(), "owner": owner} if owner else None})
    remove(catalog)

    assert catalog.apply(*ALLOWED).code == 5
    assert there(catalog)
