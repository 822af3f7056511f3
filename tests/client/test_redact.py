"""What others say is shown without secrets, and cut."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote

import pytest

from pcsync.client.redact import redact, shown
from tests.client.script import CANARY

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJnZW9jYXRhbG9nIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "text",
    [
        f"https://a.blob.core.windows.net/c?sv=2024&sig={CANARY}&se=2027",
        f"sr=c&SIG={CANARY}",
        f"href=https%3A%2F%2Fa%3Fsig%3D{CANARY}%26se%3D1",
        f'{{"sasToken": "sv=1&sp=rl {CANARY}"}}',
        f'{{"sasToken":"a\\"{CANARY}"}}',
        f"Authorization: Bearer {CANARY}",
        f"cannot connect to http://me:{CANARY}@proxy.example:8080",
    ],
)
def test_a_secret_is_not_shown_wherever_it_stands(text):
    assert CANARY not in redact(text)


def test_a_token_is_not_shown_even_without_its_word():
    assert redact(f"token {TOKEN} is not valid") == "token (hidden) is not valid"


def test_a_secret_given_word_for_word_is_not_shown():
    assert redact(f"bad value {CANARY}!", [CANARY, ""]) == "bad value (hidden)!"


def test_a_text_is_cut_only_after_its_secrets_are_gone():
    text = shown("x" * 590 + f" sig={CANARY}", longest=600)

    assert CANARY[:4] not in text
    assert shown("x" * 1000) == "x" * 600 + "… (1000 characters)"


def test_an_ordinary_text_stays_as_it_is():
    text = "Collection 'design=1' not found. bearer of news https://contoso.example/stac?sign=false"

    assert redact(text) == text


@pytest.mark.parametrize("start", [0, 1, 2])
def test_a_secret_and_its_signature_are_not_shown_in_another_spelling(start):
    signature = "c4n4ry+Signature/0fAToken="
    once = quote(signature, safe="")
    encoded = b64encode(b"." * start + signature.encode() + b"..").decode()
    said = redact(f"{signature} {once} {once.lower()} {quote(once, safe='')} {encoded}", [f"sp=rl&sig={once}"])

    assert "c4n4ry" not in said
    assert b64encode(b"." * start + signature.encode()).decode()[4:-4] not in said


def test_a_text_that_is_no_secret_is_shown_beside_short_ones():
    assert redact("YWJj and abc", ["abc"]) == "YWJj and (hidden)"
