"""What a desktop GIS asks first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from xml.parsers import expat

from pcsync.seeing import routes
from pcsync.seeing.checks.answer import Answer, failed, unreadable
from pcsync.seeing.checks.around import Around
from pcsync.seeing.checks.asking import One

WMTS = "http://www.opengis.net/wmts/1.0"


async def ask(asked: Mapping[str, Any], expected: Mapping[str, Any], around: Around, one: One) -> Answer:  # noqa: ARG001  asked like all sorts
    """Capabilities with at least one layer and a way to its tiles."""
    look = await one.look(routes.wmts(await around.base(asked), await around.options(asked)))
    if look.status != 200:
        return failed(look)
    try:
        found = elements(look.content)
    except (expat.ExpatError, ValueError):
        return unreadable(look, "WMTS capabilities")
    if not found[f"{WMTS} Capabilities"]:
        return unreadable(look, "WMTS capabilities")
    layers, links = found[f"{WMTS} Layer"], found[f"{WMTS} ResourceURL"]
    problem = "" if layers and links else "it has no layer" if not layers else "no layer says where its tiles are"
    return Answer(look.status, look.seconds, {"layers": layers}, problem=problem)


def elements(content: bytes) -> Counter[str]:
    """How often each element occurs, by namespace and name. Raises ExpatError; ValueError for entities of its own, which blow up."""
    found: Counter[str] = Counter()
    parser = expat.ParserCreate(namespace_separator=" ")

    def refuse(*_: Any) -> None:
        raise ValueError("capabilities have no document type")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, _: found.update([name])
    parser.Parse(content, True)
    return found
