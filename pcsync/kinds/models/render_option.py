"""Ways to draw the items of a collection."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from pcsync.kinds.models._base import INT32, CamelShape, Id30, Zoom
from pcsync.kinds.options import JSON

VECTOR = ("vt-polygon", "vt-line")
Int32 = Annotated[int, Field(ge=-INT32 - 1, le=INT32)]
Scalar = str | bool | int | float
JSON_VALUE = {"type": ["object", "array", "string"]}
Structured = Annotated[
    dict[str, Scalar | list[Scalar | list[Scalar]] | dict[str, Any]],
    Field(
        json_schema_extra={
            "propertyNames": {"pattern": r"^[^=&?#%+\s]+$"},  # a pattern on the key's type would let any other key pass unseen
            "properties": dict.fromkeys(sorted(JSON), JSON_VALUE),
        }
    ),
]
"""Parameters by name: a list repeats the parameter, a list inside of it is joined by commas, an object is sent as JSON."""


class VectorOptions(CamelShape):
    """How vector tiles are drawn."""

    tilejson_key: str = Field(description="Asset key of the items' TileJSON.")
    source_layer: str = Field(description="Layer inside the vector tiles.")
    fill_color: str | None = Field(None, description="CSS colour of areas.")
    stroke_color: str | None = Field(None, description="CSS colour of lines.")
    stroke_width: Int32 | None = Field(None, description="Width of lines in pixels.")
    filter: list[Any] | None = Field(None, description="MapBox GL filter expression.")


class Legend(CamelShape):
    """The legend that the Explorer shows."""

    type: Literal["continuous", "classmap", "interval", "none"] | None = Field(None, description="How values map to colours.")
    labels: list[str] | None = Field(None, description="Texts along the legend.")
    trim_start: Int32 | None = Field(None, description="Colours to leave out at the start.")
    trim_end: Int32 | None = Field(None, description="Colours to leave out at the end.")
    scale_factor: float | None = Field(None, description="Factor from stored values to those shown.")


class Condition(CamelShape):
    """The option shows only while the mosaic's filter has this equality."""

    property: str = Field(description="Property that the mosaic's CQL compares.")
    value: Any = Field(None, description="The value it is compared with.")


class RenderOption(CamelShape):
    """One way to draw the collection."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"type": {"enum": list(VECTOR)}}, "required": ["type"]},
            "then": {"properties": {"options": {"enum": [None, ""]}}},
            "else": {"properties": {"vectorOptions": {"type": "null"}}},
        }
    )

    id: Id30 = Field(description="1 to 30 letters, digits, _ and -, beginning and ending with a letter or digit.")
    name: Annotated[str, Field(max_length=40)] = Field(description="What people read, at most 40 characters.")
    description: str | None = Field(None, description="A longer explanation.")
    type: Literal["raster-tile", "vt-polygon", "vt-line"] | None = Field(None, description="raster-tile when absent.")
    options: str | Structured | None = Field(
        None,
        description="Raster only. The tiler's query string, sent letter by letter; or its parameters as an object: "
        "a list repeats the parameter (rescale: [[0, 1], [0, 2]]), an object (colormap, algorithm_params) is sent as JSON.",
    )
    vector_options: VectorOptions | None = Field(None, description="Vector only.")
    min_zoom: Zoom | None = Field(None, description="Lowest zoom at which it is drawn, 0 to 24.")
    legend: Legend | None = Field(None, description="Legend; absent is the Explorer's own choice.")
    conditions: list[Condition] | None = Field(None, description="With which mosaics the option shows; absent is with all.")

    @model_validator(mode="after")
    def _has_the_options_of_its_type(self) -> Self:
        """What the schema says by its condition."""
        vector = self.type in VECTOR
        if (self.options not in (None, "")) if vector else (self.vector_options is not None):
            raise ValueError(f"{'vectorOptions are' if vector else 'options are'} what {self.type or 'raster-tile'} takes")
        return self
