"""People's first guesses: keys of other products, and right keys in the wrong place. Each gets an answer instead of "unknown key"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pcsync.core.source import step
from pcsync.rules.manifest import Manifest
from pcsync.rules.render.snippet import raster
from pcsync.rules.render.vocabulary import KNOWN
from pcsync.rules.rule import ERROR, Finding, rule
from pcsync.rules.shape import number, object_of
from pcsync.rules.words import names, shown

TILES = "tileSettings: {minZoom: 4, maxItemsPerTile: 35%s}\n"
STAC = names(
    "type stac_version stac_extensions title description keywords license providers extent summaries links item_assets "
    "msft:short_description"
)
CAMEL = {
    "min_zoom": "minZoom",
    "max_items_per_tile": "maxItemsPerTile",
    "default_location": "defaultLocation",
    "vector_options": "vectorOptions",
    "render_options": "renderOptions",
    "tile_settings": "tileSettings",
    "partition_type": "partitionType",
    "display_name": "displayName",
    "import_type": "importType",
    "source_catalog_url": "sourceCatalogUrl",
    "stac_geoparquet_url": "stacGeoparquetUrl",
    "skip_existing_items": "skipExistingItems",
    "keep_original_assets": "keepOriginalAssets",
    "tilejson_key": "tilejsonKey",
    "source_layer": "sourceLayer",
    "fill_color": "fillColor",
    "stroke_color": "strokeColor",
    "stroke_width": "strokeWidth",
    "trim_start": "trimStart",
    "trim_end": "trimEnd",
    "scale_factor": "scaleFactor",
    "container_url": "containerUrl",
    "managed_identity": "managedIdentity",
    "object_id": "objectId",
    "sas_token": "sasToken",
}
"""The service's names as Python and the public Planetary Computer write them."""
OF_TILES = {
    "maxZoom": "there is no largest zoom; tiles are drawn at every zoom from minZoom on",
    "defaultZoom": "the zoom the map opens at is defaultLocation.zoom",
    "buffer": "it is a parameter of a render option: options: {buffer: …}",
    "resampling": "it is a parameter of a render option: options: {resampling: …}",
    "default_render_option_id": "no render option is the default; the first one of the list is shown",
    "defaultRenderOptionId": "no render option is the default; the first one of the list is shown",
    "defaultRenderOption": "no render option is the default; the first one of the list is shown",
    "tileSize": "the size of tiles is up to whoever asks for one",
    "center": "where the map opens is defaultLocation: {zoom: …, coordinates: [latitude, longitude]}",
}


SHAPES = {
    "mosaic_info": "write mosaics and renderOptions as sections of the manifest",
    "mosaicInfo": "write mosaics and renderOptions as sections of the manifest",
    "render_config": "write a render option with options: assets=…",
    "configurations": "write its parts as sections of the manifest",
    "mosaic": "write mosaics: a list",
    "thumbnail": "write assets: {thumbnail: {file: …}}",
    "defaultLocation": "write it under tileSettings",
    "item_assets_config": "write stac.item_assets",
}
"""Wholes of other places, and where their parts go."""


@rule(
    "service-tile-setting",
    Manifest,
    ERROR,
    "a tile setting that there is none of",
    why="Tile settings are minZoom, maxItemsPerTile and defaultLocation. What other tilers have besides belongs elsewhere.",
    bad=TILES % ", maxZoom: 20",
    good=TILES % "",
    answers=True,
    needs=" ".join(OF_TILES),
)
def tile_setting(manifest: Manifest) -> Iterator[Finding]:
    for name in object_of(manifest.body.get("tileSettings")):
        if name in OF_TILES:
            yield Finding(f"/tileSettings{step(name)}", f"tile settings have no {name}", OF_TILES[name], key=True)


