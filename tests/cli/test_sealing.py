"""The last write of a collection's apply, that of its true marker: kept in the journal, and found again when it failed."""

from __future__ import annotations

import json

import pytest

from pcsync.core.ownership import MARKER
from pcsync.reconcile.sealing import DROPPED
from tests.cli.test_ownership import NIR, RGB, Catalog, catalog, settled
from tests.cli.test_without_stac import catalog_stac

__all__ = ["catalog"]  # the fixture

FINAL = {"method": "PUT", "path": "^/stac/collections/naip$", "nth": 2, "times": 1}  # the first one reserves


def journal(catalog: Catalog) -> list[str]:
    """The events that the latest journal has of the collection."""
    path = max((catalog.folder.path / ".pcsync/journal").iterdir())
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return [it["event"] for it in lines if it.get("key", {}).get("kind") == "collection"]


def test_the_final_marker_is_in_the_journal_like_every_request(catalog: Catalog) -> None:
    catalog.declare(renderOptions=[RGB])

    assert catalog.apply().code == 0
    assert journal(catalog) == ["sending", "sent", "applied", "sending", "sent", "sealed"]


def test_a_final_marker_that_was_refused_is_written_by_resume(catalog: Catalog) -> None:
    catalog.declare(renderOptions=[RGB])
    catalog.fault("status", status=400, **FINAL)

    stopped = catalog.apply()
    before = set(catalog.marker()["children"])
    events = journal(catalog)
    resumed = catalog.apply("--resume")

    assert stopped.code == 6
    assert "its ownership marker is not up to date" in stopped.out
    assert before == {"render-option/rgb", "render-option/nir"}
    assert events[-1] == "unsealed"
    assert resumed.code == 0, resumed.err
    assert set(catalog.marker()["children"]) == {"render-option/rgb"}
    settled(catalog)
    assert catalog.apply("--resume").code == 64


@pytest.mark.parametrize("effect", ["drop-before", "drop-after", "garbage-body", "config-conflict"])
def test_a_final_marker_whose_answer_was_lost_is_looked_for(catalog: Catalog, effect: str) -> None:
    catalog.declare(renderOptions=[RGB])
    catalog.fault(effect, **FINAL)

    assert catalog.apply().code == 0
    assert set(catalog.marker()["children"]) == {"render-option/rgb"}
    settled(catalog)


def test_a_target_that_is_said_to_drop_the_marker_is_not_adopted_again_and_again(catalog: Catalog) -> None:
    catalog.edit(**{MARKER: None})
    before = catalog.plan()
    catalog.folder.project(targets={"local": {"endpoint": catalog.url, "marker": False}})

    after = catalog.folder.run("plan", "--detailed-exitcode")

    assert {it["action"] for it in before.values()} == {"adopt"}
    assert after.code == 0
    assert "nothing in it is deleted" in " ".join(after.out.split())
    assert "marker: false" in DROPPED  # what an apply that notices says


@pytest.mark.parametrize("mode", ["owned", "authoritative"])
def test_without_markers_changes_are_made_and_nothing_is_deleted(catalog: Catalog, mode: str) -> None:
    catalog.folder.project(targets={"local": {"endpoint": catalog.url, "marker": False}})
    body = {"renderOptions": [{**RGB, "name": "New"}], "management": {"modes": {"renderOptions": mode}}}
    catalog.declare(**body, stac={**catalog_stac(catalog), "title": "New"})

    assert catalog.apply().code == 0
    assert catalog.options() == {"rgb": "New", "nir": NIR["name"]}
    assert MARKER not in catalog.collection()
    settled(catalog)
    catalog.declare(renderOptions=[])
    assert catalog.apply().code == 0
    assert set(catalog.options()) == {"rgb", "nir"}


def test_without_markers_somebody_elses_marker_still_stops(catalog: Catalog) -> None:
    catalog.folder.project(owner="fabrikam", targets={"local": {"endpoint": catalog.url, "marker": False}})
    catalog.declare(renderOptions=[{**RGB, "name": "New"}])

    assert catalog.apply().code == 5
