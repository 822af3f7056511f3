"""The emulator as a process: start-up line, TLS, log, clean end, quick start."""

from __future__ import annotations

import json
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from pcsync.emulator import Settings
from pcsync.emulator.serve import serve, warning

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from pcsync.emulator import Settings
from pcsync.emulator.serve import serve
serve(sys.argv[1], Settings(), port=0, tls=sys.argv[2] == "tls", log=sys.argv[3])
"""


@contextmanager
def served(database: Path, tls: str = "plain", log: str = "text") -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and what it said when it started."""
    arguments = [sys.executable, "-c", PROGRAM, str(database), tls, log]
    process = subprocess.Popen(arguments, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = ""
    while "curl" not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    try:
        yield process, said
    finally:
        process.terminate()
        process.communicate(timeout=10)


def _url(said: str) -> str:
    found = re.search(r"https?://127\.0\.0\.1:\d+", said)
    assert found
    return found[0]


def _ask(url: str, verify: ssl.SSLContext | bool = True) -> httpx.Response:
    """Once: what printed the address answers."""
    return httpx.get(f"{url}/stac/conformance?api-version=2026-04-15", verify=verify)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_emulator_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    database = tmp_path / "catalog.sqlite"
    with served(database, "tls") as (process, said):
        folder = Path(re.search(r"SSL_CERT_FILE=(\S+)", said)[1]).parent  # type: ignore[index]
        _ask(_url(said), ssl.create_default_context(cafile=str(folder / "ca.pem")))
        process.send_signal(number)

        assert process.wait(10) == 0
        assert not folder.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["catalog.sqlite"]


def test_the_start_up_lines_say_how_to_use_it(tmp_path: Path) -> None:
    with served(tmp_path / "catalog.sqlite") as (_, said):
        url = _url(said)

        assert f"pcsync plan --endpoint {url}" in said
        snippet = "\n".join(line.strip() for line in said.splitlines() if "azure" in line or "client =" in line)
        asked = subprocess.run(
            [sys.executable, "-c", f"{snippet}\nprint(client.stac.get_collections().collections)"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (asked.stdout.strip(), asked.stderr) == ("[]", "")
        assert f"curl '{url}/stac/collections?api-version=2026-04-15'" in said
        assert "SSL_CERT_FILE" not in said


@pytest.mark.parametrize(
    ("host", "open_to_others"), [("127.0.0.1", False), ("localhost", False), ("::1", False), ("192.0.2.7", True), ("me", True)]
)
def test_an_address_that_others_reach_is_warned_of(host: str, open_to_others: bool) -> None:
    assert bool(warning(host)) is open_to_others


def test_with_tls_the_authority_that_it_names_is_the_one_to_trust(tmp_path: Path) -> None:
    with served(tmp_path / "catalog.sqlite", "tls") as (_, said):
        authority = re.search(r"SSL_CERT_FILE=(\S+) REQUESTS_CA_BUNDLE=(\S+)", said)
        assert authority
        reply = _ask(_url(said), ssl.create_default_context(cafile=authority[1]))

        assert (reply.status_code, authority[1]) == (200, authority[2])
        with pytest.raises(httpx.ConnectError):
            httpx.get(_url(said))


def test_the_json_log_is_one_object_per_request(tmp_path: Path) -> None:
    with served(tmp_path / "catalog.sqlite", log="json") as (process, said):
        _ask(_url(said))
        assert process.stderr is not None
        line = json.loads(process.stderr.readline())

        assert (line["method"], line["path"], line["status"]) == ("GET", "/stac/conformance?api-version=2026-04-15", 200)


def test_an_answer_does_not_wait_for_the_network(tmp_path: Path) -> None:
    """Nagle's algorithm and delayed acknowledgements together cost 40 ms on every answer of a kept connection."""
    with served(tmp_path / "catalog.sqlite", log="none") as (_, said):
        _ask(_url(said))
        with httpx.Client(base_url=_url(said), params={"api-version": "2026-04-15"}) as http:
            took = []
            for _ in range(15):
                began = time.monotonic()
                http.get("/stac/conformance")
                took.append(time.monotonic() - began)

    assert sorted(took)[7] < 0.035


def test_a_taken_port_fails_before_anything_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            serve(tmp_path / "catalog.sqlite", Settings(), port=taken.getsockname()[1])

    assert capsys.readouterr().err == ""


def test_importing_the_emulator_imports_no_server_and_no_tiler() -> None:
    program = "import sys, pcsync.emulator; print(sorted({'uvicorn', 'trustme', 'rio_tiler', 'httpx', 'pydantic'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "[]"


FIRST_PIXELS = """
import asyncio, sys, threading
import httpx
from pcsync.emulator import create_app

async def main():
    transport = httpx.ASGITransport(app=create_app(":memory:"))
    async with httpx.AsyncClient(transport=transport, base_url="http://x", params={"api-version": "2026-04-15"}) as http:
        pixels = asyncio.ensure_future(http.get("/data/mosaic/collections/naip/tiles/1/1/1.png"))
        await asyncio.sleep(0)
        plain = await http.get("/stac/conformance")
        imported = "rio_tiler.mosaic" in sys.modules
        print(plain.status_code, imported, (await pixels).status_code, "rio_tiler.mosaic" in sys.modules)

asyncio.run(main())
"""


def test_nobody_else_waits_while_the_libraries_of_the_first_picture_are_imported() -> None:
    pytest.importorskip("rio_tiler")
    found = subprocess.run([sys.executable, "-c", FIRST_PIXELS], cwd=ROOT, capture_output=True, text=True, check=True)

    assert found.stdout.split() == ["200", "False", "404", "True"]
