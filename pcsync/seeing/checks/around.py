"""What the checks of one collection have in common, read once: its configuration, its newest items, its mosaics as searches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import quote

from pcsync.core.picture import Bounds
from pcsync.core.resource import Body
from pcsync.seeing import routes
from pcsync.seeing.answers import reason
from pcsync.seeing.checks.answer import UnaskableError, body_of
from pcsync.seeing.checks.asking import One
from pcsync.seeing.preview.configuration import Configuration, cql_of, live_configuration

T = TypeVar("T")
NEWEST = 3
"""Items that are looked at for a place: one may well be water or cloud only."""


@dataclass
class Around:
    """A collection as the catalog has it now. Every question is asked once, however many checks need its answer."""

    collection: str
    one: One
    _known: dict[str, asyncio.Future[Any]] = field(default_factory=dict)

    async def once(self, name: str, ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """An answer that all checks of the collection share."""
        if name not in self._known:
            self._known[name] = asyncio.ensure_future(ask())
        found: T = await asyncio.shield(self._known[name])
        return found

    async def configuration(self) -> Configuration | None:
        """Render options, mosaics and tile settings; None where there is no such collection."""
        return await self.once("configuration", self._configuration)

    async def _configuration(self) -> Configuration | None:
        body = await self.one.get(f"{self.path}/configurations")
        return None if body is None else live_configuration(body)

    @property
    def path(self) -> str:
        """The collection's own path."""
        return f"/stac/collections/{quote(self.collection, safe='')}"

    async def option(self, name: str) -> Body:
        """A render option. Raises UnaskableError where the catalog has none of that name."""
        configuration = await self._present()
        if name not in configuration.options:
            raise UnaskableError(f"the catalog has no render option {name}")
        return configuration.options[name]

    async def mosaic(self, name: str) -> Body:
        """A mosaic. Raises UnaskableError where the catalog has none of that name."""
        configuration = await self._present()
        if name not in configuration.mosaics:
            raise UnaskableError(f"the catalog has no mosaic {name}")
        return configuration.mosaics[name]

    async def _present(self) -> Configuration:
        configuration = await self.configuration()
        if configuration is None:
            raise UnaskableError(f"the catalog has no collection {self.collection}")
        return configuration

    async def options(self, asked: Mapping[str, Any]) -> str:
        """The tiler's query string that a check draws with; empty where it names none."""
        if "renderOption" in asked:
            return (await self.option(asked["renderOption"])).get("options") or ""
        return str(asked.get("options") or "")

    async def base(self, asked: Mapping[str, Any]) -> str:
        """The tiler's path of what a check looks at: one item, the items of a mosaic, or all."""
        if "item" in asked:
            return routes.item_base(self.collection, asked["item"])
        if "mosaic" not in asked:
            return routes.collection_base(self.collection)
        mosaic = await self.mosaic(asked["mosaic"])
        return await self.searched(mosaic)

    async def searched(self, mosaic: Body) -> str:
        """The tiler's path of a mosaic, registered as a search."""
        return await self.once(f"search {mosaic.get('id')}", lambda: self._searched(mosaic))

    async def _searched(self, mosaic: Body) -> str:
        look = await self.one.look(routes.REGISTER, routes.mosaic_question(self.collection, cql_of(mosaic)))
        body = body_of(look) if look.status == 200 else None
        if not isinstance(body, dict) or not isinstance(body.get("searchid"), str):
            raise UnaskableError(f"the filter of mosaic {mosaic.get('id')} could not be registered: {reason(look)}")
        return routes.search_base(body["searchid"])

    async def items(self, mosaic: Body | None = None) -> Sequence[Body]:
        """The newest items, of a mosaic where one is given; at most NEWEST."""
        if mosaic is None or not cql_of(mosaic):
            return await self.once("items", self._items)
        return await self.once(f"items {mosaic.get('id')}", lambda: self._found(mosaic))

    async def _items(self) -> Sequence[Body]:
        look = await self.one.look(f"{self.path}/items?limit={NEWEST}")
        if look.status == 404:
            return []
        return _features(body_of(look)) if look.status == 200 else _refused(reason(look))

    async def _found(self, mosaic: Body) -> Sequence[Body]:
        question = {**routes.mosaic_question(self.collection, cql_of(mosaic)), "limit": NEWEST}
        look = await self.one.look("/stac/search", question)
        return _features(body_of(look)) if look.status == 200 else _refused(reason(look))


def _refused(why: str) -> Sequence[Body]:
    raise UnaskableError(f"the items could not be read: {why}")


def _features(body: Any) -> Sequence[Body]:
    features = body.get("features") if isinstance(body, dict) else None
    return [it for it in features if isinstance(it, dict)] if isinstance(features, list) else []


def bounds_of(item: Body) -> Bounds | None:
    """West, south, east, north of an item, without heights; None where it has none."""
    box = item.get("bbox")
    if not isinstance(box, list) or len(box) not in (4, 6):
        return None
    half = len(box) // 2
    return float(box[0]), float(box[1]), float(box[half]), float(box[half + 1])
