"""Spatial relations other than intersects and disjoint, with GEOS by way of shapely: PostGIS, which answers for the service, uses it too.

The extra `spatial` brings it; without it these operators answer 501.
"""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from importlib.util import find_spec
from typing import Any

from pcsync.emulator.errors import NotServed

HINT = "Install the extra: pip install 'pcsync[emulator,spatial]'"
INVERSE: Mapping[str, str] = {
    "s_within": "contains",
    "s_contains": "within",
    "s_touches": "touches",
    "s_crosses": "crosses",
    "s_overlaps": "overlaps",
    "s_equals": "equals",
}
"""What the other geometry is to the item's when the item's stands in the relation to it; shapely's names."""
MIRRORED = {"s_within": "s_contains", "s_contains": "s_within"}


def as_of_item(op: str, item_is_first: bool) -> str:
    """The operator with the item's geometry on its left side."""
    return op if item_is_first else MIRRORED.get(op, op)


def need(op: str) -> None:
    """Raises NotServed when shapely is not installed."""
    if not _installed():
        raise NotServed(f"filter: '{op}' needs shapely. {HINT}")


def relates(op: str, geometry: str | None, other: str) -> bool | None:
    """Whether the item's geometry stands in the relation to the other one; unknown where GEOS cannot tell."""
    if geometry is None:
        return None
    from shapely import from_geojson
    from shapely.errors import GEOSException

    try:
        return bool(_predicate(op)(_kept(other), from_geojson(geometry)))
    except GEOSException:
        return None


@cache
def _installed() -> bool:
    try:
        return find_spec("shapely") is not None
    except ValueError:  # find_spec's word for a package that was made unimportable
        return False


@cache
def _predicate(op: str) -> Callable[[Any, Any], Any]:
    import shapely

    found: Callable[[Any, Any], Any] = getattr(shapely, INVERSE[op])
    return found


@lru_cache(maxsize=64)
def _kept(text: str) -> Any:
    """The geometry that stays the same over a search, prepared for many questions."""
    import shapely

    made = shapely.from_geojson(text)
    shapely.prepare(made)
    return made
