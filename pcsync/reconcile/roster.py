"""The catalog's listing of its collections joined with the scopes that the manifests declare, whichever of the two comes first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any, Protocol

import orjson

from pcsync.core.errors import AuthenticationError, PcsyncError
from pcsync.core.kind import Kind, Listed
from pcsync.core.resource import Key
from pcsync.core.state import Reader
from pcsync.reconcile.observe import MISSHAPEN, reason

AHEAD = 200
"""Members kept for scopes still to come, as JSON text: some 2 MB; then the listing waits for the manifests to catch up.

It loses nothing by that: the reads of the children take several times as long as all of the listing.
"""

NOT_LISTED = object()
"""The listing ended without the path. That proves nothing: the path is read by itself."""

Claim = Callable[[Any], None]
"""What takes the body of a listed path, or NOT_LISTED."""


class ListedKind(Kind, Listed, Protocol):
    """A kind that one request lists."""


class Roster:
    """One listing. A body is handed on as soon as its scope is declared, so that it can be compared and dropped."""

    def __init__(self, kind: ListedKind, reader: Reader, ahead: int = AHEAD) -> None:
        self._kind, self._reader, self._most = kind, reader, ahead
        self._ahead: dict[str, bytes] = {}
        self._waiting: dict[str, Claim] = {}
        self._claimed: set[str] = set()
        self._moved = asyncio.Event()
        self._complete = False  # every scope is declared
        self.over = asyncio.Event()
        self.failure = ""
        self.strangers: set[Key] = set()
        """Listed collections that no manifest declares; true once both sides are complete."""

    def claim(self, path: str, take: Claim) -> None:
        """Hand the path's body to ``take``, now or when it is listed."""
        self._claimed.add(path)
        if path in self._ahead:
            take(orjson.loads(self._ahead.pop(path)))
            self._moved.set()
        elif self.over.is_set():
            take(NOT_LISTED)
        else:
            self._waiting[path] = take

    def lacks(self, path: str) -> bool:
        """The listing is over and did not have the path."""
        return self.over.is_set() and path not in self._ahead

    def complete(self) -> None:
        """No more claims will come: what is listed from here on, and nobody waits for, is nobody's."""
        self._complete = True
        for raw in self._ahead.values():
            self._stranger(orjson.loads(raw))
        self._ahead.clear()
        self._moved.set()

    async def read(self) -> None:
        """Read the listing to its end. When it breaks off, every path not seen is read by itself, as if it had been omitted."""
        members = self._reader.members(self._kind.listing, self._kind.array)
        try:
            async for member in members:
                self._arrive(member)
                await self._room()
        except AuthenticationError:
            raise
        except PcsyncError as error:
            self.failure = reason(error)
        finally:
            if isinstance(members, AsyncGenerator):  # cut off while we waited, it still holds a connection
                await members.aclose()
        self.over.set()
        for take in self._waiting.values():
            take(NOT_LISTED)
        self._waiting.clear()

    def _arrive(self, member: Any) -> None:
        for path, body in self._paths(member):
            if path in self._waiting:
                self._waiting.pop(path)(body)
            elif path not in self._claimed and self._complete:
                self._stranger(body)
            elif path not in self._claimed:
                self._ahead[path] = orjson.dumps(body)

    def _paths(self, member: Any) -> list[tuple[str, Any]]:
        try:
            return list(self._kind.listed({self._kind.array: [member]}))
        except MISSHAPEN as wrong:  # a member without an id counts as not listed
            self.failure = reason(wrong)
            return []

    def _stranger(self, body: Any) -> None:
        self.strangers.add(Key(self._kind.name, str(body["id"])))

    async def _room(self) -> None:
        while len(self._ahead) >= self._most and not self._complete:
            self._moved.clear()
            await self._moved.wait()
