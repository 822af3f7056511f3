"""The pixel routes: what a request needs is gathered here, inside its transaction; what it takes long is a Later."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy
from rio_tiler.models import ImageData

from pcsync.emulator.errors import AssetGone, Invalid, Missing
from pcsync.emulator.jsonb import dumps
from pcsync.emulator.state import blobs
from pcsync.emulator.tiler import addresses, parameters, png
from pcsync.emulator.tiler.lists import in_degrees, readable
from pcsync.emulator.tiler.parameters import Selection, Size
from pcsync.emulator.tiler.query import BBox, every
from pcsync.emulator.tiler.targets import Item, Target, target
from pcsync.emulator.tiler.under import items_under, region_of_shape
from pcsync.emulator.world import Answer, Call, Later

from . import expressions, figures, painting
from .frames import Frame, part_of, whole_of
from .mosaics import Rule, mosaic
from .opening import opened
from .projecting import bounds_in, code_of, crs
from .reading import Picture, calculated, cut_out, image, joined, point

PREVIEW_SIZE = 1024
NOTHING = "There is no data here"
Json = dict[str, Any]
Plan = Callable[[Picture], Frame]


@dataclass(frozen=True, slots=True)
class Job:
    """What a picture is made of. plan: the frame, once the first file that can be read is known."""

    pictures: Sequence[Picture]
    chosen: Selection
    rule: Rule
    alone: bool

    def image(self, plan: Plan) -> ImageData:
        """Raises Missing when nothing is there."""
        found = self.picture(plan)
        if found is None:
            raise Missing(NOTHING)
        return found

    def picture(self, plan: Plan) -> ImageData | None:
        if not self.pictures:
            return None
        frame = plan(self.pictures[0])
        return self._alone(frame) if self.alone else mosaic(self.pictures, self.chosen, frame, self.rule)

    def _alone(self, frame: Frame) -> ImageData | None:
        found = image(self.pictures[0], self.chosen, frame)
        return found if found is None or self.rule.geometry is None else cut_out(found, self.rule.geometry, self.rule.code)


def tile(call: Call) -> Later:
    address = addresses.tile(call)
    job = _job(call, address.on_earth if "itemId" not in call.params else None)
    buffer, padding = parameters.buffer_of(call), parameters.padding_of(call)
    width, height = address.pixels
    frame = Frame(address.bounds, crs(address.grid.epsg), width, height, buffer, padding)
    return _painted(call, job, lambda _: frame, address.format, (width, height))


def preview(call: Call) -> Later:
    size, destination = parameters.size(call, PREVIEW_SIZE), _destination(call)
    return _painted(call, _job(call), _whole(size, destination))


def bbox(call: Call) -> Later:
    box, code = addresses.box(call), _code(call, "coord_crs", 4326)
    return _painted(call, _job(call, in_degrees(call, box)), _part(call, box, code))


def feature(call: Call) -> Later:
    geometry, region, code = _geometry(call, call.body)
    job = _job(call, region)
    job = replace(job, rule=replace(job.rule, geometry=geometry, code=code))
    return _painted(call, job, _part(call, _extent(geometry), code))


def item_point(call: Call) -> Later:
    place, code = addresses.point(call), _code(call, "coord_crs", 4326)
    job = _job(call)
    return Later(lambda: _values(job, place, code))


def mosaic_point(call: Call) -> Later:
    """The newest item that has data there; an item whose asset is gone makes it 424, as recorded."""
    place, code = addresses.point(call), _code(call, "coord_crs", 4326)
    job = _job(call, in_degrees(call, (*place, *place)))
    return Later(lambda: _values(job, place, code))


def info(call: Call) -> Later:
    pictures = _job(call, every_asset=True).pictures
    return Later(lambda: _json(_facts(pictures[0])))


def info_geojson(call: Call) -> Later:
    """The same as the properties of a Feature that shows the item's bounds."""
    found = target(call)
    pictures = _job(call, every_asset=True).pictures
    west, south, east, north = found.bounds
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    head = {"type": "Feature", "bbox": list(found.bounds), "geometry": {"type": "Polygon", "coordinates": [ring]}}
    return Later(lambda: _json({**head, "properties": _facts(pictures[0])}))


