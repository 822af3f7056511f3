"""Real staging and production copies as one manifest and an overlay: the plan shows exactly what differs between the two."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pcsync.core.diff import diff
from pcsync.kinds import KINDS
from pcsync.manifests.write import dump
from tests.harness import Folder
from tests.real.corpus import collection, entries, needs_real_data

pytestmark = [pytest.mark.real, pytest.mark.slow, needs_real_data]

CATALOG = {"endpoint": "emulator:.pcsync/local.sqlite"}


def pairs() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Collection id to its staging and its production manifest, where both exist."""
    by_shape: dict[str, dict[str, Any]] = {"veda-staging": {}, "veda-production": {}}
    for entry in entries("collection-env"):
        by_shape[entry.shape][entry.body["id"]] = collection(entry.body)
    staging, production = by_shape["veda-staging"], by_shape["veda-production"]
    return {id_: (staging[id_], production[id_]) for id_ in sorted(staging.keys() & production.keys())}


def patch(base: Any, wanted: Any) -> Any:
    """The merge patch from one value to another; lists are replaced whole."""
    if isinstance(base, Mapping) and isinstance(wanted, Mapping):
        changed = {name: patch(base.get(name), value) for name, value in wanted.items() if base.get(name) != value}
        return {**changed, **dict.fromkeys(base.keys() - wanted.keys())}
    if isinstance(wanted, list) and wanted and all(isinstance(member, Mapping) for member in wanted):
        return [{"$patch": "replace"}, *wanted]
    return wanted


def test_the_plan_of_production_over_staging_is_exactly_their_difference(tmp_path: Path) -> None:
    folder, both = Folder(tmp_path), pairs()
    folder.project(defaultTarget="staging", targets={"staging": CATALOG, "production": {**CATALOG, "overlays": ["overlays"]}})
    for number, (id_, (staging, production)) in enumerate(both.items()):
        folder.write(f"collections/{number:03}.yaml", dump(staging))
        overlay = {"apiVersion": "pcsync/v1", "kind": "Overlay", "of": f"Collection/{id_}", **patch(staging, production)}
        folder.write(f"overlays/{number:03}.yaml", dump(overlay))
    applied = folder.run("apply", "--yes")
    assert applied.code == 0, applied.out[-2000:] + applied.err[-2000:]

    planned = folder.run("plan", "--target", "production", "-o", "json").json

    shown = {change["name"]: change["pcsync"]["fields"] for change in planned["resource_changes"]}
    assert len(both) >= 30
    assert shown == {id_: fields for id_, (staging, production) in both.items() if (fields := expected(staging, production))}


def expected(staging: Mapping[str, Any], production: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The fields that differ, in the compared form; what production does not set is no longer managed, so not a difference."""
    kind = KINDS["collection"]
    set_there = {name: value for name, value in staging["stac"].items() if name in production["stac"]}
    found = diff(kind.normalise(set_there), kind.normalise(production["stac"]))
    return [{"op": str(it.op), "path": it.path, "before": it.before, "after": it.after} for it in found]
