"""One headless Chromium for all browser tests of a worker. Skips where there is none, unless PCSYNC_BROWSER_REQUIRED says otherwise."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from tests.browser import chromium

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.browser.window import Window

Open = Callable[..., Awaitable["Window"]]
NONE_FOUND = "no Chromium on this machine: apt-get install chromium, or name one in CHROMIUM"


@pytest.fixture(scope="session")
def executable() -> str:
    """The browser's path."""
    path = chromium.found()
    if path is None:
        (pytest.fail if chromium.required() else pytest.skip)(NONE_FOUND)
    return path


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(executable: str) -> AsyncIterator[Browser]:
    """The running browser."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=executable, headless=True, args=[*chromium.FLAGS])
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="session")
async def window(browser: Browser) -> AsyncIterator[Open]:
    """Opens windows: ``await window(viewport=..., color_scheme="dark")``; they are closed after the test."""
    from tests.browser.window import opened

    made: list[Window] = []

    async def fresh(**context: Any) -> Window:
        made.append(await opened(browser, **context))
        return made[-1]

    yield fresh
    for one in made:
        await one.page.context.close()
