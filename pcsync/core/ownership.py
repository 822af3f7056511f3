"""What we can prove to own: the ``pcsync:managed`` marker in a collection document, and the three-way table it makes possible.

The service has no tags, no ETag, and cannot give back some of what it was given. The marker keeps, for each collection, who manages
it, for which catalog, and a short hash of every field and child as it was last applied. No values, no secrets, no names of people.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from pcsync.core.canonical import canonical, fingerprint
from pcsync.core.resource import COLLECTION, SAFE, Key

MARKER = "pcsync:managed"
VERSION = 1
SHORT = 16  # hex digits of a SHA-256 that a marker keeps: 64 bits, against accident and not against an attacker
MAX_BYTES = 256 * 1024  # a collection with some 4,000 children; beyond it the document itself would be at risk
ENTRY = re.compile(r"^[0-9a-f]{16}(\.[0-9a-f]{16})?(:[A-Za-z_:,-]*)?$")


class Claim(StrEnum):
    """What a collection document says about who manages it."""

    OURS = "ours"
    NONE = "none"  # never managed, or the marker was lost: adopt, never delete
    FOREIGN = "foreign"  # another project's: a hard stop
    COPIED = "copied"  # the marker was made for another catalog or collection: not owned
    DAMAGED = "damaged"  # not a marker that pcsync wrote: as lost


class Standing(StrEnum):
    """How desired, live and last applied value of one field or child stand to each other."""

    SETTLED = "settled"  # live is as desired
    AHEAD = "ahead"  # the manifest moved, or the resource is new
    DRIFT = "drift"  # somebody edited the live catalog; it is put back
    CONFLICT = "conflict"  # both moved
    PRUNE = "prune"  # the manifest dropped what we had applied
    LEAVE = "leave"  # somebody else's, or edited by somebody since we applied it
    GONE = "gone"  # dropped from the manifest and from the catalog alike


@dataclass(frozen=True, slots=True)
class Marker:
    """What was applied to one collection: owner, binding to endpoint and id, and hashes by field and by child address."""

    owner: str
    at: str
    rev: int = 0
    fields: Mapping[str, str] = field(default_factory=dict)
    children: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The value of the marker's key in the collection document, keys sorted."""
        return {
            "v": VERSION,
            "owner": self.owner,
            "at": self.at,
            "rev": self.rev,
            "fields": dict(sorted(self.fields.items())),
            "children": dict(sorted(self.children.items())),
        }

    @property
    def oversized(self) -> bool:
        """The marker would be too large to keep in the document."""
        return len(canonical(self.to_json())) > MAX_BYTES

    def says(self, other: Marker) -> bool:
        """Both markers claim the same; the revision is no claim."""
        return replace(self, rev=0).to_json() == replace(other, rev=0).to_json()


def binding(endpoint: str, collection: str) -> str:
    """What ties a marker to one collection of one catalog, so that a copied document does not carry ownership with it."""
    host = urlsplit(endpoint).netloc.lower() or endpoint
    return fingerprint([host, collection])[:SHORT]


def short(value: Any) -> str:
    """The hash a marker keeps of a normalised value."""
    return fingerprint(value)[:SHORT]


def child_address(key: Key) -> str:
    """A child's address inside its collection: ``render-option/natural-color``, ``tile-settings``."""
    if key.kind == COLLECTION:
        return str(key)
    return f"{key.kind}/{_quoted(key.name)}" if key.name else key.kind


@lru_cache(maxsize=4096)
def _quoted(name: str) -> str:
    """A name as addresses have it; collections have many names in common, and every plan looks at all of them."""
    return quote(name, safe=SAFE)


def child_key(collection: str, address: str) -> Key:
    """The key of a child's address. Raises ValueError."""
    return Key.parse(f"{Key(COLLECTION, collection)}/{address}")


def read_marker(document: Mapping[str, Any] | None, endpoint: str, owners: tuple[str, ...]) -> tuple[Claim, Marker | None]:
    """Who manages a collection, by its live document; ``owners`` are this project's owner id and its former ones."""
    raw = (document or {}).get(MARKER)
    if document is None or raw is None:
        return Claim.NONE, None
    marker = _parse(raw)
    if marker is None:
        return Claim.DAMAGED, None
    if marker.at != binding(endpoint, str(document.get("id", ""))):
        return Claim.COPIED, marker
    return (Claim.OURS if marker.owner in owners else Claim.FOREIGN), marker


def _parse(raw: Any) -> Marker | None:
    if not isinstance(raw, Mapping) or raw.get("v") != VERSION or isinstance(raw.get("v"), bool):
        return None
    owner, at, rev = raw.get("owner"), raw.get("at"), raw.get("rev")
    fields, children = _hashes(raw.get("fields")), _hashes(raw.get("children"))
    if not isinstance(owner, str) or not isinstance(at, str) or not isinstance(rev, int) or fields is None or children is None:
        return None
    return Marker(owner, at, rev, fields, children)


def _hashes(raw: Any) -> dict[str, str] | None:
    if not isinstance(raw, Mapping):
        return None
    return dict(raw) if all(isinstance(entry, str) and ENTRY.match(entry) for entry in raw.values()) else None


def standing(desired: str | None, live: str | None, last: str | None) -> Standing:
    """The three-way table, over hashes of one field or child; None where a side does not have it.

    ======= ======= ======= ==========================================
    desired live    last    standing
    ======= ======= ======= ==========================================
    a       a       any     SETTLED
    b       a       a       AHEAD      our change: the manifest moved
    a       b       a       DRIFT      somebody edited or removed it
    a       b       c       CONFLICT   both moved
    a       any     –       AHEAD      new to us, or adopted
    –       a       a       PRUNE      the manifest dropped it
    –       b       a       LEAVE      dropped, but edited since by somebody
    –       –       a       GONE
    –       a       –       LEAVE      somebody else's
    ======= ======= ======= ==========================================
    """
    if desired == live:
        return Standing.SETTLED if desired is not None else Standing.GONE
    if desired is None:
        return Standing.GONE if live is None else Standing.PRUNE if live == last else Standing.LEAVE
    if last is None or live == last:
        return Standing.AHEAD
    return Standing.DRIFT if desired == last else Standing.CONFLICT
