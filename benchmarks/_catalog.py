"""Generated collections of 17 resources each: what a manifest declares, and the same as a GeoCatalog serves it.

One collection, five render options, two mosaics, tile settings and eight queryables; some 9 KB of STAC JSON, like a
multispectral satellite collection. The same index always gives the same content.
"""

from __future__ import annotations

from typing import Any

BANDS = ["B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12"]
CLASSES = [
    "no data",
    "saturated",
    "dark",
    "cloud shadow",
    "vegetation",
    "bare soil",
    "water",
    "unclassified",
    "cloud",
    "thin cirrus",
    "snow",
]
RESOURCES = 17
PROPERTIES = [
    "eo:cloud_cover",
    "s2:mgrs_tile",
    "platform",
    "gsd",
    "view:off_nadir",
    "processing:level",
    "s2:product_uri",
    "view:sun_elevation",
]
TYPES = {"eo:cloud_cover": "number", "gsd": "number", "view:off_nadir": "number", "view:sun_elevation": "number"}
EXTENSIONS = "https://stac-extensions.github.io"
COLOUR = "Gamma+RGB+3.2+Saturation+0.8"


def name(index: int) -> str:
    """The id of a collection; as many digits for each, so that bodies are of one size."""
    return f"scene-{index:06d}"


def stac(index: int) -> dict[str, Any]:
    """The STAC document as its author writes it: without id, links and assets."""
    west = -180 + index % 350
    return {
        "type": "Collection",
        "stac_version": "1.0.0",
        "title": f"Scenes of region {index}",
        "description": f"Surface reflectance of region {index}. " + "Atmospherically corrected, twelve bands at 10, 20 and 60 m. " * 8,
        "license": "proprietary",
        "keywords": ["multispectral", "surface reflectance", "satellite", f"region {index}"],
        "stac_extensions": [f"{EXTENSIONS}/eo/v1.1.0/schema.json", f"{EXTENSIONS}/raster/v1.1.0/schema.json"],
        "providers": [{"name": "Contoso Imagery", "roles": ["producer", "processor"], "url": "https://imagery.contoso.example/"}],
        "extent": {
            "spatial": {"bbox": [[west, -10.5, west + 9.75, 12.25]]},
            "temporal": {"interval": [["2017-01-01T00:00:00Z", None]]},
        },
        "summaries": {
            "gsd": [10, 20, 60],
            "platform": ["contoso-1", "contoso-2"],
            "eo:bands": [{"name": band, "center_wavelength": 0.443 + step / 10} for step, band in enumerate(BANDS)],
        },
        "item_assets": {**{band: _band(band, step) for step, band in enumerate(BANDS)}, "SCL": _classes()},
    }


def _band(band: str, step: int) -> dict[str, Any]:
    return {
        "type": "image/tiff; application=geotiff; profile=cloud-optimized",
        "roles": ["data", "reflectance"],
        "title": f"Band {band}",
        "description": f"Surface reflectance of band {band}, scaled by 10,000, resampled to the grid of its own resolution",
        "gsd": (10, 20, 60)[step % 3],
        "eo:bands": [{"name": band, "common_name": f"band{step}", "center_wavelength": 0.443 + step / 10, "full_width_half_max": 0.027}],
        "raster:bands": [{"data_type": "uint16", "nodata": 0, "scale": 0.0001, "offset": 0, "spatial_resolution": 10, "unit": "1"}],
    }


def _classes() -> dict[str, Any]:
    return {
        "type": "image/tiff; application=geotiff; profile=cloud-optimized",
        "roles": ["data"],
        "title": "Scene classification",
        "classification:classes": [
            {"value": value, "name": text.replace(" ", "_"), "description": text} for value, text in enumerate(CLASSES)
        ],
    }


def render_options(index: int) -> list[dict[str, Any]]:
    """Five render options with every field set."""
    return [
        {
            "id": f"option-{number}",
            "name": f"Option {number} of {index}",
            "description": "Bands stretched for the eye",
            "type": "raster-tile",
            "options": f"assets=B04&assets=B03&assets=B02&nodata=0&color_formula={COLOUR}&rescale=0,{3000 + number}",
            "minZoom": 6 + number,
        }
        for number in range(5)
    ]


