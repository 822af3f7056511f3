"""Settings of the map tiles of a collection."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pcsync.kinds.models._base import INT32, CamelShape, Zoom

Latitude = Annotated[float, Field(ge=-90, le=90, description="Degrees north.")]
Longitude = Annotated[float, Field(ge=-180, le=180, description="Degrees east.")]


class DefaultLocation(CamelShape):
    """Where the Explorer opens the collection."""

    zoom: Zoom = Field(description="Zoom level, a whole number from 0 to 24.")
    coordinates: tuple[Latitude, Longitude] = Field(description="Latitude, then longitude, in degrees: the other way round than GeoJSON.")


class TileSettings(CamelShape):
    """Settings of the collection's map tiles; replaced as a whole."""

    min_zoom: Zoom = Field(description="Lowest zoom with tiles, 0 to 24; a render option may start later.")
    max_items_per_tile: int = Field(ge=1, le=INT32, description="How many items one tile is made of at most.")
    default_location: DefaultLocation | None = Field(None, description="Where the map opens; absent is none.")
