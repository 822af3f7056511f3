"""What a 202 promised, waited for."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from pcsync.client.errors import LostResponseError, OperationError
from pcsync.client.http import Limits
from pcsync.client.operations import Patience
from pcsync.core.errors import AuthenticationError, DeadlineError
from pcsync.core.resource import Call
from tests.client.script import ORIGIN, Script, scripted
from tests.client.time_machine import TimeMachine

ID = "0ea5f4a2-8c6f-4bd8-9d2d-000000000001"
PLACE = f"{ORIGIN}/inma/operations/{ID}?api-version=2026-04-15"
CREATE = Call("POST", "/stac/collections", {"id": "naip"})


def state(status: str, code: int = 200, **more: Any) -> httpx.Response:
    headers = {name.replace("_", "-"): more.pop(name) for name in [*more] if name in ("retry_after",)}
    return httpx.Response(code, json={"id": ID, "status": status, "statusHistory": [], **more}, headers=headers)


def accepted(status: str = "Pending", **headers: str) -> httpx.Response:
    return httpx.Response(202, json={"id": ID, "status": status}, headers={k.replace("_", "-"): v for k, v in headers.items()})


LOCATED = accepted(operation_location=PLACE, location=PLACE)


async def sent(*answers: httpx.Response, time: TimeMachine | None = None, **options: Any) -> tuple[Any, Script]:
    catalog, script = scripted(*answers, time=time, **options)
    async with catalog:
        return await catalog.send(CREATE), script


@pytest.mark.parametrize("headers", [{"operation_location": PLACE}, {"location": PLACE}, {"location": f"/inma/operations/{ID}"}, {}])
@pytest.mark.parametrize("word", ["Succeeded", "succeeded", "Finished", "FINISHED"])
async def test_an_operation_is_waited_for_wherever_it_is_named_and_however_success_is_spelt(headers, word):
    done, script = await sent(accepted(**headers), state("Pending"), state("Running"), state(word))

    assert done["status"] == word
    assert script.calls[1:] == [f"GET /inma/operations/{ID}?api-version=2026-04-15"] * 3


async def test_an_operation_that_is_done_at_once_is_not_asked_about():
    _, script = await sent(accepted("Succeeded", location=PLACE))

    assert len(script.heard) == 1


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"error": {"error": {"code": "ItemSizeExceeded", "message": "too big"}}}, "ItemSizeExceeded", "too big"),
        ({"error": {"code": "Flat", "message": "m"}}, "Flat", "m"),
        (
            {
                "error": None,
                "statusHistory": [
                    {"status": "Running", "errorCode": "Old"},
                    {"status": "Failed", "errorCode": "New", "errorMessage": "n"},
                    {"status": "Failed"},
                ],
            },
            "New",
            "n",
        ),
        ({"error": "odd", "statusHistory": "odd"}, "", "gives no reason"),
    ],
)
@pytest.mark.parametrize("word", ["Failed", "Canceled", "canceled"])
async def test_a_failure_is_told_though_the_answer_says_200(body, code, message, word):
    with pytest.raises(OperationError, match=message) as caught:
        await sent(LOCATED, state(word, **body))

    assert (caught.value.code, caught.value.operation) == (code, ID)
    assert caught.value.where == "POST /stac/collections"


async def test_canceling_and_words_nobody_knows_are_waited_out():
    done, _ = await sent(LOCATED, state("Canceling"), state("Resting"), state("Succeeded"))

    assert done["status"] == "Succeeded"


async def test_an_operation_that_never_ends_is_a_deadline_that_names_it():
    time = TimeMachine()
    with pytest.raises(DeadlineError, match=f"{ID} is still Canceling") as caught:
        await sent(LOCATED, state("Canceling"), time=time, patience=Patience(deadline=60))

    assert time.now - 1000 <= 60
    assert caught.value.exit_code == 9
    assert ID in caught.value.fix


async def test_polling_is_quick_first_and_grows_to_some_seconds():
    time = TimeMachine()
    await sent(LOCATED, *[state("Running")] * 30, state("Succeeded"), time=time)

    assert time.slept[0] == 0.1
    assert time.slept == sorted(time.slept)
    assert time.slept[-1] == 5


async def test_polling_waits_as_long_as_the_catalog_asks_within_reason():
    time = TimeMachine()
    await sent(
        accepted(location=PLACE, retry_after="7"), state("Running", retry_after="9000"), state("Running"), state("Succeeded"), time=time
    )

    assert time.slept[:2] == [7, 60]
    assert time.slept[2] < 1


@pytest.mark.parametrize("place", ["https://evil.example/op", "http://contoso.example/inma/operations/1", "//evil.example/"])
async def test_no_token_is_sent_to_a_poll_url_elsewhere(place):
    with pytest.raises(LostResponseError, match="another host"):
        await sent(accepted(operation_location=place))


async def test_a_202_without_a_place_to_ask_is_an_error():
    with pytest.raises(LostResponseError, match="does not say where"):
        await sent(httpx.Response(202))


async def test_an_operation_may_take_a_moment_to_appear():
    missing = httpx.Response(404, json={"error": {"code": "ResourceNotFound", "message": "x"}})
    done, _ = await sent(LOCATED, missing, missing, state("Succeeded"))
    assert done["status"] == "Succeeded"

    with pytest.raises(LostResponseError, match="404"):
        await sent(LOCATED, missing)


@pytest.mark.parametrize("trouble", [httpx.ConnectError("gone"), httpx.Response(500)])
async def test_an_operation_nobody_can_ask_about_any_more_may_still_have_been_done(trouble):
    with pytest.raises(LostResponseError, match="accepted the request") as caught:
        await sent(LOCATED, trouble)

    assert caught.value.where == "POST /stac/collections"


async def test_losing_access_while_waiting_is_an_authentication_error():
    with pytest.raises(AuthenticationError):
        await sent(LOCATED, httpx.Response(403))


async def test_a_poll_survives_passing_trouble():
    done, _ = await sent(LOCATED, httpx.Response(503), httpx.Response(502), state("Succeeded"))

    assert done["status"] == "Succeeded"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"status": 5}', b"{}"])
async def test_a_poll_that_says_nothing_is_an_error(body):
    with pytest.raises(LostResponseError):
        await sent(LOCATED, httpx.Response(200, content=body))


async def test_waiting_takes_no_slot():
    time, polls = TimeMachine(), 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal polls
        if request.method == "POST":
            return LOCATED
        polls += "/inma/" in request.url.path
        return httpx.Response(200, json={"status": "Succeeded" if polls > 20 else "Running"})

    catalog, _ = scripted(answer, time=time, limits=Limits(concurrency=1))
    operation = asyncio.ensure_future(catalog.send(CREATE))
    for number in range(10):
        await catalog.get(f"/stac/collections/{number}")
    assert not operation.done()
    assert (await operation)["status"] == "Succeeded"


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (httpx.Response(201, json={"id": "x"}), {"id": "x"}),
        (httpx.Response(200), None),
        (httpx.Response(204), None),
        (httpx.Response(200, json=[]), []),
    ],
)
async def test_a_direct_answer_is_taken_as_it_is(answer, body):
    done, script = await sent(answer)

    assert done == body
    assert len(script.heard) == 1
