"""Shared access signatures of containers: made here, checked by /blob, revoked all at once (geocatalog-api 4).

The order of the fields is that of a recorded token (emulator-notes 5). The key follows from the seed and from how often
tokens were revoked, so that every process on a database knows it and a revocation ends all tokens.
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from sqlite3 import Connection
from urllib.parse import quote
from uuid import UUID

from pcsync.emulator.clock import TICKS_PER_SECOND, rfc3339, ticks_of
from pcsync.emulator.world import World

DAY = 24 * 60
"""Minutes a token lives when no duration is asked for."""
VERSION = "2024-11-04"
SIGNED = ("st", "se", "sp", "sv", "sr")


def expiry(world: World, minutes: int) -> int:
    """Ticks, on the full second."""
    latest = 250_000_000_000 * TICKS_PER_SECOND  # before the year 9999 ends
    return min(_full(world.clock.now()) + minutes * 60 * TICKS_PER_SECOND, latest)


def token(db: Connection, world: World, container: str, ends: int) -> str:
    """A query string without `?` that reads and lists one container until `ends`."""
    begins = rfc3339(_full(world.clock.now()) - 300 * TICKS_PER_SECOND)
    fields = {"st": begins, "se": rfc3339(ends), "sp": "rl", "sv": VERSION, "sr": "c"}
    delegation = {
        "skoid": _guid(world, "object"),
        "sktid": _guid(world, "tenant"),
        "skt": begins,
        "ske": rfc3339(ends),
        "sks": "b",
        "skv": VERSION,
    }
    signed = {**fields, **delegation, "sig": _signature(db, world, container, fields)}
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in signed.items())


def allows_reading(db: Connection, world: World, container: str, query: Mapping[str, str]) -> bool:
    """Whether the token in a query is ours, of this container, not over and not revoked."""
    fields = {name: query.get(name, "") for name in SIGNED}
    begins, ends, now = ticks_of(fields["st"]), ticks_of(fields["se"]), world.clock.now()
    if begins is None or ends is None or not begins <= now < ends or "r" not in fields["sp"]:
        return False
    return hmac.compare_digest(_signature(db, world, container, fields).encode(), query.get("sig", "").encode("utf-8", "replace"))


def revoke(db: Connection) -> None:
    """Ends every token of the catalog."""
    db.execute("UPDATE counters SET n = n + 1 WHERE name = 'revoked'")


def _signature(db: Connection, world: World, container: str, fields: Mapping[str, str]) -> str:
    revoked = db.execute("SELECT n FROM counters WHERE name = 'revoked'").fetchone()[0]
    key = sha256(f"sas:{world.settings.seed}:{revoked}".encode()).digest()
    text = "\n".join((container, *(fields[name] for name in SIGNED)))
    return b64encode(hmac.digest(key, text.encode("utf-8", "replace"), "sha256")).decode()


def _guid(world: World, name: str) -> str:
    return str(UUID(bytes=sha256(f"{name}:{world.settings.seed}".encode()).digest()[:16], version=4))


def _full(ticks: int) -> int:
    return ticks - ticks % TICKS_PER_SECOND
