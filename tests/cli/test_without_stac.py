"""A Collection manifest that says nothing of the collection itself: modes, ownership and prune hold for its children all the same."""

from __future__ import annotations

from typing import Any

import pytest

from pcsync.core.ownership import MARKER
from tests.cli.test_ownership import NAIP, NIR, OPTION, RGB, Catalog, catalog, settled

__all__ = ["catalog"]  # the fixture

RED = {**NIR, "id": "red", "name": "Red"}


@pytest.fixture
def bare(catalog: Catalog) -> Catalog:
    """A collection that somebody else made, with a render option of theirs."""
    catalog.edit(**{MARKER: None})
    catalog.send("DELETE", f"{NAIP}/configurations/render-options/nir")
    return catalog


def declare(catalog: Catalog, **sections: Any) -> None:
    """The manifest has these sections and no ``stac``."""
    catalog.folder.write("collections/naip.yaml", {"apiVersion": "pcsync/v1", "kind": "Collection", "id": "naip", **sections})


def test_the_marker_is_kept_and_nothing_else_of_the_document_changes(bare: Catalog) -> None:
    before = bare.collection()
    declare(bare, renderOptions=[RGB, RED])

    planned = bare.plan()
    applied = bare.apply()
    after = bare.collection()

    assert {address: it["action"] for address, it in planned.items()} == {
        "collection/naip": "adopt",
        "collection/naip/render-option/red": "create",
    }
    assert planned["collection/naip"]["notes"] == ["writes the ownership marker, nothing else"]
    assert applied.code == 0, applied.err
    assert set(after.pop(MARKER)["children"]) == {"render-option/rgb", "render-option/red"}
    assert {**after, "msft:_updated": ""} == {**before, "msft:_updated": ""}
    settled(bare)


def test_a_child_that_left_the_manifest_is_pruned(bare: Catalog) -> None:
    declare(bare, renderOptions=[RGB, RED])
    bare.apply()
    bare.send("POST", f"{NAIP}/configurations/render-options", {**RGB, "id": "theirs", "name": "Theirs"})
    declare(bare, renderOptions=[RGB])

    assert bare.plan()["collection/naip/render-option/red"]["action"] == "delete"
    assert bare.apply().code == 0
    assert set(bare.options()) == {"rgb", "theirs"}
    settled(bare)


def test_an_emptied_list_is_pruned_once_it_is_allowed(bare: Catalog) -> None:
    declare(bare, renderOptions=[RGB, RED])
    bare.apply()
    declare(bare, renderOptions=[])

    assert bare.apply().code == 4
    assert bare.apply("--allow-delete", "collection/naip").code == 0
    assert bare.options() == {}
    settled(bare)


def test_an_observed_list_is_shown_and_nothing_is_written(bare: Catalog) -> None:
    declare(bare, renderOptions=[{**RGB, "name": "Ours"}, RED], management={"modes": {"renderOptions": "observe"}})

    shown = bare.folder.run("plan", "--detailed-exitcode")

    assert shown.code == 0
    assert "observed only: would update" in shown.out
    assert "observed only: would create" in shown.out
    assert bare.apply().code == 0
    assert bare.options() == {"rgb": "RGB"}
    assert MARKER not in bare.collection()


@pytest.mark.parametrize(("mode", "left"), [("additive", {"rgb", "red", "theirs"}), ("authoritative", {"rgb"})])
def test_the_mode_of_a_list_says_what_is_deleted(bare: Catalog, mode: str, left: set[str]) -> None:
    declare(bare, renderOptions=[RGB, RED])
    bare.apply()
    bare.send("POST", f"{NAIP}/configurations/render-options", {**RGB, "id": "theirs", "name": "Theirs"})
    declare(bare, renderOptions=[RGB], management={"modes": {"renderOptions": mode}})

    assert bare.apply().code == 0
    assert set(bare.options()) == left
    settled(bare)


def test_an_authoritative_list_of_an_unmarked_collection_is_ours_whole(bare: Catalog) -> None:
    declare(bare, renderOptions=[RED], management={"modes": {"renderOptions": "authoritative"}})

    assert bare.plan()[OPTION]["action"] == "delete"
    assert bare.apply().code == 0
    assert set(bare.options()) == {"red"}
    settled(bare)


@pytest.mark.parametrize(
    "sections", [{"renderOptions": [RGB]}, {"renderOptions": []}, {"tileSettings": {"minZoom": 7, "maxItemsPerTile": 35}}]
)
def test_a_collection_that_is_not_there_is_an_error_with_a_fix(bare: Catalog, sections: dict[str, Any]) -> None:
    bare.send("DELETE", NAIP)
    declare(bare, **sections)

    stopped = bare.apply()

    assert stopped.code == 4
    assert "its manifest has no stac" in stopped.err
    assert "naip.yaml" in bare.folder.run("plan").out


def test_fields_that_were_applied_stay_when_the_stac_leaves_the_manifest(catalog: Catalog) -> None:
    catalog.declare(stac={**catalog_stac(catalog), "keywords": ["a"]}, renderOptions=[RGB, NIR])
    catalog.apply()
    declare(catalog, renderOptions=[RGB, NIR])

    assert catalog.apply().code == 0
    assert catalog.collection()["keywords"] == ["a"]
    settled(catalog)


def catalog_stac(catalog: Catalog) -> dict[str, Any]:
    """The live document as a manifest would have it."""
    found = catalog.collection()
    return {name: found[name] for name in ("description", "license", "extent")}


def test_a_foreign_owner_stops_here_too(bare: Catalog) -> None:
    declare(bare, renderOptions=[RGB])
    bare.apply()
    bare.folder.project(owner="fabrikam", targets={"local": {"endpoint": bare.url}})

    assert bare.apply().code == 5


def test_one_child_alone_is_applied_without_losing_the_others(bare: Catalog) -> None:
    declare(bare, renderOptions=[{**RGB, "name": "New"}, RED])

    assert bare.apply("--only", "collection/naip/render-option/red").code == 0
    assert bare.options() == {"rgb": "RGB", "red": "Red"}
    assert set(bare.marker()["children"]) == {"render-option/red"}


def test_adopting_takes_the_children_that_are_as_declared(bare: Catalog) -> None:
    declare(bare, renderOptions=[RGB])

    assert bare.folder.run("adopt", "--yes").code == 0
    assert set(bare.marker()["children"]) == {"render-option/rgb"}
    settled(bare)


def test_a_manifest_with_no_section_at_all_asks_for_nothing(bare: Catalog) -> None:
    declare(bare)

    assert bare.apply().code == 0
    assert MARKER not in bare.collection()
