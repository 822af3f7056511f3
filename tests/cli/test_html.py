"""`-o html[=PATH]` on the commands that have something to show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.test_exit_codes import STAC
from tests.harness import Folder


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    """One collection with one render option."""
    folder = Folder(tmp_path)
    folder.project()
    option = {"id": "red", "name": "Red", "type": "raster-tile", "options": "assets=image&colormap_name=reds"}
    manifest = {"apiVersion": "pcsync/v1", "kind": "Collection", "id": "naip", "stac": STAC, "renderOptions": [option]}
    folder.write("collections/naip.yaml", manifest)
    return folder


def test_plan_show_apply_drift_and_validate_write_a_page(project: Folder) -> None:
    project.run("validate", "-o", "html=validate.html")
    project.run("plan", "--out", "plan.json", "-o", "html=plan.html")
    project.run("show", "plan.json", "-o", "html=show.html")
    applied = project.run("apply", "plan.json", "-o", "html=apply.html", "-o", "text")
    project.run("drift", "-o", "html=drift.html")
    pages = {name: (project.path / f"{name}.html").read_text() for name in ("validate", "plan", "show", "apply", "drift")}

    assert applied.code == 0, applied.err
    assert all(page.startswith("<!doctype html>") and page.count("</html>") == 1 for page in pages.values())
    assert 'id="collection/naip/render-option/red"' in pages["plan"]
    assert digest(pages["show"]) == digest(pages["plan"])
    assert 'id="map"' in pages["plan"]
    assert "2 created" in pages["apply"]
    assert "Nothing to do." in pages["drift"]


def digest(page: str) -> str:
    """What a reviewer copies from a page to approve it."""
    found = re.search('id="digest">([0-9a-f]{64})<', page)
    assert found is not None
    return found[1]


def test_validate_shows_the_source_line_of_a_problem(project: Folder) -> None:
    text = (project.path / "collections/naip.yaml").read_text()
    project.write("collections/naip.yaml", text + "renderOption: []\n")
    ran = project.run("validate", "-o", "html")

    assert ran.code == 3
    assert "| renderOption: []" in ran.out.replace("&#9474;", "|")


def test_a_page_stands_alone_on_stdout(project: Folder) -> None:
    ran = project.run("plan", "-o", "html", "-o", "text")

    assert ran.code == 64
    assert "would be mixed on stdout" in ran.err
