"""What a preview costs: pictures, requests at a time, seconds, and what the cache spares."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from pcsync.seeing.preview.cache import FolderCache
from pcsync.seeing.preview.run import Limits

from .conftest import COLOURS, CONFIGURATION, GREY, PLAIN, Scene, change, only, option

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
"""rio-tiler silences it around each picture, which two threads at once undo for each other."""


async def test_no_more_pictures_are_drawn_than_allowed_and_the_rest_says_so(scene: Scene) -> None:
    changes = [option(PLAIN, f"{PLAIN}&nodata={number}") for number in range(4)]
    seen = await scene.preview(*changes, limits=Limits(pictures=5))

    assert [it.after is not None for it in seen.comparisons] == [True, True, False, False]
    assert {it.why for it in seen.comparisons[2:]} == {"not drawn: the limit of 5 pictures was reached"}
    assert seen.requests == 3  # the live option is drawn once for both


async def test_collections_that_cannot_be_drawn_any_more_are_not_even_read(scene: Scene) -> None:
    others = [change("render-option", "grey", None, {**GREY}, f"more-{number:02d}") for number in range(10)]
    seen = await scene.preview(option(PLAIN, COLOURS), *others, limits=Limits(pictures=1, collections=1))

    assert {it.why for it in seen.comparisons} == {"not drawn: the limit of 1 picture was reached"}
    assert len(seen.comparisons) == 11
    assert scene.sent("GET") == [CONFIGURATION]


async def test_a_collection_that_the_plan_makes_is_not_asked_for(scene: Scene) -> None:
    made = change("collection", "", None, {"id": "new"}, "new")
    seen = await scene.preview(made, change("render-option", "grey", None, {**GREY}, "new"))

    assert "not on this catalog yet" in only(seen).why
    assert scene.recording.seen == []


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


async def test_a_picture_that_takes_too_long_is_given_up(scene: Scene) -> None:
    await scene.catalog.fault("latency", seconds=5, path="/data/mosaic/collections/.*/bbox/.*", times=100)
    seen = only(await scene.preview(option(PLAIN, COLOURS), limits=Limits(seconds=0.2)))

    assert seen.why == "no picture within 0.2 seconds"
