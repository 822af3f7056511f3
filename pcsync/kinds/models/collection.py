"""A STAC collection as its manifest holds it: without its id and its assets."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from pcsync.kinds._shapes import RFC_3339
from pcsync.kinds.collection import STRUCTURAL
from pcsync.kinds.models._base import OpenShape

Number = Annotated[float, Field(description="A coordinate in degrees, or metres for heights.")]
Bbox = Annotated[
    list[Number],
    Field(
        min_length=4,
        max_length=6,
        description="west, south, east, north in degrees; with heights: west, south, lowest, east, north, highest",
        json_schema_extra={"not": {"minItems": 5, "maxItems": 5}},
    ),
]
Instant = Annotated[str, Field(pattern=RFC_3339.pattern, description="An RFC 3339 time, such as 2020-01-01T00:00:00Z.")]


class SpatialExtent(OpenShape):
    """Where the items are."""

    bbox: list[Bbox] = Field(min_length=1, description="Bounding boxes; the first one holds all the others.")


class TemporalExtent(OpenShape):
    """When the items were taken."""

    interval: list[tuple[Instant | None, Instant | None]] = Field(min_length=1, description="Start and end, null where it is open.")


class Extent(OpenShape):
    """Where and when the items of the collection are."""

    spatial: SpatialExtent = Field(description="Bounding boxes in degrees.")
    temporal: TemporalExtent = Field(description="Intervals of RFC 3339 times.")


class Link(OpenShape):
    """A link that the author sets, such as a licence."""

    href: str = Field(min_length=1, description="Where it leads.")
    rel: str | None = Field(None, description=f"What it is; the service makes {', '.join(sorted(STRUCTURAL))} itself.")
    type: str | None = Field(None, description="Media type of what it leads to.")
    title: str | None = Field(None, description="What people read.")


class Provider(OpenShape):
    """An organisation behind the data."""

    name: str = Field(min_length=1, description="Its name.")
    description: str | None = Field(None, description="What it did, in Markdown.")
    roles: list[str] | None = Field(None, description="licensor, producer, processor, host.")
    url: str | None = Field(None, description="Its home page.")


class ItemAsset(OpenShape):
    """What the assets of one key have in common over all items."""

    title: str | None = Field(None, description="What people read.")
    type: str | None = Field(None, description="Media type, such as image/tiff; application=geotiff; profile=cloud-optimized.")
    roles: list[str] | None = Field(None, description="data, metadata, thumbnail, overview …")
    description: str | None = Field(None, description="What it holds.")


class StacCollection(OpenShape):
    """A STAC collection without its assets; any other key is kept as it is."""

    model_config = ConfigDict(title="StacCollection")

    id: str | None = Field(None, min_length=1, max_length=500, description="Not needed; where a base document has it, the manifest's id.")
    type: Literal["Collection"] | None = Field(None, description="Always Collection.")
    stac_version: str | None = Field(None, min_length=1, description="Version of STAC; 1.0.0 when a new collection does not say.")
    title: str | None = Field(None, description="A short name that people read.")
    description: str = Field(min_length=1, description="What it is, in Markdown.")
    license: str = Field(min_length=1, description="SPDX identifier, or proprietary, various, other.")
    extent: Extent = Field(description="Where and when its items are.")
    links: list[Link] | None = Field(None, description="Links of your own; absent leaves those of the catalog alone.")
    keywords: list[str] | None = Field(None, description="Words to find it by.")
    providers: list[Provider] | None = Field(None, description="Who made, processed and hosts the data.")
    summaries: dict[str, Any] | None = Field(None, description="Values that the properties of its items take.")
    stac_extensions: list[str] | None = Field(None, description="Schemas of the extensions in use.")
    item_assets: dict[str, ItemAsset] | None = Field(None, description="The assets of its items by key; render options need them.")
    short_description: str | None = Field(
        None, alias="msft:short_description", max_length=300, description="One line for the Explorer, at most 300 characters."
    )
    assets: None = Field(
        None, description="Not here: the service takes collection assets one by one; declare them under the manifest's own assets."
    )
