"""Previews with real pixels: what differs, what does not, what cannot be had, and what is never asked."""

from __future__ import annotations

import re
from typing import Any

import pytest

from .conftest import COLOURS, CONFIGURATION, GREY, PLAIN, SETTINGS, Scene, change, middle, mosaic, only, option, year

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
"""rio-tiler silences it around each picture, which two threads at once undo for each other."""
COVERED = 0.65
"""Share of a picture at the default location that the items cover, less a margin."""
POSTS = re.compile(r"/(stac/search|data/mosaic/register)")


async def test_options_that_mean_the_same_look_the_same_to_the_pixel(scene: Scene) -> None:
    """The order of parameters and the spelling of a number are no difference."""
    seen = only(await scene.preview(option(PLAIN, "rescale=0.0,255&assets=columns")))

    assert (seen.changed, seen.difference, seen.mask, seen.why) == (0.0, 0.0, b"", "")
    assert seen.before is not None
    assert (seen.before.width, seen.before.height, seen.before.remark) == (512, 512, "")


async def test_another_colour_map_looks_different_and_the_mask_shows_where(scene: Scene) -> None:
    seen = only(await scene.preview(option(PLAIN, COLOURS)))

    assert seen.changed is not None
    assert seen.changed > COVERED
    assert seen.difference is not None
    assert 0.1 < seen.difference < 0.9
    assert seen.mask.startswith(b"\x89PNG")
    assert middle(seen.before)[:3] != middle(seen.after)[:3]


async def test_a_rescale_that_does_not_fit_is_seen_as_clipped_or_blank(scene: Scene) -> None:
    white, dark = [only(await scene.preview(option(PLAIN, f"assets=columns&rescale={span}"))) for span in ("-2,-1", "120,130")]

    assert [it.after.remark if it.after else it.why for it in (white, dark)] == ["blank", "clipped"]
    assert white.before is not None
    assert white.before.remark == ""


async def test_the_ends_of_a_colour_map_are_not_taken_for_clipped(scene: Scene) -> None:
    seen = only(await scene.preview(option(None, "assets=columns&colormap=%5B%5B%5B0%2C128%5D%2C%5B255%2C0%2C0%2C255%5D%5D%5D")))

    assert seen.after is not None
    assert seen.after.clipped == 0.0


async def test_a_new_option_has_no_before_and_a_deleted_one_no_after(scene: Scene) -> None:
    new, gone = only(await scene.preview(option(None, PLAIN))), only(await scene.preview(option(PLAIN, None)))

    assert (new.before, new.changed, new.why, new.after is not None) == (None, None, "", True)
    assert (gone.after, gone.changed, gone.why, gone.before is not None) == (None, None, "", True)


async def test_a_proposed_filter_shows_other_items_without_being_applied(scene: Scene) -> None:
    seen = only(await scene.preview(change("mosaic", "flights", mosaic(year("2021")), mosaic(year("2022")))))

    assert seen.title == "Flights as Grey"
    assert seen.changed is not None
    assert seen.changed > COVERED
    assert middle(seen.before)[0] < 128 < middle(seen.after)[0]
    assert seen.before is not None
    assert "/data/mosaic/searches/" in seen.before.route
    assert (await scene.catalog.get(f"{CONFIGURATION}/mosaics/flights")).status_code == 404


async def test_a_filter_that_finds_the_same_items_looks_the_same(scene: Scene) -> None:
    seen = only(await scene.preview(change("mosaic", "flights", mosaic(year("2021")), mosaic(year("2021"), year("2021")))))

    assert seen.changed == 0.0


async def test_a_filter_that_finds_nothing_is_told_and_not_drawn(scene: Scene) -> None:
    seen = only(await scene.preview(change("mosaic", "flights", mosaic(year("2021")), mosaic(year("1999")))))

    assert (seen.after, seen.why, seen.before is not None) == (None, "after: no item is at this place", True)