def statistics(call: Call) -> Later:
    """By band, of a reduced picture of the whole item."""
    job, how = _job(call, every_asset=True), figures.count_of(call)
    size, algorithm = parameters.size(call, PREVIEW_SIZE), _algorithm(call)
    return Later(lambda: _json(figures.statistics(algorithm(job.image(_whole(size, None))), how)))


def asset_statistics(call: Call) -> Later:
    """By asset, then by band as `b1`."""
    job, how, size = _job(call, every_asset=True), figures.count_of(call), parameters.size(call, PREVIEW_SIZE)
    formulas = dict(text.split("|", 1) for text in every(call, "asset_expression") if "|" in text)
    return Later(lambda: _json({asset: _of_asset(job, asset, formulas.get(asset), size, how) for asset in job.pictures[0].assets}))


def feature_statistics(call: Call) -> Later:
    """The Feature (or each of a FeatureCollection) that was sent, with `statistics` among its properties."""
    body, how = call.body, figures.count_of(call)
    many = isinstance(body, dict) and body.get("type") == "FeatureCollection"
    features = body.get("features") if many else [body]
    if not isinstance(features, list) or not 0 < len(features) <= 100:
        raise Invalid("body.features must be an array of 1 to 100 features")
    job, algorithm = _job(call, every_asset=True), _algorithm(call)
    shapes = [_geometry(call, each) for each in features]
    plans = [_part(call, _extent(geometry), code) for geometry, _, code in shapes]

    def work() -> Answer:
        made = []
        for sent, (geometry, _, code), plan in zip(features, shapes, plans, strict=True):
            found = replace(job, rule=replace(job.rule, geometry=geometry, code=code)).image(plan)
            counted = {"statistics": figures.statistics(algorithm(found), how)}
            made.append({**sent, "properties": {**(sent.get("properties") or {}), **counted}})
        return _json({**body, "features": made} if many else made[0])

    return Later(work)


def _job(call: Call, region: BBox | None = None, every_asset: bool = False) -> Job:
    """The files under a region; of an item, without one. every_asset: all of them where none is named."""
    chosen, found = parameters.selection(call), target(call)
    limits = parameters.mosaic_limits(call)
    if chosen.assets and chosen.expression and not every_asset:
        chosen = replace(chosen, assets=())  # as in TiTiler, an expression decides alone
    if not chosen.assets and chosen.expression is None and not every_asset:
        raise Invalid("assets must be defined either via expression or assets options.")
    items = [found.item] if found.item else items_under(call, found, region or found.bounds, limits)
    skip = call.world.chose("mosaic-missing-asset", "skip")
    rule = Rule(limits.selection, limits.seconds, skip)
    return Job(_pictures(call, items, chosen, found), chosen, rule, found.item is not None)


def _pictures(call: Call, items: Sequence[Item], chosen: Selection, found: Target) -> list[Picture]:
    """Items with the assets that are asked for; a mosaic passes over items that lack one of them, unless all do."""
    pictures, lacking = [], None
    for item in items:
        try:
            names = _names(item, chosen)
        except Missing as without:
            if found.item is not None:
                raise
            lacking = without
            continue
        files = {name: blobs.asset_file(call.db, call.world, item.assets[name]["href"]) for name in names}
        pictures.append(Picture(item.id, files, names))
    if not pictures and lacking is not None:
        raise lacking
    return pictures


def _names(item: Item, chosen: Selection) -> tuple[str, ...]:
    """The assets to read of one item. Raises Missing for one that it does not have."""
    if chosen.assets:
        names = chosen.assets
    elif chosen.expression is None:
        names = tuple(readable(item))
    else:
        names = _in_expression(item, chosen)
    for name in names:
        if name not in item.assets:
            raise Missing(f"'{name[:80]}' is not an asset of this item. Its assets: {', '.join(item.assets)}"[:500])
    return names


def _in_expression(item: Item, chosen: Selection) -> tuple[str, ...]:
    """Assets whose name, or whose name and band, stands in an expression."""
    text = chosen.expression or ""
    bands = {f"{name}_b{index}": name for name in item.assets for index in range(1, 33)}
    names = [*expressions.named_in(text, list(item.assets)), *(bands[band] for band in expressions.named_in(text, list(bands)))]
    if not names:
        raise Missing("expression names no asset of this item")
    return tuple(dict.fromkeys(names))


