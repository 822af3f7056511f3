"""The STAC collection document itself (dossier 2.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pcsync.core.change import Action, Risk
from pcsync.core.diff import FieldDiff, carried
from pcsync.core.kind import COLLECTION_MANIFEST, Kind
from pcsync.core.ownership import MARKER
from pcsync.core.resource import COLLECTION, Bodies, Body, Call, Desired, Key, Live
from pcsync.core.source import Document
from pcsync.kinds._shapes import collection_path, collection_read, graded, ignored, ignoring, instant, section, segment, set_fields

QUERYABLES_REL = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
STRUCTURAL = frozenset({"items", "parent", "root", "self", QUERYABLES_REL})
"""Relations whose links the service makes itself; those it is sent, it drops."""
SERVED = frozenset({"msft:_created", "msft:_updated", "assets", MARKER})
"""Keys that are not the author's: time stamps, the assets (a kind of their own), and pcsync's own mark."""
MOST_ITEMS = 10_000
"""The largest page of items (dossier 1.5)."""
MORE_ITEMS = 100
"""So many items more than expected are counted, so that a refusal can say how many there are."""
ACTIVE = frozenset({"Pending", "Running", "Canceling"})
"""The statuses of a run that has not ended (dossier 1.3)."""
OPTIONAL_LISTS = frozenset({"keywords", "providers", "stac_extensions", "links", "summaries", "item_assets"})
"""Where absent, null and empty say the same."""

LISTS = {
    "queryables": "queryable",
    "renderOptions": "render-option",
    "mosaics": "mosaic",
    "assets": "asset",
    "ingestions": "ingestion",
}
"""Sections with members that pcsync may have to delete, and the kind of each."""
SECTIONS = (*LISTS, "partitionType", "tileSettings")
"""All that a manifest can say of a collection's children."""

RISKS = {
    "title": Risk.COSMETIC,
    "description": Risk.COSMETIC,
    "keywords": Risk.COSMETIC,
    "providers": Risk.COSMETIC,
    "links": Risk.COSMETIC,
    "msft:short_description": Risk.COSMETIC,
    "stac_extensions": Risk.COSMETIC,
    "item_assets": Risk.VISUAL,  # the tiler and the Explorer find their bands in it
    "extent": Risk.QUERY,  # searches by place and time, and where the map opens
    "summaries": Risk.QUERY,
    "license": Risk.DATA,  # what others may do with the data
}


