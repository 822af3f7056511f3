"""Where the catalog is, and which URLs are still the catalog."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from pcsync.client.redact import shown
from pcsync.core.errors import ServiceError, UsageError

API_VERSION = "2026-04-15"
PORTS = {"http": 80, "https": 443}
QUERY_SAFE = "$,:/@!*'()"  # left readable in a query; OData's $top among them

DOTS = re.compile(r"^[^?#]*/\.\.?(?=[/?#]|\Z)")
"""A segment that every server and proxy on the way takes for this folder or the one above (RFC 3986, 5.2.4)."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The origin of a GeoCatalog (scheme, host and port, no path) and the API version every request names."""

    url: str
    api_version: str = API_VERSION

    @classmethod
    def parse(cls, text: str, api_version: str = API_VERSION) -> Endpoint:
        """The endpoint as people write it, with or without a trailing slash. Raises UsageError for anything but an origin."""
        try:
            parts = urlsplit(text.strip().rstrip("/"))
            origin = origin_of(parts)
        except ValueError:  # a port that is no number, a broken IPv6 address
            origin = None
        if origin is None or parts.path or parts.query or parts.fragment or parts.username or parts.password:
            raise UsageError(
                f"{shown(text)!r} is not the endpoint of a GeoCatalog",
                fix="write scheme and host only: https://<name>.<hash>.<region>.geocatalog.spatio.azure.com",
            )
        return cls(f"{parts.scheme.lower()}://{parts.netloc.lower()}", api_version)

    @property
    def encrypted(self) -> bool:
        """Requests travel over TLS."""
        return self.url.startswith("https:")

    @property
    def loopback(self) -> bool:
        """The catalog runs on this machine (RFC 6761: localhost and its subdomains; 127.0.0.0/8; ::1)."""
        host = urlsplit(self.url).hostname or ""
        if host == "localhost" or host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False

    @property
    def private(self) -> bool:
        """A bearer token may be sent there: nobody in between can read it."""
        return self.encrypted or self.loopback

    def at(self, path: str) -> str:
        """The URL of a path with its own query, and the api-version added to it. Raises UsageError for the segments . and .. in it."""
        if "/." in path and DOTS.search(path):
            raise UsageError(
                f"{shown(path)} leads to another place of the catalog", fix="nothing was sent; choose a name that is not . or .."
            )
        if not path.startswith("/") or "api-version=" in path:  # "@other.host" would continue the host name
            return self.pinned(path, "")
        return f"{self.url}{path}{'&' if '?' in path else '?'}api-version={self.api_version}"

    def pinned(self, link: str, base: str) -> str:
        """The URL of a link that the catalog gave (``base`` is the URL it was found at), with our api-version.

        Raises ServiceError when it leads to another origin: no token follows a link out of the catalog.
        """
        try:
            parts = urlsplit(urljoin(base or self.url, link.strip()))
            stranger = origin_of(parts) != origin_of(urlsplit(self.url)) or parts.username is not None
        except ValueError:
            stranger = True
        if stranger:
            raise ServiceError(
                f"the catalog points to another host: {shown(link)}", where=self.url, fix="nothing was sent there; check the endpoint"
            )
        return urlunsplit((*urlsplit(self.url)[:2], parts.path, self._versioned(parts.query), ""))

    def path(self, url: str) -> str:
        """What people are shown of a URL of this catalog: path and query, without the api-version."""
        parts = urlsplit(url)
        query = "&".join(part for part in parts.query.split("&") if part and not part.startswith("api-version="))
        return f"{parts.path}?{query}" if query else parts.path

    def _versioned(self, query: str) -> str:
        kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name.lower() != "api-version"]
        return urlencode([*kept, ("api-version", self.api_version)], quote_via=quote, safe=QUERY_SAFE)


def origin_of(parts: SplitResult) -> tuple[str, str, int] | None:
    """Scheme, host and port of a URL with the default port filled in; None when it is not an HTTP URL."""
    scheme, host = parts.scheme.lower(), parts.hostname
    if scheme not in PORTS or not host:
        return None
    return scheme, host, parts.port or PORTS[scheme]
