"""The pixel routes: what a request needs is gathered here, inside its transaction; what it takes long is a Later."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy
from rio_tiler.models import ImageData

from pcsync.emulator.errors import AssetGone, Invalid, Missing
from pcsync.emulator.jsonb import dumps
from pcsync.emulator.tiler import addresses, parameters, png
from pcsync.emulator.tiler.lists import in_degrees
from pcsync.emulator.tiler.parameters import Size
from pcsync.emulator.tiler.query import BBox, every
from pcsync.emulator.tiler.targets import target
from pcsync.emulator.tiler.under import region_of_shape
from pcsync.emulator.world import Answer, Call, Later

from . import figures, painting
from .frames import Frame
from .jobs import NOTHING, Job, Plan, code_in, destination_of, job_of, part, whole
from .projecting import crs
from .reading import Picture, calculated, joined, point

PREVIEW_SIZE = 1024
Json = dict[str, Any]


def tile(call: Call) -> Later:
    address = addresses.tile(call)
    job = job_of(call, address.on_earth if "itemId" not in call.params else None)
    buffer, padding = parameters.buffer_of(call), parameters.padding_of(call)
    width, height = address.pixels
    frame = Frame(address.bounds, crs(address.grid.epsg), width, height, buffer, padding)
    return _painted(call, job, lambda _: frame, address.format, (width, height))


def preview(call: Call) -> Later:
    size, destination = parameters.size(call, PREVIEW_SIZE), destination_of(call)
    return _painted(call, job_of(call), whole(size, destination))


def bbox(call: Call) -> Later:
    box, code = addresses.box(call), code_in(call, "coord_crs", 4326)
    return _painted(call, job_of(call, in_degrees(call, box)), part(call, box, code))


def feature(call: Call) -> Later:
    geometry, region, code = _geometry(call, call.body)
    job = job_of(call, region)
    job = replace(job, rule=replace(job.rule, geometry=geometry, code=code))
    return _painted(call, job, part(call, _extent(geometry), code))


def item_point(call: Call) -> Later:
    place, code = addresses.point(call), code_in(call, "coord_crs", 4326)
    job = job_of(call)
    return Later(lambda: _values(job, place, code))


def mosaic_point(call: Call) -> Later:
    """The newest item that has data there; an item whose asset is gone makes it 424, as recorded."""
    place, code = addresses.point(call), code_in(call, "coord_crs", 4326)
    job = job_of(call, in_degrees(call, (*place, *place)))
    return Later(lambda: _values(job, place, code))


def info(call: Call) -> Later:
    pictures = job_of(call, every_asset=True).pictures
    return Later(lambda: _json(_facts(pictures[0])))


def info_geojson(call: Call) -> Later:
    """The same as the properties of a Feature that shows the item's bounds."""
    found = target(call)
    pictures = job_of(call, every_asset=True).pictures
    west, south, east, north = found.bounds
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    head = {"type": "Feature", "bbox": list(found.bounds), "geometry": {"type": "Polygon", "coordinates": [ring]}}
    return Later(lambda: _json({**head, "properties": _facts(pictures[0])}))


def statistics(call: Call) -> Later:
    """By band, of a reduced picture of the whole item."""
    job, how = job_of(call, every_asset=True), figures.count_of(call)
    size, algorithm = parameters.size(call, PREVIEW_SIZE), _algorithm(call)
    return Later(lambda: _json(figures.statistics(algorithm(job.image(whole(size, None))), how)))


def asset_statistics(call: Call) -> Later:
    """By asset, then by band as `b1`."""
    job, how, size = job_of(call, every_asset=True), figures.count_of(call), parameters.size(call, PREVIEW_SIZE)
    formulas = dict(text.split("|", 1) for text in every(call, "asset_expression") if "|" in text)
    return Later(lambda: _json({asset: _of_asset(job, asset, formulas.get(asset), size, how) for asset in job.pictures[0].assets}))


def feature_statistics(call: Call) -> Later:
    """The Feature (or each of a FeatureCollection) that was sent, with `statistics` among its properties."""
    body, how = call.body, figures.count_of(call)
    many = isinstance(body, dict) and body.get("type") == "FeatureCollection"
    features = body.get("features") if many else [body]
    if not isinstance(features, list) or not 0 < len(features) <= 100:
        raise Invalid("body.features must be an array of 1 to 100 features")
    job, algorithm = job_of(call, every_asset=True), _algorithm(call)
    shapes = [_geometry(call, each) for each in features]
    plans = [part(call, _extent(geometry), code) for geometry, _, code in shapes]

    def work() -> Answer:
        made = []
        for sent, (geometry, _, code), plan in zip(features, shapes, plans, strict=True):
            found = replace(job, rule=replace(job.rule, geometry=geometry, code=code)).image(plan)
            counted = {"statistics": figures.statistics(algorithm(found), how)}
            made.append({**sent, "properties": {**(sent.get("properties") or {}), **counted}})
        return _json({**body, "features": made} if many else made[0])

    return Later(work)


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


def _geometry(call: Call, body: Any) -> tuple[Json, BBox, int]:
    """Geometry of a Feature, its region in degrees, and the code of its system. Raises Invalid."""
    if not isinstance(body, dict) or body.get("type") != "Feature":
        raise Invalid("body must be a GeoJSON Feature")
    geometry: Any = body.get("geometry")
    extent = region_of_shape(geometry)
    if extent[0] >= extent[2] or extent[1] >= extent[3]:
        raise Invalid("body.geometry must have an area")
    plain = {key: geometry[key] for key in ("type", "coordinates", "geometries") if key in geometry}
    return plain, in_degrees(call, extent), code_in(call, "coord_crs", 4326)


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
    found = one.image(whole(size, None))
    found.band_names = [name.removeprefix(f"{asset}_") for name in found.band_names]
    return figures.statistics(calculated(joined([found]), replace(job.chosen, expression=formula)), how)


def _algorithm(call: Call) -> Callable[[ImageData], ImageData]:
    how = parameters.painting(call)

    def change(found: ImageData) -> ImageData:
        from .algorithms import apply

        return apply(found, how.algorithm, how.algorithm_params) if how.algorithm else found

    return change


def _json(value: Any) -> Answer:
    return Answer(200, dumps(value))
