"""A token appears nowhere but in the Authorization header."""

from __future__ import annotations

import traceback

import httpx
import pytest

from pcsync.client.auth import EntraToken, StaticToken
from pcsync.client.wire import Reply, Request
from pcsync.core.errors import PcsyncError
from pcsync.core.resource import Call
from tests.client.script import CANARY, scripted

QUOTING = httpx.Response(400, json={"error": {"code": CANARY, "message": f"Authorization: Bearer {CANARY}; token={CANARY}"}})
TROUBLES = [
    QUOTING,
    httpx.Response(401, text=f"no such token {CANARY}", headers={"www-authenticate": f"Bearer {CANARY}"}),
    httpx.Response(307, headers={"location": f"https://evil.example/?sig={CANARY}"}),
    httpx.Response(200, text=f"not json {CANARY}"),
    httpx.Response(504, text=CANARY),
    httpx.ReadError(f"while sending Bearer {CANARY}"),
]


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_no_error_no_log_and_no_repr_shows_the_token(trouble, caplog):
    caplog.set_level("DEBUG")
    catalog, script = scripted(trouble, auth=StaticToken(CANARY))
    texts = [repr(catalog), repr(catalog.reader()), repr(StaticToken(CANARY)), repr(EntraToken(lambda: CANARY))]

    for work in (lambda: catalog.get("/stac/collections/naip"), lambda: catalog.send(Call("POST", "/stac/collections", {}))):
        with pytest.raises(PcsyncError) as caught:
            await work()
        texts += [str(caught.value), repr(caught.value), str(vars(caught.value)), *traceback.format_exception(caught.value)]

    assert script.heard[0].headers["authorization"] == f"Bearer {CANARY}"
    assert [text for text in (*texts, caplog.text) if CANARY in text] == []


def test_a_request_and_its_answer_do_not_print_what_they_carry():
    request = Request("POST", "https://contoso.example/x", "POST /x", {"authorization": CANARY}, CANARY.encode())
    reply = Reply(400, httpx.Headers(), CANARY.encode(), request, hidden=(CANARY,))

    assert CANARY not in f"{request!r} {reply!r}"
