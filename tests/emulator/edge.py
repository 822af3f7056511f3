"""What programs written for Azure find at the edge of the network: a token endpoint, and a proxy that is the public web.

Both are reached through environment variables that azure-identity, urllib and requests read anyway; nothing in the
programs is touched.
"""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme

SECRET = "planted-identity-header"
FAR = 4_102_444_800
"""The year 2100, in seconds."""


class Tokens(BaseHTTPRequestHandler):
    """The managed identity endpoint of App Service: a token for whoever sends the secret."""

    def do_GET(self) -> None:
        known = self.headers.get("X-IDENTITY-HEADER") == SECRET
        token = {"access_token": "planted", "expires_on": str(FAR), "resource": "r", "token_type": "Bearer"}
        _answer(self, 200 if known else 403, json.dumps(token).encode() if known else b"{}", "application/json")

    def log_message(self, format: str, *args: object) -> None:
        pass


def _answer(handler: BaseHTTPRequestHandler, status: int, content: bytes, kind: str) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


@contextmanager
def token_endpoint() -> Iterator[dict[str, str]]:
    """The environment in which DefaultAzureCredential finds a managed identity."""
    with _served(Tokens) as port:
        yield {"IDENTITY_ENDPOINT": f"http://127.0.0.1:{port}/token", "IDENTITY_HEADER": SECRET}


@contextmanager
def public_web(pages: Mapping[str, bytes], authority: Path) -> Iterator[dict[str, str]]:
    """The environment in which https URLs answer with these bytes, everything else with 404; the loopback stays as it is.

    authority: where the certificate goes that clients have to trust.
    """
    issuer = trustme.CA()
    authority.write_bytes(issuer.cert_pem.bytes())

    class Proxy(BaseHTTPRequestHandler):
        """Ends TLS itself, as the proxies of companies do."""

        def do_CONNECT(self) -> None:
            host = self.path.partition(":")[0]
            self.send_response(200)
            self.end_headers()
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            issuer.issue_cert(host).configure_cert(context)
            with context.wrap_socket(self.connection, server_side=True) as inside:
                path = inside.recv(65_536).split(b" ")[1].decode()
                content = pages.get(f"https://{host}{path}")
                status = "404 Not Found" if content is None else "200 OK"
                body = content or b""
                inside.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    with _served(Proxy) as port:
        yield {"HTTPS_PROXY": f"http://127.0.0.1:{port}", "NO_PROXY": "127.0.0.1,localhost"}


@contextmanager
def _served(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
