"""An ingestion on its way out: it comes back where the operation that deletes it fails, and has to be known as ours until it is gone."""

from __future__ import annotations

import pytest

from tests.cli.test_ownership import NIR, RGB, Catalog, catalog, settled

__all__ = ["catalog"]  # the fixture

NIGHTLY = {
    "displayName": "nightly",
    "importType": "StaticCatalog",
    "sourceCatalogUrl": "https://acct.blob.core.windows.net/data/catalog.json",
}
HOURLY = {**NIGHTLY, "displayName": "hourly"}
INGESTIONS = "/inma/collections/naip/ingestions"
ENTRY = "ingestion/nightly"


@pytest.fixture
def leaving(catalog: Catalog) -> Catalog:
    """A catalog of ours whose one ingestion left the manifest and is being deleted for ever."""
    catalog.declare(renderOptions=[RGB, NIR], ingestions=[NIGHTLY])
    assert catalog.apply("--no-validate").code == 0
    assert ENTRY in catalog.marker()["children"]
    catalog.fault("operation-stuck", method="DELETE", path="/ingestions/")
    (live,) = catalog.send("GET", INGESTIONS)["value"]
    catalog.send("DELETE", f"{INGESTIONS}/{live['id']}")
    catalog.heal()
    catalog.declare(renderOptions=[RGB, NIR], ingestions=[])
    return catalog


def cancel(catalog: Catalog) -> None:
    """The operation ends without effect."""
    for operation in catalog.send("GET", "/inma/operations")["value"]:
        if operation["status"] in ("Pending", "Running"):
            catalog.send("DELETE", f"/inma/operations/{operation['id']}")


def test_what_is_being_deleted_stays_in_the_marker_and_its_plan_changes_nothing(leaving: Catalog) -> None:
    assert leaving.plan() == {}
    assert "ingestion/nightly: it is being deleted" in leaving.folder.run("plan").out


def test_another_change_of_the_collection_does_not_drop_it_either(leaving: Catalog) -> None:
    leaving.declare(renderOptions=[RGB], ingestions=[])

    assert leaving.apply().code == 0
    assert set(leaving.marker()["children"]) == {"render-option/rgb", ENTRY}


def test_one_that_comes_back_is_still_ours_and_pruned(leaving: Catalog) -> None:
    leaving.declare(renderOptions=[RGB], ingestions=[])
    assert leaving.apply().code == 0
    cancel(leaving)

    assert leaving.plan()[f"collection/naip/{ENTRY}"]["action"] == "delete"
    assert leaving.apply("--allow-delete", "collection/naip").code == 0
    assert leaving.send("GET", INGESTIONS)["value"] == []
    assert set(leaving.marker()["children"]) == {"render-option/rgb"}
    settled(leaving)


def test_once_it_is_gone_the_marker_forgets_it(leaving: Catalog) -> None:
    cancel(leaving)
    (live,) = leaving.send("GET", INGESTIONS)["value"]
    leaving.send("DELETE", f"{INGESTIONS}/{live['id']}")

    assert leaving.apply().code == 0
    assert set(leaving.marker()["children"]) == {"render-option/rgb", "render-option/nir"}
    settled(leaving)


def test_one_that_is_declared_again_is_made_anew_and_listed(leaving: Catalog) -> None:
    leaving.declare(renderOptions=[RGB, NIR], ingestions=[NIGHTLY, HOURLY])

    assert leaving.apply("--no-validate").code == 0
    assert {ENTRY, "ingestion/hourly"} <= set(leaving.marker()["children"])
