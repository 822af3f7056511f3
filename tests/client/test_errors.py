"""Error bodies of every back end, told in one way."""

from __future__ import annotations

from typing import Any

import httpx
import orjson
import pytest

from pcsync.client.errors import ApiError, api_error
from pcsync.client.wire import Reply, Request
from pcsync.core.errors import PcsyncError
from tests.client.script import CANARY


def told(body: Any, status: int = 400, secrets: tuple[str, ...] = (), **headers: str) -> PcsyncError:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    request = Request("PUT", "https://contoso.example/x", "PUT /x")
    return api_error(Reply(status, httpx.Headers({k.replace("_", "-"): v for k, v in headers.items()}), raw, request), secrets)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (
            {"error": {"code": "ResourceNotFound", "message": "Collection 'a' not found."}},
            "400 ResourceNotFound - Collection 'a' not found.",
        ),
        (
            {"error": {"code": "Bad", "message": "m", "details": [{"code": "x", "message": "too long", "target": "id"}]}},
            "400 Bad - m (too long)",
        ),
        ({"type": "t", "title": "Not Found", "status": 404, "traceId": "00-ab-01"}, "400 - Not Found (trace 00-ab-01)"),
        ({"title": "Bad", "detail": "why", "errors": {"id": ["too long", "bad"]}}, "400 - Bad: why (id: too long; bad)"),
        ({"detail": "no such route"}, "400 - no such route"),
        ({"detail": [{"loc": ["body", "id"], "msg": "field required"}]}, "400 - body.id: field required"),
        ({"message": "plain"}, "400 - plain"),
        ({"error": "text"}, "400 - text"),
        (["a", "b"], "400 - a; b"),
        (b"Bad gateway", "400 - Bad gateway"),
        (b"<!doctype html><html><body>Hi</body></html>", "400 - an HTML page of 43 bytes, not the catalog's own answer"),
        (b"", "400"),
        (b"\xff\xfe{", "400 - \ufffd\ufffd{"),
        ({"error": {"code": 7, "message": {"lang": "en"}}}, '400 7 - {"lang":"en"}'),
        ({"error": None, "detail": None, "errors": 5}, "400"),
    ],
)
def test_every_shape_of_error_body_is_read(body, what):
    assert told(body).what == what


def test_the_code_may_stand_in_a_header_alone():
    error = told(b"", 409, x_ms_error_code="CollectionConfigChanged", traceparent="00-1-2-01")

    assert isinstance(error, ApiError)
    assert (error.code, error.trace) == ("CollectionConfigChanged", "00-1-2-01")


def test_a_body_is_capped():
    assert len(told({"error": {"code": "x", "message": "y" * 100_000}}).what) < 1000


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"code": "Bad", "message": f'cannot bind {{"sasToken": "sv=1&sig={CANARY}"}}'}},
        {"detail": f"https://a.blob.core.windows.net/c?sig={CANARY}"},
        {"title": "Bad", "errors": {CANARY: [f"Bearer {CANARY}"]}},
        f"the token sp=rl&x={CANARY} is no good".encode(),
        {"error": {"code": CANARY, "message": CANARY}},
    ],
)
def test_a_secret_that_the_catalog_quotes_is_not_shown(body):
    error = told(body, secrets=(f"sp=rl&x={CANARY}", CANARY))

    assert CANARY not in f"{error} {error!r} {error.args} {vars(error)}"