@rule(
    "service-default-location",
    Manifest,
    ERROR,
    "a default location that is not [latitude, longitude]",
    why="Where the map opens is {zoom, coordinates}, and coordinates is a list: latitude, then longitude.",
    bad=TILES % ", defaultLocation: {lat: 33.75, lon: -84.39, zoom: 4}",
    good=TILES % ", defaultLocation: {zoom: 4, coordinates: [33.75, -84.39]}",
    answers=True,
    needs="defaultLocation",
)
def default_location(manifest: Manifest) -> Iterator[Finding]:
    settings, at = object_of(manifest.body.get("tileSettings")), "/tileSettings/defaultLocation"
    location = settings.get("defaultLocation")
    if isinstance(location, list) and len(location) in (2, 3) and all(map(number, location)):
        yield Finding(
            at, "a default location is an object", f"write {{zoom: 10, coordinates: [{location[0]}, {location[1]}]}}: latitude first"
        )
    pairs = (("lat", "lon"), ("lat", "lng"), ("latitude", "longitude"), ("y", "x"))
    nested = isinstance(object_of(location).get("coordinates"), dict)  # coordinates: {lat: 1, lon: 2}
    place = object_of(object_of(location).get("coordinates") if nested else location)
    pair = next(((first, second) for first, second in pairs if first in place or second in place), None)
    if pair:
        values = ", ".join(shown(place.get(name, "…")) for name in pair)
        if nested:
            yield Finding(f"{at}/coordinates", "coordinates is a list of latitude and longitude", f"write coordinates: [{values}]")
            return
        yield Finding(at, f"a default location has no {pair[0]} and {pair[1]}", f"write coordinates: [{values}]")
        yield from (Finding(f"{at}/{name}", f"{name} stands in coordinates", key=True) for name in pair if name in place)


@rule(
    "render-beside-options",
    Manifest,
    ERROR,
    "a parameter of the tiler stands beside options instead of inside",
    why="Whatever the tiler reads stands in options: as its query string, or as an object of parameters.",
    bad="renderOptions:\n  - {id: example, name: Example, assets: [image], asset_bidx: {image: [1, 2, 3]}}\n",
    good='renderOptions:\n  - {id: example, name: Example, options: {assets: [image], asset_bidx: "image|1,2,3"}}\n',
    answers=True,
    needs=" ".join(KNOWN),
)
def beside_options(manifest: Manifest) -> Iterator[Finding]:
    for pointer, body in manifest.members("renderOptions"):
        beside = {name: value for name, value in body.items() if name in KNOWN}
        for name, value in beside.items():
            fix = f"write options: {{{', '.join(f'{it}: {_spelled(it, beside[it])}' for it in beside)}}}"
            what = f"{name} stands beside options, and belongs inside"
            yield Finding(pointer + step(name), what, fix if isinstance(value, str | list | dict | int | float) else "", key=True)


def _spelled(name: str, value: Any) -> str:
    """A value as options take it."""
    if name == "asset_bidx" and isinstance(value, dict):
        texts = [f'"{asset}|{",".join(map(str, it if isinstance(it, list) else [it]))}"' for asset, it in value.items()]
        return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    if name == "rescale" and isinstance(value, list):
        pairs = value if all(isinstance(it, list) for it in value) else [value]
        texts = [f'"{",".join(map(str, it))}"' for it in pairs]
        return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return f'"{value}"' if isinstance(value, str) and re.search(r"[|,:{}\[\]#&]", value) else str(value)


@rule(
    "render-max-zoom",
    Manifest,
    ERROR,
    "a render option has no largest zoom",
    why="A render option is drawn from its minZoom on, at every zoom.",
    bad=raster("assets=image&asset_bidx=image|1,2,3", "maxZoom: 20"),
    good=raster("assets=image&asset_bidx=image|1,2,3", "minZoom: 8"),
    answers=True,
    needs="maxZoom max_zoom maxzoom",
)
def max_zoom(manifest: Manifest) -> Iterator[Finding]:
    for pointer, body in manifest.members("renderOptions"):
        for name in ("maxZoom", "max_zoom", "maxzoom"):
            if name in body:
                yield Finding(pointer + step(name), f"a render option has no {name}", "remove it; there is only minZoom", key=True)


