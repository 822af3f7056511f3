"""Pixels of one item: what is in the file is what is in the picture."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import httpx
import numpy
import pytest

from tests.emulator.catalog import Catalog, open_catalog

rasterio = pytest.importorskip("rasterio")
pytest.importorskip("rio_tiler")

from rasterio.transform import from_bounds  # noqa: E402

from . import cogs  # noqa: E402 - needs rasterio

SCENE = "/data/mosaic/collections/naip/items/scene"
QUERY = "api-version=2026-04-15"
INSIDE = "9/271/191"
"""A WebMercatorQuad tile that lies within the pictures; 7/67/47 lies across their northern edge."""
SQUARE = {
    "type": "Feature",
    "properties": {"a": 1},
    "geometry": {"type": "Polygon", "coordinates": [[[10.5, 40.5], [11, 40.5], [11, 41], [10.5, 41], [10.5, 40.5]]]},
}


def bands(reply: httpx.Response) -> Any:
    """Decoded (bands, rows, columns)."""
    assert reply.status_code == 200, reply.text
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)  # a PNG has no place
        with rasterio.MemoryFile(reply.content) as memory, memory.open() as dataset:
            return dataset.read()


async def picture(catalog: Catalog, path: str, query: str) -> Any:
    return bands(await catalog.get(f"{SCENE}/{path}?{QUERY}&{query}"))


async def test_a_red_picture_gives_red_pixels_and_nothing_outside_of_it(scene: Catalog) -> None:
    inside = await picture(scene, f"tiles/WebMercatorQuad/{INSIDE}.png", "assets=image")
    edge = await picture(scene, "tiles/7/67/47.png", "assets=image")

    assert inside.shape == (4, 256, 256)
    assert [set(band.flat) for band in inside] == [{255}, {0}, {0}, {255}]
    assert edge[:, 0, 200].tolist() == [0, 0, 0, 0]
    assert edge[:, 255, 200].tolist() == [255, 0, 0, 255]


async def test_the_address_of_the_sdk_gives_the_same_tile(scene: Catalog) -> None:
    """It writes whole numbers as floating point."""
    plain = await scene.get(f"{SCENE}/tiles/WebMercatorQuad/9/271/191@2x.png?{QUERY}&assets=image")
    floats = await scene.get(f"{SCENE}/tiles/WebMercatorQuad/9.0/271.0/191.0@2.0x.png?{QUERY}&assets=image")
    queried = await scene.get(f"{SCENE}/tiles/9.0/271.0/191.0?{QUERY}&assets=image&scale=2&format=png&TileMatrixSetId=WebMercatorQuad")

    assert plain.content == floats.content == queried.content
    assert bands(plain).shape == (4, 512, 512)


@pytest.mark.parametrize(
    ("kind", "media_type", "shape"),
    [
        ("png", "image/png", (4, 256, 256)),
        ("pngraw", "image/png", (4, 256, 256)),
        ("jpeg", "image/jpeg", (3, 256, 256)),
        ("jpg", "image/jpg", (3, 256, 256)),
        ("webp", "image/webp", (3, 256, 256)),
        ("jp2", "image/jp2", (4, 256, 256)),
        ("tif", "image/tiff; application=geotiff", (4, 256, 256)),
    ],
)
async def test_each_format_holds_the_picture(scene: Catalog, kind: str, media_type: str, shape: tuple[int, ...]) -> None:
    reply = await scene.get(f"{SCENE}/tiles/{INSIDE}.{kind}?{QUERY}&assets=image")

    assert reply.headers["content-type"] == media_type
    assert reply.headers["cache-control"] == "public, max-age=3600"
    assert bands(reply).shape == shape
    assert bands(reply)[0].min() >= 250


async def test_numpy_is_numbers_with_a_mask(scene: Catalog) -> None:
    reply = await scene.get(f"{SCENE}/tiles/{INSIDE}.npy?{QUERY}&assets=three")
    assert reply.headers["content-type"] == "application/x-binary"
    header, body = reply.content[:128], reply.content[128:]
    assert b"'shape': (2, 256, 256)" in header
    assert numpy.frombuffer(body, "<u2")[0] == 300


async def test_without_a_format_a_full_tile_is_jpeg_and_one_with_holes_is_png(scene: Catalog) -> None:
    assert (await scene.get(f"{SCENE}/tiles/{INSIDE}?{QUERY}&assets=image")).headers["content-type"] == "image/jpeg"
    assert (await scene.get(f"{SCENE}/tiles/7/67/47?{QUERY}&assets=image")).headers["content-type"] == "image/png"


@pytest.mark.parametrize(
    ("grid", "place"),
    [
        ("WorldCRS84Quad", "6/67/17"),
        ("WGS1984Quad", "6/67/17"),
        ("WorldMercatorWGS84Quad", "9/270/191"),
        ("EuropeanETRS89_LAEAQuad", "6/34/49"),
    ],
)
async def test_tiles_come_in_other_matrix_sets(scene: Catalog, grid: str, place: str) -> None:
    matrix = await picture(scene, f"tiles/{grid}/{place}.png", "assets=image")

    assert set(matrix[0][matrix[3] == 255].flat) == {255}
    assert set(matrix[1].flat) == {0}


async def test_values_keep_their_place(scene: Catalog) -> None:
    """The value of a pixel is its column: a quarter from the west it is 64."""
    whole = await picture(scene, "preview.png", "assets=columns")
    part = await picture(scene, "bbox/10.5,40.5,11,41/64x32.png", "assets=columns")
    point = (await scene.get(f"{SCENE}/point/10.501,41?{QUERY}&assets=columns")).json()

    assert whole[0, 0].tolist() == list(range(256))
    assert part.shape == (2, 32, 64)
    assert part[0, 0].tolist() == list(range(64, 128))
    assert point == {"coordinates": [10.501, 41.0], "values": [64], "band_names": ["columns_b1"]}


async def test_bands_are_picked_and_ordered_by_asset_bidx(scene: Catalog) -> None:
    point = (await scene.get(f"{SCENE}/point/11,41?{QUERY}&assets=image&asset_bidx=image|3,1")).json()
    both = (await scene.get(f"{SCENE}/point/11,41?{QUERY}&assets=image&assets=one&asset_bidx=image|2,one|1")).json()

    assert point["band_names"] == ["image_b3", "image_b1"]
    assert point["values"] == [0, 255]
    assert both["band_names"] == ["image_b2", "one_b1"]
    assert (await scene.get(f"{SCENE}/point/11,41?{QUERY}&assets=image&asset_bidx=image|4")).status_code == 400


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("expression=(three-one)/(three%2Bone)&asset_as_band=true", 0.5),
        ("expression=(one_b1-three_b1)/(three_b1%2Bone_b1)", -0.5),
        ("expression=where(one<three,7,8)&asset_as_band=true", 7),
        ("expression=sqrt(one)**2%2B1&asset_as_band=true", 101),
        ("expression=image_b1/2%2Bone_b1", 227.5),
        ("expression=-one&asset_as_band=true", -100),
    ],
)
async def test_an_expression_is_worked_out(scene: Catalog, query: str, value: float) -> None:
    reply = await scene.get(f"{SCENE}/point/11,41?{QUERY}&{query}")

    assert reply.json()["values"] == pytest.approx([value])


async def test_each_part_of_an_expression_is_a_band(scene: Catalog) -> None:
    point = (await scene.get(f"{SCENE}/point/11,41?{QUERY}&expression=one*2;three&asset_as_band=true")).json()

    assert point["values"] == [200, 300]
    assert point["band_names"] == ["one*2", "three"]


@pytest.mark.parametrize(
    "expression",
    [
        "nothere",
        "one.__class__",
        "one()",
        "__import__('os')",
        "one if one else 1",
        "9**9**9**9**9",
        "one;" * 20,
        "(" * 200,
        "one[0]",
        "lambda: one",
        "one=1",
        "one one",
    ],
)
async def test_an_expression_that_is_none_is_refused(scene: Catalog, expression: str) -> None:
    reply = await scene.get(f"{SCENE}/point/11,41", params={"expression": expression, "asset_as_band": "true", "assets": "one"})

    assert reply.status_code in (400, 404) or reply.json()["values"] == [None]


async def test_rescale_stretches_numbers_over_bytes(scene: Catalog) -> None:
    matrix = await picture(scene, f"tiles/{INSIDE}.png", "assets=three&rescale=0,600")

    assert set(matrix[0].flat) == {127}


async def test_a_named_colour_map_paints_one_band(scene: Catalog) -> None:
    matrix = await picture(scene, "preview.png", "assets=columns&colormap_name=gray_r")

    assert matrix.shape[0] == 4
    assert matrix[:3, 0, 0].tolist() == [255, 255, 255]
    assert matrix[:3, 0, 255].tolist() == [0, 0, 0]
    assert (await scene.get(f"{SCENE}/preview.png?{QUERY}&assets=image&colormap_name=gray")).status_code == 400
    assert (await scene.get(f"{SCENE}/preview.png?{QUERY}&assets=columns&colormap_name=usda-cdl-corn")).status_code == 501


async def test_a_map_of_classes_leaves_other_values_transparent(scene: Catalog) -> None:
    colormap = json.dumps({"0": [1, 2, 3, 255], "5": "#0a0b0c"})
    matrix = bands(await scene.get(f"{SCENE}/preview.png", params={"assets": "columns", "colormap": colormap}))

    assert matrix[:, 0, 0].tolist() == [1, 2, 3, 255]
    assert matrix[:, 0, 5].tolist() == [10, 11, 12, 255]
    assert matrix[3, 0, 6] == 0


async def test_a_map_of_intervals_paints_ranges(scene: Catalog) -> None:
    colormap = json.dumps([[[0, 100], [9, 9, 9, 255]], [[100, 300], [7, 7, 7, 255]]])
    matrix = bands(await scene.get(f"{SCENE}/preview.png", params={"assets": "columns", "colormap": colormap}))

    assert matrix[0, 0, [0, 99, 100, 255]].tolist() == [9, 9, 7, 7]


async def test_a_colour_formula_changes_the_bands_it_names(scene: Catalog) -> None:
    plain = await picture(scene, "preview.png", "assets=columns&assets=image&asset_bidx=columns|1,image|1,2")
    changed = await picture(scene, "preview.png", "assets=columns&assets=image&asset_bidx=columns|1,image|1,2&color_formula=Gamma%20R%202")

    assert changed[0, 0, 64] > plain[0, 0, 64] + 30
    assert (changed[1] == plain[1]).all()
    for broken in ("Gamma", "Gamma R x", "Nothing R 1", "Gamma Q 1", "Sigmoidal RGB 1 9"):
        assert (await scene.get(f"{SCENE}/preview.png", params={"assets": "image", "color_formula": broken})).status_code == 400


async def test_nodata_is_transparent(scene: Catalog) -> None:
    matrix = await picture(scene, "preview.png", "assets=columns&nodata=3")

    assert matrix[1, 0, [2, 3, 4]].tolist() == [255, 0, 255]
    assert (await scene.get(f"{SCENE}/point/11,41?{QUERY}&assets=one&nodata=100")).json()["values"] == [None]


async def test_unscale_gives_what_the_numbers_mean(folder: Path, scene: Catalog) -> None:
    with rasterio.open(
        folder / "scaled.tif",
        "w",
        driver="GTiff",
        width=8,
        height=8,
        count=1,
        dtype="int16",
        crs="EPSG:4326",
        transform=from_bounds(*cogs.BOX, 8, 8),
    ) as made:
        made.write(numpy.full((1, 8, 8), 50, "int16"))
        made.scales, made.offsets = (0.5,), (10.0,)
    await scene.post("/stac/collections/naip/items", cogs.item("scaled", {"data": (folder / "scaled.tif").as_uri()}))
    path = "/data/mosaic/collections/naip/items/scaled/point/11,41"

    assert (await scene.get(path, params={"assets": "data"})).json()["values"] == [50]
    assert (await scene.get(path, params={"assets": "data", "unscale": "True"})).json()["values"] == [35]


async def test_a_buffer_widens_a_tile_and_a_mask_can_be_left_out(scene: Catalog) -> None:
    assert (await picture(scene, f"tiles/{INSIDE}.png", "assets=image&buffer=1.5")).shape == (4, 259, 259)
    assert (await picture(scene, f"tiles/{INSIDE}.png", "assets=image&return_mask=false")).shape == (3, 256, 256)
    assert (await picture(scene, f"tiles/{INSIDE}.png", "assets=image&padding=4")).shape == (4, 256, 256)
    assert (await scene.get(f"{SCENE}/tiles/{INSIDE}.png?{QUERY}&assets=image&buffer=0.3")).status_code == 400


async def test_a_preview_keeps_the_shape_of_the_picture(scene: Catalog) -> None:
    assert (await picture(scene, "preview.png", "assets=image&max_size=100")).shape == (4, 100, 100)
    assert (await picture(scene, "preview.png", "assets=image&width=50")).shape == (4, 50, 50)
    assert (await picture(scene, "preview.png", "assets=image&width=50&height=20&max_size=10")).shape == (4, 20, 50)
    mercator = await picture(scene, "preview.png", "assets=image&dst_crs=EPSG:3857&max_size=100")
    assert mercator.shape[2] < mercator.shape[1] == 100
    assert (await scene.get(f"{SCENE}/preview.png?{QUERY}&assets=image&max_size=100000")).status_code == 400


async def test_a_feature_is_cut_out(scene: Catalog) -> None:
    triangle = {**SQUARE, "geometry": {"type": "Polygon", "coordinates": [[[10.5, 40.5], [11, 40.5], [10.5, 41], [10.5, 40.5]]]}}
    matrix = bands(await scene.post(f"{SCENE}/feature/64x64.png", triangle, params={"assets": "image"}))
    again = bands(await scene.post(f"{SCENE}/feature.png", triangle, params={"assets": "image"}))

    assert matrix[:, 62, 1].tolist() == [255, 0, 0, 255]
    assert matrix[3, 1, 62] == 0
    assert again.shape == (4, 64, 64)


async def test_a_crop_may_be_given_in_another_system(scene: Catalog) -> None:
    box = "1168848.45,4938322.27,1224508.2,5012341.66"
    matrix = await picture(scene, f"bbox/{box}.png", "assets=columns&coord_crs=EPSG:3857&dst_crs=EPSG:4326&width=64&height=64")

    assert abs(int(matrix[0, 0, 0]) - 64) <= 1
    assert abs(int(matrix[0, 0, 63]) - 127) <= 1


async def test_statistics_are_those_of_the_numbers(scene: Catalog) -> None:
    found = (await scene.get(f"{SCENE}/statistics?{QUERY}&assets=columns&histogram_bins=2&p=50")).json()["columns_b1"]

    assert list(found)[:3] == ["min", "max", "mean"]
    assert (found["min"], found["max"], found["mean"], found["count"]) == (0, 255, 127.5, 65536)
    assert found["std"] == pytest.approx(73.9003, abs=1e-3)
    assert found["histogram"] == [[32768, 32768], [0, 127.5, 255]]
    assert found["percentile_50"] == 127
    assert (found["valid_percent"], found["masked_pixels"]) == (100, 0)


async def test_statistics_of_an_expression_are_named_after_it(scene: Catalog) -> None:
    found = (await scene.get(f"{SCENE}/statistics?{QUERY}&expression=three/one&asset_as_band=true")).json()

    assert found["three/one"]["mean"] == 3


async def test_categories_are_counted(scene: Catalog) -> None:
    found = (await scene.get(f"{SCENE}/statistics?{QUERY}&assets=one&categorical=true&c=1,100")).json()["one_b1"]

    assert found["histogram"] == [[0, 65536], [1, 100]]


async def test_statistics_of_assets_are_by_band_below_the_asset(scene: Catalog) -> None:
    found = (await scene.get(f"{SCENE}/asset_statistics?{QUERY}&assets=image&assets=one")).json()

    assert {asset: list(stats) for asset, stats in found.items()} == {"image": ["b1", "b2", "b3"], "one": ["b1"]}
    assert found["image"]["b1"]["mean"] == 255


async def test_statistics_within_a_feature_come_back_in_it(scene: Catalog) -> None:
    found = (await scene.post(f"{SCENE}/statistics", SQUARE, params={"assets": "columns"})).json()
    many = (await scene.post(f"{SCENE}/statistics", {"type": "FeatureCollection", "features": [SQUARE]}, params={"assets": "one"})).json()

    assert found["properties"]["a"] == 1
    assert found["properties"]["statistics"]["columns_b1"]["min"] == 64
    assert found["properties"]["statistics"]["columns_b1"]["max"] == 127
    assert many["features"][0]["properties"]["statistics"]["one_b1"]["mean"] == 100


async def test_info_tells_of_each_file(scene: Catalog) -> None:
    found = (await scene.get(f"{SCENE}/info?{QUERY}&assets=image")).json()["image"]
    feature = (await scene.get(f"{SCENE}/info.geojson?{QUERY}&assets=image&assets=one")).json()

    assert found["bounds"] == [10, 40, 12, 42]
    assert (found["dtype"], found["count"], found["width"], found["driver"]) == ("uint8", 3, 256, "GTiff")
    assert (found["minzoom"], found["maxzoom"]) == (7, 7)
    assert found["colorinterp"] == ["red", "green", "blue"]
    assert found["crs"] == "http://www.opengis.net/def/crs/EPSG/0/4326"
    assert (feature["type"], set(feature["properties"])) == ("Feature", {"image", "one"})


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"tiles/{INSIDE}.png", 400),
        (f"tiles/{INSIDE}.png?assets=nothere", 404),
        ("tiles/9/0/0.png?assets=image", 404),
        ("tiles/0/1/0.png?assets=image", 404),
        (f"tiles/{INSIDE}.gif?assets=image", 400),
        (f"tiles/{INSIDE}@9x.png?assets=image", 400),
        (f"tiles/{INSIDE}.png?assets=image&bidx=9", 400),
        (f"tiles/{INSIDE}.png?assets=image&asset_as_band=true", 400),
        ("point/50,50?assets=image", 404),
        ("point/11,41?assets=image&coord_crs=nowhere", 400),
        ("bbox/10,40,12,42.png?assets=image&dst_crs=EPSG:99", 400),
        ("bbox/50,10,51,11.png?assets=image", 404),
        ("bbox/10,40,12,42/99999x1.png?assets=image", 400),
        ("statistics?assets=one&histogram_bins=0", 400),
        ("statistics?assets=one&p=101", 400),
        ("info?assets=nothere", 404),
    ],
)
async def test_what_cannot_be_drawn_is_refused(scene: Catalog, path: str, status: int) -> None:
    path, _, query = path.partition("?")
    reply = await scene.get(f"{SCENE}/{path}?{QUERY}&{query}")

    assert reply.status_code == status, reply.text
    assert set(reply.json()["error"]) == {"code", "message"}


@pytest.mark.parametrize(
    "body",
    [{}, {"type": "Feature"}, {**SQUARE, "geometry": {"type": "Point", "coordinates": [11, 41]}}, [], {**SQUARE, "geometry": 1}],
    ids=str,
)
async def test_a_feature_that_is_none_is_refused(scene: Catalog, body: Any) -> None:
    assert (await scene.post(f"{SCENE}/feature.png", body, params={"assets": "image"})).status_code == 400
    assert (await scene.post(f"{SCENE}/statistics", body, params={"assets": "image"})).status_code == 400


async def test_an_asset_that_is_gone_is_424(scene: Catalog, folder: Path, tmp_path: Path) -> None:
    (folder / "text.tif").write_text("<VRTDataset/>")
    hrefs = {
        "far": "https://example.com/a.tif",
        "outside": (tmp_path / "x.tif").as_uri(),
        "text": (folder / "text.tif").as_uri(),
        "image": (folder / "image.tif").as_uri(),
    }
    await scene.post("/stac/collections/naip/items", cogs.item("gone", hrefs))
    for asset in ("far", "outside", "text"):
        reply = await scene.get("/data/mosaic/collections/naip/items/gone/preview.png", params={"assets": asset})
        assert reply.status_code == 424
        assert reply.json()["error"]["code"] == "ServerError"
        assert "x-ms-error-code" not in reply.headers
    assert (await scene.get("/data/mosaic/collections/naip/items/gone/preview.png", params={"assets": "image"})).status_code == 200


async def test_a_file_that_would_eat_the_machine_is_refused(folder: Path) -> None:
    bomb = folder / "bomb.tif"
    profile = {"driver": "GTiff", "crs": "EPSG:4326", "dtype": "uint8", "count": 1, "SPARSE_OK": True, "compress": "deflate"}
    with rasterio.open(
        bomb,
        "w",
        width=400_000,
        height=400_000,
        tiled=True,
        transform=from_bounds(*cogs.BOX, 400_000, 400_000),
        **profile,
    ):
        pass
    async with open_catalog(read_folders=[folder]) as catalog:
        await catalog.add("naip")
        await catalog.post("/stac/collections/naip/items", cogs.item("bomb", {"image": bomb.as_uri()}))
        reply = await catalog.get("/data/mosaic/collections/naip/items/bomb/preview.png", params={"assets": "image"})

    assert reply.status_code == 400
    assert "too large" in reply.json()["error"]["message"]


async def test_pixels_do_not_hold_up_other_requests(scene: Catalog) -> None:
    """A handler in the event loop would make these follow each other."""
    import asyncio

    order: list[str] = []

    async def ask(name: str, path: str) -> None:
        await scene.get(path)
        order.append(name)

    big = f"{SCENE}/preview.png?{QUERY}&assets=image&width=3000&height=3000"
    await asyncio.gather(ask("picture", big), ask("bounds", f"{SCENE}/bounds?{QUERY}"))

    assert order == ["bounds", "picture"]
