"""How the items of a collection are drawn (dossier 2.5, 3.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from pcsync.core.change import Action, Risk
from pcsync.core.diff import FieldDiff
from pcsync.core.kind import COLLECTION_MANIFEST, Kind
from pcsync.core.resource import Bodies, Body, Call, Desired, Key, Live
from pcsync.core.source import Document, step
from pcsync.kinds._shapes import (
    INT32,
    CamelShape,
    Id30,
    Zoom,
    child_reads,
    configuration,
    configurations_path,
    graded,
    ignored,
    member_calls,
    section,
    segment,
    set_fields,
)
from pcsync.kinds.options import JSON, meaning, written

FIELDS = ("name", "description", "type", "options", "vectorOptions", "minZoom", "legend", "conditions")
RISKS = {"name": Risk.COSMETIC, "description": Risk.COSMETIC}
RASTER = "raster-tile"
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


class RenderOptionKind:
    """A member of the collection's configuration; its place in the list is not state."""

    name = "render-option"
    manifest = COLLECTION_MANIFEST
    section = "renderOptions"
    after: tuple[str, ...] = ("queryable",)
    needs: tuple[str, ...] = ("collection",)
    partial = False

    def model(self) -> Any:
        """A list of render options."""
        return list[RenderOption]

    def declare(self, document: Document) -> Iterator[Desired]:
        """One resource for each member of the list; structured options become the query string that is sent."""
        for index, option in enumerate(section(document, self.section) or ()):
            key, origin = Key(self.name, document.id, option["id"]), document.origin.at(f"/renderOptions/{index}")
            yield Desired(key, _wire(option), origin, ignored(document, f"/renderOptions{step(option['id'])}", FIELDS))

    def reads(self, scope: str, bodies: Bodies) -> Iterable[str]:
        """The combined configuration of the collection."""
        return child_reads(scope, bodies, configurations_path)

    def live(self, scope: str, bodies: Bodies) -> Iterator[Live]:
        """The render options of the combined configuration, where unset fields are nulls."""
        for body in (configuration(scope, bodies).get("mosaicInfo") or {}).get("renderOptions") or ():
            yield Live(Key(self.name, scope, body["id"]), body, f"{render_options_path(scope)}/{segment(body['id'])}")

    def normalise(self, body: Body) -> Body:
        """Null as absent, in the legend and the vector options too; options in the one spelling of what they mean."""
        form = set_fields(body)
        form.setdefault("type", RASTER)
        if isinstance(options := form.pop("options", None), str) and options:
            form["options"] = meaning(options)
        for name in ("legend", "vectorOptions"):
            if name in form:
                form[name] = set_fields(form[name])
        if form.get("conditions") == []:
            del form["conditions"]
        return form

    def calls(self, desired: Desired | None, live: Live | None) -> Sequence[Call]:
        """POST, PUT, DELETE."""
        return member_calls(desired, live, render_options_path(desired.key.collection) if desired else "")

    def risk(self, action: Action, fields: Sequence[FieldDiff]) -> Risk:
        """The map looks different; texts are cosmetic."""
        return graded(action, fields, create=Risk.VISUAL, table=RISKS, other=Risk.VISUAL)

    def export(self, lives: Sequence[Live]) -> Any:
        """The render options as a list, their query strings as they are."""
        return [_exported(live.body) for live in lives]


def _wire(option: Body) -> dict[str, Any]:
    options = option.get("options")
    return {**option, "options": written(options)} if isinstance(options, dict) else dict(option)


def _exported(body: Body) -> dict[str, Any]:
    option = set_fields(body)
    return option | {name: set_fields(option[name]) for name in ("legend", "vectorOptions") if name in option}


def render_options_path(collection: str) -> str:
    """``…/configurations/render-options``."""
    return f"{configurations_path(collection)}/render-options"


KIND: Kind = RenderOptionKind()
