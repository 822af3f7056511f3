"""The bodies that the service takes, as checks, and the key order in which it writes its own models back."""

from collections.abc import Iterator
from typing import Any

from .checks import (
    IDENTIFIER,
    any_object,
    array,
    boolean,
    instant,
    integer,
    mapping,
    nullable,
    number,
    one_of,
    record,
    text,
)
from .search.geometry import NotAGeometryError, shape_of
from .search.instants import micros

MAX_ZOOM = 24
_id30 = text(1, 30, IDENTIFIER)
_zoom = integer(most=MAX_ZOOM)


def _bbox(value: Any, where: str) -> Iterator[str]:
    yield from array(number)(value, where)
    if isinstance(value, list) and len(value) not in (4, 6):
        yield f"{where} must have 4 or 6 numbers"


LINK = record({"href": text()}, {"rel": text(), "type": text(), "title": text()})
PROVIDER = record({"name": text(1)}, {"description": text(), "roles": array(text()), "url": text()})
ASSET_FIELDS = {"title": text(), "description": text(), "type": text(), "roles": array(text())}
EXTENT = record(
    {
        "spatial": record({"bbox": array(_bbox, 1)}, {}),
        "temporal": record({"interval": array(array(nullable(instant), 2, 2), 1)}, {}),
    },
    {},
)
COLLECTION = record(
    {"id": text(1, 500), "description": text(1), "license": text(1), "extent": EXTENT, "links": array(LINK)},
    {
        "type": one_of("Collection"),
        "stac_version": text(1),
        "title": text(),
        "keywords": array(text()),
        "providers": array(PROVIDER),
        "summaries": any_object,
        "stac_extensions": array(text()),
        "item_assets": mapping(record({}, ASSET_FIELDS)),
        "assets": mapping(any_object),
        "msft:short_description": text(0, 300),
    },
)
TITLED_ITEM_ASSETS = record({}, {"item_assets": mapping(record({"title": text(), "type": text()}, {}))})
COLLECTION_KEYS = (
    *("id", "type", "stac_version", "stac_extensions", "title", "description", "license", "extent", "links", "keywords", "providers"),
    *("summaries", "item_assets", "assets", "msft:short_description", "msft:_created", "msft:_updated"),
)
"""Keys of the collection model; any other is an extension."""

MOSAIC_KEYS = ("id", "name", "description", "cql")
MOSAIC = record({"id": _id30, "name": text(0, 30), "cql": array(any_object)}, {"description": text()})

VECTOR_KEYS = ("tilejsonKey", "sourceLayer", "fillColor", "strokeColor", "strokeWidth", "filter")
LEGEND_KEYS = ("type", "labels", "trimStart", "trimEnd", "scaleFactor")
RENDER_OPTION_KEYS = ("id", "name", "description", "type", "options", "vectorOptions", "minZoom", "legend", "conditions")
RENDER_OPTION = record(
    {"id": _id30, "name": text(0, 40)},
    {
        "description": text(),
        "type": one_of("raster-tile", "vt-polygon", "vt-line"),
        "options": text(),
        "vectorOptions": record(
            {"tilejsonKey": text(), "sourceLayer": text()},
            {"fillColor": text(), "strokeColor": text(), "strokeWidth": integer()},
        ),
        "minZoom": _zoom,
        "legend": record(
            {},
            {
                "type": one_of("continuous", "classmap", "interval", "none"),
                "labels": array(text()),
                "trimStart": integer(),
                "trimEnd": integer(),
                "scaleFactor": number,
            },
        ),
        "conditions": array(record({"property": text()}, {})),
    },
)

TILE_SETTINGS_KEYS = ("minZoom", "maxItemsPerTile", "defaultLocation")
LOCATION_KEYS = ("zoom", "coordinates")
TILE_SETTINGS = record(
    {"minZoom": _zoom, "maxItemsPerTile": integer()},
    {"defaultLocation": record({"zoom": integer(), "coordinates": array(number, 2, 2)}, {})},
)

PARTITION_TYPE = record({}, {"scheme": one_of("year", "month", "none")})

QUERYABLE_KEYS = ("name", "definition", "create_index", "data_type")
QUERYABLE = record(
    {"name": text(1), "definition": any_object},
    {"create_index": boolean, "data_type": one_of("string", "number", "boolean", "timestamp", "date")},
)

COLLECTION_ASSET = record({"key": text(1, 255), "type": text(1)}, {"roles": array(text()), "title": text(), "description": text()})

INGESTION_KEYS = ("importType", "displayName", "sourceCatalogUrl", "stacGeoparquetUrl", "skipExistingItems", "keepOriginalAssets")
_INGESTION_FIELDS = {
    "displayName": text(),
    "sourceCatalogUrl": text(1, None, r"[A-Za-z][A-Za-z0-9+.-]*://\S+"),
    "stacGeoparquetUrl": text(1, None, r"[A-Za-z][A-Za-z0-9+.-]*://\S+"),
    "skipExistingItems": boolean,
    "keepOriginalAssets": boolean,
}
IMPORT_TYPE = one_of("StaticCatalog", "StacGeoparquet")
INGESTION = record({"importType": IMPORT_TYPE}, _INGESTION_FIELDS)
INGESTION_PATCH = record({}, {"importType": IMPORT_TYPE, **_INGESTION_FIELDS})


def _geometry(value: Any, where: str) -> Iterator[str]:
    try:
        shape_of(value)
    except NotAGeometryError as broken:
        yield f"{where} is no GeoJSON geometry: {broken}"


def _item_properties(value: Any, where: str) -> Iterator[str]:
    """datetime, or null and both ends of a span, as STAC and pgstac want it."""
    if not isinstance(value, dict):
        yield f"{where} must be an object"
        return
    ends = ("start_datetime", "end_datetime")
    needed = ("datetime",) if value.get("datetime") is not None else ends
    for name in (*needed, *(name for name in ends if name not in needed and value.get(name) is not None)):
        if not isinstance(value.get(name), str) or micros(value[name]) is None:
            yield f"{where}.{name} must be an RFC 3339 date and time"


ITEM = record(
    {"type": one_of("Feature"), "id": text(1, 149), "properties": _item_properties, "assets": mapping(any_object)},
    {"collection": text(1), "geometry": _geometry, "bbox": _bbox, "links": array(LINK), "stac_version": text(1)},
)


def in_model_order(value: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    """The fields of a model that are set, in its own order."""
    return {key: value[key] for key in keys if value.get(key) is not None}


def with_nulls(value: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    """Every field of a model in its own order, null where unset."""
    return {key: value.get(key) for key in keys}
