"""Where in the world the collections of a run are: their bounding boxes over an outline of the land."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pcsync.core.picture import Bounds
from pcsync.core.resource import COLLECTION, Key
from pcsync.render.html.change import plain
from pcsync.render.html.land import LAND
from pcsync.render.html.markup import Markup, fragment, join, tag
from pcsync.render.wording import count, number

SMALL = 3.0  # degrees below which a box would be a speck, and gets a ring around it
WIDE = 12_000.0  # square degrees above which a box is drawn as its edge only
MOST = 400  # boxes drawn
LISTED = 60  # collections named beside the map


def drawable(boxes: Sequence[Bounds]) -> list[Bounds]:
    """Boxes of finite degrees inside the world; a manifest may say anything."""
    return [box for box in boxes if all(-180 <= box[side] <= 180 for side in (0, 2)) and -90 <= box[1] <= box[3] <= 90]


def world(extents: Mapping[str, Sequence[Bounds]]) -> Markup:
    """The map with a box for each extent, and the list of collections with their degrees."""
    shown = {name: drawable(boxes) for name, boxes in sorted(extents.items())}
    drawn = sorted(((name, box) for name, boxes in shown.items() for box in boxes), key=lambda it: -area(it[1]))
    picture = tag(
        "svg",
        tag("rect", x=-180, y=-90, width=360, height=180, class_="sea"),
        tag("path", d=_land(), class_="land"),
        tag("path", d=_graticule(), class_="graticule"),
        *(_link(name, box) for name, box in drawn[:MOST]),
        viewBox="-180 -90 360 180",
        class_="world",
        role="group",
        aria_label=f"Map of the extents of {count(len(shown), 'collection')}",
    )
    return tag("div", picture, _list(extents), class_="extents")


def area(box: Bounds) -> float:
    """Square degrees."""
    return (box[3] - box[1]) * sum(width for _, width in parts(box))


def _land() -> str:
    return "".join(f"M{' '.join(f'{longitude},{-latitude}' for longitude, latitude in ring)}Z" for ring in LAND)


def _graticule() -> str:
    meridians = "".join(f"M{longitude},-90V90" for longitude in range(-150, 180, 30))
    return meridians + "".join(f"M-180,{latitude}H180" for latitude in range(-60, 90, 30))


def _link(name: str, box: Bounds) -> Markup:
    label = f"{name}: {degrees(box)}"
    shapes = (tag("rect", x=_n(x), y=_n(-box[3]), width=_n(width), height=_n(box[3] - box[1])) for x, width in parts(box))
    west, south, east, north = box
    small = (east - west) % 360 < SMALL and north - south < SMALL
    pin = tag("circle", cx=_n(west + (east - west) % 360 / 2), cy=_n(-(south + north) / 2), r=4) if small else None
    return tag(
        "a",
        tag("title", label),
        *shapes,
        pin,
        href=fragment(str(Key(COLLECTION, name))),
        class_="extent wide" if area(box) > WIDE else "extent",
        aria_label=label,
    )


def parts(box: Bounds) -> Iterator[tuple[float, float]]:
    """West edge and width in degrees; two of them across the antimeridian."""
    west, _, east, _ = box
    if west <= east:
        yield west, east - west
    else:
        yield west, 180 - west
        yield -180.0, east + 180


def _n(value: float) -> str:
    return f"{value:.6g}"


def degrees(box: Bounds) -> str:
    """``33.75° to 36° N`` would need more room than the four numbers of the manifest: west, south, east, north."""
    across = " (across the antimeridian)" if box[0] > box[2] else ""
    return ", ".join(_n(value) for value in box) + across


def _list(extents: Mapping[str, Sequence[Bounds]]) -> Markup:
    names = sorted(extents)
    rows = (tag("li", _name(name), tag("ul", *(tag("li", degrees(box)) for box in [*extents[name]][:8]))) for name in names[:LISTED])
    more = tag("li", f"… {number(len(names) - LISTED)} more") if len(names) > LISTED else None
    return tag("ul", join(*rows), more, class_="places")


def _name(collection: str) -> Markup:
    return tag("a", plain(collection), href=fragment(str(Key(COLLECTION, collection))))
