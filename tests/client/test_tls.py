"""Over TLS both wires believe the same authorities."""

from __future__ import annotations

import asyncio
import ssl

import pytest
import trustme

from pcsync.client.auth import StaticToken
from pcsync.client.endpoint import Endpoint
from pcsync.client.errors import ConnectionFailedError
from pcsync.client.http import Catalog, proxy_of
from pcsync.core.resource import Call
from tests.client.script import raw
from tests.client.time_machine import TimeMachine


@pytest.fixture
async def authority():
    return trustme.CA()


@pytest.fixture
async def origin(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(raw(b'{"id": "naip"}'))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(connected, "localhost", 0, ssl=context)
    yield f"https://localhost:{server.sockets[0].getsockname()[1]}"
    server.close()


async def test_an_authority_named_in_the_environment_is_believed(origin, authority, tmp_path, monkeypatch):
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    async with Catalog(origin, StaticToken("t")) as catalog:
        assert await catalog.get("/stac") == {"id": "naip"}
        assert await catalog.send(Call("DELETE", "/stac/collections/naip/assets/a")) == {"id": "naip"}


async def test_a_stranger_is_not_talked_to_and_not_asked_twice(origin):
    time = TimeMachine()
    async with Catalog(origin, StaticToken("t"), clock=time.clock) as catalog:
        for work in (catalog.get("/stac"), catalog.send(Call("POST", "/stac/collections", {}))):
            with pytest.raises(ConnectionFailedError, match=r"(?i)certificate") as caught:
                await work
            assert "SSL_CERT_FILE" in caught.value.fix
    assert time.slept == []


@pytest.mark.parametrize(
    ("endpoint", "proxy"),
    [("https://contoso.example", "http://proxy.example:3128"), ("https://inside.example", None), ("https://localhost:1", None)],
)
def test_the_environments_proxy_is_used_except_where_it_says_so(endpoint, proxy, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "inside.example")

    assert proxy_of(Endpoint.parse(endpoint)) == proxy


@pytest.mark.parametrize("reads", [True, False])
async def test_a_request_goes_through_the_proxy(reads, monkeypatch):
    heard: list[bytes] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0])
        writer.write(raw(b"{}", "502 Bad Gateway"))
        await writer.drain()
        writer.transport.abort()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    monkeypatch.delenv("no_proxy", raising=False)
    async with Catalog("https://contoso.example", clock=TimeMachine().clock) as catalog:
        with pytest.raises(ConnectionFailedError):
            await (catalog.get("/stac") if reads else catalog.send(Call("POST", "/stac/collections", {})))
    server.close()

    assert set(heard) == {b"CONNECT contoso.example:443 HTTP/1.1"}
