"""pcsync preview and plan --preview as their user meets them, on an emulated catalog with pictures in it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.harness import Folder

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")

OPTION = {"id": "grey", "name": "Grey", "type": "raster-tile", "options": {"assets": "columns", "rescale": "0,255"}}
COLOURED = {**OPTION, "options": {**OPTION["options"], "colormap_name": "viridis"}}  # type: ignore[dict-item]
STAC = {
    "type": "Collection",
    "stac_version": "1.0.0",
    "description": "d",
    "license": "proprietary",
    "extent": {"spatial": {"bbox": [[10, 40, 12, 42]]}, "temporal": {"interval": [["2020-01-01T00:00:00Z", None]]}},
    "links": [],
    "item_assets": {"columns": {"title": "Columns", "type": "image/tiff"}},
}


def manifest(*options: Any, **sections: Any) -> dict[str, Any]:
    return {"apiVersion": "pcsync/v1", "kind": "Collection", "id": "naip", "stac": STAC, "renderOptions": list(options), **sections}


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("rio_tiler")
    from tests.emulator.tiler import cogs

    folder = tmp_path_factory.mktemp("cogs")
    cogs.write(folder / "columns.tif", cogs.columns())
    return folder / "columns.tif"


@pytest.fixture
def folder(tmp_path: Path, picture: Path) -> Folder:
    """A project that was applied, with an item on its catalog and a colour map in its manifest that nobody applied yet."""
    made = Folder(tmp_path)
    made.project(manifests=["collections"])
    made.write("collections/naip.yaml", manifest(OPTION))
    applied = made.run("apply", "--yes")
    assert applied.code == 0, applied.err
    asyncio.run(_add_item(tmp_path / ".pcsync" / "local.sqlite", picture))
    made.write("collections/naip.yaml", manifest(COLOURED))
    return made


async def _add_item(database: Path, picture: Path) -> None:
    import httpx

    from pcsync.emulator import Settings, create_app
    from tests.emulator.catalog import BASE, Catalog
    from tests.emulator.tiler import cogs

    app = create_app(database, Settings(read_folders=[picture.parent]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE) as http:
        reply = await http.post(
            "/stac/collections/naip/items?api-version=2026-04-15", json=cogs.item("scene", {"columns": picture.as_uri()})
        )
        assert (await Catalog(app, http).operation(reply))["status"] == "Succeeded"
    app.close()


def index(folder: Folder, name: str = ".pcsync/preview") -> Any:
    return json.loads((folder.path / name / "index.json").read_text())


def test_a_preview_says_what_looks_different_and_keeps_the_pictures(folder: Folder) -> None:
    ran = folder.run("preview")
    (shown,) = index(folder)["comparisons"]

    assert ran.code == 0
    assert "naip: Grey" in ran.out
    assert "1 layer looked at: 1 looks different" in ran.out
    assert shown["changed"] > 0.5
    assert shown["place"]["why"] == "item scene"
    names = [shown["before"]["file"], shown["after"]["file"], shown["mask"]]
    assert names == [f"001-naip-grey-{side}.png" for side in ("before", "after", "mask")]
    for name in names:
        with Image.open(folder.path / ".pcsync" / "preview" / name) as image:
            assert image.size == (512, 512)


def test_a_preview_of_nothing_says_so(folder: Folder) -> None:
    folder.write("collections/naip.yaml", manifest(OPTION))
    ran = folder.run("preview", "--out", "seen")

    assert (ran.code, ran.out) == (0, "Nothing of this plan can be seen on the map.\n")
    assert index(folder, "seen")["comparisons"] == []


def test_a_preview_writes_nothing_to_the_catalog(folder: Folder) -> None:
    before = folder.run("plan", "-o", "json").json
    folder.run("preview")

    assert folder.run("plan", "-o", "json").json == before


def test_the_digest_of_a_plan_does_not_depend_on_its_pictures(folder: Folder) -> None:
    without, beside = folder.run("plan", "-o", "json"), folder.run("plan", "--preview", "-o", "json")

    assert without.out == beside.out
    assert index(folder)["plan_digest"] == without.json["pcsync"]["digest"]


def test_a_saved_plan_can_be_looked_at_and_applied(folder: Folder) -> None:
    folder.run("plan", "--preview", "--out", "plan.json")
    looked = folder.run("preview", "plan.json", "-o", "json")

    assert looked.code == 0
    assert looked.json["comparisons"][0]["changed"] == index(folder)["comparisons"][0]["changed"]
    assert folder.run("apply", "plan.json").code == 0


def test_the_comment_has_scores_and_says_where_the_pictures_are(folder: Folder) -> None:
    ran = folder.run("plan", "--preview", "-o", "markdown")

    assert "### Before and after (1)" in ran.out
    assert "1 layer looked at: 1 looks different." in ran.out
    assert "a comment cannot hold them" in ran.out
    assert "data:image" not in ran.out
    assert "Before and after" not in folder.run("plan", "-o", "markdown").out


def test_the_report_holds_the_pictures_themselves(folder: Folder) -> None:
    pytest.importorskip("pcsync.render.html")
    folder.run("plan", "--preview", "-o", "html=report.html")
    page = (folder.path / "report.html").read_text()

    assert page.count("data:image/png;base64,") >= 3


def test_the_manifest_says_where_to_look_for_fresh_and_saved_plans_alike(folder: Folder) -> None:
    section = {"places": [{"bounds": [10.2, 40.2, 10.6, 40.6]}], "size": 100}
    folder.write("collections/naip.yaml", manifest(COLOURED, preview=section))
    folder.run("plan", "--out", "plan.json")
    fresh, saved = folder.run("preview", "-o", "json").json, folder.run("preview", "plan.json", "-o", "json").json

    for seen in (fresh, saved):
        assert seen["comparisons"][0]["place"] == {"bounds": [10.2, 40.2, 10.6, 40.6], "zoom": 8, "why": "manifest"}
        assert max(seen["comparisons"][0]["before"][side] for side in ("width", "height")) == 100


def test_a_section_that_makes_no_sense_is_refused_where_it_stands(folder: Folder) -> None:
    folder.write("collections/naip.yaml", manifest(COLOURED, preview={"places": [{"zoom": 99, "coordinates": [41.0, 11.0]}]}))
    ran = folder.run("preview")

    assert ran.code == 3
    assert "naip.yaml" in ran.err


def test_pictures_of_an_earlier_preview_go_and_files_of_others_stay(folder: Folder) -> None:
    folder.run("preview")
    stranger = folder.write(".pcsync/preview/notes.txt", "mine")
    folder.write("collections/naip.yaml", manifest({**COLOURED, "name": "Warm"}))
    folder.run("preview")

    names = {path.name for path in (folder.path / ".pcsync" / "preview").iterdir()}
    assert names == {"index.json", "notes.txt", *(f"001-naip-warm-{side}.png" for side in ("before", "after", "mask"))}
    assert stranger.read_text() == "mine"


def test_an_index_that_somebody_wrote_deletes_nothing_else(folder: Folder) -> None:
    mine = folder.write("precious.png", b"mine")
    planted = {"comparisons": [{"mask": "../../precious.png", "before": {"file": "../../precious.png"}, "after": None}]}
    folder.write(".pcsync/preview/index.json", json.dumps(planted))

    assert folder.run("preview").code == 0
    assert mine.read_bytes() == b"mine"


def test_a_collection_that_is_new_has_nothing_to_draw_yet(folder: Folder) -> None:
    more = {**OPTION, "id": "more", "name": "More"}
    folder.write("collections/new.yaml", {**manifest(OPTION, more), "id": "new"})
    ran = folder.run("preview")

    assert "new: 2 layers" in ran.out
    assert "the collection is not on this catalog yet: there is nothing to draw before it has items" in " ".join(ran.out.split())


def test_no_more_pictures_are_drawn_than_allowed(folder: Folder) -> None:
    ran = folder.run("preview", "--max-pictures", "1")

    assert ran.code == 0
    assert "not drawn: the limit of 1 picture was reached" in ran.out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("preview", "nowhere.json"), 1, "nowhere.json: "),
        (("preview", "-o", "sarif"), 64, "sarif cannot show a preview"),
        (("preview", "plan.json", "--only", "collection/naip"), 64, "a saved plan is looked at whole"),
        (("preview", "plan.json", "--endpoint", "emulator:other.sqlite"), 5, "the plan is for"),
    ],
)
def test_what_cannot_be_looked_at_is_refused_in_words(folder: Folder, arguments: tuple[str, ...], code: int, words: str) -> None:
    folder.run("plan", "--out", "plan.json")
    ran = folder.run(*arguments)

    assert ran.code == code
    assert words in ran.err
