"""Fixtures of the emulator tests."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from .catalog import Catalog, open_catalog


@pytest.fixture
async def catalog() -> AsyncIterator[Catalog]:
    """An empty catalog in memory."""
    async with open_catalog() as opened:
        yield opened


@pytest.fixture
async def naip(catalog: Catalog) -> Catalog:
    """A catalog with one collection, `naip`."""
    await catalog.add("naip")
    return catalog


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of recorded exchanges and route tables."""
    default = Path(__file__).parents[2].parent / "shared" / "reference"
    folder = Path(os.environ.get("PCSYNC_REFERENCE", default))
    if not (folder / "recorded-exchanges.json").exists():
        pytest.skip(f"no recorded exchanges in {folder}; set PCSYNC_REFERENCE")
    return folder
