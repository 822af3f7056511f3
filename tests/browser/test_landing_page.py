"""The page of `pcsync emulate` in a real browser: it lists what the catalog holds and draws it, and asks nobody else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.browser.conftest import Open
from tests.cli.test_emulate import emulating
from tests.harness import Folder

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "catalog-specs"
SAS = "sv=2024-11-04&sr=c&sp=rl&se=2099-01-01T00:00:00Z&sig=bm90LWEtc2VjcmV0"
RED_OPTION = {"id": "red", "name": "Red", "type": "raster-tile", "options": "assets=image&asset_bidx=image|1,2,3", "minZoom": 2}
HOSTILE = "</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def address(executable: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served catalog: the examples, and one collection with an item whose pixels are red."""
    folder = tmp_path_factory.mktemp("catalog")
    shutil.copytree(EXAMPLES, folder / "examples", ignore=shutil.ignore_patterns(".pcsync"))
    project = Folder(folder / "examples", {"PCSYNC_ENDPOINT": "emulator:catalog.sqlite", "IMAGERY_SAS": SAS})
    ran = project.run("apply", "--yes", "--only", "collection/naip", "--only", "collection/land-cover")
    assert ran.code == 0, ran.err
    seed(folder / "seed")
    with emulating(
        "--db", str(folder / "examples" / "catalog.sqlite"), "--seed-from", str(folder / "seed"), "--read", str(folder / "seed")
    ) as url:
        yield url


def seed(folder: Path) -> None:
    """A collection with one red item, and a name that would be markup if it were not text."""
    pytest.importorskip("rio_tiler")
    from tests.emulator.tiler import cogs

    folder.mkdir()
    href = cogs.write(folder / "red.tif", cogs.flat(255, 0, 0))
    extent = {"spatial": {"bbox": [list(cogs.BOX)]}, "temporal": {"interval": [["2022-01-01T00:00:00Z", None]]}}
    collection = {"type": "Collection", "id": "red", "stac_version": "1.0.0", "title": HOSTILE, "description": HOSTILE}
    rest = {"license": "proprietary", "links": [], "extent": extent, "item_assets": {"image": {"type": cogs.GEOTIFF}}}
    location = {"zoom": 8, "coordinates": [41.0, 11.0]}
    files = {
        "collection.json": {**collection, **rest},
        "configurations.json": {
            "tileSettings": {"minZoom": 2, "maxItemsPerTile": 35, "defaultLocation": location},
            "mosaicInfo": {"renderOptions": [RED_OPTION], "mosaics": [{"id": "all", "name": "All", "cql": []}]},
        },
        "item.json": cogs.item("scene", {"image": href}, collection="red"),
    }
    for name, document in files.items():
        (folder / name).write_text(json.dumps(document))


async def test_it_lists_every_collection_with_its_render_options(window: Open, address: str) -> None:
    shown = await window()
    await shown.page.goto(address)
    await shown.page.get_by_text("3 collections.").wait_for()

    assert await shown.page.locator("#collections > li").count() == 3
    assert await shown.page.get_by_role("button", name="Natural color").count() == 1
    assert shown.errors == []
    assert shown.strangers(address) == []


async def test_the_map_draws_the_pixels_of_the_chosen_render_option(window: Open, address: str) -> None:
    shown = await window()
    await shown.page.goto(address)
    await shown.page.get_by_role("button", name="Red", exact=True).click()
    await shown.page.locator("body[data-drawn=red]").wait_for()
    middle = await shown.page.locator("#map canvas").screenshot()

    assert rgb_in_the_middle(middle) == (255, 0, 0)
    assert shown.errors == []
    assert shown.strangers(address) == []


def rgb_in_the_middle(png: bytes) -> tuple[int, ...]:
    with Image.open(BytesIO(png)) as picture:
        pixel = picture.convert("RGB").getpixel((picture.width // 2, picture.height // 2))
    assert isinstance(pixel, tuple)
    return tuple(int(value) for value in pixel)


async def test_the_keyboard_alone_chooses_a_render_option(window: Open, address: str) -> None:
    shown = await window()
    await shown.page.goto(address)
    await shown.page.get_by_role("button", name="Red", exact=True).focus()
    await shown.page.keyboard.press("Enter")

    await shown.page.locator("body[data-drawn=red]").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_has_nothing_against_it(window: Open, address: str, scheme: str) -> None:
    shown = await window(color_scheme=scheme)
    await shown.page.goto(address)
    await shown.page.get_by_role("button", name="Red", exact=True).click()
    await shown.page.locator("body[data-drawn=red]").wait_for()

    assert await shown.violations() == []


async def test_names_of_the_catalog_are_text(window: Open, address: str) -> None:
    shown = await window()
    await shown.page.goto(address)
    await shown.page.get_by_text("3 collections.").wait_for()

    assert await shown.page.get_by_role("heading", name=HOSTILE).count() == 1
    assert await shown.page.locator("#collections img").count() == 0
    assert shown.errors == []
