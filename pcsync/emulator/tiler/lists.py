"""What lies under a tile, a box or a point, and what one item offers: answers without pixels."""

from typing import Any

from pcsync.emulator.errors import NotServed
from pcsync.emulator.jsonb import BASE
from pcsync.emulator.routes.replies import json_answer
from pcsync.emulator.world import Answer, Call

from . import addresses, extra, targets
from .parameters import mosaic_limits
from .query import BBox
from .targets import HERE, Item, target
from .under import items_under

RASTER_TYPES = ("image/tiff", "image/x.geotiff", "image/vnd.stac.geotiff", "image/jp2", "image/png", "image/jpeg", "image/webp")
DEGREES = ("", "EPSG:4326", "OGC:CRS84", "CRS84", "4326")


def bounds(call: Call) -> Answer:
    return json_answer(200, {"bounds": list(target(call).bounds)})


def assets(call: Call) -> Answer:
    """Names of the assets that the tiler can read."""
    found = target(call).item
    return json_answer(200, list(readable(found)) if found else [])


def under_tile(call: Call) -> Answer:
    return _listed(call, addresses.tile(call).on_earth)


def under_box(call: Call) -> Answer:
    return _listed(call, in_degrees(call, addresses.box(call)))


def under_point(call: Call) -> Answer:
    x, y = addresses.point(call)
    return _listed(call, in_degrees(call, (x, y, x, y)))


def readable(item: Item) -> dict[str, dict[str, Any]]:
    """Assets by key whose type is a raster; one without a type may be one."""
    return {key: asset for key, asset in item.assets.items() if _is_raster(asset.get("type"))}


def in_degrees(call: Call, box: BBox) -> BBox:
    """A box of the request's coord_crs. Raises NotServed for another system without a projection library."""
    code = call.query.get("coord_crs") or ""
    if code.upper() in DEGREES:
        return box
    if not extra.installed():
        raise NotServed(f"coord_crs '{code[:40]}' needs a projection library. {extra.HINT}")
    extra.need_imported()
    from .pixels.projecting import bounds_in, code_of

    return bounds_in(box, code_of(code, "coord_crs"), 4326)


def _is_raster(kind: Any) -> bool:
    return kind is None or (isinstance(kind, str) and kind.partition(";")[0].strip().lower() in RASTER_TYPES)


def _listed(call: Call, region: BBox) -> Answer:
    found = items_under(call, target(call), region, mosaic_limits(call))
    return json_answer(200, [_entry(item) for item in found])


def _entry(item: Item) -> targets.Json:
    """pgstac's four keys, in jsonb order."""
    assets = {key: {**asset, "href": asset["href"].replace(HERE, BASE, 1)} for key, asset in item.assets.items()}
    return {"id": item.id, "bbox": list(item.bbox), "assets": assets, "collection": item.collection}
