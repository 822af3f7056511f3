"""JSON Schemas from the sites that publish them: by https, from hosts that are known, small, and within a time.

What a collection names may be anything, so no address is asked that is not on a known host, through redirects neither.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from pcsync.core.errors import PcsyncError

HOSTS = frozenset({"stac-extensions.github.io", "schemas.stacspec.org", "geojson.org", "proj.org"})
"""Where STAC extensions, and what they refer to, are published."""
MAX_BYTES = 2 * 2**20
MAX_REDIRECTS = 5
SECONDS = 30.0  # for one schema, redirects included
STEP_SECONDS = 10.0  # to connect, and between two pieces
GONE = (404, 410)


class SchemaUnavailableError(PcsyncError):
    """A schema that could not be had, and what to do about it."""


def site(transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """A client for such sites: no cookies to speak of, no redirects by itself; proxies and certificates of the environment count."""
    return httpx.Client(transport=transport, timeout=STEP_SECONDS, follow_redirects=False, headers={"Accept": "application/json"})


def schema_at(client: httpx.Client, url: str, hosts: Collection[str] = HOSTS) -> Any:
    """The decoded JSON at a URL. Raises SchemaUnavailableError."""
    until, asked = time.monotonic() + SECONDS, url
    for _ in range(MAX_REDIRECTS + 1):
        require_known(asked, url, hosts)
        try:
            with client.stream("GET", asked) as response:
                if response.has_redirect_location:
                    asked = urljoin(asked, response.headers["location"])
                    continue
                _require_found(response, url)
                return _decoded(_content(response, url, until), url)
        except (httpx.HTTPError, httpx.InvalidURL) as wrong:
            fix = "fetch where there is a network, and copy or commit the folder; validate then needs none"
            raise SchemaUnavailableError(f"{urlsplit(asked).netloc} cannot be reached: {wrong}", where=url, fix=fix) from wrong
    raise SchemaUnavailableError(f"more than {MAX_REDIRECTS} redirects", where=url, fix="name the schema's own URL")


def require_known(asked: str, url: str, hosts: Collection[str]) -> None:
    """Raises SchemaUnavailableError for an address that is not asked."""
    try:
        parts = urlsplit(asked)
        _ = parts.port
    except ValueError:
        raise SchemaUnavailableError("this is no URL", where=url, fix="write https://HOST/PATH/schema.json") from None
    led = "" if asked == url else f"it leads to {asked}, and "
    if parts.scheme != "https" or parts.username is not None:
        raise SchemaUnavailableError(f"{led}schemas are fetched by https only", where=url, fix="name the schema by its https URL")
    if parts.netloc.lower() not in hosts:
        fix = f"if you trust it: --allow-host {parts.netloc}"
        raise SchemaUnavailableError(f"{led}{parts.netloc} is no known host of schemas", where=url, fix=fix)


def _require_found(response: httpx.Response, url: str) -> None:
    if response.status_code in GONE:
        fix = "compare the URL with the extension's page: name and version"
        raise SchemaUnavailableError(f"there is no such schema ({response.status_code})", where=url, fix=fix)
    if response.status_code != 200:
        raise SchemaUnavailableError(f"the site answered {response.status_code}", where=url, fix="try again later")


def _content(response: httpx.Response, url: str, until: float) -> bytes:
    content = bytearray()
    for piece in response.iter_bytes():
        content += piece
        if len(content) > MAX_BYTES:
            raise SchemaUnavailableError(f"it has more than {MAX_BYTES // 2**20} MiB", where=url, fix="this is hardly a schema")
        if time.monotonic() > until:
            raise SchemaUnavailableError(f"it did not come within {SECONDS:.0f} seconds", where=url, fix="try again later")
    return bytes(content)


def _decoded(content: bytes, url: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise SchemaUnavailableError("what came is no JSON", where=url, fix="a proxy or a sign-in page may have answered") from None
