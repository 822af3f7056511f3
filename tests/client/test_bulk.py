"""What people are told where no connection comes about."""

from __future__ import annotations

import socket

import pytest

from pcsync.client.bulk import AiohttpWire
from pcsync.client.wire import Request, WireError


async def test_a_refused_connection_is_told_with_its_host_in_the_systems_own_words():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    wire = AiohttpWire(5.0, 5.0, None, None)

    with pytest.raises(WireError, match=rf"^127\.0\.0\.1:{port}: Connection refused$") as told:
        await wire.open(Request("GET", f"http://127.0.0.1:{port}/stac/", "GET /stac/"))
    await wire.close()

    assert not told.value.sent
