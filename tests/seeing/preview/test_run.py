"""Previews with real pixels: what differs, what does not, what cannot be had, and what is never asked."""

from __future__ import annotations

import os
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pcsync.core.change import Action, Change
from pcsync.core.picture import Comparison, Picture
from pcsync.core.resource import Call, Key, Upload
from pcsync.seeing.preview.cache import FolderCache
from pcsync.seeing.preview.run import Limits, Preview
from tests.emulator.catalog import asset_form

from .conftest import CONFIGURATION, GREY, SETTINGS, Scene, change, option

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
"""rio-tiler silences it around each picture, which two threads at once undo for each other."""
PLAIN = "assets=columns&rescale=0,255"
COLOURS = f"{PLAIN}&colormap_name=viridis"
COVERED = 0.65
"""Share of a picture at the default location that the items cover, less a margin."""
POSTS = re.compile(r"/(stac/search|data/mosaic/register)")


def year(value: str) -> dict[str, Any]:
    return {"op": "=", "args": [{"property": "year"}, value]}


def mosaic(*cql: dict[str, Any]) -> dict[str, Any]:
    return {"id": "flights", "name": "Flights", "cql": list(cql)}


def only(found: Preview) -> Comparison:
    assert len(found.comparisons) == 1
    return found.comparisons[0]


def middle(picture: Picture | None) -> Any:
    assert picture is not None
    with Image.open(BytesIO(picture.content)) as image:
        return image.convert("RGBA").getpixel((picture.width // 4, picture.height // 2))


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

    assert seen.title == "35 → 1 items in a tile as Grey"
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


async def test_no_more_pictures_are_drawn_than_allowed_and_the_rest_says_so(scene: Scene) -> None:
    changes = [option(PLAIN, f"{PLAIN}&nodata={number}") for number in range(4)]
    seen = await scene.preview(*changes, limits=Limits(pictures=5))

    assert [it.after is not None for it in seen.comparisons] == [True, True, False, False]
    assert {it.why for it in seen.comparisons[2:]} == {"not drawn: the limit of 5 pictures was reached"}
    assert seen.requests == 3  # the live option is drawn once for both


async def test_no_more_requests_are_under_way_than_allowed(scene: Scene) -> None:
    at_once, most = 0, 0
    inner = scene.recording.inner.handle_async_request

    async def counted(request: Any) -> Any:
        nonlocal at_once, most
        at_once += request.url.path.startswith("/data")
        most = max(most, at_once)
        try:
            return await inner(request)
        finally:
            at_once -= request.url.path.startswith("/data")

    scene.recording.inner.handle_async_request = counted  # type: ignore[method-assign]
    await scene.preview(*[option(PLAIN, f"{PLAIN}&nodata={number}") for number in range(6)], limits=Limits(at_once=2))

    assert most == 2


async def test_a_second_preview_takes_its_pictures_from_the_cache_until_an_item_moves(scene: Scene, tmp_path: Path) -> None:
    cache = FolderCache(tmp_path / "previews")
    first = await scene.preview(option(PLAIN, COLOURS), cache=cache)
    again = await scene.preview(option(PLAIN, COLOURS), cache=cache)
    moving = await scene.catalog.patch("/stac/collections/naip/items/2022", {"properties": {"gsd": 2}})
    assert (await scene.catalog.operation(moving))["status"] == "Succeeded"
    moved = await scene.preview(option(PLAIN, COLOURS), cache=cache)

    assert [(it.requests, it.cached) for it in (first, again, moved)] == [(2, 0), (0, 2), (2, 0)]
    assert [only(first).changed, only(first).mask] == [only(again).changed, only(again).mask]


async def test_a_cache_keeps_no_more_than_it_may(tmp_path: Path) -> None:
    cache = FolderCache(tmp_path)
    for age, name in enumerate(("a", "b", "c")):
        cache.put(name, bytes(100))
        os.utime(tmp_path / name, (age, age))
    cache.trim(200)

    assert [cache.get(name) is not None for name in ("a", "b", "c")] == [False, True, True]


def picture_file(colour: tuple[int, int, int]) -> bytes:
    stream = BytesIO()
    Image.new("RGB", (40, 30), colour).save(stream, "PNG")
    return stream.getvalue()


def uploading(action: Action, name: str = "thumbnail") -> Change:
    body = {"type": "image/png", "file": "*.png"}
    before, after = (None if action is Action.CREATE else body), (None if action is Action.DELETE else body)
    calls = (Call("PUT", "/x", upload=Upload("new.png", "thumbnail.png", "")),) if after else ()
    return Change(Key("asset", "naip", name), action, before, after, calls=calls)


async def test_thumbnails_are_compared_with_the_file_that_would_be_uploaded(scene: Scene) -> None:
    form = asset_form(content=picture_file((200, 10, 10)))
    assert (await scene.catalog.send("POST", "/stac/collections/naip/assets", files=form)).status_code == 201
    new = {"new.png": picture_file((10, 200, 10))}
    replaced = only(await scene.preview(uploading(Action.UPDATE), files=new.__getitem__))
    gone = only(await scene.preview(uploading(Action.DELETE), files=new.__getitem__))
    same = await scene.preview(uploading(Action.UPDATE), files=lambda _: picture_file((200, 10, 10)))

    assert (replaced.title, replaced.changed, replaced.why) == ("Thumbnail", 1.0, "")
    assert (gone.after, gone.before is not None, gone.why) == (None, True, "")
    assert same.comparisons == ()


async def test_a_thumbnail_that_cannot_be_had_says_why(scene: Scene) -> None:
    def lost(name: str) -> bytes:
        raise FileNotFoundError(2, "No such file or directory", name)

    absent = only(await scene.preview(uploading(Action.UPDATE), files=lost))
    text = only(await scene.preview(uploading(Action.CREATE), files=lambda _: b"no picture"))

    assert absent.why.startswith("before: 404 Thumbnail not found")
    assert absent.why.endswith("after: new.png cannot be read: No such file or directory")
    assert text.why == "after: the answer is no picture but thumbnail.png"
    assert (await scene.preview(uploading(Action.UPDATE, "class-table"), files=lost)).comparisons == ()


async def test_a_picture_that_takes_too_long_is_given_up(scene: Scene) -> None:
    await scene.catalog.fault("latency", seconds=5, path="/data/mosaic/collections/.*/bbox/.*", times=100)
    seen = only(await scene.preview(option(PLAIN, COLOURS), limits=Limits(seconds=0.2)))

    assert seen.why == "no picture within 0.2 seconds"
