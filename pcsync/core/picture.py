"""What the tiler shows of a place: pictures before and after a change, as values. Nothing here decodes a pixel."""

from __future__ import annotations

from dataclasses import dataclass

Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees; west is greater than east across the antimeridian."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody looks: bounds, a zoom of 0 to 24, and ``why`` there (``default location``, ``item NAME``, ``manifest``)."""

    bounds: Bounds
    zoom: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded image as the tiler answered it, and what its pixels say. Shares are of all its pixels, 0 to 1.

    ``transparent``: with alpha 0 (nothing there); ``uniform``: of the commonest visible colour (1.0 is a blank picture);
    ``clipped``: at either end of every channel, as a rescale that does not fit leaves them. ``route`` is the request's path and query.
    """

    content: bytes
    media_type: str
    width: int
    height: int
    route: str = ""
    transparent: float = 0.0
    uniform: float = 0.0
    clipped: float = 0.0

    @property
    def remark(self) -> str:
        """What a reader should know of it: ``blank``, ``empty`` or ``clipped``; "" where what is visible of it looks like a picture."""
        visible = 1.0 - self.transparent
        if visible <= 0.0:
            return "empty"
        if self.uniform >= 0.999 * visible:
            return "blank"
        return "clipped" if self.clipped >= 0.5 * visible else ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One layer before and after a change of the plan, at one place.

    ``address`` is the change's; ``title`` names the layer for people (a render option and, where it matters, the mosaic).
    A picture is None where that side does not exist (a new or a deleted layer), or could not be had: ``why`` says which.
    ``changed`` is the share of pixels that differ visibly, ``difference`` the mean distance of the colours, both 0 to 1;
    None unless there are two pictures of the same size. ``mask`` is a PNG of what differs.
    """

    address: str
    title: str
    collection: str
    place: Place | None = None
    before: Picture | None = None
    after: Picture | None = None
    changed: float | None = None
    difference: float | None = None
    mask: bytes = b""
    why: str = ""
    seconds: float = 0.0
