"""A call on its way out: files, secrets, headers."""

from __future__ import annotations

import hashlib
import json
from email import message_from_bytes
from email.policy import HTTP

import httpx
import pytest

from pcsync.client.errors import ApiError, LostResponseError
from pcsync.client.outgoing import filled
from pcsync.core.errors import StaleError, UsageError
from pcsync.core.resource import Call, Upload
from tests.client.script import CANARY, scripted

OK = httpx.Response(200, json={})
SOURCE = Call(
    "POST",
    "/inma/ingestion-sources",
    {"kind": "SasToken", "connectionInfo": {"containerUrl": "https://a.blob.core.windows.net/c"}},
    secrets=(("/connectionInfo/sasToken", "env:IMAGERY_SAS"),),
)


def parts(request: httpx.Request) -> list[tuple[str, str | None, bytes]]:
    head = b"content-type: " + request.headers["content-type"].encode() + b"\r\n\r\n"
    message = message_from_bytes(head + request.content, policy=HTTP)
    return [
        (part.get_param("name", header="content-disposition"), part.get_filename(), part.get_payload(decode=True))
        for part in message.iter_parts()
    ]


async def test_json_goes_out_with_its_content_type_and_the_api_version():
    catalog, script = scripted(OK)
    call = Call("PATCH", "/inma/collections/naip/ingestions/1", {"displayName": "ü"}, "application/merge-patch+json")
    await catalog.send(call)

    (request,) = script.heard
    assert request.headers["content-type"] == "application/merge-patch+json"
    assert request.headers["user-agent"].startswith("pcsync/")
    assert json.loads(request.content) == {"displayName": "ü"}
    assert request.url.params["api-version"] == "2026-04-15"


async def test_a_call_without_a_body_sends_none():
    catalog, script = scripted(httpx.Response(204))
    await catalog.send(Call("DELETE", "/inma/ingestion-sources/1"))

    assert script.heard[0].content == b""
    assert "content-type" not in script.heard[0].headers


async def test_an_upload_is_the_file_and_then_its_data_as_a_json_text(tmp_path):
    picture = tmp_path / "local.png"
    picture.write_bytes(b"\x89PNG\r\n--x\r\n")
    upload = Upload("local.png", 'thumb "1".png', hashlib.sha256(picture.read_bytes()).hexdigest())
    catalog, script = scripted(httpx.Response(503), OK, files=tmp_path)
    await catalog.send(Call("PUT", "/stac/collections/naip/assets/thumbnail", {"key": "thumbnail", "roles": ["thumbnail"]}, upload=upload))

    assert len(script.heard) == 2
    for request in script.heard:
        (file, name, content), (data, no_name, text) = parts(request)
        assert (file, data, no_name) == ("file", "data", None)
        assert name == "thumb %221%22.png"
        assert content == picture.read_bytes()
        assert json.loads(text) == {"key": "thumbnail", "roles": ["thumbnail"]}


async def test_a_file_that_is_not_the_planned_one_is_not_sent(tmp_path):
    picture = tmp_path / "thumbnail.png"
    picture.write_bytes(b"new")
    catalog, script = scripted(OK, files=tmp_path)
    call = Call("POST", "/stac/collections/naip/assets", {}, upload=Upload("thumbnail.png", "t.png", hashlib.sha256(b"old").hexdigest()))

    with pytest.raises(StaleError, match="not the one that was planned"):
        await catalog.send(call)
    picture.unlink()
    with pytest.raises(StaleError, match="cannot be read"):
        await catalog.send(call)
    assert script.heard == []


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/hostname"])
async def test_a_file_outside_the_project_is_not_sent(tmp_path, path):
    (tmp_path / "secret.txt").write_bytes(b"old")
    catalog, script = scripted(OK, files=tmp_path / "project")
    call = Call("POST", "/stac/collections/naip/assets", {}, upload=Upload(path, "t.png", hashlib.sha256(b"old").hexdigest()))

    with pytest.raises(StaleError, match="outside the project"):
        await catalog.send(call)
    assert script.heard == []


async def test_a_secret_joins_the_body_only_on_the_wire():
    catalog, script = scripted(OK, secrets={"env:IMAGERY_SAS": CANARY}.__getitem__)
    await catalog.send(SOURCE)

    assert json.loads(script.heard[0].content)["connectionInfo"]["sasToken"] == CANARY
    assert CANARY not in f"{SOURCE!r} {catalog!r}"


async def test_a_secret_that_the_catalog_quotes_back_is_not_shown(caplog):
    caplog.set_level("DEBUG")
    answer = httpx.Response(400, json={"error": {"code": "Bad", "message": f"the token {CANARY} has expired"}})
    catalog, _ = scripted(answer, secrets=lambda _: CANARY)

    with pytest.raises(ApiError, match=r"the token \(hidden\) has expired") as caught:
        await catalog.send(SOURCE)
    assert CANARY not in f"{caught.value!r} {vars(caught.value)} {caught.value.__cause__!r} {caplog.text}"


async def test_a_catalog_without_secrets_sends_no_half_filled_body():
    catalog, script = scripted(OK)

    with pytest.raises(UsageError):
        await catalog.send(SOURCE)
    assert script.heard == []


def test_a_secret_lands_at_its_pointer_and_the_planned_body_stays_as_it_was():
    body = {"a/b": [{"x": 1}, {"x": 2}], "keep": 1}

    assert filled(body, [("/a~1b/1/x", "s"), ("/new/deep", "t")]) == {"a/b": [{"x": 1}, {"x": "s"}], "keep": 1, "new": {"deep": "t"}}
    assert body == {"a/b": [{"x": 1}, {"x": 2}], "keep": 1}


async def test_an_answer_to_a_write_that_is_not_json_proves_nothing():
    catalog, _ = scripted(httpx.Response(200, text="<html>", headers={"content-type": "text/html"}))

    with pytest.raises(LostResponseError, match="not JSON"):
        await catalog.send(Call("PUT", "/stac/collections/naip", {}))
