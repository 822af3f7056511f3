"""The ``preview:`` of a Collection manifest as pydantic models; like models.py, only schema building imports them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Latitude = Annotated[float, Field(ge=-90, le=90, description="Degrees north.")]
Longitude = Annotated[float, Field(ge=-180, le=180, description="Degrees east.")]
Zoom = Annotated[int, Field(ge=0, le=24)]
Name = Annotated[str, Field(min_length=1)]


class Part(BaseModel):
    """A part of the section: exact types, no unknown keys, camelCase."""

    model_config = ConfigDict(strict=True, extra="forbid", alias_generator=to_camel)


class Around(Part):
    """A place around a point, written as tileSettings.defaultLocation is."""

    zoom: Zoom = Field(description="Zoom level, a whole number from 0 to 24.")
    coordinates: tuple[Latitude, Longitude] = Field(description="Latitude, then longitude, in degrees: the other way round than GeoJSON.")


class Within(Part):
    """A place by its edges."""

    bounds: tuple[Longitude, Latitude, Longitude, Latitude] = Field(description="West, south, east, north in degrees.")


class Preview(Part):
    """Where and how pcsync preview looks at the collection; what is absent pcsync picks by itself."""

    places: Annotated[list[Around | Within], Field(min_length=1, max_length=20)] | None = Field(
        None, description="Where to look. Absent: the default location if an item is there, else an item's bounds."
    )
    render_options: Annotated[list[Name], Field(min_length=1)] | None = Field(
        None, description="Ids of the render options that draw a changed mosaic. Absent: the first that is offered with it."
    )
    mosaics: Annotated[list[Name], Field(min_length=1)] | None = Field(
        None,
        description="Ids of the mosaics over which a changed render option is drawn. Absent: all items, or what its conditions ask for.",
    )
    size: Annotated[int, Field(ge=64, le=2048)] | None = Field(None, description="Pixels of a picture's longer side; 512 when absent.")
