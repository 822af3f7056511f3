"""A catalog of known pixels, and checks asked of it through the real client; nothing waits, the clock only counts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from pcsync.client.http import Catalog as Client
from pcsync.core.checks import CheckReport, CheckResult, CollectionChecks, DeclaredCheck
from pcsync.emulator import Settings, create_app
from pcsync.seeing.checks.asking import Asking, Budget
from pcsync.seeing.checks.run import Run
from tests.emulator.catalog import BASE, START, Catalog, Clock

COLUMNS = {"id": "columns", "name": "Columns", "type": "raster-tile", "options": "assets=columns&colormap_name=viridis"}
NUMBERS = {"id": "numbers", "name": "Numbers", "type": "raster-tile", "options": "expression=columns_b1/255&rescale=0,1"}
CLASSES = {"id": "classes", "name": "Classes", "type": "raster-tile", "options": "assets=classes"}
BEYOND = {"id": "beyond", "name": "Beyond", "type": "raster-tile", "options": "assets=columns&rescale=1000,3000"}


@dataclass
class Rig:
    """The catalog, its clock, and a run over it; ``waited`` are the seconds that retries slept."""

    catalog: Catalog
    client: Client
    waited: list[float] = field(default_factory=list)
    budget: Budget = field(default_factory=Budget)
    patience: float = 0.0

    async def report(self, declared: list[dict[str, Any]] | None, collection: str = "naip", **changes: Any) -> CheckReport:
        members = None if declared is None else tuple(DeclaredCheck(body) for body in declared)
        asking = Asking(self.client.viewer(), self.budget, clock=self.catalog.clock, now=lambda: START)
        run = replace(Run(asking, self.patience, self.sleep), **changes)
        return await run.report([CollectionChecks(collection, members)])

    async def check(self, sort: str, asked: dict[str, Any], **expected: Any) -> CheckResult:
        """One declared check of the collection."""
        body = {"name": "looks right", sort: asked, **({"expect": expected} if expected else {})}
        (result,) = (it for it in (await self.report([body])).results if it.declared)
        return result

    async def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.catalog.clock.advance(seconds)

    async def configure(self, *options: dict[str, Any]) -> None:
        for body in options:
            reply = await self.catalog.post("/stac/collections/naip/configurations/render-options", body)
            assert reply.status_code < 300, reply.text


@pytest.fixture(scope="session")
def pixels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files that every test may point at. Skips where pixels cannot be had."""
    pytest.importorskip("rio_tiler")
    import numpy

    from tests.emulator.tiler import cogs

    made = tmp_path_factory.mktemp("cogs")
    classes = numpy.ones((1, cogs.SIDE, cogs.SIDE), "uint8")
    classes[:, :, 128:] = 7
    cogs.write(made / "classes.tif", classes)
    cogs.write(made / "columns.tif", cogs.columns())
    cogs.write(made / "flat.tif", cogs.flat(9))
    return made


@pytest.fixture
async def rig(pixels: Path) -> AsyncIterator[Rig]:
    """naip with one item of known pixels and two render options that suit them."""
    from tests.emulator.tiler import cogs

    clock = Clock()
    app = create_app(":memory:", Settings(clock=clock, read_folders=[pixels]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE) as http:
        catalog = Catalog(app, http, clock)
        await catalog.add("naip", extent=EXTENT)
        assets = {name: (pixels / f"{name}.tif").as_uri() for name in ("columns", "classes", "flat")}
        made = await catalog.post("/stac/collections/naip/items", cogs.item("scene", assets))
        assert made.status_code == 202, made.text
        async with Client("http://emulator.localhost", transport=httpx.ASGITransport(app=app)) as client:
            rig = Rig(catalog, client)
            await rig.configure(COLUMNS, NUMBERS)
            yield rig
    app.close()


EXTENT = {"spatial": {"bbox": [[10, 40, 12, 42]]}, "temporal": {"interval": [["2020-01-01T00:00:00Z", None]]}}
