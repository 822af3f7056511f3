"""What an answer of the tiler is: a picture, or the reason why there is none."""

from __future__ import annotations

import re
from typing import Any

import orjson

from pcsync.core.picture import Picture
from pcsync.core.state import Look
from pcsync.seeing.pixels import UnreadablePictureError, decode

QUERY = re.compile(r"([a-z0-9+.-]+://[^\s?'\"<>]+)\?[^\s'\"<>]*", re.IGNORECASE)
SIGNATURE = re.compile(r"((?:\b|%3f|%26)sig(?:=|%3d))[^\s&'\"<>]+", re.IGNORECASE)
"""The tiler's own libraries name the file that they could not read, signed query and all; that must not reach a report."""
LONGEST = 300
"""Characters of somebody else's message that are worth repeating."""


def picture_of(look: Look, route: str) -> Picture:
    """The picture of an answer. Raises UnreadablePictureError with what was answered instead."""
    if look.status != 200:
        raise UnreadablePictureError(reason(look))
    return decode(look.content, look.media_type, route)


def reason(look: Look) -> str:
    """Status and message of an answer that is not what was asked for, on one line."""
    if look.status == 204:
        return "204 nothing is there"
    said = SIGNATURE.sub(r"\1…", QUERY.sub(r"\1?…", " ".join(message(look).split())))
    return f"{look.status} {said[:LONGEST]}".rstrip()


def message(look: Look) -> str:
    """The text of an error body, in each of the shapes the back ends use (dossier 1.3)."""
    if "html" in look.media_type:
        return f"an HTML page of {len(look.content):,} bytes"
    try:
        body: Any = orjson.loads(look.content)
    except orjson.JSONDecodeError:
        return look.content[: 4 * LONGEST].decode(errors="replace") if look.media_type.startswith("text/") else look.media_type
    if not isinstance(body, dict):
        return str(body)
    error = body.get("error")
    found = error.get("message") or error.get("code") if isinstance(error, dict) else error
    return str(found or body.get("detail") or body.get("title") or body.get("message") or "")
