"""Managed storage: which path of which container holds what.

Recorded hrefs are `<storage>/<collection>-<8 hex>/<3 hex>/<item>/<key>.<ext>` (geocatalog-api 2.13). A row holds the
digest of kept bytes, or the source that it stands for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from mimetypes import guess_type
from operator import itemgetter
from pathlib import Path
from sqlite3 import Connection
from typing import Any
from urllib.parse import unquote

from pcsync.emulator.jsonb import BASE, reloads
from pcsync.emulator.reach import UnreachableError, local_path
from pcsync.emulator.world import World

from .documents import quoted

Json = dict[str, Any]
COLLECTION_ASSETS = "collection-assets"
DEFAULT_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one source: kept bytes, or a mere reference."""

    digest: str | None = None
    size: int | None = None
    refers: bool = False


REFERENCE = Fetched(refers=True)
"""What was not read stays a reference to its source."""


@dataclass(frozen=True, slots=True)
class Blob:
    """One entry of a container. `stored` in ticks."""

    media_type: str
    stored: int
    digest: str | None = None
    source: str | None = None
    content: bytes | None = None


def root(world: World) -> str:
    """What managed hrefs begin with."""
    return world.settings.storage_url or f"{BASE}/blob"


def item_folder(collection: str, item: str) -> str:
    """`<3 hex>/<item>`; how the service finds the three digits is not known."""
    return f"{sha256(f'{collection}/{item}'.encode()).hexdigest()[:3]}/{quoted(item)}"


Row = tuple[str, str, str | None, int | None, str | None, str, int]


def shelve(world: World, item: Json, container: str, found: Mapping[str, Fetched], rows: list[Row]) -> Json:
    """The item's assets with managed hrefs; one row for each is added, for write()."""
    folder = item_folder(item["collection"], item["id"])
    return {key: _shelve_one(world, asset, container, f"{folder}/{quoted(key)}", found, rows) for key, asset in item["assets"].items()}


def write(db: Connection, rows: list[Row]) -> None:
    sql = "INSERT OR REPLACE INTO blobs (container, path, digest, size, source, media_type, stored) VALUES (?, ?, ?, ?, ?, ?, ?)"
    db.executemany(sql, sorted(rows, key=itemgetter(0, 1)))  # neighbours in the table one after the other


def _shelve_one(world: World, asset: Json, container: str, stem: str, found: Mapping[str, Fetched], rows: list[Row]) -> Json:
    source = asset.get("href")
    if not isinstance(source, str):
        return asset
    path = stem + _suffix(source)
    fetched = found.get(source, REFERENCE)
    kind = asset.get("type") if isinstance(asset.get("type"), str) else guess_type(path)[0]
    referred = source if fetched.refers else None
    rows.append((container, path, fetched.digest, fetched.size, referred, kind or DEFAULT_TYPE, world.clock.now()))
    return {**asset, "href": f"{root(world)}/{quoted(container)}/{path}"}


def forget_item(db: Connection, collection: str, item: str) -> None:
    folder = item_folder(collection, item)
    container = "(SELECT container FROM collections WHERE id = ?)"
    sql = f"DELETE FROM blobs WHERE container = {container} AND path >= ? AND path < ?"  # noqa: S608 - a constant
    db.execute(sql, (collection, f"{folder}/", f"{folder}0"))


def forget_container(db: Connection, container: str) -> None:
    db.execute("DELETE FROM blobs WHERE container = ?", (container,))


def referenced(db: Connection) -> set[str]:
    """Digests that some entry of some container has."""
    return {row[0] for row in db.execute("SELECT DISTINCT digest FROM blobs WHERE digest IS NOT NULL")}


def find(db: Connection, container: str, path: str) -> Blob | None:
    """An entry by the path in its href, quoted as there."""
    row = db.execute("SELECT media_type, stored, digest, source FROM blobs WHERE container = ? AND path = ?", (container, path)).fetchone()
    return Blob(*row) if row else _collection_asset(db, container, path)


def split_href(world: World, href: str) -> tuple[str, str] | None:
    """(container, path) of a managed href, whatever host it names; None for others."""
    plain = href.partition("?")[0].partition("#")[0]
    own = world.settings.storage_url
    if own is not None and plain.startswith(f"{own}/"):
        rest = plain[len(own) + 1 :]
    elif "/blob/" in plain:
        rest = plain.partition("/blob/")[2]
    else:
        return None
    container, _, path = rest.partition("/")
    return unquote(container), "/".join(quoted(unquote(part)) for part in path.split("/"))


def owner(db: Connection, container: str) -> str | None:
    """The collection whose container it is."""
    row = db.execute("SELECT id FROM collections WHERE container = ?", (container,)).fetchone()
    return row[0] if row else None


def file_of(world: World, blob: Blob) -> Path | None:
    """The file that holds an entry's bytes, None when they are in the database, elsewhere or nowhere."""
    if blob.digest is not None:
        return world.files.path(blob.digest)
    try:
        path = local_path(world.settings, blob.source) if blob.source else None
    except UnreachableError:
        return None
    return path if path is not None and path.is_file() else None


def asset_file(db: Connection, world: World, href: str) -> Path | None:
    """The file behind the href of an item's asset, managed or readable as it is; None when there is none on this machine."""
    place = split_href(world, href)
    if place is not None and (blob := find(db, *place)) is not None:
        return file_of(world, blob)
    return file_of(world, Blob(DEFAULT_TYPE, 0, source=href))


def is_managed(db: Connection, world: World, href: Any) -> bool:
    """Whether an href points into the storage of some collection."""
    place = split_href(world, href) if isinstance(href, str) else None
    return place is not None and owner(db, place[0]) is not None


def _collection_asset(db: Connection, container: str, path: str) -> Blob | None:
    parts = [unquote(part) for part in path.split("/")]
    if len(parts) != 3 or parts[0] != COLLECTION_ASSETS:
        return None
    sql = "SELECT body, bytes, updated FROM assets JOIN collections ON collections.id = collection WHERE container = ? AND key = ?"
    row = db.execute(sql, (container, parts[1])).fetchone()
    body = reloads(row[0]) if row else {}
    if not str(body.get("href", "")).endswith(f"/{path}"):
        return None
    return Blob(str(body["type"]), row[2], content=bytes(row[1]))


def _suffix(source: str) -> str:
    """The extension of the source's file name, as the recordings keep it."""
    name = source.partition("?")[0].partition("#")[0].rpartition("/")[2]
    stem, _, extension = name.rpartition(".")
    return f".{extension}" if stem and extension.isascii() and extension.isalnum() and len(extension) <= 11 else ""
