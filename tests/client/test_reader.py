"""Both ways of reading keep one contract, on a real port."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import orjson
import pytest

from pcsync.client.auth import StaticToken
from pcsync.client.errors import ApiError, ConnectionFailedError
from pcsync.client.http import Catalog, Limits
from pcsync.client.policy import RetryRule
from pcsync.core.errors import DeadlineError, ServiceError
from tests.client.script import CANARY, HANG_UP, Pieces, listening, raw
from tests.client.time_machine import TimeMachine

COLLECTIONS = [{"id": f"c{number}", "title": "Größe },{", "links": [{"rel": "self"}]} for number in range(50)]
LISTING = orjson.dumps({"collections": COLLECTIONS, "links": []})
Reading = Callable[..., "AsyncIterator[Catalog]"]


@pytest.fixture(params=["aiohttp", "httpx"])
def reading(request):
    """A catalog on a port that answers as told, read over one wire or the other."""

    @asynccontextmanager
    async def opened(answer: Callable[[str], Pieces], pause: float = 0.0, **options) -> AsyncIterator[Catalog]:
        transport = httpx.AsyncHTTPTransport() if request.param == "httpx" else None
        async with (
            listening(answer, pause) as origin,
            Catalog(origin, StaticToken(CANARY), transport=transport, **{"clock": TimeMachine().clock} | options) as catalog,
        ):
            yield catalog

    return opened


def chunked(body: bytes, size: int) -> Pieces:
    """A chunked answer in pieces of ``size`` bytes."""
    yield b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    for start in range(0, len(body), size):
        piece = body[start : start + size]
        yield b"%x\r\n%s\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


async def collect(catalog: Catalog, found: list[object]) -> None:
    async for member in catalog.members("/stac/collections", "collections"):
        found.append(member)


async def test_a_body_is_decoded_and_the_path_goes_out_as_it_was_written(reading):
    heard: list[str] = []

    def answer(line: str) -> Pieces:
        heard.append(line)
        return [raw(b'{"id": "a/b"}')]

    async with reading(answer) as catalog:
        assert await catalog.reader().get("/stac/collections/a%2Fb%3A%20c?sign=false") == {"id": "a/b"}

    assert heard == ["GET /stac/collections/a%2Fb%3A%20c?sign=false&api-version=2026-04-15 HTTP/1.1"]


async def test_absence_is_none(reading):
    async with reading(lambda _: [raw(b'{"error":{"code":"ResourceNotFound","message":"x"}}', "404 Not Found")]) as catalog:
        assert await catalog.get("/stac/collections/none") is None


async def test_a_page_for_people_proves_no_absence(reading):
    page = b"HTTP/1.1 404 Not Found\r\ncontent-type: text/html\r\ncontent-length: 4\r\n\r\nnope"
    async with reading(lambda _: [page]) as catalog:
        with pytest.raises(ApiError, match="HTML"):
            await catalog.get("/stac/collections/none")


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"id": "nai', b"\x1f\x8b", b"\xff", b"null", b"[" * 100_000])
async def test_what_is_not_json_is_an_error_and_not_an_absence(reading, body):
    async with reading(lambda _: [raw(body)]) as catalog:
        with pytest.raises(ServiceError) as caught:
            await catalog.get("/stac/collections/naip")

    assert caught.value.where == "GET /stac/collections/naip"


@pytest.mark.parametrize("size", [1, 7, 1000, 100_000])
async def test_a_listing_streams_however_it_is_chunked(reading, size):
    async with reading(lambda _: chunked(LISTING, size)) as catalog:
        assert [member async for member in catalog.reader().members("/stac/collections", "collections")] == COLLECTIONS
        assert (await catalog.get("/stac/collections"))["collections"] == COLLECTIONS


async def test_a_compressed_answer_is_read(reading):
    packed = raw(gzip.compress(LISTING), headers=["content-encoding: gzip"])
    async with reading(lambda _: [packed[:200], packed[200:]]) as catalog:
        assert [member async for member in catalog.members("/stac/collections", "collections")] == COLLECTIONS
        assert (await catalog.get("/stac/collections"))["collections"] == COLLECTIONS


async def test_a_broken_compression_is_an_error(reading):
    packed = raw(b"\x1f\x8b\x08\x00 no gzip at all", headers=["content-encoding: gzip"])
    async with reading(lambda _: [packed], rule=RetryRule(attempts=2)) as catalog:
        with pytest.raises(ServiceError):
            await catalog.get("/stac/collections")


async def test_a_listing_that_breaks_off_is_an_error_after_the_members_that_came(reading):
    cut = raw(LISTING)[: len(raw(LISTING)) // 2]
    found: list[object] = []
    async with reading(lambda _: [cut, HANG_UP]) as catalog:
        with pytest.raises(ServiceError, match="broke off"):
            await collect(catalog, found)

    assert found == COLLECTIONS[: len(found)]


async def test_a_listing_that_is_shorter_than_its_json_is_an_error(reading):
    async with reading(lambda _: [raw(LISTING[:-20])]) as catalog:
        with pytest.raises(ServiceError, match="breaks off"):
            _ = [member async for member in catalog.members("/stac/collections", "collections")]


async def test_a_listing_that_fails_is_told_with_the_catalogs_words(reading):
    async with reading(lambda _: [raw(b'{"error":{"code":"Broken","message":"no"}}', "400 Bad Request")]) as catalog:
        with pytest.raises(ApiError, match="400 Broken - no"):
            _ = [member async for member in catalog.members("/stac/collections", "collections")]


async def test_a_listing_may_be_left_in_the_middle(reading):
    async with reading(lambda _: chunked(LISTING, 100), pause=0.001) as catalog:
        members = catalog.members("/stac/collections", "collections")
        assert await anext(members) == COLLECTIONS[0]
        await members.aclose()


async def test_a_listing_under_way_takes_no_slot_from_the_other_reads(reading):
    def answer(line: str) -> Pieces:
        return chunked(LISTING, 100) if "/collections?" in line else [raw(b'{"id": "x"}')]

    async with reading(answer, limits=Limits(concurrency=1)) as catalog:
        found = [
            await asyncio.wait_for(catalog.get(f"/stac/{m['id']}"), 5) async for m in catalog.members("/stac/collections", "collections")
        ]

    assert len(found) == 50


async def test_a_dropped_connection_is_made_again(reading):
    heard: list[str] = []

    def answer(line: str) -> Pieces:
        heard.append(line)
        return [raw(b'{"id": "naip"}')[:-3], HANG_UP] if len(heard) < 3 else [raw(b'{"id": "naip"}')]

    async with reading(answer) as catalog:
        assert await catalog.get("/stac/collections/naip") == {"id": "naip"}
    assert len(heard) == 3


async def test_a_catalog_that_always_hangs_up_is_an_error(reading):
    async with reading(lambda _: [HANG_UP], rule=RetryRule(attempts=3)) as catalog:
        with pytest.raises(ConnectionFailedError, match="GET /stac"):
            await catalog.get("/stac")


async def test_what_is_not_http_is_an_error(reading):
    async with reading(lambda _: [b"SSH-2.0-OpenSSH_9.2\r\n\r\n", HANG_UP], rule=RetryRule(attempts=2)) as catalog:
        with pytest.raises(ServiceError):
            await catalog.get("/stac")


async def test_an_answer_that_never_comes_is_a_deadline(reading):
    limits, rule = Limits(read=0.05), RetryRule(attempts=2)
    async with reading(lambda _: [], limits=limits, rule=rule) as catalog:
        with pytest.raises(DeadlineError):
            await catalog.get("/stac")


async def test_an_answer_that_stops_in_the_middle_is_a_deadline(reading):
    limits, rule = Limits(read=0.05), RetryRule(attempts=2)
    async with reading(lambda _: [raw(LISTING)[:500]], limits=limits, rule=rule) as catalog:
        with pytest.raises(DeadlineError):
            await catalog.get("/stac")
        with pytest.raises(ServiceError, match="broke off"):
            _ = [member async for member in catalog.members("/stac/collections", "collections")]


async def test_an_answer_larger_than_the_cap_is_an_error(reading):
    async with reading(lambda _: chunked(LISTING, 500), limits=Limits(body=1000)) as catalog:
        with pytest.raises(ServiceError, match="larger than 1,000 bytes"):
            await catalog.get("/stac/collections")


async def test_odata_pages_are_merged(reading):
    def answer(line: str) -> Pieces:
        if "$skip=2" in line:
            return [raw(b'{"value":[3]}')]
        return [raw(b'{"value":[1,2],"nextLink":"/inma/ingestion-sources?$skip=2&api-version=old"}')]

    async with reading(answer) as catalog:
        assert await catalog.get("/inma/ingestion-sources") == {"value": [1, 2, 3]}
        assert [member async for member in catalog.members("/inma/ingestion-sources", "value")] == [1, 2, 3]


async def test_stac_pages_are_merged_and_their_tokens_kept(reading):
    heard: list[str] = []

    def answer(line: str) -> Pieces:
        heard.append(line.split()[1])
        following = {"rel": "next", "method": "GET", "href": "/stac/collections?sign=false&token=next%3A1"}
        last = "token=" in line
        links = [{"rel": "self", "href": "/"}] + ([] if last else [following])
        return [raw(orjson.dumps({"collections": [{"id": "b" if last else "a"}], "links": links}))]

    async with reading(answer) as catalog:
        assert await catalog.get("/stac/collections?sign=false") == {
            "collections": [{"id": "a"}, {"id": "b"}],
            "links": [{"rel": "self", "href": "/"}],
        }
        assert [member["id"] async for member in catalog.members("/stac/collections?sign=false", "collections")] == ["a", "b"]
    assert heard[1] == "/stac/collections?sign=false&token=next:1&api-version=2026-04-15"


@pytest.mark.parametrize("path", ["/stac/collections/naip/items?limit=1", "/inma/operations?$top=1"])
async def test_a_page_that_was_asked_for_is_not_followed_by_all_the_others(reading, path):
    body = b'{"features":[1],"value":[1],"nextLink":"/x","links":[{"rel":"next","href":"/x"}]}'
    async with reading(lambda _: [raw(body)]) as catalog:
        assert (await catalog.get(path))["value"] == [1]


async def test_pages_in_a_circle_are_an_error(reading):
    async with reading(lambda _: [raw(b'{"value":[1],"nextLink":"/inma/operations?$skip=1"}')]) as catalog:
        with pytest.raises(ServiceError, match="circle"):
            await catalog.get("/inma/operations")
        with pytest.raises(ServiceError, match="circle"):
            _ = [member async for member in catalog.members("/inma/operations", "value")]


async def test_a_page_on_another_host_is_not_asked_for(reading):
    async with reading(lambda _: [raw(b'{"value":[1],"nextLink":"https://evil.example/"}')]) as catalog:
        with pytest.raises(ServiceError, match="another host"):
            await catalog.get("/inma/operations")


async def test_nobody_listening_is_an_error(reading):
    async with reading(lambda _: []) as catalog:
        origin = catalog.endpoint.url
    async with Catalog(origin, clock=TimeMachine().clock) as catalog:
        with pytest.raises(ConnectionFailedError):
            await catalog.get("/stac")


async def test_planning_cannot_write():
    async with Catalog("https://contoso.example") as catalog:
        assert [name for name in dir(catalog.reader()) if not name.startswith("_")] == ["content", "get", "members"]


async def test_bytes_are_read_as_they_are(reading):
    async with reading(lambda line: [raw(b"\x89PNG")] if "naip" in line else [raw(b"{}", "404 Not Found")]) as catalog:
        assert await catalog.reader().content("/stac/collections/naip/thumbnail") == b"\x89PNG"
        assert await catalog.reader().content("/stac/collections/none/thumbnail") is None
