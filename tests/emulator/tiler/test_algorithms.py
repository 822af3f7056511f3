"""The fifteen algorithms of the service."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pcsync.emulator.tiler.parameters import ALGORITHMS
from tests.emulator.catalog import Catalog

pytest.importorskip("rio_tiler")

from .test_pixels import INSIDE, SCENE, bands

NORTH_WEST = {"assets": "hill", "algorithm": "hillshade", "algorithm_params": '{"azimuth": 315, "angle_altitude": 45}'}
PEAK = (128, 128)


async def drawn(catalog: Catalog, query: dict[str, str], path: str = "preview.png") -> Any:
    return bands(await catalog.get(f"{SCENE}/{path}", params={"return_mask": "false", **query}))


async def test_a_hillshade_is_light_on_one_side_and_dark_on_the_other(scene: Catalog) -> None:
    shade = (await drawn(scene, NORTH_WEST))[0]
    flipped = (await drawn(scene, {"assets": "hill", "algorithm": "hillshade", "algorithm_params": '{"azimuth": 135}'}))[0]

    assert shade.shape == (250, 250)  # three pixels are cut off each side
    assert shade.std() > 20
    assert abs(int(shade[190, 60]) - int(shade[60, 190])) > 100
    assert (shade[190, 60] > shade[60, 190]) != (flipped[190, 60] > flipped[60, 190])


async def test_the_buffer_of_a_hillshade_is_cut_off_again(scene: Catalog) -> None:
    query = {"assets": "hill", "algorithm": "hillshade", "buffer": "3"}

    assert (await drawn(scene, query, f"tiles/{INSIDE}.png")).shape == (1, 256, 256)


async def test_a_slope_is_zero_where_it_is_flat(scene: Catalog) -> None:
    query = {"assets": "hill", "algorithm": "slope", "rescale": "0,90", "dst_crs": "EPSG:3857"}
    slope = (await drawn(scene, query))[0]

    assert slope[2, 2] == 0
    assert slope.max() > 0


async def test_contours_are_black_at_whole_steps(scene: Catalog) -> None:
    parameters = {"increment": 100, "thickness": 4, "minz": 0, "maxz": 1000}
    matrix = await drawn(scene, {"assets": "hill", "algorithm": "contours", "algorithm_params": json.dumps(parameters)})

    assert matrix.shape[0] == 3
    assert matrix[:, 128, 128].tolist() == [0, 0, 0]  # 1,000 m
    assert matrix[:, 128, 134].sum() > 0  # 952 m


async def test_terrarium_and_terrain_rgb_can_be_read_back(scene: Catalog) -> None:
    terrarium = (await drawn(scene, {"assets": "hill", "algorithm": "terrarium"}))[(slice(None), *PEAK)].astype(int)
    rgb = (await drawn(scene, {"assets": "hill", "algorithm": "terrainrgb"}))[(slice(None), *PEAK)].astype(int)

    assert terrarium[0] * 256 + terrarium[1] + terrarium[2] / 256 - 32768 == 1000
    assert -10000 + (rgb[0] * 65536 + rgb[1] * 256 + rgb[2]) * 0.1 == pytest.approx(1000)


async def test_a_normalised_index_is_of_two_bands(scene: Catalog) -> None:
    query = {"assets": ["one", "three"], "algorithm": "normalizedIndex", "rescale": "-1,1"}

    assert set((await drawn(scene, query)).flat) == {191}  # type: ignore[arg-type]  # a list repeats the parameter
    assert (await scene.get(f"{SCENE}/preview.png", params={**query, "assets": "one"})).status_code == 400


@pytest.mark.parametrize(
    ("name", "expected"),
    [("min", 0), ("max", 255), ("mean", 85), ("median", 0), ("std", 120), ("var", 14450), ("cast", 255), ("ceil", 255)],
)
async def test_bands_are_reduced_to_one(scene: Catalog, name: str, expected: float) -> None:
    query = {"assets": "image", "algorithm": name}
    found = (await scene.get(f"{SCENE}/statistics", params=query)).json()

    assert next(iter(found.values()))["mean"] == pytest.approx(expected, abs=0.5)


@pytest.mark.parametrize("name", ALGORITHMS)
async def test_every_algorithm_draws_or_says_what_it_needs(scene: Catalog, name: str) -> None:
    for assets in (["hill"], ["image"], ["one", "three"]):
        reply = await scene.get(f"{SCENE}/preview.tif", params={"assets": assets, "algorithm": name})
        assert reply.status_code == 200 or "needs" in reply.json()["error"]["message"]


@pytest.mark.parametrize("parameters", ['{"azimuth": "x"}', '{"buffer": 500}', '{"buffer": 0.5}', '{"z_exaggeration": 1e99}', "[]", "{"])
async def test_parameters_that_do_not_fit_are_refused(scene: Catalog, parameters: str) -> None:
    query = {"assets": "hill", "algorithm": "hillshade", "algorithm_params": parameters}

    assert (await scene.get(f"{SCENE}/preview.png", params=query)).status_code == 400
