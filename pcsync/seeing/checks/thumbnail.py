"""The collection's thumbnail, as the portal asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pcsync.seeing.checks.answer import Answer, drawn
from pcsync.seeing.checks.around import Around
from pcsync.seeing.checks.asking import One


async def ask(asked: Mapping[str, Any], expected: Mapping[str, Any], around: Around, one: One) -> Answer:  # noqa: ARG001  asked like all sorts
    """The picture."""
    route = f"{around.path}/thumbnail"
    return drawn(await one.look(route), route)
