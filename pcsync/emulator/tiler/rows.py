"""The 85 routes of `/data`: method, path, handler, evidence, in the order in which they are matched.

A literal last segment comes before a parameter in its place: `tiles/1/2/3/assets` is no tile of a grid called `1`.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module

from pcsync.emulator.bodies import Body
from pcsync.emulator.errors import NotServed
from pcsync.emulator.world import Answer, Call, Later

from . import extra, legends, lists, searches, tilejson, tilesets, wmts

Handler = Callable[[Call], Answer | Later]
Row = tuple[str, str, Handler, tuple[str, ...], Body]
COLLECTION = "/data/mosaic/collections/{collectionId}"
ITEM = f"{COLLECTION}/items/{{itemId}}"
SEARCH = "/data/mosaic/searches/{searchId}"
TMS = "{tileMatrixSetId}"
TILE_FORMS = ("{z}/{x}/{y}", "{z}/{x}/{y}.{format}", "{z}/{x}/{y}@{scale}x", "{z}/{x}/{y}@{scale}x.{format}")
BOX = "{minx},{miny},{maxx},{maxy}"
POINT = "point/{longitude},{latitude}"
CACHED = "public, max-age=3600"


def rows() -> Iterator[Row]:
    for method, path, handler, evidence in _routes():
        yield method, path, timed(handler, method), (evidence,), Body.JSON if method == "POST" else Body.NONE


def _routes() -> Iterator[tuple[str, str, Handler, str]]:
    yield "GET", "/data/tile-matrix-sets", tilesets.matrix_sets, "4.0 [S]"
    yield "GET", f"/data/tile-matrix-sets/{TMS}", tilesets.matrix_set, "4.0 [S]"
    yield "GET", "/data/legend/classmap/{classmapName}", legends.classmap, "legend-classmap"
    yield "GET", "/data/legend/interval/{classmapName}", legends.interval, "4.0 [S]"
    yield "GET", "/data/legend/colormap/{colorMapName}", legends.colormap, "4.0 [S]"
    yield "POST", "/data/mosaic/register", searches.register, "4.0 [R]"
    yield "GET", f"{COLLECTION}/info", searches.collection_info, "mosaic-collection-info"
    yield "GET", f"{SEARCH}/info", searches.search_info, "4.0 [R]"
    for base, evidence in ((ITEM, "4.0 [S]"), (COLLECTION, "mosaic-collection-tilejson"), (SEARCH, "4.0 [X]")):
        yield from _maps(base, evidence)
    yield from _of_item()
    for base in (COLLECTION, SEARCH):
        yield from _of_mosaic(base)
    for base in (ITEM, COLLECTION, SEARCH):
        yield from _tiles(base)
        yield from _crops(base)


def _maps(base: str, evidence: str) -> Iterator[tuple[str, str, Handler, str]]:
    """What a map client asks first."""
    for path in (base, f"{base}/{TMS}"):
        yield "GET", f"{path}/tilejson.json", tilejson.tilejson, evidence
        yield "GET", f"{path}/WMTSCapabilities.xml", wmts.capabilities, "4.0 [S]"
    yield "GET", f"{base}/tiles", tilesets.tilesets, "4.0 [R]"
    yield "GET", f"{base}/tiles/{TMS}", tilesets.tileset, "4.0 [R]"


def _of_item() -> Iterator[tuple[str, str, Handler, str]]:
    yield "GET", f"{ITEM}/bounds", lists.bounds, "4.0 [S]"
    yield "GET", f"{ITEM}/assets", lists.assets, "4.0 [S]"
    names = {"info": "info", "info.geojson": "info_geojson", "statistics": "statistics", "asset_statistics": "asset_statistics"}
    for path, name in names.items():
        yield "GET", f"{ITEM}/{path}", pixels(name), "4.0 [S]"
    yield "POST", f"{ITEM}/statistics", pixels("feature_statistics"), "4.0 [S]"
    yield "GET", f"{ITEM}/{POINT}", pixels("item_point"), "4.0 [S]"
    for path in ("preview", "preview.{format}"):
        yield "GET", f"{ITEM}/{path}", pixels("preview"), "4.0 [S]"


def _of_mosaic(base: str) -> Iterator[tuple[str, str, Handler, str]]:
    yield "GET", f"{base}/tiles/{TMS}/{TILE_FORMS[0]}/assets", lists.under_tile, "4.0 [S]"
    yield "GET", f"{base}/tiles/{TILE_FORMS[0]}/assets", lists.under_tile, "4.0 [S]"
    yield "GET", f"{base}/bbox/{BOX}/assets", lists.under_box, "4.0 [S]"
    yield "GET", f"{base}/{POINT}/assets", lists.under_point, "4.0 [S]"
    yield "GET", f"{base}/{POINT}", pixels("mosaic_point"), "4.0 [R]"


def _tiles(base: str) -> Iterator[tuple[str, str, Handler, str]]:
    for form in TILE_FORMS:
        yield "GET", f"{base}/tiles/{TMS}/{form}", pixels("tile"), "4.0 [S]"
        yield "GET", f"{base}/tiles/{form}", pixels("tile"), "4.0 [S]"


def _crops(base: str) -> Iterator[tuple[str, str, Handler, str]]:
    yield "GET", f"{base}/bbox/{BOX}/{{width}}x{{height}}.{{format}}", pixels("bbox"), "4.0 [S]"
    yield "GET", f"{base}/bbox/{BOX}.{{format}}", pixels("bbox"), "4.0 [S]"
    for path in ("feature/{width}x{height}.{format}", "feature.{format}", "feature"):
        yield "POST", f"{base}/{path}", pixels("feature"), "4.0 [S]"


def pixels(name: str) -> Handler:
    """A handler of `pixels.handlers`, imported when it is first asked for. Raises NotServed without the extra, NotImportedError."""

    def handler(call: Call) -> Answer | Later:
        if not extra.installed():
            raise NotServed(f"Pixels need rio-tiler. {extra.HINT}")
        extra.need_imported()
        found: Handler = getattr(import_module(f"{__package__}.pixels.handlers"), name)
        return found(call)

    return handler


def timed(handler: Handler, method: str) -> Handler:
    """Answers of the tiler may be cached for an hour and say how long they took (recorded headers)."""

    def answer(call: Call) -> Answer | Later:
        start = time.perf_counter()
        said = handler(call)
        if isinstance(said, Later):
            return Later(lambda: _stamped(said.work(), start, method))
        return _stamped(said, start, method)

    return answer


def _stamped(answer: Answer, start: float, method: str) -> Answer:
    cached = {"Cache-Control": CACHED} if method == "GET" else {}
    took = {"Server-Timing": f"total;dur={(time.perf_counter() - start) * 1000:.1f}"}
    return replace(answer, headers={**(answer.headers or {}), **cached, **took})
