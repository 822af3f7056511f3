"""Where a picture lies on the map: around a point, around a footprint, and never off the world."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsync.seeing.preview.geometry import EDGE, pixels_of, place_at, place_of, zoomed

LONGITUDE, LATITUDE = st.floats(-180, 180), st.floats(-90, 90)


@given(LONGITUDE, LATITUDE, st.integers(0, 24), st.sampled_from([64, 512, 2048]))
def test_a_place_is_a_square_on_the_map_and_holds_its_point(longitude: float, latitude: float, zoom: int, size: int) -> None:
    west, south, east, north = place_at(longitude, latitude, zoom, size).bounds
    width, height = pixels_of((west, south, east, north), size)

    assert -180 <= west < east <= 180
    assert -EDGE - 1e-6 <= south < north <= EDGE + 1e-6
    assert west - 1e-6 <= longitude <= east + 1e-6
    assert south - 1e-6 <= max(-EDGE, min(EDGE, latitude)) <= north + 1e-6
    assert max(width, height) == size
    assert min(width, height) >= (size - 1 if zoom < 20 else 1)  # below a degree's seventh decimal squares are not quite square


@given(LONGITUDE, LATITUDE, LONGITUDE, LATITUDE, st.integers(0, 14))
def test_a_footprint_lies_within_its_place_or_the_place_in_it(west: float, south: float, east: float, north: float, min_zoom: int) -> None:
    south, north = min(south, north), max(south, north)
    place = place_of((west, south, east, north), 512, min_zoom=min_zoom)

    assert place.zoom >= min_zoom
    assert place.bounds[0] < place.bounds[2]
    assert place.bounds[1] < place.bounds[3]


def test_a_footprint_fills_its_picture() -> None:
    place = place_of((10.0, 40.0, 12.0, 42.0), 512)
    west, south, east, north = place.bounds

    assert (south, north) == (pytest.approx(40.0, abs=1e-6), pytest.approx(42.0, abs=1e-6))
    assert west < 10.0 < 12.0 < east
    assert place.zoom == 8  # 512 pixels of zoom 8 are 2.8 degrees


def test_a_footprint_that_is_not_drawn_at_its_zoom_is_looked_at_in_its_middle() -> None:
    near = place_of((10.0, 40.0, 12.0, 42.0), 512, min_zoom=12)

    assert near.zoom == 12
    assert near.bounds[2] - near.bounds[0] == pytest.approx(512 / 256 / 2**12 * 360)
    assert (near.bounds[0] + near.bounds[2]) / 2 == pytest.approx(11.0)


def test_a_footprint_across_the_antimeridian_is_looked_at_on_its_wider_side() -> None:
    fiji, chukotka = place_of((177.0, -19.0, -179.0, -16.0), 512), place_of((179.0, 62.0, -170.0, 66.0), 512)

    assert (fiji.bounds[2], chukotka.bounds[0]) == (pytest.approx(180.0), pytest.approx(-180.0))


def test_the_whole_world_is_one_picture_and_a_point_has_a_place_as_well() -> None:
    assert place_of((-180.0, -90.0, 180.0, 90.0), 512).bounds == pytest.approx((-180.0, -EDGE, 180.0, EDGE), abs=1e-5)
    assert place_of((5.0, 50.0, 5.0, 50.0), 512).zoom == 24


def test_bounds_of_a_manifest_are_kept_and_their_picture_has_their_shape() -> None:
    place = place_of((10.0, 40.5, 11.0, 41.0), 128, exact=True)

    assert place.bounds == (10.0, 40.5, 11.0, 41.0)
    assert pixels_of(place.bounds, 128) == (128, 85)


def test_a_place_is_deepened_only_where_nothing_would_be_drawn() -> None:
    place = place_at(11.0, 41.0, 8, 512, "default location")

    assert zoomed(place, 8, 512) == place
    assert (zoomed(place, 11, 512).zoom, zoomed(place, 11, 512).why) == (11, "default location")
