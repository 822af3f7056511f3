"""Resources of a GeoCatalog: their identity, desired state, live state, and the requests that change them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from pcsync.core.source import Origin

Body = Mapping[str, Any]
"""A JSON object. Bodies are never changed in place; code that needs another one makes it."""

Bodies = Mapping[str, Any]
"""What was read: path to decoded JSON body, None where the catalog answered 404."""

COLLECTION = "collection"
CATALOG_SCOPE = ""
SAFE = " :@!$&'()*+,;="  # what an address shows as it is; "/" separates its parts, so it and "%" are escaped


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Identity of a resource: kind, the collection it belongs to ("" for catalog-wide ones), name ("" for a singleton)."""

    kind: str
    collection: str = CATALOG_SCOPE
    name: str = ""

    def __str__(self) -> str:
        """The address people type: ``collection/naip/render-option/natural-color``."""
        parts = [self.kind] if self.kind != COLLECTION else []
        if self.collection:
            parts = [COLLECTION, quote(self.collection, safe=SAFE), *parts]
        return "/".join([*parts, quote(self.name, safe=SAFE)] if self.name else parts)

    @classmethod
    def parse(cls, address: str) -> Key:
        """The key of an address as ``str(key)`` prints it. Raises ValueError for anything else."""
        parts = [unquote(part) for part in address.split("/")]
        if not all(parts) or len(parts) not in (2, 3, 4):
            raise ValueError(address)
        if parts[0] != COLLECTION:
            if len(parts) != 2:
                raise ValueError(address)
            return cls(parts[0], CATALOG_SCOPE, parts[1])
        kind, *name = parts[2:] or [COLLECTION]
        return cls(kind, parts[1], *name)


@dataclass(frozen=True, slots=True)
class Upload:
    """The bytes of a multipart call: local file, the file name the catalog is told, and the SHA-256 (hex) that was planned."""

    path: str
    filename: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Desired:
    """Desired state of one resource, as its manifest declares it.

    ``ignore`` are JSON pointers into the body that somebody else writes; ``label`` is the manifest's own name where the
    identity on the catalog is another (an ingestion source is its container).
    """

    key: Key
    body: Body
    origin: Origin
    ignore: tuple[str, ...] = ()
    label: str = ""
    upload: Upload | None = None
    secrets: tuple[tuple[str, str], ...] = ()  # (JSON pointer into the body, reference such as "env:IMAGERY_SAS")
    unreadable: Body | None = None  # what is sent but can never be read back (an index flag, the hash of a file's bytes)
    claims: tuple[tuple[str, str], ...] = ()  # of a collection: (kind, mode) of every section its manifest has
    due: tuple[str, str] | None = None  # (pointer, instant): the ignored live value there is compared once it is before the instant
    notes: tuple[str, ...] = ()  # what a change of it says besides
    ignoring: tuple[str, ...] = ()  # of a collection: the manifest's ignored pointers, also those into its children
    expected: bool = False  # it has to be there already: the manifest does not say what it is


@dataclass(frozen=True, slots=True)
class Live:
    """Live state of one resource: the body as the catalog gave it, and the path that replaces or deletes it.

    ``twins`` counts further resources that claim the same key (ingestions have no natural key on the service).
    """

    key: Key
    body: Body
    path: str
    twins: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """One request that changes the catalog; everything in it can be shown and hashed.

    ``secrets`` are filled in when it is sent, at their JSON pointers, so no value of one is ever held here. ``otherwise`` is sent
    instead where the catalog answers 409: what a new collection may be born with is replaced, not created.
    """

    method: str
    path: str
    json: Any = None
    content_type: str = "application/json"
    upload: Upload | None = None
    secrets: tuple[tuple[str, str], ...] = ()
    otherwise: Call | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
