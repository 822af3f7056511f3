"""One request and all its attempts."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from pcsync.client.errors import (
    ApiError,
    ConflictError,
    ConnectionFailedError,
    LostResponseError,
    NotFoundError,
    ThrottledError,
)
from pcsync.client.http import Limits
from pcsync.core.errors import DeadlineError, ServiceError
from pcsync.core.resource import Call
from tests.client.script import scripted
from tests.client.time_machine import TimeMachine

OK = httpx.Response(200, json={"ok": True})
POST = Call("POST", "/inma/ingestion-sources", {})
PUT = Call("PUT", "/stac/collections/naip", {})
DELETE = Call("DELETE", "/inma/ingestion-sources/1")


def status(code: int, **headers: str) -> httpx.Response:
    return httpx.Response(
        code, json={"error": {"code": "Busy", "message": "later"}}, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


@pytest.mark.parametrize("trouble", [status(500), status(502), status(503), status(408), httpx.ConnectError("x"), httpx.ReadError("x")])
async def test_a_read_survives_passing_trouble(trouble):
    catalog, script = scripted(trouble, trouble, OK)

    assert await catalog.get("/stac") == {"ok": True}
    assert len(script.heard) == 3


@pytest.mark.parametrize("trouble", [status(429, retry_after="0"), httpx.ConnectError("refused"), httpx.ConnectTimeout("slow")])
async def test_a_post_is_sent_again_when_the_catalog_has_not_taken_it(trouble):
    catalog, script = scripted(trouble, httpx.Response(201, json={"id": "1"}))

    assert await catalog.send(POST) == {"id": "1"}
    assert len(script.heard) == 2


@pytest.mark.parametrize(
    "trouble", [httpx.ReadError("reset"), httpx.RemoteProtocolError("closed"), httpx.ReadTimeout("slow"), status(502), status(504)]
)
async def test_a_post_whose_answer_was_lost_is_sent_once_and_says_look_first(trouble):
    catalog, script = scripted(trouble)

    with pytest.raises(LostResponseError) as caught:
        await catalog.send(POST)

    assert len(script.heard) == 1
    assert "look" in caught.value.fix
    assert caught.value.where == "POST /inma/ingestion-sources"


async def test_a_put_that_never_gets_a_clear_answer_is_unknown_too():
    catalog, script = scripted(httpx.ReadError("reset"))

    with pytest.raises(LostResponseError):
        await catalog.send(PUT)
    assert len(script.heard) == 6


async def test_a_repeated_delete_that_finds_nothing_has_done_its_work():
    catalog, _ = scripted(httpx.ReadError("reset"), status(404))

    assert await catalog.send(DELETE) is None


async def test_a_first_delete_that_finds_nothing_says_so():
    catalog, _ = scripted(status(429), status(404))

    with pytest.raises(NotFoundError):
        await catalog.send(DELETE)


async def test_a_catalog_that_nobody_can_reach_is_an_error_that_names_the_way_out():
    catalog, script = scripted(httpx.ConnectError("[Errno 111] refused"))

    with pytest.raises(ConnectionFailedError, match="refused") as caught:
        await catalog.get("/stac")

    assert len(script.heard) == 6
    assert "endpoint" in caught.value.fix


async def test_an_untrusted_certificate_is_told_at_once():
    catalog, script = scripted(httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"))

    with pytest.raises(ConnectionFailedError) as caught:
        await catalog.get("/stac")

    assert len(script.heard) == 1
    assert "SSL_CERT_FILE" in caught.value.fix


async def test_a_read_that_times_out_for_good_ends_as_a_deadline():
    catalog, _ = scripted(httpx.ReadTimeout("slow"))

    with pytest.raises(DeadlineError) as caught:
        await catalog.get("/stac")
    assert caught.value.exit_code == 9


async def test_a_retry_after_is_waited_for():
    time = TimeMachine()
    catalog, _ = scripted(status(429, retry_after="17"), OK, time=time)
    await catalog.get("/stac")

    assert 17 <= time.now - 1000 < 18


async def test_a_retry_after_of_a_day_is_not_waited_for():
    time = TimeMachine()
    catalog, _ = scripted(status(429, retry_after="86400"), time=time)

    with pytest.raises(ThrottledError) as caught:
        await catalog.get("/stac")

    assert time.now - 1000 <= 300
    assert caught.value.retryable


async def test_one_throttled_request_makes_all_the_others_wait():
    time = TimeMachine()
    sent: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(time.now)
        return status(429, retry_after="30") if len(sent) == 1 else httpx.Response(200, json={})

    catalog, _ = scripted(answer, time=time, limits=Limits(concurrency=2))
    await asyncio.gather(*(catalog.get(f"/stac/collections/{number}") for number in range(10)))

    assert len([moment for moment in sent if moment < 1030]) <= 2
    assert len(sent) == 11


async def test_ten_thousand_requests_do_not_each_wait_for_a_dead_catalog():
    catalog, script = scripted(httpx.ConnectError("refused"), limits=Limits(concurrency=8))

    async def read(number: int) -> bool:
        with pytest.raises(ConnectionFailedError):
            await catalog.get(f"/stac/collections/{number}")
        return True

    assert all(await asyncio.gather(*(read(number) for number in range(500))))
    assert len(script.heard) < 100


async def test_stac_redirects_to_its_slash_and_keeps_the_query():
    catalog, script = scripted(httpx.Response(307, headers={"location": "/stac/?sign=false&api-version=2026-04-15"}), OK)

    assert await catalog.get("/stac?sign=false") == {"ok": True}
    assert script.calls == ["GET /stac?sign=false&api-version=2026-04-15", "GET /stac/?sign=false&api-version=2026-04-15"]


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_a_write_follows_no_redirect(code):
    catalog, script = scripted(httpx.Response(code, headers={"location": "/stac/collections/"}))

    with pytest.raises(ServiceError, match="redirect"):
        await catalog.send(PUT)
    assert len(script.heard) == 1


async def test_redirects_in_a_circle_end():
    catalog, script = scripted(httpx.Response(302, headers={"location": "/stac"}))

    with pytest.raises(ServiceError, match="redirect"):
        await catalog.get("/stac")
    assert len(script.heard) == 6


@pytest.mark.parametrize(("code", "kind"), [(404, NotFoundError), (409, ConflictError), (400, ApiError), (501, ApiError), (413, ApiError)])
async def test_an_error_answer_is_an_error_of_its_own_kind_and_is_not_repeated(code, kind):
    catalog, script = scripted(status(code))

    with pytest.raises(kind) as caught:
        await catalog.send(PUT)

    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.code, caught.value.retryable) == (code, "Busy", False)
    assert str(caught.value).startswith(f"PUT /stac/collections/naip: {code} Busy - later")
    assert len(script.heard) == 1
