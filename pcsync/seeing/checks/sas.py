"""The token of a collection's managed storage: what it allows and how long; the token itself goes nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, quote

from pcsync.seeing.checks.answer import Answer, body_of, failed, unreadable
from pcsync.seeing.checks.around import Around
from pcsync.seeing.checks.asking import One

ASSETS = "/collection-assets/"
"""What follows the container in the hrefs of a collection's own assets (dossier 2.2)."""


async def ask(asked: Mapping[str, Any], expected: Mapping[str, Any], around: Around, one: One) -> Answer:  # noqa: ARG001  asked like all sorts
    """Permissions, expiry, and the container where that can be told."""
    look = await one.look(f"/sas/token/{quote(around.collection, safe='')}")
    if look.status != 200:
        return failed(look)
    body = body_of(look)
    token = body.get("token") if isinstance(body, dict) else None
    said = parse_qs(token.lstrip("?")) if isinstance(token, str) else {}
    if "sig" not in said:
        return unreadable(look, "SAS token")
    expiry = _first(said, "se") or str(body.get("msft:expiry") or "")
    ends = _instant(expiry)
    measured = {
        "permissions": _first(said, "sp"),
        "expiry": expiry,
        "validFor": None if ends is None else round(ends - one.now, 3),
        "container": await _container(around, one),
    }
    problem = "it does not say when it expires" if ends is None else "it has expired" if ends <= one.now else ""
    return Answer(look.status, look.seconds, measured, problem=problem)


def _first(said: Mapping[str, list[str]], name: str) -> str:
    return said.get(name, [""])[0]


def _instant(text: str) -> float | None:
    """Seconds since the epoch."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.timestamp() if found.tzinfo else None


async def _container(around: Around, one: One) -> str:
    """The container of the collection's own assets, "" where it has none; the token does not name it."""
    body = await one.get(f"{around.path}?sign=false")
    assets = body.get("assets") if isinstance(body, dict) else None
    for asset in assets.values() if isinstance(assets, dict) else ():
        container, found, _ = str(asset.get("href") or "").partition(ASSETS) if isinstance(asset, dict) else ("", "", "")
        if found:
            return container
    return ""
