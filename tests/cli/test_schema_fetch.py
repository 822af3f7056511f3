"""``pcsync schema fetch``: the schemas of STAC extensions come from their sites, and validate finds them."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme

from pcsync.client.schemas import MAX_BYTES
from tests.harness import Folder, Ran
from tests.rules.examples import COLLECTION, written

DRAFT = {"$schema": "http://json-schema.org/draft-07/schema#"}
STORE = Path(".pcsync") / "schemas"


@dataclass
class Site:
    """A site on this machine: path to (status, headers, body)."""

    host: str
    certificate: Path
    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def has(self, path: str, schema: Any) -> str:
        """A page of JSON, and its URL."""
        self.pages[path] = (200, {}, schema if isinstance(schema, bytes) else json.dumps(schema).encode())
        return f"https://{self.host}{path}"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The site, served until the test ends."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here.asked.append(self.path)
            status, headers, body = here.pages.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    here = Site(f"localhost:{server.server_port}", tmp_path / "ca.pem")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield here
    server.shutdown()
    thread.join()
    server.server_close()


def naming(path: Path, *urls: str, **environment: str) -> Folder:
    """A project whose collection names these extensions."""
    stac = {**COLLECTION["stac"], "stac_extensions": list(urls)}
    folder = written(path / "project", f"stac: {json.dumps(stac)}\n")
    return Folder(folder.path, {**folder.environment, "NO_PROXY": "localhost", "no_proxy": "localhost", **environment})


def fetched(path: Path, site: Site, *urls: str, arguments: tuple[str, ...] = ()) -> tuple[Folder, Ran]:
    """The project, and what fetching said."""
    folder = naming(path, *urls, SSL_CERT_FILE=str(site.certificate))
    return folder, folder.run("schema", "fetch", "--allow-host", site.host, *arguments)


def rules_of(folder: Folder) -> set[str]:
    """The rules that validate has something to say about."""
    return {it["rule"] for it in folder.run("validate", "-o", "json").json["diagnostics"]}


def test_what_the_collections_name_is_fetched_with_all_it_refers_to_and_validate_finds_it(tmp_path, site) -> None:
    parts = [{"$ref": "parts.json#/definitions/all"}, {"$ref": "#/definitions/own"}]
    url = site.has("/eo/v1/schema.json", {**DRAFT, "allOf": parts, "definitions": {"own": {}}})
    site.has("/eo/v1/parts.json", {**DRAFT, "definitions": {"all": {"required": ["eo:bands"]}}})
    before = rules_of(naming(tmp_path, url))
    folder, ran = fetched(tmp_path, site, url)

    assert ran.code == 0, ran.err
    assert "2 fetched, 0 were there, 0 missing" in ran.out
    assert before == {"stac-not-checked"}
    assert rules_of(folder) == {"stac-extension"}


def test_what_is_there_is_not_asked_for_again_unless_refreshed(tmp_path, site) -> None:
    url = site.has("/eo/v1/schema.json", DRAFT)
    fetched(tmp_path, site, url)
    again = fetched(tmp_path, site, url)[1]
    asked = list(site.asked)
    refreshed = fetched(tmp_path, site, url, arguments=("--refresh",))[1]

    assert "0 fetched, 1 were there" in again.out
    assert asked == ["/eo/v1/schema.json"]
    assert "1 fetched, 0 were there" in refreshed.out


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (b"<html>sign in</html>", "no JSON"),
        ({"$schema": "http://json-schema.org/draft-07/schema#", "type": 5}, "no JSON Schema"),
        (["a", "list"], "no JSON Schema"),
        ({"$schema": "https://elsewhere.example/meta"}, "no JSON Schema"),
        (b" " * (MAX_BYTES + 1), "more than 2 MiB"),
    ],
)
def test_a_good_schema_is_never_overwritten_with_a_bad_one(tmp_path, site, bad, said) -> None:
    url = site.has("/eo/v1/schema.json", {**DRAFT, "required": ["eo:bands"]})
    folder, _ = fetched(tmp_path, site, url)
    kept = folder.path / STORE / site.host / "eo/v1/schema.json"
    before = kept.read_bytes()
    site.has("/eo/v1/schema.json", bad)
    ran = fetched(tmp_path, site, url, arguments=("--refresh",))[1]

    assert ran.code == 1
    assert said in ran.err
    assert kept.read_bytes() == before
    assert list(kept.parent.iterdir()) == [kept]


def test_a_page_that_is_not_there_is_named_with_what_to_do(tmp_path, site) -> None:
    folder, ran = fetched(tmp_path, site, f"https://{site.host}/eo/v9/schema.json")

    assert ran.code == 1
    assert f"https://{site.host}/eo/v9/schema.json: there is no such schema (404)" in ran.err
    assert "compare the URL with the extension's page" in ran.err
    assert rules_of(folder) == {"stac-not-checked"}


@pytest.mark.parametrize(
    "url", ["https://169.254.169.254/latest/schema.json", "https://localhost:1@169.254.169.254/a.json", "file:///etc/passwd"]
)
def test_hosts_that_nobody_named_are_never_asked(tmp_path, url) -> None:
    ran = naming(tmp_path, url).run("schema", "fetch")

    assert ran.code == 1
    assert "no known host" in ran.err or "https only" in ran.err


def test_a_redirect_to_another_host_is_not_followed(tmp_path, site) -> None:
    url = site.has("/eo/v1/schema.json", DRAFT)
    site.pages["/eo/v1/schema.json"] = (302, {"Location": "https://169.254.169.254/schema.json"}, b"")
    ran = fetched(tmp_path, site, url)[1]

    assert ran.code == 1
    assert "it leads to https://169.254.169.254/schema.json, and 169.254.169.254 is no known host" in ran.err


def test_a_redirect_within_the_host_is_followed_but_not_for_ever(tmp_path, site) -> None:
    url = site.has("/new.json", DRAFT).replace("new", "old")
    site.pages["/old.json"] = (301, {"Location": "/new.json"}, b"")
    site.pages["/loop.json"] = (301, {"Location": "/loop.json"}, b"")
    ran = fetched(tmp_path, site, url, f"https://{site.host}/loop.json")[1]

    assert "1 fetched, 0 were there, 1 missing" in ran.out
    assert "more than 5 redirects" in ran.err


def test_without_a_network_it_says_so_and_what_to_do(tmp_path, site) -> None:
    folder = naming(tmp_path, "https://localhost:1/eo/schema.json")
    ran = folder.run("schema", "fetch", "--allow-host", "localhost:1")

    assert ran.code == 1
    assert "localhost:1 cannot be reached" in ran.err
    assert "fetch where there is a network" in ran.err
