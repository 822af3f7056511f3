"""Where a preview looks: the manifest, the default location, an item; and over which items."""

from __future__ import annotations

import pytest

from .conftest import COLOURS, CONFIGURATION, GREY, PLAIN, SETTINGS, Scene, change, middle, mosaic, only, option, year

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
"""rio-tiler silences it around each picture, which two threads at once undo for each other."""


async def test_the_default_location_is_looked_at_where_an_item_is_there(scene: Scene) -> None:
    seen = only(await scene.preview(option(PLAIN, COLOURS)))

    assert seen.place is not None
    assert (seen.place.why, seen.place.zoom) == ("default location", 8)
    west, south, east, north = seen.place.bounds
    assert (west + east) / 2 == pytest.approx(11.0)
    assert south < 41.0 < north


async def test_an_items_bounds_are_looked_at_where_the_default_location_is_empty(scene: Scene) -> None:
    await scene.catalog.put(f"{CONFIGURATION}/tile-settings", {**SETTINGS, "defaultLocation": {"zoom": 8, "coordinates": [-41.0, -11.0]}})
    seen = only(await scene.preview(option(PLAIN, COLOURS)))

    assert seen.place is not None
    assert seen.place.why == "item 2022"
    west, south, east, north = seen.place.bounds
    assert west <= 10.0
    assert south <= 40.0
    assert east >= 12.0
    assert north >= 42.0


async def test_no_place_is_looked_at_below_the_zoom_at_which_the_layer_begins(scene: Scene) -> None:
    seen = only(await scene.preview(option(PLAIN, COLOURS, minZoom=12)))

    assert seen.place is not None
    assert seen.place.zoom == 12
    assert seen.why == ""


async def test_the_manifest_says_where_to_look_and_how_large(scene: Scene) -> None:
    section = {"places": [{"bounds": [10.0, 40.5, 11.0, 41.0]}, {"zoom": 9, "coordinates": [41.5, 11.5]}], "size": 128}
    wide, square = (await scene.preview(option(PLAIN, COLOURS), section=section)).comparisons

    assert wide.before is not None
    assert square.before is not None
    assert (wide.before.width, wide.before.height, square.before.width, square.before.height) == (128, 85, 128, 128)
    assert wide.place is not None
    assert (wide.place.why, wide.place.bounds) == ("manifest", (10.0, 40.5, 11.0, 41.0))


async def test_the_manifest_says_what_draws_a_mosaic_and_under_what_an_option_is_drawn(scene: Scene) -> None:
    await scene.catalog.post(f"{CONFIGURATION}/render-options", {**GREY, "id": "warm", "name": "Warm", "options": COLOURS})
    section = {"renderOptions": ["warm"], "mosaics": ["flights"]}
    seen = await scene.preview(change("mosaic", "flights", None, mosaic(year("2021"))), option(PLAIN, f"{PLAIN}&nodata=1"), section=section)

    assert [it.title for it in seen.comparisons] == ["Flights as Warm", "Grey over Flights"]


async def test_an_option_with_conditions_is_drawn_over_the_mosaic_that_has_them(scene: Scene) -> None:
    conditions = [{"property": "year", "value": "2021"}]
    seen = await scene.preview(change("mosaic", "flights", None, mosaic(year("2021"))), option(PLAIN, COLOURS, conditions=conditions))

    assert seen.comparisons[1].title == "Grey over Flights"
    assert middle(seen.comparisons[1].before)[0] < 128
