"""What every kind's tests start from."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.kinds.emulated import Emulated, emulated


@pytest.fixture
async def empty() -> AsyncIterator[Emulated]:
    """A catalog with nothing in it."""
    async with emulated() as catalog:
        yield catalog


@pytest.fixture
async def naip(empty: Emulated) -> Emulated:
    """A catalog with the collection naip."""
    await empty.collection()
    return empty
