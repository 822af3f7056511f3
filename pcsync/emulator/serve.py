"""The emulator on a port. uvicorn and trustme are imported only here, inside the functions that need them."""

import gc
import ipaddress
import json
import logging
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .app import GeoCatalog, create_app
from .seed import Seeded, seed
from .settings import Settings

if TYPE_CHECKING:
    import uvicorn

API_VERSION = "2026-04-15"
LogFormat = Literal["text", "json", "none"]
SDK = """\
  from azure.core.pipeline.policies import SansIOHTTPPolicy
  from azure.planetarycomputer import PlanetaryComputerProClient
"""
"""Imports of the official SDK's client; a policy that adds nothing to a request stands for the sign-in, which plain http forbids."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files: of the throw-away authority (for clients) and of the server."""

    authority: Path
    chain: Path


def serve(
    database: str | os.PathLike[str],
    settings: Settings,
    host: str = "127.0.0.1",
    port: int = 8080,
    tls: bool = False,
    log: LogFormat = "text",
    seed_from: Path | None = None,
) -> None:
    """Serves one catalog until SIGINT or SIGTERM; open requests are finished first.

    port 0 takes a free one. tls writes a throw-away certificate authority and says how clients trust it. log: one line
    per request on stderr as text or JSON, or none. seed_from: a folder as `pcsync.emulator.seed` loads it, before anything is served.

    Raises OSError when the address is taken, seed.SeedError for a file that cannot be loaded.
    """
    gc.set_threshold(
        100_000, 50, 100
    )  # a FeatureCollection is a million objects that all stay: looking for rubbish among them costs a fifth
    if seed_from is not None:
        settings = replace(settings, read_folders=(*settings.read_folders, seed_from))
    app = create_app(database, settings)
    try:
        if seed_from is not None:
            print(loaded(seed(app.world, seed_from)), file=sys.stderr, flush=True)
        with _listening(host, port) as listener, _certificate(host, tls) as certificate:
            url = f"{'https' if tls else 'http'}://{_authority(host, listener.getsockname()[1])}"
            _server(app, certificate, log, warning(host) + greeting(url, os.fspath(database), certificate)).run(sockets=[listener])
    finally:
        app.close()


def loaded(seeded: Seeded) -> str:
    """What a seed brought, in a line."""
    kept = f", left alone: {', '.join(seeded.untouched)}" if seeded.untouched else ""
    return f"Loaded {len(seeded.collections)} collections and {seeded.items} items{kept}"


def warning(host: str) -> str:
    """What who listens on more than the loopback has to know; "" on the loopback."""
    try:
        alone = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name: who it leads to is not known
        alone = False
    return "" if alone else f"Everybody who reaches {host} may read, change and replace this catalog: the emulator checks no token\n"


def greeting(url: str, database: str, certificate: Certificate | None) -> str:
    """How to point pcsync, the SDK and curl at the emulator."""
    trust = ""
    if certificate is not None:
        trust = f"  export SSL_CERT_FILE={certificate.authority} REQUESTS_CA_BUNDLE={certificate.authority}\n"
    curl = f"curl {f'--cacert {certificate.authority} ' if certificate else ''}'{url}/stac/collections?api-version={API_VERSION}'"
    return (
        f"GeoCatalog emulator at {url} (database {database}), stop with Ctrl-C\n{trust}"
        f"  pcsync plan --endpoint {url}\n"
        f"{SDK}  client = PlanetaryComputerProClient({url!r}, object(), authentication_policy=SansIOHTTPPolicy())\n"
        f"  {curl}"
    )


def _server(app: GeoCatalog, certificate: Certificate | None, log: LogFormat, said: str) -> "uvicorn.Server":
    """said: what is printed as soon as connections are answered, so that a script that waits for it may connect."""
    import uvicorn

    class Server(uvicorn.Server):
        """Ends by returning: uvicorn would raise the signal anew and leave files behind."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            print(said, file=sys.stderr, flush=True)

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
            try:
                yield
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)

    _log_to_stderr(log)
    chain = certificate.chain if certificate else None
    config = uvicorn.Config(app, ssl_certfile=chain, timeout_graceful_shutdown=10, log_config=None, access_log=log != "none")
    config.server_header = False
    return Server(config)


class JsonLines(logging.Formatter):
    """One JSON object per line; requests as client, method, path and status."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {"time": self.formatTime(record), "level": record.levelname.lower()}
        if record.name == "uvicorn.access" and isinstance(record.args, tuple) and len(record.args) == 5:
            client, method, path, _, status = record.args
            return json.dumps({**line, "client": client, "method": method, "path": path, "status": status})
        return json.dumps({**line, "message": record.getMessage()})


def _log_to_stderr(log: LogFormat) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if log == "json" else logging.Formatter("%(message)s"))
    for name, level in (("uvicorn.error", logging.WARNING), ("uvicorn.access", logging.INFO)):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """A bound socket, so that a taken port fails before anything is printed.

    The protocol is named because asyncio turns Nagle's algorithm off only then; without it every answer waits 40 ms.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        yield listener


@contextmanager
def _certificate(host: str, wanted: bool) -> Iterator[Certificate | None]:
    """A certificate for the host and localhost from a throw-away authority; its files live as long as the server."""
    if not wanted:
        yield None
        return
    import trustme

    authority = trustme.CA()
    issued = authority.issue_cert(*dict.fromkeys((host, "localhost", "127.0.0.1", "::1")))
    with tempfile.TemporaryDirectory(prefix="geocatalog-emulator-") as folder:
        files = Certificate(Path(folder, "ca.pem"), Path(folder, "server.pem"))
        authority.cert_pem.write_to_path(str(files.authority))
        issued.private_key_and_cert_chain_pem.write_to_path(str(files.chain))
        files.chain.chmod(0o600)
        yield files


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
