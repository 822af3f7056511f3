"""What a handler can reach: the catalog, the clock, the settings, and the request it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from sqlite3 import Connection
from threading import Lock
from typing import Any
from uuid import UUID

from starlette.datastructures import QueryParams

from .blobfiles import BlobFiles
from .clock import Clock
from .errors import Invalid
from .faults import Fault, FaultBook
from .settings import Settings
from .store import Store

MAX_COUNT = 1_000_000_000


@dataclass(frozen=True, slots=True)
class World:
    """One emulated catalog. `busy` is held while its jobs run; a request that finds it held does not wait for them."""

    store: Store
    clock: Clock
    settings: Settings
    choices: Mapping[str, str]
    faults: FaultBook
    files: BlobFiles
    busy: Lock = field(default_factory=Lock)

    def chose(self, unknown: str, choice: str) -> bool:
        """Whether this emulator makes that choice about an unknown."""
        return self.choices[unknown] == choice

    def fresh(self, db: Connection) -> bytes:
        """32 bytes that no other call on this database gets; the same for the same seed and history."""
        return self.fresh_many(db, 1)[0]

    def fresh_many(self, db: Connection, count: int) -> list[bytes]:
        """What `count` calls of fresh() would give."""
        last = db.execute("UPDATE counters SET n = n + ? WHERE name = 'fresh' RETURNING n", (count,)).fetchone()[0]
        return [sha256(f"{self.settings.seed}:{n}".encode()).digest() for n in range(last - count + 1, last + 1)]

    def guid(self, db: Connection) -> str:
        return str(UUID(bytes=self.fresh(db)[:16], version=4))


@dataclass(frozen=True, slots=True)
class Upload:
    """The multipart body of a collection asset: the JSON of part `data`, name and bytes of part `file`."""

    data: Any
    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """One request inside its transaction.

    params: of the path, decoded. body: decoded JSON, an Upload or None. base: scheme and host for links.
    """

    world: World
    db: Connection
    params: Mapping[str, str]
    query: QueryParams
    body: Any
    base: str
    url: str
    api_version: str
    faults: tuple[Fault, ...]

    def struck(self, effect: str) -> Fault | None:
        """The fault with this effect that hits the request."""
        return next((fault for fault in self.faults if fault.effect == effect), None)

    def versioned(self, path: str) -> str:
        """Absolute URL with the request's own api-version, as in Location headers."""
        return f"{self.base}{path}?api-version={self.api_version}"

    def count(self, name: str, default: int, least: int = 0) -> int:
        """A whole number of the query. Raises Invalid."""
        text = self.query.get(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdecimal() and len(text) < 12 and least <= int(text)):
            raise Invalid(f"{name} is a whole number of at least {least}")
        return min(int(text), MAX_COUNT)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler says: `text` is JSON (or nothing), `content` anything else with its media type."""

    status: int
    text: str | None = None
    content: bytes | None = None
    media_type: str = "application/json"
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """An answer that takes long: `work` is called in a thread after the transaction, so it must not touch the database."""

    work: Callable[[], Answer]
