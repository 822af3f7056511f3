"""stac-api-validator without a network: `python offline_validator.py --root-url URL --conformance core ...`.

Addresses of the STAC 1.0.0 and GeoJSON schemas are answered from `stac_schemas`. Extension schemas cannot be had there: they are
answered with `{}`, which accepts everything, and named on stderr at the end.
"""

from __future__ import annotations

import io
import re
import sys
import urllib.request
from pathlib import Path
from typing import Any

import requests
import stac_api_validator.__main__ as validator

SCHEMAS = Path(__file__).parent / "stac_schemas"
STAC = re.compile(r"https?://schemas\.stacspec\.org/v1\.0\.0/(?:item|collection|catalog)-spec/json-schema/(\w+)\.json")
GEOJSON = re.compile(r"https?://geojson\.org/schema/(\w+)\.json")
OUTSIDE = ("stac-extensions.github.io", "schemas.stacspec.org", "geojson.org", "json-schema.org")
unread: set[str] = set()
send, urlopen = requests.Session.send, urllib.request.urlopen


def schema(url: str) -> bytes | None:
    """What an address of a schema says; None for any other address."""
    if found := STAC.match(url):
        return (SCHEMAS / "stac-spec" / "v1.0.0" / f"{found[1]}.json").read_bytes()
    if found := GEOJSON.match(url):
        return (SCHEMAS / "geojson" / f"{found[1]}.json").read_bytes()
    if any(host in url for host in OUTSIDE):
        unread.add(url.partition("#")[0])
        return b"{}"
    return None


def sent(session: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
    content = schema(str(request.url))
    if content is None:
        return send(session, request, **options)
    response = requests.Response()
    response.status_code, response.raw, response.url, response.request = 200, io.BytesIO(content), str(request.url), request
    response.headers["content-type"] = "application/json"
    return response


def opened(url: Any, *arguments: Any, **options: Any) -> Any:
    content = schema(url if isinstance(url, str) else url.full_url)
    return urlopen(url, *arguments, **options) if content is None else io.BytesIO(content)


if __name__ == "__main__":
    requests.Session.send, urllib.request.urlopen = sent, opened  # type: ignore[method-assign]  # the edge of the network
    try:
        validator.main()
    finally:
        print("schemas accepted unread:", *sorted(unread), file=sys.stderr)
