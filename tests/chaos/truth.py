"""What an ownership marker must say, read off the catalog without any of pcsync's own planning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from pcsync.core.ownership import MARKER, binding
from tests.chaos.rig import FOREIGN

OWNER = "contoso-imagery"
BORN_WITH = "mosaic/default"  # every new collection has it
EVERYWHERE = Counter(f"queryable/{name}" for name in ("id", "collection", "datetime", "geometry"))
THEIRS = frozenset({"mosaic/theirs", "render-option/theirs", "render-option/late", "ingestion/theirs"})


def untruths(state: Mapping[str, Any], declared: Mapping[str, set[str]], endpoint: str) -> Iterator[str]:
    """What is wrong in a state (of ``rig.state``): of its markers, or as an orphan of ours, or made twice.

    ``declared`` are the child addresses that the manifests name, by collection.
    """
    nobodys = children(state, FOREIGN) if f"/stac/collections/{FOREIGN}" in state else EVERYWHERE
    for name, wanted in declared.items():
        document, live = state.get(f"/stac/collections/{name}"), children(state, name)
        if document is None:
            yield f"{name} is not there"
            continue
        yield from (f"{name} has {address} {count} times" for address, count in live.items() if count > 1)
        yield from _marker(name, document.get(MARKER) or {}, wanted, endpoint)
        yield from (f"{name} lacks {it}" for it in sorted(wanted - live.keys()))
        orphans = live.keys() - wanted - THEIRS - nobodys.keys() - {BORN_WITH}
        yield from (f"{name} has an orphan {it}" for it in sorted(orphans))


def _marker(name: str, marker: Mapping[str, Any], wanted: set[str], endpoint: str) -> Iterator[str]:
    if marker.get("owner") != OWNER:
        yield f"the marker of {name} names {marker.get('owner')} as its owner"
    if marker.get("at") != binding(endpoint, name):
        yield f"the marker of {name} is bound to something else"
    if set(marker.get("children") or ()) != wanted:
        yield f"the marker of {name} lists other children: {sorted(set(marker.get('children') or ()) ^ wanted)}"


def children(state: Mapping[str, Any], name: str) -> Counter[str]:
    """The live children of a collection, by their addresses."""
    base = f"/stac/collections/{name}"
    configuration = state[f"{base}/configurations"]["mosaicInfo"]
    found = Counter(f"asset/{key}" for key in state[base]["assets"])
    found.update(f"mosaic/{it['id']}" for it in configuration.get("mosaics") or ())
    found.update(f"render-option/{it['id']}" for it in configuration.get("renderOptions") or ())
    found.update(f"ingestion/{it['displayName']}" for it in state[f"/inma/collections/{name}/ingestions"])
    found.update(f"queryable/{key}" for key in (state[f"{base}/queryables"].get("properties") or {}))
    return found + Counter({"tile-settings": 1, "partition-type": 1})
