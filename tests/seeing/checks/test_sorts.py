"""Every sort of check, asked of real pixels: one that passes, and ones that fail for the reason they say."""

from __future__ import annotations

from typing import Any

import pytest

from pcsync.core.checks import Verdict
from pcsync.core.expecting import EXPECTATIONS
from pcsync.seeing import routes
from pcsync.seeing.checks.answer import Answer
from pcsync.seeing.checks.expecting import judged
from pcsync.seeing.checks.sorts import SORTS
from tests.emulator.catalog import asset_form
from tests.seeing.checks.conftest import BEYOND, CLASSES, Rig

PASSED, FAILED, SKIPPED = Verdict.PASSED, Verdict.FAILED, Verdict.SKIPPED
Z = 8
X, Y = routes.tile_at(11.0, 41.0, Z)
AT = {"z": Z, "x": X, "y": Y}
BY_COLOUR = 'assets=classes&colormap={"0":[9,9,9,0],"1":[200,30,40,255],"7":"#1e28c8","9":[30,200,40,255]}'
TILE = {"renderOption": "columns", "z": Z, "x": X, "y": Y}
GOOD: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "tile": (TILE, {"nonBlank": 0.5, "visible": 0.5, "format": "png", "size": [256, 256], "clipped": 0.1, "within": "20s"}),
    "preview": ({"renderOption": "columns"}, {"nonBlank": 0.5, "format": "webp", "size": [300, 300]}),
    "point": ({"renderOption": "numbers", "at": [41.0, 11.0]}, {"values": {"b1": [0.4, 0.6]}}),
    "statistics": ({"renderOption": "numbers"}, {"values": {"b1": [0, 1]}, "valid": 1}),
    "legend": ({"renderOption": "columns"}, {"size": [387, 11], "nonBlank": 0.9}),
    "tilejson": ({"renderOption": "columns"}, {"within": "20s"}),
    "wmts": ({"renderOption": "columns"}, {"status": 200}),
    "search": ({"bbox": [10, 40, 12, 42]}, {"count": [1, 100000]}),
    "sas": ({}, {"permissions": "rl", "validFor": "1h"}),
}


@pytest.mark.parametrize("sort", GOOD)
async def test_a_check_passes_when_the_answer_is_as_expected(rig: Rig, sort: str) -> None:
    asked, expected = GOOD[sort]

    result = await rig.check(sort, asked, **expected)

    assert (result.verdict, result.message) == (PASSED, "")
    assert result.measured["status"] == 200
    assert result.requests >= 1


def test_every_sort_has_its_test() -> None:
    assert {*GOOD, "thumbnail"} == set(SORTS)


async def test_a_thumbnail_is_a_picture_that_can_be_decoded(rig: Rig) -> None:
    from io import BytesIO

    from PIL import Image

    assert (await rig.check("thumbnail", {})).message.startswith("status 404, not 200")
    await rig.catalog.post("/stac/collections/naip/assets", files=asset_form())
    assert (await rig.check("thumbnail", {})).message.startswith("the PNG cannot be decoded")

    stream = BytesIO()
    Image.linear_gradient("L").save(stream, "PNG")
    put = await rig.catalog.put("/stac/collections/naip/assets/thumbnail", files=asset_form(content=stream.getvalue()))
    assert put.status_code == 200, put.text
    assert (await rig.check("thumbnail", {}, size=[256, 256], nonBlank=0.9)).verdict is PASSED


