"""What the pixels of a request are made of: which files of which items, and the frame that they are read into."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rio_tiler.models import ImageData

from pcsync.emulator.errors import Invalid, Missing
from pcsync.emulator.state import blobs
from pcsync.emulator.tiler import cubes, parameters
from pcsync.emulator.tiler.lists import readable
from pcsync.emulator.tiler.parameters import Selection, Size
from pcsync.emulator.tiler.query import BBox
from pcsync.emulator.tiler.targets import Item, Target, target
from pcsync.emulator.tiler.under import items_under
from pcsync.emulator.world import Call

from . import expressions
from .frames import Frame, part_of, whole_of
from .mosaics import Rule, mosaic
from .opening import opened
from .projecting import bounds_in, code_of, crs
from .reading import Picture, cut_out, image

NOTHING = "There is no data here"
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


def job_of(call: Call, region: BBox | None = None, every_asset: bool = False) -> Job:
    """The files under a region; of an item, without one. every_asset: all of them where none is named."""
    chosen, found = parameters.selection(call), target(call)
    cubes.refuse_parameters(call, of_item=found.item is not None)
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
        cubes.refuse_assets(item.assets, names)
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


def whole(size: Size, destination: int | None) -> Plan:
    def plan(picture: Picture) -> Frame:
        first = picture.assets[0]
        with opened(first, picture.files[first]) as dataset:
            return whole_of(dataset, crs(destination) if destination else None, size)

    return plan


def part(call: Call, box: BBox, code: int) -> Plan:
    """A crop; without a size it has the resolution of the first file."""
    size, destination = parameters.size(call, None), destination_of(call) or code
    bounds = bounds_in(box, code, destination)

    def plan(picture: Picture) -> Frame:
        first = picture.assets[0]
        if size.width and size.height:
            return Frame(bounds, crs(destination), size.width, size.height)
        with opened(first, picture.files[first]) as dataset:
            return part_of(dataset, bounds, crs(destination), size)

    return plan


def destination_of(call: Call) -> int | None:
    return code_in(call, "dst_crs", 0) or None


def code_in(call: Call, name: str, default: int) -> int:
    text = call.query.get(name)
    return code_of(text, name) if text else default
