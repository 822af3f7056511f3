"""The picture that is asked for: its place, its reference system, its pixels."""

from dataclasses import dataclass
from typing import Any

from rasterio.warp import calculate_default_transform

from pcsync.emulator.errors import Invalid
from pcsync.emulator.tiler.parameters import LARGEST_SIDE, Size
from pcsync.emulator.tiler.query import BBox

from .opening import Dataset
from .projecting import bounds_between


@dataclass(frozen=True, slots=True)
class Frame:
    """bounds in units of crs. buffer: pixels added on each side; padding: read around it and cut off, for smoother edges."""

    bounds: BBox
    crs: Any
    width: int
    height: int
    buffer: float = 0.0
    padding: int = 0


def whole_of(dataset: Dataset, target: Any, size: Size) -> Frame:
    """A picture of all of a dataset, in its own system unless another is asked for."""
    target = target or dataset.crs
    bounds = bounds_between(tuple(dataset.bounds), dataset.crs, target)
    return part_of(dataset, bounds, target, size)


def part_of(dataset: Dataset, bounds: BBox, target: Any, size: Size) -> Frame:
    """A picture of a box at the dataset's own resolution, unless a size is asked for. Raises Invalid when it is too large."""
    across, down = _resolution(dataset, target)
    native = max(1.0, (bounds[2] - bounds[0]) / across), max(1.0, (bounds[3] - bounds[1]) / down)
    width, height = _fitted(native, size)
    if width > LARGEST_SIDE or height > LARGEST_SIDE:
        raise Invalid(f"The picture would have {width} x {height} pixels; with max_size, width or height it must be within {LARGEST_SIDE}")
    return Frame(bounds, target, width, height)


def _resolution(dataset: Dataset, target: Any) -> tuple[float, float]:
    if dataset.crs == target:
        return abs(dataset.res[0]), abs(dataset.res[1])
    transform, _, _ = calculate_default_transform(dataset.crs, target, dataset.width, dataset.height, *dataset.bounds)
    return abs(transform.a), abs(transform.e)


def _fitted(native: tuple[float, float], size: Size) -> tuple[int, int]:
    """As rio-tiler: both sides as asked; one side and the ratio; or at most the longest side."""
    width, height = native
    if size.width and size.height:
        return size.width, size.height
    if size.width or size.height:
        factor = (size.width or 0) / width if size.width else (size.height or 0) / height
    else:
        factor = min(1.0, size.longest / max(width, height)) if size.longest else 1.0
    return size.width or max(1, round(min(width * factor, 1e9))), size.height or max(1, round(min(height * factor, 1e9)))