CASES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("tile", TILE, {"size": [512, 512]}, "the picture has 256 x 256 pixels, not 512 x 512"),
    ("tile", {**TILE, "x": X + 40}, {}, "status 404, not 200"),
    ("tile", {**TILE, "renderOption": "rbg"}, {}, "the catalog has no render option rbg"),
    ("tile", {**TILE, "mosaic": "resent"}, {}, "the catalog has no mosaic resent"),
    ("tile", {"options": "assets=nothing", "z": Z, "x": X, "y": Y}, {}, "status 4"),
    ("tile", {"options": "assets=columns&rescale=1000,3000", "z": Z, "x": X, "y": Y}, {}, "all that is visible is of one colour"),
    ("tile", {"options": "assets=columns&rescale=100,101", "z": Z, "x": X, "y": Y}, {"clipped": 0.5}, "pixels are clipped"),
    ("tile", TILE, {"nonBlank": 1}, "of the pixels show something, less than 100.0%"),
    ("tile", TILE, {"within": "0ms"}, "more than 0ms"),
    ("tile", {**AT, "options": BY_COLOUR}, {"classes": [1, 7]}, ""),
    ("tile", {**AT, "options": BY_COLOUR}, {"classes": [1, 9]}, "class 9 is missing: there are 1, 7"),
    ("tile", {**AT, "options": BY_COLOUR}, {"classes": [0]}, "class 0 is transparent in the colour map: no picture can show it"),
    ("tile", {**AT, "options": "assets=classes&colormap_name=mtbs-severity"}, {"classes": [1]}, ""),
    ("tile", {**AT, "options": "assets=classes&colormap_name=mtbs-severity"}, {"classes": [2]}, "class 2 is missing: there are 1"),
    ("tile", {**AT, "options": "assets=classes&colormap_name=viridis"}, {"classes": [1]}, "no class can be told by its colour"),
    ("tile", {**AT, "options": "assets=classes"}, {"classes": [1]}, "no class can be told by its colour"),
    ("preview", {"item": "scene", "options": BY_COLOUR}, {"classes": [1, 7]}, ""),
    ("preview", {"item": "scene", "options": BY_COLOUR}, {"classes": [1, 7], "format": "jpeg"}, ""),
    ("preview", {"item": "scene", "options": BY_COLOUR}, {"classes": [9], "format": "jpeg"}, "class 9 is missing"),
    ("preview", {"renderOption": "columns", "item": "scenery"}, {}, "status 404, not 200"),
    ("preview", {"renderOption": "columns", "item": "scene"}, {"visible": 1, "format": "jpeg"}, ""),
    ("preview", {"renderOption": "columns", "bounds": [10.5, 40.5, 11.5, 41.5]}, {"nonBlank": 0.5}, ""),
    (
        "point",
        {"renderOption": "numbers", "at": [41.0, 11.0]},
        {"values": {"b1": [-1, 0.4]}},
        "band b1 is 0.501961, outside of -1 to 0.4",
    ),
    ("point", {"renderOption": "numbers", "at": [41.0, 11.0]}, {"values": {"b7": [0, 1]}}, "there is no band b7"),
    ("point", {"options": "assets=classes", "at": [41.0, 11.5]}, {"classes": [1, 2]}, "the value 7 is none of the classes 1, 2"),
    ("point", {"options": "assets=classes", "at": [41.0, 11.5]}, {"classes": [7]}, ""),
    ("point", {"renderOption": "numbers", "at": [11.0, 41.0]}, {}, "status 404, not 200"),
    ("statistics", {"renderOption": "numbers"}, {"values": {"b1": [0.5, None]}}, "band b1 is 0 to 1, outside of 0.5 or more"),
    ("statistics", {"options": "assets=classes"}, {"classes": [1, 4, 7]}, "class 4 is missing: there are 1, 7"),
    ("statistics", {"options": "assets=classes"}, {"classes": [1, 7]}, ""),
    ("legend", {"classmap": "mtbs-severity"}, {"classes": [1, 2, 99]}, "class 99 is missing"),
    ("legend", {"classmap": "mtbs-severity"}, {"classes": [1, 2]}, ""),
    ("legend", {"interval": "modis-10A1"}, {}, ""),
    ("legend", {"colormap": "no-such-map"}, {}, "status 404, not 200"),
    ("legend", {"colormap": "no-such-map"}, {"status": 404}, ""),
    ("legend", {"renderOption": "numbers"}, {}, "has no colormap_name"),
    ("tilejson", {"options": "rescale=0,0"}, {}, "status 400, not 200"),
    ("wmts", {"options": "colormap={"}, {}, "status 400, not 200"),
    ("search", {"datetime": "2030-01-01T00:00:00Z/.."}, {"count": [1, None]}, "0 items, not 1 or more"),
    ("search", {}, {"count": 2}, "1 items, not 2"),
    ("search", {"cql": [{"op": "=", "args": [{"property": "id"}, "scene"]}]}, {"count": 1}, ""),
    ("search", {"cql": [{"op": "=", "args": [{"property": "id"}, "other"]}]}, {"count": 0}, ""),
    ("sas", {}, {"permissions": "rlw"}, "the token allows rl, not w"),
    ("sas", {}, {"validFor": "400d"}, "in less than 400d"),
    ("tile", TILE, {"status": 404}, "status 200, not 404"),
    ("tile", {**TILE, "x": X + 40}, {"status": 404}, ""),
    ("tile", {"options": "assets=columns&rescale=0,255", **AT}, {"clipped": 0.5}, ""),
    ("tile", TILE, {"visible": 1}, "of the pixels are visible, less than 100.0%"),
    ("tile", TILE, {"nonBlank": 0.3, "visible": 0.5, "within": "20s"}, ""),
    ("statistics", {"renderOption": "numbers"}, {"valid": 1}, ""),
    ("search", {}, {"count": [2, 9]}, "1 items, not 2 to 9"),
]
"""What is asked and expected, and what is said of it: nothing where it passes."""


