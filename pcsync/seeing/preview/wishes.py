"""What of a plan can be seen on the map, and how each side of it is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pcsync.core.change import Action, Change
from pcsync.core.resource import Body
from pcsync.core.source import steps
from pcsync.seeing.preview.configuration import Configuration, Cql, cql_of, fits, raster
from pcsync.seeing.preview.settings import Looking

SEEN = {
    "render-option": frozenset({"options", "type", "vectorOptions"}),
    "mosaic": frozenset({"cql"}),
    "tile-settings": frozenset({"maxItemsPerTile", "defaultLocation"}),
}
"""Fields that change a picture; the others are texts, or say at which zoom and beside what the layer is offered."""
MOVING = frozenset({Action.CREATE, Action.UPDATE, Action.DELETE})
VECTOR = "vector tiles are drawn by the browser: the tiler has no picture of them"
NO_OPTION = "no render option draws this collection"
NO_OPTIONS = "the render option says nothing about what to draw"


@dataclass(frozen=True, slots=True)
class Side:
    """A layer on one side of a change: the tiler's parameters, the mosaic's expressions (None: all items), and where it begins.

    ``opening`` is where the map opens ((longitude, latitude, zoom)) where that is what is looked at.
    """

    options: str
    cql: Cql | None = None
    min_zoom: int = 0
    opening: tuple[float, float, int] | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """One layer to be looked at before and after a change; ``why`` there is nothing to draw, if so."""

    change: Change
    title: str
    before: Side | None = None
    after: Side | None = None
    why: str = ""

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides that exist, that of the plan first."""
        return tuple(side for side in (self.after, self.before) if side)

    @property
    def opens(self) -> bool:
        """It is about where the map opens, so each side has its own place."""
        return any(side.opening for side in self.sides)


def visible(change: Change) -> bool:
    """The change is made, and it changes pixels."""
    seen = SEEN.get(change.key.kind)
    if seen is None or change.action not in MOVING or change.refusal:
        return False
    return change.action is not Action.UPDATE or any(next(steps(it.path), "") in seen or it.path == "" for it in change.fields)


def wishes(changes: Iterable[Change], live: Configuration, after: Configuration, how: Looking) -> Iterator[Wish]:
    """The layers that changes of one collection are seen in."""
    for change in changes:
        if visible(change):
            match change.key.kind:
                case "render-option":
                    yield from _of_option(change, after, how)
                case "mosaic":
                    yield from _of_mosaic(change, live, after, how)
                case "tile-settings":
                    yield from _of_settings(change, after, how)


def _of_option(change: Change, after: Configuration, how: Looking) -> Iterator[Wish]:
    """The same items on both sides: what differs is the option."""
    body = change.after if change.action is not Action.DELETE and change.after is not None else change.before or {}
    title = _called(body, change.key.name)
    if not all(raster(it) for it in (change.before, change.after) if it is not None):
        yield Wish(change, title, why=VECTOR)
        return
    if not body.get("options"):
        yield Wish(change, title, why=NO_OPTIONS)
        return
    for mosaic in _mosaics_for(body, after, how):
        cql = None if mosaic is None else cql_of(mosaic)
        over = "" if mosaic is None else f" over {_called(mosaic, '')}"
        before, later = (_side(it, cql, after.settings) for it in (change.before, None if change.action is Action.DELETE else change.after))
        yield Wish(change, title + over, before, later)


def _mosaics_for(option: Body, after: Configuration, how: Looking) -> list[Body | None]:
    """The mosaics that an option is looked at over: those the manifest names, one that its conditions ask for, else all items."""
    named: list[Body | None] = [after.mosaics[name] for name in how.mosaics if name in after.mosaics]
    if named or not option.get("conditions"):
        return named or [None]
    return [next((mosaic for mosaic in after.mosaics.values() if fits(option, mosaic)), None)]


def _of_mosaic(change: Change, live: Configuration, after: Configuration, how: Looking) -> Iterator[Wish]:
    """The same render option on both sides: what differs is the items."""
    gone = change.action is Action.DELETE
    body = (change.before if gone else change.after) or {}
    title = _called(body, change.key.name)
    options = _options_for(body, after, how) or _options_for(body, live, how)
    if not options:
        yield Wish(change, title, why=_undrawn(after))
    for option in options:
        before = _side(option, cql_of(change.before), live.settings) if change.before is not None else None
        later = _side(option, cql_of(body), after.settings) if not gone else None
        yield Wish(change, f"{title} as {_called(option, '')}", before, later)


def _options_for(mosaic: Body, state: Configuration, how: Looking) -> list[Body]:
    rasters = [state.options[name] for name in state.rasters()]
    if named := [body for body in rasters if body["id"] in how.render_options]:
        return named
    return [body for body in rasters if fits(body, mosaic)][:1]


def _of_settings(change: Change, after: Configuration, how: Looking) -> Iterator[Wish]:
    old, new = change.before or {}, change.after or {}
    option = next(iter(_options_for({}, after, how)), None) or next((after.options[name] for name in after.rasters()), None)
    mosaic = _mosaics_for(option, after, how)[0] if option else None
    cql = None if mosaic is None else cql_of(mosaic)
    moved = {next(steps(it.path), "") for it in change.fields} if change.action is Action.UPDATE else set(new)
    if "defaultLocation" in moved and (old.get("defaultLocation") or new.get("defaultLocation")):
        title = "where the map opens"
        if option is None:
            yield Wish(change, title, why=_undrawn(after))
        else:
            yield Wish(change, title, _opening(option, cql, old), _opening(option, cql, new))
    if "maxItemsPerTile" in moved and change.action is Action.UPDATE:
        title = f"at most {new.get('maxItemsPerTile')} items in a tile, not {old.get('maxItemsPerTile')},"
        if option is None:
            yield Wish(change, title, why=_undrawn(after))
        else:
            yield Wish(change, f"{title} as {_called(option, '')}", _limited(option, cql, old), _limited(option, cql, new))


def _undrawn(after: Configuration) -> str:
    return VECTOR if after.options and not any(map(raster, after.options.values())) else NO_OPTION


def _opening(option: Body, cql: Cql | None, settings: Body) -> Side | None:
    side, location = _side(option, cql, settings), settings.get("defaultLocation")
    if side is None or not location:
        return None
    latitude, longitude = location["coordinates"][:2]
    return Side(side.options, cql, side.min_zoom, (longitude, latitude, int(location["zoom"])))


def _limited(option: Body, cql: Cql | None, settings: Body) -> Side | None:
    """The Explorer's limit as the tiler's own ``items_limit``, unless the option has one already."""
    side, limit = _side(option, cql, settings), settings.get("maxItemsPerTile")
    if side is None or limit is None or "items_limit=" in side.options:
        return side
    return Side(f"{side.options}&items_limit={limit}", cql, side.min_zoom)


def _side(option: Body | None, cql: Cql | None, settings: Body) -> Side | None:
    if option is None:
        return None
    zoom = max(_zoom(option.get("minZoom")), _zoom(settings.get("minZoom")))
    return Side(option.get("options") or "", cql, zoom)


def _zoom(value: Any) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _called(body: Body, name: str) -> str:
    return str(body.get("name") or body.get("id") or name)