class CollectionKind:
    """Created and deleted by long-running operations; replaced as a whole, so what the manifest does not set is echoed."""

    name = COLLECTION
    manifest = COLLECTION_MANIFEST
    section = "stac"
    after: tuple[str, ...] = ("ingestion-source",)
    needs: tuple[str, ...] = ()
    partial = True

    def model(self) -> Any:
        """A STAC collection without assets."""
        from pcsync.kinds.models.collection import StacCollection

        return StacCollection

    def declare(self, document: Document) -> Iterator[Desired]:
        """The collection, with the modes of its lists; without a ``stac`` by its id alone, and expected to be there already."""
        stac = section(document, "stac")
        if stac is None and any(section(document, name) is not None for name in SECTIONS):
            body = {"id": document.id}
            yield Desired(
                Key(self.name, document.id), body, document.origin, claims=claims(document), expected=True, ignoring=ignoring(document)
            )
        elif stac is not None:
            body = {name: value for name, value in stac.items() if name not in SERVED} | {"id": document.id}
            yield Desired(
                Key(self.name, document.id),
                body,
                document.origin.at("/stac"),
                ignored(document, "/stac", body),
                claims=claims(document),
                ignoring=ignoring(document),
            )

    def reads(self, scope: str, bodies: Bodies) -> Iterable[str]:
        """The collection itself."""
        del bodies
        return (collection_read(scope),) if scope else ()

    def live(self, scope: str, bodies: Bodies) -> Iterator[Live]:
        """The collection, unless the catalog answered 404. Raises ValueError for an answer that is about something else."""
        body = bodies.get(collection_read(scope))
        if scope and body is not None:
            if body["id"] != scope:  # anything in the catalog's place may answer 200 with an object
                raise ValueError(f"the answer is about {body['id']!r}")
            yield Live(Key(self.name, scope), body, collection_path(scope))

    listing = "/stac/collections?sign=false"
    array = "collections"

    def listed(self, body: Any) -> Iterator[tuple[str, Any]]:
        """Every collection of ``GET /stac/collections``, as if it had been read by itself."""
        for member in body["collections"]:
            yield collection_read(member["id"]), member

    def normalise(self, body: Body) -> Body:
        """Without what the service makes; intervals as UTC instants; null, and empty optional lists, as absent (Appendix B)."""
        form = {name: value for name, value in body.items() if value is not None and name not in SERVED}
        if form.get("links"):
            form["links"] = [_lean(link) for link in form["links"] if not _structural(link)]
        for name in ("providers", "item_assets"):
            if form.get(name):
                form[name] = _lean_members(form[name])
        if "extent" in form:
            form["extent"] = _folded_extent(form["extent"])
        return {name: value for name, value in form.items() if value or name not in OPTIONAL_LISTS}

    def calls(self, desired: Desired | None, live: Live | None) -> Sequence[Call]:
        """POST without assets; PUT of the live document with our fields in it; DELETE."""
        if desired is None:
            return [Call("DELETE", live.path)] if live else []
        if live is None:
            return [Call("POST", "/stac/collections", _new(desired.body))]
        return [Call("PUT", live.path, _replacement(desired, live))]

    def removal_reads(self, scope: str, bodies: Bodies, expected: int) -> Iterator[str]:
        """Some items more than expected, and the runs of every ingestion."""
        yield _items(scope, expected)
        yield _ingestions(scope)
        for ingestion in (bodies.get(_ingestions(scope)) or {}).get("value") or ():
            yield f"{_ingestions(scope)}/{segment(ingestion['id'])}/runs"

    def removal_refusal(self, scope: str, bodies: Bodies, expected: int) -> str:
        """Another number of items than the author believes, or an ingestion that still runs."""
        found = len((bodies.get(_items(scope, expected)) or {}).get("features") or ())
        if expected >= MOST_ITEMS:
            return f"items are counted up to {MOST_ITEMS - 1:,}: delete most of the {expected:,} items first, then the collection"
        if found != expected:
            more = f"at least {found:,}" if found >= _page(expected) else f"{found:,}"
            return f"it has {more} items, and {expected:,} are expected"
        paths = [path for path in bodies if path.startswith(f"{_ingestions(scope)}/")]
        runs = [run for path in paths for run in (bodies[path] or {}).get("value") or ()]
        active = sum((run.get("operation") or {}).get("status") in ACTIVE for run in runs)
        return f"{active} of its ingestions still run{'s' if active == 1 else ''}" if active else ""

    def risk(self, action: Action, fields: Sequence[FieldDiff]) -> Risk:
        """Deleting takes the items along, and nobody can put those back."""
        if action is Action.DELETE:
            return Risk.IRREVERSIBLE
        return graded(action, fields, create=Risk.QUERY, table=RISKS, other=Risk.QUERY)

    def export(self, lives: Sequence[Live]) -> Any:
        """The STAC document of the one live collection, less what the service makes and the id, which the manifest has itself."""
        document = {name: value for name, value in lives[0].body.items() if name not in SERVED and name != "id" and value is not None}
        links = [link for link in document.pop("links", None) or () if not _structural(link)]
        return document | {"links": links} if links else document


def _items(scope: str, expected: int) -> str:
    return f"{collection_path(scope)}/items?limit={_page(expected)}"


def _page(expected: int) -> int:
    return min(expected + MORE_ITEMS, MOST_ITEMS)


def _ingestions(scope: str) -> str:
    return f"/inma/collections/{segment(scope)}/ingestions"


def claims(document: Document) -> tuple[tuple[str, str], ...]:
    """(kind, mode) of every list that the manifest has; ``owned`` where ``management.modes`` does not say."""
    modes = (section(document, "management") or {}).get("modes") or {}
    return tuple((kind, modes.get(name) or "owned") for name, kind in LISTS.items() if section(document, name) is not None)


def _new(body: Body) -> dict[str, Any]:
    return {"type": "Collection", "stac_version": "1.0.0", "links": []} | set_fields(body)


def _replacement(desired: Desired, live: Live) -> dict[str, Any]:
    """All of the live document, our fields over it; the structural links in an echo are dropped by the service (dossier 2.1)."""
    merged = set_fields({**live.body, **desired.body})
    return {"links": []} | dict(carried(merged, live.body, desired.ignore))


def _structural(link: Any) -> bool:
    return isinstance(link, Mapping) and link.get("rel") in STRUCTURAL


def _lean(member: Any) -> Any:
    """The member of a list of objects without nulls and empty lists."""
    if not isinstance(member, Mapping) or all(member.values()):
        return member
    return {name: value for name, value in member.items() if value is not None and value != []}


def _lean_members(members: Any) -> Any:
    if isinstance(members, Mapping):
        return {name: _lean(member) for name, member in members.items()}
    return [_lean(member) for member in members] if isinstance(members, list) else members


def _folded_extent(extent: Any) -> Any:
    temporal = extent.get("temporal") if isinstance(extent, Mapping) else None
    intervals = temporal.get("interval") if isinstance(temporal, Mapping) else None
    if not isinstance(intervals, list):
        return extent
    folded = [[instant(end) for end in interval] if isinstance(interval, list) else interval for interval in intervals]
    return {**extent, "temporal": {**(temporal or {}), "interval": folded}}


KIND: Kind = CollectionKind()
