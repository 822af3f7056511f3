"""A catalog with pictures in it, looked at through a viewer whose every request is written down."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from pcsync.client.http import Catalog as Client
from pcsync.core.change import Action, Change
from pcsync.core.diff import diff
from pcsync.core.picture import Comparison, Picture
from pcsync.core.plan import Plan, Target
from pcsync.core.resource import Key
from pcsync.seeing.preview.run import Limits, Preview, preview
from pcsync.seeing.preview.settings import looking
from tests.emulator.catalog import BASE, Catalog, open_catalog

CONFIGURATION = "/stac/collections/naip/configurations"
SETTINGS = {"minZoom": 4, "maxItemsPerTile": 35, "defaultLocation": {"zoom": 8, "coordinates": [41.0, 11.0]}}
PLAIN = "assets=columns&rescale=0,255"
COLOURS = f"{PLAIN}&colormap_name=viridis"
GREY = {"id": "grey", "name": "Grey", "type": "raster-tile", "options": "assets=columns&rescale=0,255"}
WEST, EAST = (10.0, 40.0, 11.0, 42.0), (11.0, 40.0, 12.0, 42.0)


class Recording(httpx.AsyncBaseTransport):
    """A transport that writes down method and path of each request."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner, self.seen = inner, list[tuple[str, str]]()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append((request.method, request.url.raw_path.decode()))
        return await self.inner.handle_async_request(request)


@dataclass
class Scene:
    """An emulated catalog, and previews of plans on it."""

    catalog: Catalog
    recording: Recording
    endpoint: str = BASE

    async def preview(self, *changes: Change, section: Any = None, limits: Limits | None = None, **options: Any) -> Preview:
        """What a plan of these changes shows."""
        plan = Plan(Target("local", self.endpoint, "contoso"), changes)
        async with Client(self.endpoint, transport=self.recording) as client:
            return await preview(plan, client.viewer(), lambda _: looking(section), limits=limits, **options)

    def sent(self, method: str) -> list[str]:
        """Paths, without queries, that were asked with a method."""
        return [path.partition("?")[0] for asked, path in self.recording.seen if asked == method]


def change(kind: str, name: str, before: Any, after: Any, collection: str = "naip") -> Change:
    """A change from one body to another; None is not there."""
    action = Action.CREATE if before is None else Action.DELETE if after is None else Action.UPDATE
    return Change(Key(kind, collection, name), action, before, after, tuple(diff(before, after)) if action is Action.UPDATE else ())


def option(before: str | None, after: str | None, **fields: Any) -> Change:
    """A change of the render option ``grey`` from one query string to another."""
    bodies = [None if text is None else {**GREY, **fields, "options": text} for text in (before, after)]
    return change("render-option", "grey", *bodies)


def year(value: str) -> dict[str, Any]:
    return {"op": "=", "args": [{"property": "year"}, value]}


def mosaic(*cql: dict[str, Any]) -> dict[str, Any]:
    return {"id": "flights", "name": "Flights", "cql": list(cql)}


def only(found: Preview) -> Comparison:
    assert len(found.comparisons) == 1
    return found.comparisons[0]


def middle(picture: Picture | None) -> Any:
    assert picture is not None
    with Image.open(BytesIO(picture.content)) as image:
        return image.convert("RGBA").getpixel((picture.width // 4, picture.height // 2))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures of two years: columns of 0 to 255, and the same in reverse. Skips where pixels cannot be had."""
    pytest.importorskip("rio_tiler")
    from tests.emulator.tiler import cogs

    made = tmp_path_factory.mktemp("cogs")
    cogs.write(made / "2021.tif", cogs.columns())
    cogs.write(made / "2022.tif", 255 - cogs.columns())
    cogs.write(made / "rgb.tif", cogs.flat(10, 200, 90))
    return made


@pytest.fixture
async def scene(folder: Path) -> AsyncIterator[Scene]:
    """The catalog: two items at one place, a year apart, and a render option that draws them."""
    from tests.emulator.tiler import cogs

    async with open_catalog(read_folders=[folder]) as opened:
        await opened.add("naip", item_assets={"columns": {"type": cogs.GEOTIFF, "title": "Columns"}})
        for year in ("2021", "2022"):
            assets = {"columns": (folder / f"{year}.tif").as_uri(), "rgb": (folder / "rgb.tif").as_uri()}
            await opened.post("/stac/collections/naip/items", cogs.item(year, assets, datetime=f"{year}-01-01T00:00:00Z", year=year))
        await opened.post(f"{CONFIGURATION}/render-options", GREY)
        await opened.put(f"{CONFIGURATION}/tile-settings", SETTINGS)
        yield Scene(opened, Recording(httpx.ASGITransport(app=opened.app)))
