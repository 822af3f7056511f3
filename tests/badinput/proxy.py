"""A catalog behind something that spoils its answers: the emulator on a port, with a middleware of our own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pcsync.emulator import Settings, create_app
from tests.emulator.port import on_port

Spoilt = tuple[bytes, dict[str, str]]
"""An answer as it reaches the client: its bytes, and headers that are not as they were."""
QUESTIONS = ("/data/", "/stac/search")
"""What is asked by POST and changes no configuration."""


@dataclass
class Proxy:
    """The catalog of a file; the next so many ``times`` that ``path`` is asked for, the answer is ``spoilt``."""

    url: str = ""
    app: Any = None
    path: str = ""
    spoilt: Spoilt | None = None
    times: int = 0
    answers: dict[str, bytes] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method, path = scope["method"], scope["path"]
        if method != "GET" and not path.startswith(QUESTIONS):
            self.written.append(f"{method} {path}")
        if method == "GET" and path == self.path and self.spoilt and self.times > 0:
            self.times -= 1
            await _answer(send, *self.spoilt)
            return
        body = b""

        async def watch(message: Any) -> None:
            nonlocal body
            body += message.get("body", b"")
            await send(message)

        await self.app(scope, receive, watch)
        if method == "GET":
            self.answers[path] = body

    @contextmanager
    def serving(self, store: Path | None, copy: Path) -> Iterator[None]:
        """A copy of a catalog's file, or a new one, until the end."""
        if store:
            shutil.copy(store, copy)
        self.app = create_app(copy, Settings())
        try:
            yield
        finally:
            self.app.close()
            self.app, self.spoilt, self.times = None, None, 0
            self.answers, self.written = {}, []


async def _answer(send: Any, content: bytes, headers: dict[str, str]) -> None:
    pairs = {"content-type": "application/json", "content-length": str(len(content)), **headers}
    encoded = [(name.encode(), value.encode()) for name, value in pairs.items()]
    await send({"type": "http.response.start", "status": 200, "headers": encoded})
    await send({"type": "http.response.body", "body": content})


@contextmanager
def proxy() -> Iterator[Proxy]:
    """A proxy on a port, with no catalog behind it yet."""
    made = Proxy()
    with on_port(made) as url:
        made.url = url
        yield made
