"""What a map client reads before it asks for pixels: TileJSON, tilesets, WMTS, and lists of items."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from pcsync.emulator.tiler.grids import grids
from tests.emulator.catalog import BASE, Catalog, collection

NAIP = "/data/mosaic/collections/naip"
WMTS = {"w": "http://www.opengis.net/wmts/1.0", "ows": "http://www.opengis.net/ows/1.1"}
QUERY = "api-version=2026-04-15"


def scene(name: str, west: float, south: float, east: float, north: float, year: int = 2022) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": name,
        "collection": "naip",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "bbox": [west, south, east, north],
        "properties": {"datetime": f"{year}-01-01T00:00:00Z"},
        "assets": {"image": {"href": "https://example.com/a.tif", "type": "image/tiff"}, "metadata": {"href": "x", "type": "text/xml"}},
        "links": [],
    }


async def add(catalog: Catalog, *scenes: dict[str, Any]) -> None:
    reply = await catalog.post("/stac/collections/naip/items", {"type": "FeatureCollection", "features": list(scenes)})
    assert reply.status_code == 202, reply.text


def ids(reply: Any) -> list[str]:
    assert reply.status_code == 200, reply.text
    return [entry["id"] for entry in reply.json()]


async def test_the_tile_template_repeats_the_query_but_not_what_tilejson_itself_takes(naip: Catalog) -> None:
    query = f"{QUERY}&assets=a&assets=b&rescale=0%2C1&tile_format=webp&tile_scale=2&minzoom=3&maxzoom=5&expression=a%2Bb"
    body = (await naip.get(f"{NAIP}/WorldCRS84Quad/tilejson.json?{query}")).json()

    template = f"{BASE}{NAIP}/tiles/WorldCRS84Quad/{{z}}/{{x}}/{{y}}@2x.webp"
    assert body["tiles"] == [f"{template}?{QUERY}&assets=a&assets=b&rescale=0%2C1&expression=a%2Bb"]
    assert (body["minzoom"], body["maxzoom"]) == (3, 5)


@pytest.mark.parametrize(
    "query",
    [
        "rescale=1",
        "rescale=0,0",
        "colormap_name=no-such",
        "colormap={",
        "colormap={}",
        "colormap=[[0,1]]",
        'colormap={"0":[1,2]}',
        'colormap={"0":[0,0,0,300]}',
        "asset_bidx=image",
        "asset_bidx=image|0",
        "bidx=0",
        "nodata=none",
        "resampling=best",
        "algorithm=magic",
        "algorithm_params=[1]",
        "pixel_selection=newest",
        "unscale=perhaps",
        "items_limit=0",
        "tile_scale=9",
        "tile_format=gif",
    ],
)
async def test_a_tilejson_refuses_what_its_tiles_would_refuse(naip: Catalog, query: str) -> None:
    reply = await naip.get(f"{NAIP}/tilejson.json?{QUERY}&{query}")

    assert reply.status_code == 400, reply.text


@pytest.mark.parametrize(
    "options",
    [
        "assets=image&asset_bidx=image|4,1,2&color_formula=Sigmoidal RGB 15 0.35",
        "nodata=0&expression=(B08-B04)/(B08+B04)&rescale=-1,1&colormap_name=rdylgn&asset_as_band=true",
        "assets=data&colormap_name=gray&algorithm=hillshade&buffer=3&algorithm_params=%7B%22azimuth%22%3A%20315%2C%20%22angle_altitude%22%3A%2045%7D",
        "assets=cmip&rescale=0,0.01&colormap_name=viridis&subdataset_name=pr&datetime=1950-07-07T00:00:00",
        "assets=data&exitwhenfull=False&skipcovered=False&colormap=%7B%220%22%3A%5B0%2C0%2C0%2C0%5D%7D",
    ],
)
async def test_the_render_options_of_the_documentation_are_taken(naip: Catalog, options: str) -> None:
    assert (await naip.get(f"{NAIP}/tilejson.json?{QUERY}&{options}")).status_code == 200


async def test_there_are_eleven_tile_matrix_sets(catalog: Catalog) -> None:
    names = (await catalog.get("/data/tile-matrix-sets")).json()
    one = (await catalog.get("/data/tile-matrix-sets/WebMercatorQuad")).json()

    assert len(names) == 11
    assert one["tileMatrices"][0]["pointOfOrigin"] == [-20037508.342789244, 20037508.342789244]
    assert (await catalog.get("/data/tile-matrix-sets/MarsQuad")).status_code == 404


async def test_a_list_of_tilesets_has_nulls_where_one_tileset_has_limits(naip: Catalog) -> None:
    listed = (await naip.get(f"{NAIP}/tiles")).json()["tilesets"]
    one = (await naip.get(f"{NAIP}/tiles/WebMercatorQuad")).json()

    assert len(listed) == 11
    assert {entry["tileMatrixSetLimits"] for entry in listed} == {None}
    assert None not in one.values()
    assert one["tileMatrixSetLimits"][2] == {"tileMatrix": "2", "minTileRow": 0, "maxTileRow": 3, "minTileCol": 0, "maxTileCol": 3}
    assert one["links"][1]["href"].startswith(f"{BASE}{NAIP}/tiles/WebMercatorQuad/{{z}}/{{x}}/{{y}}?")


@pytest.mark.parametrize("name", ["WebMercatorQuad", "WGS1984Quad", "WorldCRS84Quad", "WorldMercatorWGS84Quad"])
def test_tiles_that_need_no_projection_library_lie_where_one_puts_them(name: str) -> None:
    warp = pytest.importorskip("rasterio.warp")
    grid = grids()[name]
    box = grid.bounds(7, 67, 40)
    expected = warp.transform_bounds(f"EPSG:{grid.epsg}", "EPSG:4326", *box)

    assert grid.on_earth(7, 67, 40) == pytest.approx(expected, abs=1e-7)
    assert grid.covering(grid.on_earth(7, 67, 40)) == pytest.approx(box, abs=1e-2)


async def test_wmts_names_one_layer_with_a_template_of_its_own_words(naip: Catalog) -> None:
    reply = await naip.get(f"{NAIP}/WMTSCapabilities.xml?{QUERY}&assets=image&minzoom=2&maxzoom=4")
    root = ElementTree.fromstring(reply.content)  # noqa: S314 - our own answer
    template = root.find(".//w:ResourceURL", WMTS)

    assert reply.headers["content-type"] == "application/xml"
    assert template is not None
    expected = f"{BASE}{NAIP}/tiles/WebMercatorQuad/{{TileMatrix}}/{{TileCol}}/{{TileRow}}.png?{QUERY}&assets=image"
    assert template.get("template") == expected
    assert len(root.findall(".//w:TileMatrix", WMTS)) == 3


async def test_wmts_stays_xml_whatever_a_query_or_an_id_holds(catalog: Catalog) -> None:
    name = "a\"<b>&'\x01\x0b]]>"
    await catalog.post("/stac/collections", collection(name))
    path = "/data/mosaic/collections/a%22%3Cb%3E%26'%01%0B%5D%5D%3E/WMTSCapabilities.xml"
    reply = await catalog.get(f'{path}?{QUERY}&assets=%22%3E%3Cscript%3E%00%0B&expression="<!ENTITY')
    root = ElementTree.fromstring(reply.content)  # noqa: S314 - our own answer
    title = root.find(".//w:Layer/ows:Title", WMTS)

    assert title is not None
    assert title.text == "Mosaic for 'a\"<b>&']]>' Collection"
    assert root.find(".//script") is None


async def test_items_under_a_place_come_newest_first(naip: Catalog) -> None:
    old, new, away = scene("old", 10, 40, 12, 42, 2020), scene("new", 11, 40, 13, 42, 2021), scene("away", 50, 10, 51, 11)
    await add(naip, old, new, away)

    assert ids(await naip.get(f"{NAIP}/point/11.5,41/assets", params={"skipcovered": "false", "exitwhenfull": "false"})) == ["new", "old"]
    assert ids(await naip.get(f"{NAIP}/point/10.5,41/assets")) == ["old"]
    assert ids(await naip.get(f"{NAIP}/bbox/9,39,14,43/assets")) == ["new", "old"]
    assert ids(await naip.get(f"{NAIP}/bbox/9,39,14,43/assets", params={"items_limit": "1"})) == ["new"]
    assert ids(await naip.get(f"{NAIP}/tiles/0/0/0/assets")) == ["away", "new", "old"]
    assert ids(await naip.get(f"{NAIP}/tiles/WorldCRS84Quad/0/1/0/assets", params={"datetime": "2021-01-01T00:00:00Z"})) == ["new"]
    assert ids(await naip.get(f"{NAIP}/tiles/7/0/0/assets")) == []


async def test_an_item_that_covers_the_place_ends_the_list(naip: Catalog) -> None:
    await add(naip, scene("below", 10, 40, 12, 42, 2020), scene("above", 9, 39, 13, 43, 2021))

    assert ids(await naip.get(f"{NAIP}/bbox/10.5,40.5,11,41/assets")) == ["above"]
    both = {"exitwhenfull": "false", "skipcovered": "false"}
    assert ids(await naip.get(f"{NAIP}/bbox/10.5,40.5,11,41/assets", params=both)) == ["above", "below"]
    assert ids(await naip.get(f"{NAIP}/bbox/10.5,40.5,11,41/assets", params={"exitwhenfull": "false"})) == ["above"]


async def test_a_registered_search_lists_only_what_its_filter_lets_through(naip: Catalog) -> None:
    await add(naip, scene("old", 10, 40, 12, 42, 2020), scene("new", 10, 40, 12, 42, 2022))
    body = {"filter": {"op": "<", "args": [{"property": "datetime"}, {"timestamp": "2021-01-01T00:00:00Z"}]}}
    name = (await naip.post("/data/mosaic/register", body)).json()["searchid"]
    search = f"/data/mosaic/searches/{name}"

    assert ids(await naip.get(f"{search}/point/11,41/assets")) == ["old"]
    assert ids(await naip.get(f"{search}/tiles/WebMercatorQuad/0/0/0/assets", params={"collection": "naip"})) == ["old"]
    assert ids(await naip.get(f"{search}/tiles/WebMercatorQuad/0/0/0/assets", params={"collection": "other"})) == []


async def test_an_entry_of_a_list_has_four_keys_and_hrefs_of_this_host(naip: Catalog) -> None:
    await add(naip, scene("one", 10, 40, 12, 42))
    entry = (await naip.get(f"{NAIP}/point/11,41/assets")).json()[0]

    assert list(entry) == ["id", "bbox", "assets", "collection"]
    assert entry["assets"]["image"]["href"].startswith(f"{BASE}/blob/naip-")


async def test_an_item_offers_its_bounds_its_rasters_and_its_own_tiles(naip: Catalog) -> None:
    await add(naip, scene("one", 10, 40, 12, 42))
    path = f"{NAIP}/items/one"

    assert (await naip.get(f"{path}/bounds")).json() == {"bounds": [10, 40, 12, 42]}
    assert (await naip.get(f"{path}/assets")).json() == ["image"]
    tilejson = (await naip.get(f"{path}/tilejson.json", params={"assets": "image"})).json()
    assert tilejson["tiles"][0].startswith(f"{BASE}{path}/tiles/WebMercatorQuad/")
    assert "name" not in tilejson
    assert (await naip.get(f"{NAIP}/items/two/bounds")).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "tiles/0/0/1/assets",
        "tiles/40/0/0/assets",
        "tiles/a/b/c/assets",
        "tiles/NoSuchQuad/0/0/0/assets",
        "bbox/1,2,0,3/assets",
        "bbox/1,2,nan,3/assets",
        "bbox/a,b,c,d/assets",
        "point/x,y/assets",
        "point/1e400,0/assets",
        "point/0,0/assets?query={",
        "point/0,0/assets?sortby=-&ids=",
        "point/0,0/assets?datetime=today",
        "point/0,0/assets?bbox=1,2,3",
        "point/0,0/assets?coord_crs=EPSG:999999",
    ],
)
async def test_a_place_that_is_none_is_refused(naip: Catalog, path: str) -> None:
    path, _, query = path.partition("?")
    reply = await naip.get(f"{NAIP}/{path}?{QUERY}&{query}")

    assert reply.status_code in (400, 404)
