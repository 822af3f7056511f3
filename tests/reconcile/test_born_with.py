"""A collection may be born with resources; declaring one of those replaces it instead of failing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.harness import Folder

STAC: Mapping[str, Any] = {
    "description": "d",
    "license": "proprietary",
    "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [["2020-01-01T00:00:00Z", None]]}},
}


@pytest.mark.parametrize("name", ["Default", "Everything"])
def test_a_declared_default_mosaic_replaces_the_one_a_new_collection_is_born_with(tmp_path: Path, name: str) -> None:
    folder = Folder(tmp_path)
    folder.project()
    mosaic = {"id": "default", "name": name, "cql": []}
    folder.write("collections/a.yaml", {"apiVersion": "pcsync/v1", "kind": "Collection", "id": "a", "stac": STAC, "mosaics": [mosaic]})

    applied = folder.run("apply", "--yes")
    again = folder.run("plan", "--detailed-exitcode")

    assert (applied.code, again.code) == (0, 0), applied.out + applied.err + again.out
