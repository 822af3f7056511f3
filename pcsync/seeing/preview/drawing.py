"""Asking the tiler for pictures: each once, few at a time, out of the cache where the items have not moved."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import orjson

from pcsync.core.canonical import canonical, fingerprint
from pcsync.core.errors import PcsyncError
from pcsync.core.picture import Picture, Place
from pcsync.core.state import Viewer
from pcsync.seeing.answers import picture_of, reason
from pcsync.seeing.pixels import UnreadablePictureError, decode
from pcsync.seeing.preview.configuration import Cql
from pcsync.seeing.preview.geometry import pixels_of
from pcsync.seeing.preview.spots import Finder
from pcsync.seeing.preview.wishes import Side
from pcsync.seeing.routes import REGISTER, box, collection_base, coloured, mosaic_question, search_base

NOTHING = "no item is at this place"


class Cache(Protocol):
    """Answers of the tiler by a key that holds all they depend on."""

    def get(self, key: str) -> bytes | None:
        """What was kept, None for nothing."""

    def put(self, key: str, content: bytes) -> None:
        """Keep an answer."""


class Forgetful:
    """A cache that keeps nothing."""

    def get(self, key: str) -> bytes | None:  # noqa: ARG002  the protocol's signature
        """Nothing."""
        return None

    def put(self, key: str, content: bytes) -> None:
        """Nothing."""


@dataclass
class Drawing:
    """One catalog's tiler. ``counted`` says how many requests it took, and how many pictures the cache had."""

    viewer: Viewer
    finder: Finder
    endpoint: str
    cache: Cache = field(default_factory=Forgetful)
    at_once: int = 4
    seconds: float = 90.0
    requests: int = 0
    cached: int = 0
    _registered: dict[bytes, asyncio.Future[str]] = field(default_factory=dict)
    _drawn: dict[str, asyncio.Future[Picture]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._turn = asyncio.Semaphore(self.at_once)

    async def picture(self, collection: str, side: Side, place: Place, size: int) -> Picture:
        """A layer at a place. Raises PcsyncError with the reason why there is no picture."""
        found = await self.finder.items(collection, side.cql, place.bounds)
        if found.nothing:
            raise UnreadablePictureError(NOTHING)
        base = collection_base(collection) if side.cql is None else await self._base(collection, side.cql)
        route = box(base, place.bounds, pixels_of(place.bounds, size), side.options)
        if route not in self._drawn:
            self._drawn[route] = asyncio.ensure_future(self._draw(route, found.state))
        picture = await asyncio.shield(self._drawn[route])
        return replace(picture, clipped=0.0) if coloured(side.options) else picture

    async def _base(self, collection: str, cql: Cql) -> str:
        """The registered search of a mosaic: the filter is proposed to the tiler, and no configuration changes."""
        question = mosaic_question(collection, cql)
        key = canonical(question)
        if key not in self._registered:
            self._registered[key] = asyncio.ensure_future(self._register(question))
        return search_base(await asyncio.shield(self._registered[key]))

    async def _register(self, question: Any) -> str:
        self.requests += 1
        look = await self.viewer.look(REGISTER, question)
        if look.status != 200:
            raise UnreadablePictureError(f"the mosaic cannot be registered: {reason(look)}")
        try:
            return str(orjson.loads(look.content)["searchid"])
        except (orjson.JSONDecodeError, KeyError, TypeError):
            raise UnreadablePictureError("the mosaic cannot be registered: the answer has no searchid") from None

    async def _draw(self, route: str, state: str) -> Picture:
        key = fingerprint([self.endpoint, route, state]) if state else ""
        kept = self.cache.get(key) if key else None
        if kept is not None:
            self.cached += 1
            return await asyncio.to_thread(decode, kept, "", route)
        async with self._turn:
            self.requests += 1
            try:
                async with asyncio.timeout(self.seconds):
                    look = await self.viewer.look(route)
            except TimeoutError:
                raise UnreadablePictureError(f"no picture within {self.seconds:g} seconds") from None
        picture = await asyncio.to_thread(picture_of, look, route)
        if key:
            self.cache.put(key, look.content)
        return picture


async def had(drawing: Drawing, collection: str, sides: Sequence[tuple[Side, Place] | None], size: int) -> list[Picture | str | None]:
    """For each side its picture, the reason why it cannot be had, or None where the side does not exist."""

    async def one(side: tuple[Side, Place] | None) -> Picture | str | None:
        if side is None:
            return None
        try:
            return await drawing.picture(collection, *side, size)
        except PcsyncError as failure:
            return failure.what

    return list(await asyncio.gather(*map(one, sides)))
