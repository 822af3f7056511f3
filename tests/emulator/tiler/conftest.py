"""A catalog whose one item shows a red picture, a picture of its columns, and a hill."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.emulator.catalog import Catalog, open_catalog

ASSETS = ("image", "columns", "hill", "one", "three")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files that every test may point at. Skips where pixels cannot be had."""
    pytest.importorskip("rio_tiler")
    from . import cogs

    made = tmp_path_factory.mktemp("cogs")
    cogs.write(made / "image.tif", cogs.flat(255, 0, 0))
    cogs.write(made / "columns.tif", cogs.columns())
    cogs.write(made / "hill.tif", cogs.hill())
    cogs.write(made / "one.tif", cogs.flat(100, kind="uint16"))
    cogs.write(made / "three.tif", cogs.flat(300, kind="uint16"))
    return made


@pytest.fixture
async def scene(folder: Path) -> AsyncIterator[Catalog]:
    """The catalog with its item, `scene`."""
    from . import cogs

    async with open_catalog(read_folders=[folder]) as opened:
        await opened.add("naip", item_assets={"image": {"type": cogs.GEOTIFF, "title": "Red"}})
        assets = {name: (folder / f"{name}.tif").as_uri() for name in ASSETS}
        await opened.post("/stac/collections/naip/items", cogs.item("scene", assets))
        yield opened
