"""The product in one story: a branch of the examples is seen before it is applied, checked after, and a mistake caught by its picture."""

from __future__ import annotations

import base64
import io
import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.harness import Folder

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "catalog-specs"
NAIP, SENTINEL = "collections/naip/collection.yaml", "collections/sentinel-2-l2a/collection.yaml"
COMMENT_LIMIT = 65_536

pytestmark = pytest.mark.slow


@pytest.fixture
def catalog(tmp_path: Path) -> Folder:
    """The example project as its main branch declares it, applied to an emulated catalog that has imagery."""
    shutil.copytree(EXAMPLES, tmp_path / "specs", ignore=shutil.ignore_patterns(".pcsync"))
    expiry = (datetime.now(UTC) + timedelta(days=6)).strftime("%Y-%m-%dT00:00:00Z")
    folder = Folder(tmp_path / "specs", {"IMAGERY_SAS": f"sp=rl&se={expiry}&sv=2022-11-02&sr=c&sig=bm90LWEtc2VjcmV0"})
    assert folder.run("apply", "--yes", "--no-checks").code == 0
    subprocess.run([sys.executable, "sample_items.py"], cwd=folder.path, check=True, capture_output=True)
    return folder


def edit(folder: Folder, file: str, before: str, after: str) -> None:
    """One edit of a manifest, in one place of it."""
    text = (folder.path / file).read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{file} was to have one {before!r}"
    folder.write(file, text.replace(before, after))


def branch(folder: Folder) -> None:
    """A colour map, an expression, a mosaic filter and a thumbnail change; one more option changes its text but not its pixels."""
    edit(folder, NAIP, "colormap_name: rdylgn", "colormap_name: viridis")
    edit(folder, SENTINEL, "expression: (B8A-B11)/(B8A+B11)", "expression: (B03-B08)/(B03+B08)")
    edit(folder, NAIP, 'interval: ["2021-01-01", "2021-12-31T23:59:59Z"]', 'interval: ["2019-01-01", "2019-12-31T23:59:59Z"]')
    shutil.copy(folder.path / "collections/naip/thumbnail.png", folder.path / "collections/elevation-10m/thumbnail.png")
    edit(folder, NAIP, 'asset_bidx: "image|1,2,3"}', 'asset_bidx: "image|1,2,3", resampling: nearest}')


def test_a_branch_is_seen_before_it_is_applied_and_checked_after(catalog: Folder) -> None:
    branch(catalog)

    planned = catalog.run("plan", "--preview", "--out", "plan.json", "-o", "text", "-o", "html=report.html", "-o", "markdown=comment.md")
    drawn = catalog.run("preview", "plan.json", "-o", "json").json["comparisons"]
    applied = catalog.run("apply", "plan.json")
    again = catalog.run("plan", "--detailed-exitcode")

    assert (planned.code, applied.code, again.code) == (0, 0, 0), planned.err + applied.err + applied.out
    changed = {it["address"]: it["changed"] for it in drawn}
    assert changed.pop("collection/naip/render-option/natural-color") == 0.0
    assert set(changed) == {
        "collection/naip/render-option/ndvi",
        "collection/sentinel-2-l2a/render-option/ndwi",
        "collection/naip/mosaic/flights-2021",
        "collection/elevation-10m/asset/thumbnail",
    }
    assert min(changed.values()) > 0.5
    assert "4 look different, 1 identical" in planned.out
    report, comment = ((catalog.path / name).read_text(encoding="utf-8") for name in ("report.html", "comment.md"))
    digest = json.loads((catalog.path / "plan.json").read_text())["pcsync"]["digest"]
    assert report.count("data:image/") >= 2 * len(drawn)
    assert digest in report
    assert digest in comment
    assert "| 100 % |" in comment
    assert len(comment) < COMMENT_LIMIT
    assert "FAILED" not in applied.out
    assert "ok      ndvi draws something" in applied.out


def test_a_wrong_rescale_is_applied_and_caught_by_a_check_with_its_picture(catalog: Folder) -> None:
    edit(catalog, NAIP, 'rescale: "-1,1"', 'rescale: "5,9"')

    applied = catalog.run("apply", "--yes", "-o", "text", "-o", "html=report.html")
    checked = catalog.run("check", "--only", "collection/naip", "-o", "json")

    assert (applied.code, checked.code) == (7, 7), applied.err + checked.err
    assert "FAILED  ndvi draws something" in applied.out
    wrong = [it for it in checked.json["results"] if it["verdict"] == "failed"]
    assert [it["address"] for it in wrong] == ["collection/naip/render-option/ndvi"]
    assert wrong[0]["picture"]["remark"] == "blank"
    assert visible_colours(wrong[0]["picture"]) == 1
    assert wrong[0]["picture"]["content"] in (catalog.path / "report.html").read_text(encoding="utf-8")


def visible_colours(picture: dict[str, Any]) -> int:
    from PIL import Image

    image = Image.open(io.BytesIO(base64.b64decode(picture["content"]))).convert("RGBA")
    return len({colour[:3] for _, colour in image.getcolors(maxcolors=image.width * image.height) if colour[3]})
