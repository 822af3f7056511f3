"""A page in a browser, and what it did behind the reader's back: errors it wrote, addresses it asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Page, Request, WebSocket

PATIENCE = 30_000  # milliseconds until something that never appears is given up


@dataclass
class Window:
    """One page with a context of its own. ``errors`` and ``asked`` (URLs) grow while it lives."""

    page: Page
    errors: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note every error and request from now on."""
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: self.errors.append(f"dialog: {dialog.message}"))
        self.page.on("request", self._requested)
        self.page.on("websocket", self._connected)

    def _heard(self, message: ConsoleMessage) -> None:
        driver = "GL Driver Message" in message.text  # a screenshot of WebGL is slow: the driver's opinion, not the page's
        if message.type in ("error", "warning") and not driver:
            self.errors.append(f"{message.type}: {message.text}")

    def _requested(self, request: Request) -> None:
        self.asked.append(request.url)

    def _connected(self, socket: WebSocket) -> None:
        self.asked.append(socket.url)

    def strangers(self, *own: str) -> list[str]:
        """The addresses asked that begin with none of these and are not part of the page itself."""
        return [url for url in self.asked if not url.startswith((*own, "data:", "blob:"))]

    async def violations(self) -> list[str]:
        """What axe-core has against the page as it stands: rule, then the elements it is about."""
        from axe_playwright_python.async_playwright import Axe

        found: list[dict[str, Any]] = (await Axe().run(self.page)).response["violations"]
        return [f"{rule['id']}: {node['target']} {node.get('failureSummary', '')}" for rule in found for node in rule["nodes"]]

    async def picture(self, path: Path) -> None:
        """The whole page as a PNG, to look at."""
        await self.page.screenshot(path=path, full_page=True)


async def opened(browser: Browser, **context: Any) -> Window:
    """A fresh window; ``context`` as Playwright's new_context takes it (viewport, color_scheme, java_script_enabled)."""
    made = await browser.new_context(**context)
    made.set_default_timeout(PATIENCE)
    window = Window(await made.new_page())
    window.watch()
    return window