@rule(
    "service-snake-case",
    Manifest,
    ERROR,
    "a key in snake_case",
    why="Keys are spelt as the service spells them: minZoom, vectorOptions. Python and the public Planetary Computer write min_zoom.",
    bad=raster("assets=image&asset_bidx=image|1,2,3", "min_zoom: 8"),
    good=raster("assets=image&asset_bidx=image|1,2,3", "minZoom: 8"),
    answers=True,
    needs=" ".join((*CAMEL, "legend", "vectorOptions")),
)
def snake_case(manifest: Manifest) -> Iterator[Finding]:
    places: list[tuple[str, Any]] = [("", manifest.body), ("/tileSettings", manifest.body.get("tileSettings"))]
    for section in ("renderOptions", "ingestions", "mosaics"):
        for pointer, body in manifest.members(section):
            places += [(pointer, body), (f"{pointer}/legend", body.get("legend"))]
            places += [(f"{pointer}/{name}", body.get(name)) for name in ("vectorOptions", "vector_options")]
    for pointer, value in places:
        for name in object_of(value):
            if name in CAMEL:
                yield Finding(pointer + step(name), f"there is no {name}", f"write {CAMEL[name]}", key=True)


@rule(
    "service-stac-beside",
    Manifest,
    ERROR,
    "a field of the STAC document stands beside stac",
    why="The STAC collection stands under stac; at the top of a manifest are the sections of its configuration.",
    bad="title: Aerial imagery\nlicense: proprietary\n",
    good="stac: {title: Aerial imagery, license: proprietary}\n",
    answers=True,
    needs=" ".join(STAC),
)
def stac_beside(manifest: Manifest) -> Iterator[Finding]:
    for name in manifest.body if manifest.collection else ():
        if name in STAC:
            yield Finding(step(name), f"{name} is a field of the STAC document", "move it under stac", key=True)


@rule(
    "service-public-shape",
    Manifest,
    ERROR,
    "a configuration in the shape of another place",
    why="""
The public Planetary Computer keeps mosaics and render options in mosaic_info, and the service shows them in mosaicInfo. In a manifest each
has a section of its own.""",
    bad="mosaicInfo: {mosaics: [], renderOptions: []}\n",
    good="mosaics: []\n",
    answers=True,
    needs=" ".join(SHAPES),
)
def public_shape(manifest: Manifest) -> Iterator[Finding]:
    for name in manifest.body if manifest.collection else ():
        if name in SHAPES:
            yield Finding(step(name), f"a manifest has no {name}", SHAPES[name], key=True)


@rule(
    "service-list-by-id",
    Manifest,
    ERROR,
    "a list that is written as an object",
    why="Render options, mosaics, queryables and ingestions are lists, and each member has its id or name inside.",
    bad="mosaics:\n  recent: {name: Recent, cql: []}\n",
    good="mosaics:\n  - {id: recent, name: Recent, cql: []}\n",
    answers=True,
)
def list_by_id(manifest: Manifest) -> Iterator[Finding]:
    keys = {"renderOptions": "id", "mosaics": "id", "queryables": "name", "ingestions": "displayName"}
    for section, key in keys.items() if manifest.collection else ():
        value = manifest.body.get(section)
        if isinstance(value, dict):
            yield Finding(f"/{section}", f"{section} is a list", _as_list(section, key, value))


def _as_list(section: str, key: str, value: Mapping[str, Any]) -> str:
    if key in value:
        return "put a dash before it: a list of one member"
    if section == "queryables" and "properties" in value:
        return "this is a JSON Schema; write each of its properties as {name: …, definition: {…}}"
    first = next(iter(value), "…")
    return f"write - {{{key}: {first}, …}}"