def mosaics(index: int) -> list[dict[str, Any]]:
    """Two mosaics: the most recent scenes, and those without clouds."""
    clear = {"op": "<=", "args": [{"property": "eo:cloud_cover"}, 5 + index % 20]}
    return [
        {"id": "most-recent", "name": "Most recent", "description": "Any cloud cover", "cql": []},
        {"id": "clear", "name": "Most recent, clear", "description": "Few clouds", "cql": [clear]},
    ]


def tile_settings(index: int) -> dict[str, Any]:
    """Tile settings with a default location (latitude, longitude)."""
    return {"minZoom": 6, "maxItemsPerTile": 35, "defaultLocation": {"zoom": 9, "coordinates": [1.5, -175.25 + index % 350]}}


def queryables(index: int) -> list[dict[str, Any]]:
    """Eight queryables as a manifest lists them."""
    return [
        {
            "name": field,
            "definition": {"type": TYPES.get(field, "string"), "title": f"{field} of {index}", "description": f"The item property {field}"},
        }
        for field in PROPERTIES
    ]


def manifest(index: int) -> dict[str, Any]:
    """The Collection manifest of one generated collection."""
    return {
        "apiVersion": "pcsync/v1",
        "kind": "Collection",
        "id": name(index),
        "stac": stac(index),
        "queryables": queryables(index),
        "tileSettings": tile_settings(index),
        "renderOptions": render_options(index),
        "mosaics": mosaics(index),
    }


def served(index: int, origin: str) -> dict[str, Any]:
    """The collection as the catalog returns it: jsonb's order of keys, its own links and times."""
    base = f"{origin}/stac/collections/{name(index)}"
    links = [
        {"rel": "items", "type": "application/geo+json", "href": f"{base}/items"},
        {"rel": "parent", "type": "application/json", "href": f"{origin}/stac/"},
        {"rel": "root", "type": "application/json", "href": f"{origin}/stac/"},
        {"rel": "self", "type": "application/json", "href": base},
        {
            "rel": "http://www.opengis.net/def/rel/ogc/1.0/queryables",
            "type": "application/schema+json",
            "href": f"{base}/queryables",
            "title": "Queryables",
        },
    ]
    body = {
        **stac(index),
        "id": name(index),
        "links": links,
        "assets": {},
        "msft:_created": "2026-05-01T08:00:00.1234567Z",
        "msft:_updated": "2026-05-02T08:00:00.1234567Z",
    }
    ordered: dict[str, Any] = jsonb(body)
    return ordered


def jsonb(value: Any) -> Any:
    """Keys by length, then by bytes, as PostgreSQL keeps them."""
    if isinstance(value, dict):
        return {key: jsonb(value[key]) for key in sorted(value, key=lambda key: (len(key), key))}
    return [jsonb(member) for member in value] if isinstance(value, list) else value


def configurations(index: int) -> dict[str, Any]:
    """Tile settings, mosaics and render options in one body; what is not set is null."""
    unset = {"vectorOptions": None, "legend": None, "conditions": None}
    options = [{**option, **unset} for option in render_options(index)]
    info = {"mosaics": mosaics(index), "renderOptions": options, "defaultLocation": None, "defaultCustomQuery": None}
    return {"tileSettings": tile_settings(index), "mosaicInfo": info}


def queryables_schema(index: int, origin: str) -> dict[str, Any]:
    """The queryables as the catalog returns them: a JSON Schema with three of its own."""
    item = "https://schemas.stacspec.org/v1.0.0/item-spec/json-schema/item.json#"
    own = {
        "id": {"title": "Item ID", "description": "Item identifier", "$ref": f"{item}/definitions/core/allOf/2/properties/id"},
        "datetime": {"title": "Acquired", "description": "Datetime", "type": "string", "format": "date-time"},
        "geometry": {"title": "Item Geometry", "description": "Item Geometry", "$ref": "https://geojson.org/schema/Feature.json"},
    }
    return {
        "$id": f"{origin}/stac/collections/{name(index)}/queryables",
        "type": "object",
        "title": "STAC Queryables.",
        "$schema": "http://json-schema.org/draft-07/schema#",
        "properties": {**own, **{entry["name"]: entry["definition"] for entry in queryables(index)}},
        "additionalProperties": True,
    }
