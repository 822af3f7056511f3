"""One plan made in several parts: which part a collection belongs to, and what a part says of itself so that all can be put together.

A collection's part follows from its id alone, so jobs that know nothing of each other agree. What belongs to the catalog as a whole is
in the first part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from pcsync.core.canonical import canonical
from pcsync.core.compare import Declared
from pcsync.core.policy import Guards
from pcsync.core.resource import CATALOG_SCOPE

WRITTEN = re.compile(r"([0-9]{1,4})/([0-9]{1,4})")
SPACE = 2**256


@dataclass(frozen=True, slots=True)
class Shard:
    """One of so many parts of a plan; ``number`` counts from 1."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    @classmethod
    def parse(cls, text: str) -> Shard:
        """The shard of ``I/N``. Raises ValueError unless I is one of 1 to N."""
        found = WRITTEN.fullmatch(text.strip())
        if found is None or not 1 <= int(found[1]) <= int(found[2]):
            raise ValueError(text)
        return cls(int(found[1]), int(found[2]))

    def holds(self, scope: str) -> bool:
        """The collection, or "" for what belongs to the catalog as a whole, is in this shard."""
        return self.number == (1 if scope == CATALOG_SCOPE else place(scope, self.of))


WHOLE = Shard(1, 1)
"""A plan that is not sharded."""


def place(collection: str, of: int) -> int:
    """The number of the shard that a collection is in: the start of its id's SHA-256, which no version of Python changes."""
    return int.from_bytes(sha256(collection.encode("utf-8", "surrogatepass")).digest()[:8]) % of + 1


@dataclass(frozen=True, slots=True)
class Part:
    """What the plan of a shard says of the whole: ``basis`` is the fingerprint of what all its shards have in common (manifests and flags),
    ``guards`` the limits that hold for all of them together."""

    shard: Shard
    basis: str
    guards: Guards

    @property
    def note(self) -> str:
        """What a reader of the plan is told first."""
        which = f"This is shard {self.shard.number} of {self.shard.of}"
        return f"{which}, and its guards were asked about it alone; pcsync merge puts the shards together."


@dataclass
class Sum:
    """A digest of many values that does not depend on their order, and does not keep them."""

    total: int = 0

    def add(self, value: object) -> None:
        """One more JSON value."""
        self.total = (self.total + int.from_bytes(sha256(canonical(value)).digest())) % SPACE

    def hex(self) -> str:
        """The digest of all that was added."""
        return f"{self.total:064x}"


@dataclass
class Seen:
    """What the manifests declare, as a sum; whoever reads the same manifests for the same target gets the same."""

    sum: Sum = field(default_factory=Sum)

    def add(self, entries: Iterable[Declared]) -> None:
        """Declared resources; not until when a live token is good enough, which moves with the clock."""
        for entry in entries:
            self.sum.add(
                [str(entry.key), entry.digest.hex(), entry.unreadable.hex(), entry.fields, entry.ignore, entry.claims, entry.label]
            )
