"""Collections pasted as a GeoCatalog gave them: what the service makes itself is left out, and said so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pcsync.core.source import step

STRUCTURAL = frozenset({"items", "parent", "root", "self", "http://www.opengis.net/def/rel/ogc/1.0/queryables"})
STAMPS = ("msft:_created", "msft:_updated")


def server_owned(body: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(rule, pointer, what) of each part of ``stac`` that the service sets and that is ignored (dossier 2.1)."""
    stac = body.get("stac")
    if not isinstance(stac, Mapping):
        return
    for name in STAMPS:
        if name in stac:
            yield "stac-server-owned", "/stac" + step(name), f"{name} is set by the GeoCatalog; the value here is ignored"
    links = stac.get("links")
    for index, link in enumerate(links if isinstance(links, list) else ()):
        rel = link.get("rel") if isinstance(link, Mapping) else None
        if isinstance(rel, str) and rel in STRUCTURAL:
            what = f"the GeoCatalog makes links of rel {rel} itself; this one is ignored"
            yield "stac-server-owned", f"/stac/links/{index}", what
