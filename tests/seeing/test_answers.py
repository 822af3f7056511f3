"""What is said of an answer that is no picture."""

from __future__ import annotations

import pytest

from pcsync.core.state import Look
from pcsync.seeing.answers import picture_of, reason
from pcsync.seeing.pixels import UnreadablePictureError


@pytest.mark.parametrize(
    ("look", "words"),
    [
        (
            Look(404, "application/json", b'{"error": {"code": "ResourceNotFound", "message": "There is\\n no data here"}}'),
            "404 There is no data here",
        ),
        (Look(400, "application/json", b'{"detail": "rescale must be two numbers"}'), "400 rescale must be two numbers"),
        (Look(422, "application/json", b'{"detail": [{"loc": ["query"], "msg": "x"}]}'), "422 [{'loc': ['query'], 'msg': 'x'}]"),
        (Look(500, "application/problem+json", b'{"title": "Oops", "status": 500}'), "500 Oops"),
        (Look(502, "text/html", b"<html>" + bytes(5000)), "502 an HTML page of 5,006 bytes"),
        (Look(503, "text/plain", b"busy"), "503 busy"),
        (Look(204, "", b""), "204 nothing is there"),
        (Look(500, "", b""), "500"),
        (Look(500, "application/json", b"[1, 2]"), "500 [1, 2]"),
        (Look(500, "application/octet-stream", b"\xff\x00"), "500 application/octet-stream"),
        (Look(500, "text/plain", b"x" * 5000), f"500 {'x' * 300}"),
    ],
)
def test_a_refusal_is_told_in_the_services_own_words_on_one_line(look: Look, words: str) -> None:
    assert reason(look) == words
    with pytest.raises(UnreadablePictureError) as refused:
        picture_of(look, "/data/x")
    assert refused.value.what == words


def test_an_answer_of_200_that_is_no_picture_is_refused_by_its_type() -> None:
    with pytest.raises(UnreadablePictureError, match="no picture but application/json"):
        picture_of(Look(200, "application/json", b"{}"), "/data/x")


def test_no_token_of_a_signed_address_is_repeated() -> None:
    said = b"403 on /vsicurl/https://acct.blob.core.windows.net/data/a.tif?sv=2024&sig=PLANTED%2B&se=2026 (sig=PLANTED) %26sig%3DPLANTED"
    words = reason(Look(500, "text/plain", said))

    assert "PLANTED" not in words
    assert words == "500 403 on /vsicurl/https://acct.blob.core.windows.net/data/a.tif?… (sig=… %26sig%3D…"
