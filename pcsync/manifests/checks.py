"""The ``checks:`` of a Collection manifest as pydantic models; like models.py, only schema building imports them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

SORTS = ("tile", "preview", "point", "statistics", "legend", "tilejson", "wmts", "search", "sas", "thumbnail")
DURATION = r"^[0-9]+(\.[0-9]+)?(ms|s|m|h|d)$"
Share = Annotated[float, Field(ge=0, le=1)]
Latitude = Annotated[float, Field(ge=-90, le=90, description="Degrees north.")]
Longitude = Annotated[float, Field(ge=-180, le=180, description="Degrees east.")]
Bounds = tuple[Longitude, Latitude, Longitude, Latitude]
Span = tuple[float | None, float | None]
Count = Annotated[int, Field(ge=0)]
Pixels = Annotated[int, Field(ge=1, le=4096)]
Zoom = Annotated[int, Field(ge=0, le=30)]
Text = Annotated[str, Field(min_length=1)]
Duration = Annotated[str, Field(pattern=DURATION)]


class Part(BaseModel):
    """A part of a check: exact types, no unknown keys, camelCase."""

    model_config = ConfigDict(strict=True, extra="forbid", alias_generator=to_camel)


class Drawn(Part):
    """What is drawn, and of which items."""

    render_option: Text | None = Field(None, description="Id of the render option to draw with, as the catalog has it.")
    options: Text | None = Field(None, description="Instead of a render option: the tiler's query string, assets=image&rescale=0,255.")
    mosaic: Text | None = Field(None, description="Id of a mosaic: only the items of its filter. Absent: all items.")
    item: Text | None = Field(None, description="Id of one item, instead of a mosaic of many.")


class Tile(Drawn):
    """One map tile."""

    z: Zoom = Field(description="Zoom.")
    x: Count = Field(description="Column.")
    y: Count = Field(description="Row, from the north.")
    scale: Annotated[int, Field(ge=1, le=4)] | None = Field(None, description="2 for a tile of twice the pixels.")


class Preview(Drawn):
    """A picture of a place, or of an item; with neither bounds nor an item the place is the one that pcsync preview picks."""

    bounds: Bounds | None = Field(None, description="West, south, east, north in degrees.")


class Point(Drawn):
    """The numbers at a place, before they become colours."""

    at: tuple[Latitude, Longitude] = Field(description="Latitude, then longitude, in degrees, as in tileSettings.")


class Statistics(Part):
    """Minimum, maximum and classes of an item's bands."""

    render_option: Text | None = Field(None, description="Id of the render option whose assets or expression are counted.")
    options: Text | None = Field(None, description="Instead of a render option: the tiler's query string.")
    item: Text | None = Field(None, description="Id of the item; the newest when absent.")


class Legend(Part):
    """A legend that the service draws."""

    render_option: Text | None = Field(None, description="Id of a render option with a colormap_name.")
    colormap: Text | None = Field(None, description="Name of a colour map: a picture.")
    classmap: Text | None = Field(None, description="Name of a class map: colours by value.")
    interval: Text | None = Field(None, description="Name of an interval map: colours by range.")


class Map(Part):
    """What a map client reads before it asks for tiles."""

    render_option: Text | None = Field(None, description="Id of the render option.")
    options: Text | None = Field(None, description="Instead of a render option: the tiler's query string.")
    mosaic: Text | None = Field(None, description="Id of a mosaic. Absent: all items.")


class Search(Part):
    """The items of the collection that a search finds."""

    mosaic: Text | None = Field(None, description="Id of a mosaic: its filter.")
    cql: list[dict[str, Any]] | dict[str, Any] | None = Field(None, description="CQL2 JSON; all of a list have to hold, as in a mosaic.")
    datetime: Text | None = Field(None, description="An instant or an interval: 2023-01-01T00:00:00Z/..")
    bbox: Bounds | None = Field(None, description="West, south, east, north in degrees.")
    ids: list[Text] | None = Field(None, description="Ids of items.")


class Nothing(Part):
    """A check that needs nothing to be said: {}."""


class Expectation(Part):
    """What the answer has to be. Without any: status 200, and a picture that is not blank where one is asked for."""

    status: Annotated[int, Field(ge=200, le=599)] | None = Field(None, description="HTTP status; 200 when absent.")
    format: Literal["png", "jpeg", "webp"] | None = Field(None, description="Format that is asked for and that the bytes really have.")
    size: tuple[Pixels, Pixels] | None = Field(None, description="Width and height in pixels.")
    non_blank: Share | None = Field(
        None, description="Least share of pixels, 0 to 1, that are neither transparent nor of the commonest colour."
    )
    visible: Share | None = Field(None, description="Least share of pixels, 0 to 1, that are not transparent.")
    clipped: Share | None = Field(None, description="Largest share of pixels, 0 to 1, at an end of every channel.")
    values: dict[Text, Span] | None = Field(
        None, description="Least and largest value by band: its name, or b1, b2 for the first and the second. null is open."
    )
    classes: list[int] | None = Field(
        None, description="Classes that have to be there, in a picture by their colours; at a point, those of which it has to be one."
    )
    valid: Share | None = Field(None, description="Least share of pixels, 0 to 1, that have data.")
    count: Count | tuple[Count, Count | None] | None = Field(None, description="How many items: exactly, or least and most; null is open.")
    permissions: Annotated[str, Field(pattern=r"^[a-z]+$")] | None = Field(
        None, description="Letters that the token's permissions have: rl."
    )
    valid_for: Duration | None = Field(None, description="How long the token still has to be valid: 30m, 12h.")
    within: Duration | None = Field(None, description="How long the answer may take: 500ms, 5s.")


class Check(Part):
    """Something that the collection has to show or answer, asked after apply and by pcsync check."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": [sort]} for sort in SORTS]})

    name: Annotated[str, Field(min_length=1, max_length=120)] = Field(description="What is checked, in words; once in a collection.")
    tile: Tile | None = Field(None, description="One map tile.")
    preview: Preview | None = Field(None, description="A picture of a place or of an item.")
    point: Point | None = Field(None, description="The numbers at a place.")
    statistics: Statistics | None = Field(None, description="Minimum, maximum and classes of an item's bands.")
    legend: Legend | None = Field(None, description="A legend that the service draws.")
    tilejson: Map | None = Field(None, description="TileJSON of the collection.")
    wmts: Map | None = Field(None, description="WMTS capabilities of the collection.")
    search: Search | None = Field(None, description="How many items a search finds.")
    sas: Nothing | None = Field(None, description="The token of the collection's managed storage; it is never shown.")
    thumbnail: Nothing | None = Field(None, description="The collection's thumbnail.")
    expect: Expectation | None = Field(None, description="What the answer has to be.")
    skip: Text | None = Field(None, description="Why it is not asked for now; shown in every report.")
