"""The made-up imagery of the examples: a new user applies, loads it, changes a colour, and sees the difference."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.harness import Folder

EXAMPLES = Path(__file__).resolve().parent.parent / "examples" / "catalog-specs"
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")]


def test_a_new_user_sees_what_a_colour_map_and_a_wrong_rescale_do(tmp_path: Path) -> None:
    pytest.importorskip("rio_tiler")
    shutil.copytree(EXAMPLES, tmp_path / "specs", ignore=shutil.ignore_patterns(".pcsync"))
    expiry = (datetime.now(UTC) + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    folder = Folder(tmp_path / "specs", {"IMAGERY_SAS": f"sp=rl&se={expiry}&sv=2022-11-02&sr=c&sig=bm90LWEtc2VjcmV0"})
    assert folder.run("apply", "--yes").code == 0
    loaded = subprocess.run([sys.executable, folder.path / "sample_items.py"], capture_output=True, text=True, check=True)
    assert loaded.stdout.startswith("9 items are new")

    for name, old, new in (("naip", "rdylgn", "viridis"), ("elevation-10m", '"0,4800"', '"0,48"')):
        manifest = folder.path / "collections" / name / "collection.yaml"
        manifest.write_text(manifest.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    ran = folder.run("preview")
    assert ran.code == 0, ran.err
    shown = json.loads((folder.path / ".pcsync" / "preview" / "index.json").read_text())["comparisons"]

    assert {it["title"]: it["changed"] for it in shown} == {"Vegetation index (NDVI)": 1.0, "Elevation": 1.0}
    assert {it["title"]: (it["before"]["remark"], it["after"]["remark"]) for it in shown} == {
        "Vegetation index (NDVI)": ("", ""),
        "Elevation": ("", "blank"),
    }