def _painted(call: Call, job: Job, plan: Plan, kind: str | None = None, blank: tuple[int, int] = (256, 256)) -> Later:
    how, asked = parameters.painting(call), parameters.format_of(call, kind)
    empty = call.world.choices["empty-picture"]

    def work() -> Answer:
        with numpy.errstate(all="ignore"):
            found = job.picture(plan)
            if found is None:
                return _empty(empty, blank)
            content, media_type = painting.picture(found, how, asked)
        return Answer(200, content=content, media_type=media_type)

    return Later(work)


def _empty(choice: str, blank: tuple[int, int]) -> Answer:
    """The answer where there is no data at all, as the unknown `empty-picture` says."""
    if choice == "blank":
        return Answer(200, content=png.strip([(0, 0, 0, 0)] * blank[0], blank[1]), media_type="image/png")
    if choice == "204":
        return Answer(204)
    raise Missing(NOTHING)


def _whole(size: Size, destination: int | None) -> Plan:
    def plan(picture: Picture) -> Frame:
        first = picture.assets[0]
        with opened(first, picture.files[first]) as dataset:
            return whole_of(dataset, crs(destination) if destination else None, size)

    return plan


def _part(call: Call, box: BBox, code: int) -> Plan:
    """A crop; without a size it has the resolution of the first file."""
    size, destination = parameters.size(call, None), _destination(call) or code
    bounds = bounds_in(box, code, destination)

    def plan(picture: Picture) -> Frame:
        first = picture.assets[0]
        if size.width and size.height:
            return Frame(bounds, crs(destination), size.width, size.height)
        with opened(first, picture.files[first]) as dataset:
            return part_of(dataset, bounds, crs(destination), size)

    return plan


def _geometry(call: Call, body: Any) -> tuple[Json, BBox, int]:
    """Geometry of a Feature, its region in degrees, and the code of its system. Raises Invalid."""
    if not isinstance(body, dict) or body.get("type") != "Feature":
        raise Invalid("body must be a GeoJSON Feature")
    geometry: Any = body.get("geometry")
    extent = region_of_shape(geometry)
    if extent[0] >= extent[2] or extent[1] >= extent[3]:
        raise Invalid("body.geometry must have an area")
    plain = {key: geometry[key] for key in ("type", "coordinates", "geometries") if key in geometry}
    return plain, in_degrees(call, extent), _code(call, "coord_crs", 4326)


def _extent(geometry: Json) -> BBox:
    return region_of_shape(geometry)


def _values(job: Job, place: tuple[float, float], code: int) -> Answer:
    """Of the first picture that has data there, else of the first that reaches there. Raises Missing when none does."""
    with numpy.errstate(all="ignore"):
        found = [each for picture in job.pictures if (each := _at(job, picture, place, code)) is not None]
    if not found:
        raise Missing(NOTHING)
    values, names = next((each for each in found if any(value is not None for value in each[0])), found[0])
    return _json({"coordinates": list(place), "values": values, "band_names": names})


def _at(job: Job, picture: Picture, place: tuple[float, float], code: int) -> tuple[list[Any], list[str]] | None:
    try:
        return point(picture, job.chosen, place, code)
    except AssetGone:
        if not job.rule.skip_gone or job.alone:
            raise
    except Missing:
        if job.alone:
            raise
    return None


def _facts(picture: Picture) -> Json:
    return {asset: figures.facts(asset, picture.files[asset]) for asset in picture.assets}


def _of_asset(job: Job, asset: str, formula: str | None, size: Size, how: figures.Count) -> Json:
    """One asset by itself; bands are called b1, b2 here, in its formula too."""
    picture = replace(job.pictures[0], assets=(asset,))
    one = replace(job, pictures=[picture], chosen=replace(job.chosen, expression=None, asset_as_band=False))
    found = one.image(_whole(size, None))
    found.band_names = [name.removeprefix(f"{asset}_") for name in found.band_names]
    return figures.statistics(calculated(joined([found]), replace(job.chosen, expression=formula)), how)


def _algorithm(call: Call) -> Callable[[ImageData], ImageData]:
    how = parameters.painting(call)

    def change(found: ImageData) -> ImageData:
        from .algorithms import apply

        return apply(found, how.algorithm, how.algorithm_params) if how.algorithm else found

    return change


def _destination(call: Call) -> int | None:
    return _code(call, "dst_crs", 0) or None


def _code(call: Call, name: str, default: int) -> int:
    text = call.query.get(name)
    return code_of(text, name) if text else default


def _json(value: Any) -> Answer:
    return Answer(200, dumps(value))
