"""The thumbnail of a collection before and after: the one picture that no tiler draws."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import quote

from pcsync.core.change import Action, Change
from pcsync.core.errors import PcsyncError
from pcsync.core.picture import Comparison, Picture
from pcsync.core.state import Viewer
from pcsync.seeing.answers import picture_of
from pcsync.seeing.pixels import UnreadablePictureError, compare, decode

THUMBNAIL = "thumbnail"
TITLE = "Thumbnail"
Files = Callable[[str], bytes]
"""The bytes of a file that a plan would upload. Raises OSError."""


def concerns(change: Change) -> bool:
    """The thumbnail of a collection is made, replaced or deleted."""
    moving = change.action in (Action.CREATE, Action.UPDATE, Action.DELETE) and not change.refusal
    return moving and (change.key.kind, change.key.name) == ("asset", THUMBNAIL)


async def thumbnail(change: Change, viewer: Viewer, files: Files) -> Comparison | None:
    """Both thumbnails of a change; None where their bytes are the same, and only their texts change."""
    before = None if change.action is Action.CREATE else await _live(change, viewer)
    after = None if change.action is Action.DELETE else await asyncio.to_thread(_proposed, change, files)
    if isinstance(before, Picture) and isinstance(after, Picture) and before.content == after.content:
        return None
    said = [f"{side}: {it}" for side, it in (("before", before), ("after", after)) if isinstance(it, str)]
    one, other = (it if isinstance(it, Picture) else None for it in (before, after))
    head = (change.address, TITLE, change.key.collection, None, one, other)
    found = await asyncio.to_thread(compare, one, other) if one and other else None
    if found is None:
        sizes = f"of {one.width} x {one.height} and {other.width} x {other.height} pixels" if one and other else ""
        return Comparison(*head, why="; ".join([*said, *([sizes] if sizes else [])]))
    return Comparison(*head, found.changed, found.difference, found.mask)


async def _live(change: Change, viewer: Viewer) -> Picture | str:
    """The thumbnail as the portal asks for it, or why there is none."""
    route = f"/stac/collections/{quote(change.key.collection, safe='')}/thumbnail"
    try:
        look = await viewer.look(route)
        return await asyncio.to_thread(picture_of, look, route)
    except PcsyncError as failure:
        return failure.what


def _proposed(change: Change, files: Files) -> Picture | str:
    upload = next((call.upload for call in change.calls if call.upload), None)
    if upload is None:
        return "the plan uploads no file"
    try:
        return decode(files(upload.path), upload.filename, upload.path)
    except UnreadablePictureError as refused:
        return refused.what
    except OSError as wrong:
        return f"{upload.path} cannot be read: {wrong.strerror}"
