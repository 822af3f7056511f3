"""Pages of a listing: OData's ``nextLink`` under /inma, STAC's ``next`` links under /stac (dossier 1.5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

ARRAYS = ("value", "collections")
"""Arrays that pages are merged in. Items (``features``) are never read whole: a page of them is what was asked for."""
_ASKED = re.compile(r"[?&](?:\$top|limit)=")


def paged_array(path: str, body: Any) -> str:
    """The name of the array that goes on in further pages; "" where the body is no listing or the path asks for so many members."""
    if not isinstance(body, Mapping) or _ASKED.search(path):
        return ""
    return next((name for name in ARRAYS if isinstance(body.get(name), list)), "")


def next_link(body: Mapping[str, Any]) -> str | None:
    """Where the next page is, as the catalog wrote it; None on the last page."""
    link = body.get("nextLink") or body.get("@nextLink")
    if isinstance(link, str) and link:
        return link
    links = body.get("links")
    for entry in links if isinstance(links, list) else ():
        if isinstance(entry, Mapping) and entry.get("rel") == "next" and str(entry.get("method", "GET")).upper() == "GET":
            href = entry.get("href")
            return href if isinstance(href, str) and href else None
    return None


def merged(first: Mapping[str, Any], array: str, members: list[Any]) -> dict[str, Any]:
    """The first page with the members of all, and without the way to the second."""
    body = {name: value for name, value in first.items() if name not in ("nextLink", "@nextLink")}
    if isinstance(links := body.get("links"), list):
        body["links"] = [link for link in links if not (isinstance(link, Mapping) and link.get("rel") == "next")]
    return {**body, array: members}
