"""The tiler's paths: what a map asks for a render option."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from pcsync.seeing import routes

NAIP = routes.collection_base("naip")
BOUNDS = (-84.5, 33.6, -84.25, 33.8)


def test_repeats_are_kept_in_their_order_and_values_are_encoded() -> None:
    options = "assets=B04&assets=B03&rescale=0,1&rescale=2,3&expression=(B08+B04)/2&sel=time=2100-01-01"
    pairs = parse_qsl(urlsplit(routes.tile(NAIP, 3, 1, 2, options)).query)

    assert pairs == [
        ("assets", "B04"),
        ("assets", "B03"),
        ("rescale", "0,1"),
        ("rescale", "2,3"),
        ("expression", "(B08+B04)/2"),
        ("sel", "time=2100-01-01"),
    ]


def test_what_is_encoded_already_is_not_encoded_twice() -> None:
    raw, written = routes.drawn("colormap=%7B%221%22%3A%20%5B1%2C2%2C3%5D%7D"), routes.drawn('colormap={"1": [1,2,3]}')

    assert raw == written == [("colormap", '{"1": [1,2,3]}')]


def test_ids_are_one_segment_whatever_is_in_them() -> None:
    path = urlsplit(routes.preview(routes.item_base("a/b?c", "x y#%2F"))).path

    assert path == "/data/mosaic/collections/a%2Fb%3Fc/items/x%20y%23%252F/preview.png"
    assert [unquote(part) for part in path.split("/")][4] == "a/b?c"


def test_what_does_not_draw_is_not_asked() -> None:
    options = "assets=image&minzoom=4&tile_format=webp&rescale=0,255&pixel_selection=first"

    assert routes.tile(NAIP, 0, 0, 0, options).endswith("0/0/0.png?assets=image&rescale=0%2C255&pixel_selection=first")
    assert routes.point(NAIP, -84.4, 33.7, options) == f"{NAIP}/point/-84.4,33.7?assets=image&pixel_selection=first"
    assert routes.statistics(routes.item_base("naip", "i"), options).endswith("/i/statistics?assets=image&max_size=1024")


def test_a_crop_is_in_the_projection_of_maps() -> None:
    assert routes.box(NAIP, BOUNDS, (512, 256), "assets=image") == (
        f"{NAIP}/bbox/-84.5,33.6,-84.25,33.8/512x256.png?assets=image&dst_crs=EPSG%3A3857"
    )


@pytest.mark.parametrize("degree", [1e-9, -1e-9, 0.0])
def test_coordinates_are_plain_decimals(degree: float) -> None:
    assert routes.point(NAIP, degree, degree) == f"{NAIP}/point/0,0"


@pytest.mark.parametrize(("zoom", "place"), [(0, (0, 0)), (1, (0.1, 0.1)), (9, (10.9, 41.1)), (14, (-84.39, 33.75)), (5, (179.99, -60))])
def test_the_tile_of_a_point_holds_it(zoom: int, place: tuple[float, float]) -> None:
    west, south, east, north = routes.tile_bounds(zoom, *routes.tile_at(*place, zoom))

    assert west <= place[0] < east
    assert south < place[1] <= north


@pytest.mark.parametrize("place", [(200.0, 0.0), (-200.0, 0.0), (0.0, 90.0), (0.0, -90.0)])
def test_a_point_off_the_map_has_the_nearest_tile(place: tuple[float, float]) -> None:
    assert all(0 <= at < 8 for at in routes.tile_at(*place, 3))


def test_a_mosaic_is_the_search_of_its_expressions_in_its_collection() -> None:
    one, two = {"op": "=", "args": [{"property": "a"}, 1]}, {"op": "=", "args": [{"property": "b"}, 2]}

    assert routes.mosaic_question("naip", []) == {"collections": ["naip"], "filter-lang": "cql2-json"}
    assert routes.mosaic_question("naip", [one])["filter"] == one
    assert routes.mosaic_question("naip", [one, two])["filter"] == {"op": "and", "args": [one, two]}


def test_every_path_is_one_of_the_services_own() -> None:
    default = Path(__file__).parents[2].parent / "shared" / "reference"
    listed = Path(os.environ.get("PCSYNC_REFERENCE", default)) / "routes-2026-04-15.json"
    if not listed.exists():
        pytest.skip(f"no {listed.name}; set PCSYNC_REFERENCE")
    found = json.loads(listed.read_text())
    known = [(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(it["path"])), it["query"]) for it in found.get("routes", found)]
    options = "assets=image&rescale=0,1&colormap_name=viridis&nodata=0"
    item, search = routes.item_base("naip", "i"), routes.search_base("a1b2")
    asked = [
        *(make(base, options) for base in (NAIP, item, search) for make in (routes.tilejson, routes.wmts)),
        *(routes.box(base, BOUNDS, (64, 64), options) for base in (NAIP, item, search)),
        *(routes.tile(base, 1, 1, 1, options, scale=2) for base in (NAIP, item, search)),
        *(routes.point(base, 1, 2, options) for base in (NAIP, item, search)),
        *(routes.info(base) for base in (NAIP, search)),
        routes.preview(item, options),
        routes.statistics(item, options),
        *(routes.legend(sort, "viridis", {"trim_start": 1}) for sort in ("colormap", "classmap", "interval")),
        routes.REGISTER,
    ]

    for path in asked:
        assert any(re.fullmatch(pattern, urlsplit(path).path) for pattern, _ in known), path
