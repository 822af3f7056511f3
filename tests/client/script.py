"""Catalogs that follow a script: in process for what is said, on a real port for how it arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from pcsync.client.http import Catalog
from tests.client.time_machine import TimeMachine

ORIGIN = "https://contoso.example"
CANARY = "canary-7f3a9c0d5e"
Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


@dataclass
class Script:
    """Answers in order, the last one again and again; ``heard`` are the requests that came."""

    answers: list[Answer]
    heard: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.heard.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):  # a fresh one each time: a response's stream can be read once
            headers = [(name, value) for name, value in answer.headers.multi_items() if name != "content-length"]
            return httpx.Response(answer.status_code, headers=headers, content=answer.content)
        return answer(request)

    @property
    def calls(self) -> list[str]:
        return [f"{request.method} {request.url.raw_path.decode()}" for request in self.heard]


def scripted(*answers: Answer, time: TimeMachine | None = None, **options: Any) -> tuple[Catalog, Script]:
    """A catalog whose every answer is written down, and the script it follows."""
    script = Script(list(answers))
    clock = (time or TimeMachine()).clock
    return Catalog(ORIGIN, transport=httpx.MockTransport(script), clock=clock, **options), script


HANG_UP = b""
"""A piece of an answer that is the end of the connection."""
Pieces = Iterable[bytes]


@asynccontextmanager
async def listening(answer: Callable[[str], Pieces], pause: float = 0.0) -> AsyncIterator[str]:
    """The origin of a real port. ``answer`` turns a request's first line into the raw pieces to send."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                for piece in answer(head.split(b"\r\n")[0].decode()):
                    if piece == HANG_UP:
                        return
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(pause)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def raw(body: bytes, status: str = "200 OK", headers: Sequence[str] = ()) -> bytes:
    """A whole answer as it goes over the wire."""
    lines = [f"HTTP/1.1 {status}", "content-type: application/json", f"content-length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
