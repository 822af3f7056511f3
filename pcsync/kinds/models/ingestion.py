"""Definitions of what is ingested into a collection."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from pcsync.kinds.ingestion import URLS
from pcsync.kinds.models._base import CamelShape

Url = Annotated[str, Field(pattern=r"^https://[^\s/]+/\S+$")]


def _exactly(import_type: str) -> dict[str, Any]:
    """In JSON Schema: this import type has its own URL and not the other's."""
    own = URLS[import_type]
    others = {url: {"type": "null"} for url in URLS.values() if url != own}
    condition = {"properties": {"importType": {"const": import_type}}, "required": ["importType"]}
    return {"if": condition, "then": {"required": [own], "properties": {own: {"type": "string"}, **others}}}


class Ingestion(CamelShape):
    """One ingestion definition; running it is an action of its own."""

    model_config = ConfigDict(json_schema_extra={"allOf": [_exactly(import_type) for import_type in URLS]})

    display_name: Annotated[str, Field(min_length=1)] = Field(description="Its name; pcsync knows the definition by it.")
    import_type: Literal["StaticCatalog", "StacGeoparquet"] = Field(description="What is read: a static STAC catalog, or STAC GeoParquet.")
    source_catalog_url: Url | None = Field(None, description="StaticCatalog only: https URL of a catalog.json or collection.json.")
    stac_geoparquet_url: Url | None = Field(None, description="StacGeoparquet only: https URL of the file.")
    skip_existing_items: bool | None = Field(None, description="Leave items alone that the collection has already.")
    keep_original_assets: bool | None = Field(None, description="Keep the files as they are instead of converting them.")

    @model_validator(mode="after")
    def _has_the_url_of_its_type(self) -> Self:
        """What the schema says by its conditions."""
        urls = {"sourceCatalogUrl": self.source_catalog_url, "stacGeoparquetUrl": self.stac_geoparquet_url}
        if {name for name, url in urls.items() if url is not None} != {URLS[self.import_type]}:
            raise ValueError(f"{self.import_type} takes {URLS[self.import_type]} and no other URL")
        return self
