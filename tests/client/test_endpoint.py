"""Which URLs are the catalog, and how they are written."""

from __future__ import annotations

import pytest

from pcsync.client.endpoint import Endpoint
from pcsync.core.errors import ServiceError, UsageError

CONTOSO = Endpoint.parse("https://Contoso.example/")


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/stac/collections", "https://contoso.example/stac/collections?api-version=2026-04-15"),
        ("/stac/collections/a%2Fb?sign=false", "https://contoso.example/stac/collections/a%2Fb?sign=false&api-version=2026-04-15"),
        ("/inma/operations?api-version=2024-01-01&$top=5", "https://contoso.example/inma/operations?$top=5&api-version=2026-04-15"),
    ],
)
def test_the_api_version_joins_a_path_and_leaves_its_query(path, url):
    assert CONTOSO.at(path) == url


@pytest.mark.parametrize(
    "link",
    [
        "https://contoso.example/stac/collections?token=next%3A1",
        "https://CONTOSO.example:443/stac/collections?token=next%3A1&api-version=2025-04-30-preview",
        "/stac/collections?token=next%3A1#top",
        "?token=next%3A1",
    ],
)
def test_a_link_of_the_catalog_keeps_its_token_and_gets_our_api_version(link):
    url = CONTOSO.pinned(link, "https://contoso.example/stac/collections?limit=1")

    assert url == "https://contoso.example/stac/collections?token=next:1&api-version=2026-04-15"


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/stac",
        "//evil.example/stac",
        "http://contoso.example/stac",
        "https://contoso.example:8443/stac",
        "https://contoso.example@evil.example/",
        "https://user:password@contoso.example/",
        "https://contoso.example.evil.example/",
        "https://[broken/",
        "file:///etc/passwd",
    ],
)
def test_a_link_to_any_other_origin_is_refused(link):
    with pytest.raises(ServiceError, match="another host"):
        CONTOSO.pinned(link, CONTOSO.url)


@pytest.mark.parametrize("path", ["/stac/collections/..?sign=false", "/stac/collections/naip/queryables/..", "/stac/./search", "/.."])
def test_a_path_that_leads_to_another_resource_is_never_asked(path):
    """DELETE of a queryable called .. would be DELETE of its collection: servers and proxies fold such segments away."""
    with pytest.raises(UsageError, match="another place"):
        CONTOSO.at(path)


@pytest.mark.parametrize("path", ["/stac/collections/..a", "/stac/collections/a..b/queryables/.x", "/data/tiles?expression=a/../b"])
def test_dots_inside_a_name_or_a_query_are_dots(path):
    assert CONTOSO.at(path).startswith(CONTOSO.url + path)


def test_a_path_cannot_continue_the_host_name():
    with pytest.raises(ServiceError, match="another host"):
        CONTOSO.at("https://evil.example/stac")
    assert CONTOSO.at("@evil.example/").startswith("https://contoso.example/")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "contoso.example",
        "https://",
        "ftp://contoso.example",
        "https://contoso.example/stac",
        "https://contoso.example?a=1",
        "https://user:pw@contoso.example",
        "https://contoso.example:port",
    ],
)
def test_an_endpoint_is_an_origin_and_nothing_else(text):
    with pytest.raises(UsageError, match="not the endpoint"):
        Endpoint.parse(text)


@pytest.mark.parametrize(
    ("endpoint", "private"),
    [
        ("https://contoso.example", True),
        ("http://contoso.example", False),
        ("http://localhost:8080", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:80", True),
        ("http://localhost.evil.example", False),
        ("http://0.0.0.0", False),
    ],
)
def test_a_token_may_only_travel_over_tls_or_within_this_machine(endpoint, private):
    assert Endpoint.parse(endpoint).private is private
