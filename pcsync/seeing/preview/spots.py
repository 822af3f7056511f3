"""Where to look at a layer: what the manifest says, the collection's default location, else the bounds of an item."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pcsync.core.canonical import canonical, fingerprint
from pcsync.core.errors import PcsyncError
from pcsync.core.picture import Bounds, Place
from pcsync.core.state import Viewer
from pcsync.seeing.answers import reason
from pcsync.seeing.preview.configuration import Configuration, Cql
from pcsync.seeing.preview.geometry import place_at, place_of, zoomed
from pcsync.seeing.preview.settings import Looking
from pcsync.seeing.preview.wishes import Side, Wish
from pcsync.seeing.routes import mosaic_question

SEARCH = "/stac/search"
MOST_ITEMS = 30
"""Items of a place that are read to tell one state of it from another; places with more are never taken from the cache."""
DEFAULT = "default location"


@dataclass(frozen=True, slots=True)
class Found:
    """Items of a mosaic at a place: the first ones, and a fingerprint where they are all. ``why`` they could not be searched, if so."""

    items: tuple[Mapping[str, Any], ...] = ()
    state: str = ""
    why: str = ""

    @property
    def nothing(self) -> bool:
        """The catalog says that no item is there."""
        return not self.items and not self.why


@dataclass
class Finder:
    """Searches one catalog for items, each search once."""

    viewer: Viewer
    _asked: dict[bytes, asyncio.Future[Found]] = field(default_factory=dict)

    async def items(self, collection: str, cql: Cql | None, bounds: Bounds | None = None, limit: int = MOST_ITEMS) -> Found:
        """Items of a mosaic (None: of the collection), within bounds where they are given."""
        question = {**mosaic_question(collection, cql or ()), "limit": limit, **({"bbox": list(bounds)} if bounds else {})}
        key = canonical(question)
        if key not in self._asked:
            self._asked[key] = asyncio.ensure_future(self._search(question))
        return await asyncio.shield(self._asked[key])

    async def _search(self, question: Mapping[str, Any]) -> Found:
        import orjson

        try:
            look = await self.viewer.look(SEARCH, question)
        except PcsyncError as failure:
            return Found(why=f"items cannot be searched: {failure.what}")
        if look.status != 200:
            return Found(why=f"items cannot be searched: {reason(look)}")
        try:
            body = orjson.loads(look.content)
            features = tuple(it for it in body["features"] if isinstance(it, dict))
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return Found(why="items cannot be searched: the answer is no list of items")
        whole = len(features) < question["limit"]
        return Found(features, fingerprint([_state(it) for it in features]) if whole else "")


def _state(item: Mapping[str, Any]) -> Any:
    """All that an item is, less its links and the tokens in its hrefs."""
    assets = {key: {**asset, "href": str(asset.get("href")).partition("?")[0]} for key, asset in _assets(item).items()}
    return {**{key: value for key, value in item.items() if key != "links"}, "assets": assets}


def _assets(item: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    assets = item.get("assets")
    return {key: asset for key, asset in assets.items() if isinstance(asset, dict)} if isinstance(assets, dict) else {}


async def spots(wish: Wish, collection: str, after: Configuration, how: Looking, finder: Finder) -> Sequence[Place] | str:
    """The places to look at a layer, or why there are none."""
    if wish.opens:
        return [opening(side, how.size) for side in wish.sides[:1]]
    zoom = max(side.min_zoom for side in wish.sides)
    if how.places:
        return how.places
    places: list[Place] = []
    why = ""
    for cql in _mosaics(wish):
        found = await _spot(collection, cql, after, how, zoom, finder)
        if isinstance(found, Place):
            places += [found] if all(found.bounds != it.bounds for it in places) else []
        else:
            why = why or found
    return places or why


def opening(side: Side, size: int) -> Place:
    """Where the map opens."""
    longitude, latitude, zoom = side.opening or (0.0, 0.0, 0)
    return place_at(longitude, latitude, max(zoom, side.min_zoom), size, DEFAULT)


def _mosaics(wish: Wish) -> list[Cql | None]:
    """The mosaics of both sides, each once."""
    found: list[Cql | None] = []
    for side in wish.sides:
        if all(canonical(side.cql) != canonical(it) for it in found):
            found.append(side.cql)
    return found


async def _spot(collection: str, cql: Cql | None, after: Configuration, how: Looking, zoom: int, finder: Finder) -> Place | str:
    location = after.settings.get("defaultLocation")
    if location:
        latitude, longitude = location["coordinates"][:2]
        place = zoomed(place_at(longitude, latitude, int(location["zoom"]), how.size, DEFAULT), zoom, how.size)
        if (await finder.items(collection, cql, place.bounds)).items:
            return place
    found = await finder.items(collection, cql, limit=1)
    if found.nothing:
        return "no item fits the mosaic's filter" if cql else "the collection has no items"
    bounds = _bounds(found.items[0]) if found.items else None
    if bounds is None:
        return found.why or "its first item has no bounds"
    return place_of(bounds, how.size, why=f"item {found.items[0].get('id')}", min_zoom=zoom)


def _bounds(item: Mapping[str, Any]) -> Bounds | None:
    """West, south, east, north of an item's bbox, which may have heights."""
    bbox = item.get("bbox")
    if not isinstance(bbox, list) or len(bbox) not in (4, 6) or not all(isinstance(it, int | float) for it in bbox):
        return None
    half = len(bbox) // 2
    return float(bbox[0]), float(bbox[1]), float(bbox[half]), float(bbox[half + 1])