@pytest.mark.parametrize(("sort", "asked", "expected", "said"), CASES)
async def test_a_check_fails_for_the_reason_it_says(
    rig: Rig, sort: str, asked: dict[str, Any], expected: dict[str, Any], said: str
) -> None:
    result = await rig.check(sort, asked, **expected)

    assert result.verdict is (FAILED if said else PASSED), result.message
    assert said in result.message


def test_every_expectation_has_a_case_that_passes_and_one_that_fails() -> None:
    """``format`` and ``valid`` fail below: the tiler answers in the format it is asked for, and this item has data everywhere."""
    every = frozenset().union(*EXPECTATIONS.values())
    passing = {name for *_, expected, said in CASES if not said for name in expected} | {name for _, said in GOOD.values() for name in said}
    failing = {name for *_, expected, said in CASES if said for name in expected} | {"format", "valid"}

    assert passing == every
    assert failing == every


async def test_a_picture_of_another_format_fails(rig: Rig) -> None:
    """A thumbnail comes as it was uploaded."""
    from io import BytesIO

    from PIL import Image

    stream = BytesIO()
    Image.linear_gradient("L").save(stream, "PNG")
    await rig.catalog.post("/stac/collections/naip/assets", files=asset_form(content=stream.getvalue()))

    assert (await rig.check("thumbnail", {}, format="png")).verdict is PASSED
    assert (await rig.check("thumbnail", {}, format="jpeg")).message == "the picture is png, not jpeg"


def test_too_few_pixels_with_data_fail() -> None:
    answer = Answer(200, 0.1, {"values": {"b1": [0, 1]}, "valid": 0.42})

    assert judged({"valid": 0.4}, answer) == []
    assert judged({"valid": 0.5}, answer) == ["42.0% of the pixels have data, less than 50.0%"]


async def test_a_failed_picture_is_attached(rig: Rig) -> None:
    result = await rig.check("preview", {"options": BEYOND["options"], "item": "scene"}, nonBlank=0.1)

    assert result.verdict is FAILED
    assert result.picture is not None
    assert result.picture.remark == "blank"
    assert "rescale=1000%2C3000" in result.picture.route


async def test_a_token_is_described_and_never_shown(rig: Rig) -> None:
    await rig.catalog.post("/stac/collections/naip/assets", files=asset_form())
    token = (await rig.catalog.get("/sas/token/naip")).json()["token"]

    result = await rig.check("sas", {}, permissions="rl")

    assert result.measured["permissions"] == "rl"
    assert result.measured["expiry"].startswith("2026-")
    assert "naip-" in result.measured["container"]
    signature = token.partition("sig=")[2].partition("&")[0]
    assert signature
    assert signature not in repr(result)


async def test_a_mosaic_is_looked_at_through_its_filter(rig: Rig) -> None:
    none = {"id": "none", "name": "None", "cql": [{"op": "=", "args": [{"property": "id"}, "nothing"]}]}
    assert (await rig.catalog.post("/stac/collections/naip/configurations/mosaics", none)).status_code < 300

    assert (await rig.check("search", {"mosaic": "none"}, count=0)).verdict is PASSED
    assert (await rig.check("tile", {**TILE, "mosaic": "none"})).message.startswith("status 404, not 200")
    preview = await rig.check("preview", {"renderOption": "columns", "mosaic": "none"})
    assert (preview.verdict, preview.message) == (SKIPPED, "there are no items")