async def test_no_request_of_a_preview_writes_configuration(scene: Scene) -> None:
    changes = (option(PLAIN, COLOURS), change("mosaic", "flights", None, mosaic(year("2022"))), change("mosaic", "flights", mosaic(), None))
    await scene.preview(*changes, change("tile-settings", "", SETTINGS, {**SETTINGS, "maxItemsPerTile": 1}))

    assert {method for method, _ in scene.recording.seen} == {"GET", "POST"}
    assert all(POSTS.fullmatch(path) for path in scene.sent("POST"))
    assert not any("render-options" in path or "mosaics" in path for path in scene.sent("GET"))


async def test_one_item_in_a_tile_instead_of_many_is_drawn_with_that_limit(scene: Scene) -> None:
    seen = only(await scene.preview(change("tile-settings", "", SETTINGS, {**SETTINGS, "maxItemsPerTile": 1})))

    assert seen.title == "at most 1 items in a tile, not 35, as Grey"
    assert seen.before is not None
    assert seen.after is not None
    assert ("items_limit=35" in seen.before.route, "items_limit=1" in seen.after.route) == (True, True)


async def test_a_default_location_that_moves_shows_both_places(scene: Scene) -> None:
    moved = {**SETTINGS, "defaultLocation": {"zoom": 10, "coordinates": [40.5, 10.5]}}
    seen = only(await scene.preview(change("tile-settings", "", SETTINGS, moved)))

    assert (seen.title, seen.changed, seen.why) == ("where the map opens", None, "the map opens elsewhere: two places are shown")
    assert seen.before is not None
    assert seen.after is not None
    assert seen.before.route != seen.after.route
    assert seen.place is not None
    assert seen.place.zoom == 10


@pytest.mark.parametrize(
    "quiet",
    [
        change("render-option", "grey", GREY, {**GREY, "name": "Greyer", "minZoom": 8, "legend": {"type": "none"}}),
        change("mosaic", "flights", mosaic(), {**mosaic(), "description": "All"}),
        change("tile-settings", "", SETTINGS, {**SETTINGS, "minZoom": 9}),
        change("collection", "", {"title": "a"}, {"title": "b"}),
        change("queryable", "year", None, {"name": "year"}),
    ],
)
async def test_what_changes_no_pixel_is_not_looked_at(scene: Scene, quiet: Any) -> None:
    assert (await scene.preview(quiet)).comparisons == ()
    assert scene.recording.seen == []


async def test_a_picture_that_cannot_be_had_says_why(scene: Scene) -> None:
    lacking, junk, vector = [
        only(await scene.preview(it))
        for it in (
            option(PLAIN, "assets=missing"),
            option(PLAIN, f"{PLAIN}&colormap_name=no-such-map"),
            change("render-option", "roads", None, {"id": "roads", "name": "Roads", "type": "vt-line", "vectorOptions": {}}),
        )
    ]

    assert lacking.why.startswith("after: 404 'missing' is not an asset")
    assert lacking.before is not None
    assert junk.why.startswith("after: 400")
    assert "vector tiles are drawn by the browser" in vector.why


async def test_a_collection_without_items_or_not_there_yet_says_so(scene: Scene) -> None:
    await scene.catalog.add("bare")
    body = {**GREY, "options": PLAIN}
    bare, absent = (await scene.preview(*(change("render-option", "grey", None, body, name) for name in ("bare", "absent")))).comparisons

    assert bare.why == "the collection has no items"
    assert absent.why == "the collection is not on this catalog yet: there is nothing to draw before it has items"
    assert not any(path.startswith("/data") for path in scene.sent("GET"))


async def test_a_catalog_whose_tiler_cannot_draw_says_so_for_every_picture(scene: Scene) -> None:
    await scene.catalog.fault("status", status=501, path="/data/mosaic/collections/.*/bbox/.*", times=100)
    seen = only(await scene.preview(option(PLAIN, COLOURS)))

    assert (seen.before, seen.after) == (None, None)
    assert seen.why == "501 Injected fault"


async def test_an_answer_that_is_no_picture_is_refused_and_told(scene: Scene) -> None:
    seen = only(await scene.preview(option(PLAIN, f"{PLAIN}&format=png"), section={"size": 64}))
    assert seen.changed == 0.0

    await scene.catalog.fault("status", status=500, path="/stac/search", times=100)
    blind = only(await scene.preview(option(PLAIN, COLOURS)))
    assert blind.why.startswith("items cannot be searched: 500")
