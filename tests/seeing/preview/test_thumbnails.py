"""Thumbnails before and after: the live one and the file that would be uploaded."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from pcsync.core.change import Action, Change
from pcsync.core.resource import Call, Key, Upload
from tests.emulator.catalog import asset_form

from .conftest import Scene, only

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
"""rio-tiler silences it around each picture, which two threads at once undo for each other."""


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