async def test_counting_goes_over_pages_and_stops_behind_the_most(rig: Rig) -> None:
    from tests.emulator.tiler import cogs

    many = [cogs.item(f"i{number}", {}) for number in range(9)]
    await rig.catalog.post("/stac/collections/naip/items", {"type": "FeatureCollection", "features": many})

    assert (await rig.check("search", {}, count=10)).verdict is PASSED
    over = await rig.check("search", {}, count=[1, 4])
    assert (over.verdict, over.message) == (FAILED, "at least 5 items, not 1 to 4")
    assert (await rig.check("search", {}, count=[3, None])).requests == 1


async def test_a_collection_that_is_not_there_fails_what_is_declared_of_it(rig: Rig) -> None:
    body = {"name": "a", "preview": {"renderOption": "columns"}}
    declared, default = (await rig.report([body], "nothing")).results

    assert (declared.verdict, declared.message) == (FAILED, "the catalog has no collection nothing")
    assert (default.verdict, default.message) == (SKIPPED, "the collection is not on the catalog")


async def test_of_a_collection_without_items_pictures_say_nothing(rig: Rig) -> None:
    await rig.catalog.add("empty")
    report = await rig.report([{"name": "a", "tile": {"options": "assets=columns", "z": Z, "x": X, "y": Y}}], "empty")

    assert [(it.verdict, it.message) for it in report.results] == [(SKIPPED, "the collection has no items")]


async def test_every_render_option_draws_something_without_a_declaration(rig: Rig) -> None:
    await rig.configure(BEYOND, CLASSES)
    report = await rig.report(None)

    assert {it.address.rpartition("/")[2]: it.verdict for it in report.results} == {
        "columns": PASSED,
        "numbers": PASSED,
        "beyond": FAILED,
        "classes": PASSED,
    }
    (failed,) = report.failed
    assert failed.message == "all that is visible is of one colour"
    assert failed.picture
    assert not failed.declared


async def test_a_declared_picture_takes_the_place_of_the_one_by_itself_and_an_empty_list_turns_all_off(rig: Rig) -> None:
    report = await rig.report([{"name": "mine", "preview": {"renderOption": "columns"}}])

    assert [(it.name, it.address.rpartition("/")[2]) for it in report.results] == [("mine", "columns"), ("draws something", "numbers")]
    assert (await rig.report([])).results == ()


async def test_an_option_with_conditions_is_drawn_over_a_mosaic_that_meets_them(rig: Rig) -> None:
    wanted = [{"property": "year", "value": 2022}]
    await rig.configure({**COLUMNS_OF_A_YEAR, "conditions": wanted})
    (before,) = [it for it in (await rig.report(None)).results if it.address.endswith("/of-a-year")]
    cql = [{"op": "=", "args": [{"property": "year"}, 2022]}]
    await rig.catalog.post("/stac/collections/naip/configurations/mosaics", {"id": "y", "name": "Y", "cql": cql})
    (after,) = [it for it in (await rig.report(None)).results if it.address.endswith("/of-a-year")]

    assert (before.verdict, before.message) == (SKIPPED, "no mosaic meets its conditions, so it never shows")
    assert (after.verdict, after.message) == (SKIPPED, "no item is in the mosaic that this option shows with")


async def test_one_item_of_water_does_not_fail_what_its_neighbour_shows(rig: Rig) -> None:
    """The newest item is flat; the place of the next one is looked at before anything is called blank."""
    from tests.emulator.tiler import cogs

    flat = (await rig.catalog.get("/stac/collections/naip/items/scene?sign=false&api-version=2026-04-15")).json()["assets"]["flat"]["href"]
    assert flat
    box = (20.0, 40.0, 22.0, 42.0)
    source = rig.catalog.app.world.settings.read_folders[0] / "water.tif"
    href = cogs.write(source, cogs.flat(9), box)
    made = await rig.catalog.post(
        "/stac/collections/naip/items", cogs.item("water", {"columns": href}, box, datetime="2024-01-01T00:00:00Z")
    )
    assert made.status_code == 202

    results = (await rig.report(None)).results

    assert [it.verdict for it in results] == [PASSED, PASSED]


COLUMNS_OF_A_YEAR = {"id": "of-a-year", "name": "Of a year", "type": "raster-tile", "options": "assets=columns"}


async def test_of_collections_without_items_a_note_is_enough(rig: Rig) -> None:
    await rig.catalog.add("empty")
    await rig.catalog.post("/stac/collections/empty/configurations/render-options", COLUMNS_OF_A_YEAR)
    report = await rig.report(None, "empty")

    assert report.results == ()
    assert report.notes == ("without items there is nothing to draw: empty",)
