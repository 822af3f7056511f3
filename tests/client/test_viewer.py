"""Looking at a catalog: any answer is an answer, and nothing but a question is ever posted."""

from __future__ import annotations

import httpx
import orjson
import pytest

from pcsync.client.auth import StaticToken
from pcsync.client.http import Catalog
from pcsync.core.errors import UsageError
from tests.client.script import CANARY, Pieces, listening
from tests.client.time_machine import TimeMachine


def answered(status: str, media_type: str, body: bytes) -> Pieces:
    yield f"HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body


async def test_a_refused_tile_is_an_answer_with_its_text_not_an_error():
    def answer(line: str) -> Pieces:
        return answered("404 Not Found", "application/json; charset=utf-8", b'{"detail":"no assets"}')

    async with listening(answer) as origin, Catalog(origin, StaticToken(CANARY), clock=TimeMachine().clock) as catalog:
        look = await catalog.viewer().look("/data/mosaic/collections/naip/tiles/1/0/0")

    assert (look.status, look.media_type, look.content) == (404, "application/json", b'{"detail":"no assets"}')


async def test_a_question_is_posted_as_json_and_its_answer_brought_back():
    seen: list[tuple[str, str, bytes]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append((request.method, request.url.path, request.content))
        return httpx.Response(200, json={"searchid": "abc"})

    async with Catalog("http://localhost", transport=httpx.MockTransport(answer), clock=TimeMachine().clock) as catalog:
        look = await catalog.viewer().look("/data/mosaic/register", {"collections": ["naip"]})

    assert orjson.loads(look.content) == {"searchid": "abc"}
    assert seen == [("POST", "/data/mosaic/register", b'{"collections":["naip"]}')]


@pytest.mark.parametrize(
    "path",
    [
        "/stac/collections",
        "/inma/ingestion-sources",
        "/sas/token/revoke",
        "/stac/search/../collections",
        "/stac/searches",
        "/stac/search\n",
    ],
)
async def test_a_post_that_could_change_the_catalog_is_never_sent(path):
    def answer(request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"{request.method} {request.url} was sent")

    async with Catalog("http://localhost", transport=httpx.MockTransport(answer), clock=TimeMachine().clock) as catalog:
        with pytest.raises((ValueError, UsageError), match=r"takes no question|another place"):
            await catalog.viewer().look(path, {})
