"""WMTS 1.0.0 capabilities with one layer (OGC 07-057r7), as QGIS reads them."""

import re
from xml.sax.saxutils import escape, quoteattr

from pcsync.emulator.world import Answer, Call

from . import parameters
from .addresses import grid_of
from .grids import Grid
from .query import one_of, optional_whole
from .targets import target
from .tilejson import template, zooms

MEDIA_TYPES = {
    "png": "image/png",
    "pngraw": "image/png",
    "jpeg": "image/jpeg",
    "jpg": "image/jpg",
    "webp": "image/webp",
    "jp2": "image/jp2",
    "tif": "image/tiff; application=geotiff",
    "npy": "application/x-binary",
}
FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
HEAD = (
    '<Capabilities xmlns="http://www.opengis.net/wmts/1.0" xmlns:ows="http://www.opengis.net/ows/1.1"'
    ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://www.opengis.net/wmts/1.0 http://schemas.opengis.net/wmts/1.0/wmtsGetCapabilities_response.xsd"'
    ' version="1.0.0">'
)


def capabilities(call: Call) -> Answer:
    """`application/xml`. Everything that a user wrote is escaped; characters that XML cannot hold are left out."""
    parameters.check(call)
    found, grid = target(call), grid_of(call)
    low, high = zooms(call, found, grid)
    kind = one_of(call, "tile_format", parameters.FORMATS, "png")
    tiles = template(call, found, grid, kind)
    for name, place in (("{z}", "{TileMatrix}"), ("{x}", "{TileCol}"), ("{y}", "{TileRow}")):
        tiles = tiles.replace(name, place)
    west, south, east, north = found.bounds
    layer = _element("ows:Title", found.name or (found.item.id if found.item else ""))
    layer += _element("ows:Identifier", "default")
    layer += f'<ows:WGS84BoundingBox crs="urn:ogc:def:crs:OGC:2:84"><ows:LowerCorner>{west} {south}</ows:LowerCorner>'
    layer += f"<ows:UpperCorner>{east} {north}</ows:UpperCorner></ows:WGS84BoundingBox>"
    layer += '<Style isDefault="true"><ows:Identifier>default</ows:Identifier></Style>'
    layer += _element("Format", MEDIA_TYPES[kind])
    layer += f"<TileMatrixSetLink>{_element('TileMatrixSet', grid.id)}</TileMatrixSetLink>"
    layer += f'<ResourceURL format={quoteattr(MEDIA_TYPES[kind])} resourceType="tile" template={quoteattr(_clean(tiles))}/>'
    scale = optional_whole(call, "tile_scale", 1, 4) or 1
    contents = f"<Contents><Layer>{layer}</Layer>{_matrix_set(grid, low, high, scale)}</Contents>"
    service = "<ows:ServiceIdentification><ows:Title>Web Map Tile Service</ows:Title>"
    service += (
        "<ows:ServiceType>OGC WMTS</ows:ServiceType><ows:ServiceTypeVersion>1.0.0</ows:ServiceTypeVersion></ows:ServiceIdentification>"
    )
    self_link = f"<ServiceMetadataURL xlink:href={quoteattr(_clean(call.url))}/>"
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{HEAD}{service}{contents}{self_link}</Capabilities>\n'
    return Answer(200, content=text.encode(), media_type="application/xml")


def _matrix_set(grid: Grid, low: int, high: int, scale: int) -> str:
    rows = "".join(_matrix(grid, zoom, scale) for zoom in grid.matrices if low <= zoom <= high)
    crs = _element("ows:SupportedCRS", grid.crs)
    return f"<TileMatrixSet>{_element('ows:Identifier', grid.id)}{crs}{rows}</TileMatrixSet>"


def _matrix(grid: Grid, zoom: int, scale: int) -> str:
    entry = next(one for one in grid.document["tileMatrices"] if one["id"] == str(zoom))
    matrix = grid.matrices[zoom]
    fields = (
        ("ows:Identifier", zoom),
        ("ScaleDenominator", entry["scaleDenominator"] / scale),
        ("TopLeftCorner", "{} {}".format(*entry["pointOfOrigin"])),
        ("TileWidth", matrix.tile[0] * scale),
        ("TileHeight", matrix.tile[1] * scale),
        ("MatrixWidth", matrix.size[0]),
        ("MatrixHeight", matrix.size[1]),
    )
    return f"<TileMatrix>{''.join(_element(name, value) for name, value in fields)}</TileMatrix>"


def _element(name: str, value: object) -> str:
    return f"<{name}>{escape(_clean(str(value)))}</{name}>"


def _clean(text: str) -> str:
    """Without the control characters, surrogates and non-characters that XML 1.0 forbids."""
    return FORBIDDEN.sub("", text)
