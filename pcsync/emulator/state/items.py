"""Items: narrow rows to search in, their extents in an R-tree, their documents beside them.

An item is kept twice: as it was sent, with the hrefs of its sources, and as text that GET serves, with hrefs of managed
storage.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any
from uuid import UUID

from pcsync.emulator.clock import rfc3339_micro
from pcsync.emulator.jsonb import BASE, dumps, ordered, stored
from pcsync.emulator.search.geometry import Box, extent_of
from pcsync.emulator.search.instants import micros
from pcsync.emulator.world import World

from . import blobs
from .documents import quoted
from .extensions import upgraded
from .operations import EffectError

Json = dict[str, Any]
STRUCTURAL_RELS = frozenset({"collection", "parent", "root", "self"})
NO_EXTENT = (None, None, None, None)


def any_in(db: Connection, collection: str) -> bool:
    return db.execute("SELECT 1 FROM items WHERE collection = ? LIMIT 1", (collection,)).fetchone() is not None


def served_text(db: Connection, collection: str, item: str) -> str | None:
    sql = "SELECT served FROM items JOIN item_documents USING (n) WHERE collection = ? AND id = ?"
    row = db.execute(sql, (collection, item)).fetchone()
    return row[0] if row else None


def document(db: Connection, collection: str, item: str) -> Json:
    """The item as sent. Raises EffectError NoRecordsToUpdate (operation-item-failed)."""
    sql = "SELECT document FROM items JOIN item_documents USING (n) WHERE collection = ? AND id = ?"
    row = db.execute(sql, (collection, item)).fetchone()
    if row is None:
        raise EffectError("NoRecordsToUpdate", f"Item '{item}' does not exist in collection '{collection}' to update")
    return dict(json.loads(row[0]))


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the assets of a collection's items go, and what is known of their sources.

    found: by source href; an asset without an entry was not fetched. keep: hrefs stay as they were sent (keepOriginalAssets).
    """

    container: str
    found: Mapping[str, blobs.Fetched]
    keep: bool = False


def known(db: Connection, collection: str, names: Iterable[str]) -> set[str]:
    """Those of the ids that the collection has."""
    sql = "SELECT id FROM items WHERE collection = ? AND id IN (SELECT value FROM json_each(?))"
    return {row[0] for row in db.execute(sql, (collection, dumps(list(names))))}


def put(db: Connection, world: World, collection: str, arrivals: Sequence[tuple[Json, Shelf]]) -> None:
    """Adds or replaces items, each of which is there once."""
    bodies = [{**item, "collection": collection} for item, _ in arrivals]
    for name in known(db, collection, (body["id"] for body in bodies)):
        remove(db, collection, name)
    first = db.execute("SELECT coalesce(max(n), 0) + 1 FROM items").fetchone()[0]
    rows = [(first + index, *_row(body)) for index, body in enumerate(bodies)]
    db.executemany(INSERT, rows)
    db.executemany(
        INSERT_FOOTPRINT, [(n, west, east, south, north) for n, *_, west, south, east, north, _, _, _ in rows if west is not None]
    )
    shelved: list[blobs.Row] = []
    fresh = world.fresh_many(db, len(bodies))
    texts = (stored(_served(world, body, shelf, etag, shelved)) for body, (_, shelf), etag in zip(bodies, arrivals, fresh, strict=True))
    documents = [(row[0], dumps(body), text) for row, body, text in zip(rows, bodies, texts, strict=True)]
    db.executemany("INSERT INTO item_documents (n, document, served) VALUES (?, ?, ?)", documents)
    blobs.write(db, shelved)


def remove(db: Connection, collection: str, item: str) -> bool:
    """Whether there was such an item."""
    n = _number(db, collection, item)
    if n is None:
        return False
    for table in ("items", "footprints", "item_documents"):
        db.execute(f"DELETE FROM {table} WHERE n = ?", (n,))  # noqa: S608 - one of three names above
    blobs.forget_item(db, collection, item)
    return True


def remove_all(db: Connection, collection: str) -> None:
    for table in ("footprints", "item_documents"):
        db.execute(f"DELETE FROM {table} WHERE n IN (SELECT n FROM items WHERE collection = ?)", (collection,))  # noqa: S608
    db.execute("DELETE FROM items WHERE collection = ?", (collection,))


INSERT = (
    "INSERT INTO items (n, collection, id, datetime, ends, west, south, east, north, low, high, geometry)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
INSERT_FOOTPRINT = "INSERT INTO footprints (n, west, east, south, north) VALUES (?, ?, ?, ?, ?)"


def _number(db: Connection, collection: str, item: str) -> int | None:
    row = db.execute("SELECT n FROM items WHERE collection = ? AND id = ?", (collection, item)).fetchone()
    return row[0] if row else None


def _row(item: Json) -> tuple[Any, ...]:
    geometry = item.get("geometry")
    extent: Box | tuple[None, ...] = extent_of(geometry) if geometry is not None else NO_EXTENT
    heights = (item["bbox"][2], item["bbox"][5]) if len(item.get("bbox") or []) == 6 else (None, None)
    text = dumps({key: geometry[key] for key in ("type", "coordinates", "geometries") if key in geometry}) if geometry else None
    return (item["collection"], item["id"], *_span(item["properties"]), *extent, *heights, text)


def _span(properties: Json) -> tuple[int, int]:
    """Both ends when both are given, else the datetime twice, as pgstac has it."""
    start, end = properties.get("start_datetime"), properties.get("end_datetime")
    both = (start, end) if start and end else (properties["datetime"], properties["datetime"])
    first, last = micros(both[0]), micros(both[1])
    if first is None or last is None:
        raise EffectError("StacValidationFailed", "The item has no datetime")
    return min(first, last), max(first, last)


def _served(world: World, item: Json, shelf: Shelf, fresh: bytes, shelved: list[blobs.Row]) -> Json:
    """In jsonb order but for stac_version, which stands last in the service's example (StacSearch_Get): pgstac adds it on reading."""
    stamp = {"_msft:ts": rfc3339_micro(world.clock.stamp()), "_msft:etag": str(UUID(bytes=fresh[:16], version=4))}
    own = [link for link in item.get("links") or [] if link.get("rel") not in STRUCTURAL_RELS]
    assets = item["assets"] if shelf.keep else blobs.shelve(world, item, shelf.container, shelf.found, shelved)
    extensions = {"stac_extensions": upgraded(item["stac_extensions"])} if item.get("stac_extensions") else {}
    shown: Json = ordered({**item, **extensions, **stamp, "assets": assets, "links": []})
    shown["links"] = [*_links(item["collection"], item["id"]), *ordered(own)]
    if "stac_version" in shown:
        shown["stac_version"] = shown.pop("stac_version")
    return shown


def _links(collection: str, item: str) -> Iterable[Json]:
    parent = f"{BASE}/stac/collections/{quoted(collection)}"
    yield {"rel": "collection", "type": "application/json", "href": parent}
    yield {"rel": "parent", "type": "application/json", "href": parent}
    yield {"rel": "root", "type": "application/json", "href": f"{BASE}/stac/"}
    yield {"rel": "self", "type": "application/geo+json", "href": f"{parent}/items/{quoted(item)}"}
