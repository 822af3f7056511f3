"""A catalog whose one item shows a red picture, a picture of its columns, and a hill."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

pytest.importorskip("rio_tiler")

from tests.emulator.catalog import Catalog, open_catalog

from . import cogs


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files that every test may point at."""
    made = tmp_path_factory.mktemp("cogs")
    cogs.write(made / "red.tif", cogs.flat(255, 0, 0))
    cogs.write(made / "columns.tif", cogs.columns())
    cogs.write(made / "hill.tif", cogs.hill())
    cogs.write(made / "one.tif", cogs.flat(100, kind="uint16"))
    cogs.write(made / "three.tif", cogs.flat(300, kind="uint16"))
    return made


@pytest.fixture
async def catalog(folder: Path) -> AsyncIterator[Catalog]:
    """The catalog with its item, and nothing else."""
    async with open_catalog(read_folders=[folder]) as opened:
        await opened.add("naip", item_assets={"image": {"type": cogs.GEOTIFF, "title": "Red"}})
        names = {"image": "red", "columns": "columns", "hill": "hill", "one": "one", "three": "three"}
        assets = {key: (folder / f"{name}.tif").as_uri() for key, name in names.items()}
        await opened.post("/stac/collections/naip/items", cogs.item("scene", assets))
        yield opened
