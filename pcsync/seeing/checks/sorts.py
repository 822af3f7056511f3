"""The sorts of checks there are, and how each is asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pcsync.seeing.checks import legend, point, preview, sas, search, statistics, thumbnail, tile, tilejson, wmts
from pcsync.seeing.checks.answer import Answer
from pcsync.seeing.checks.around import Around
from pcsync.seeing.checks.asking import One

Ask = Callable[[Mapping[str, Any], Mapping[str, Any], Around, One], Awaitable[Answer]]
"""(what stands under the sort, what is expected, the collection, the questions) to the answer."""

SORTS: Mapping[str, Ask] = {
    "tile": tile.ask,
    "preview": preview.ask,
    "point": point.ask,
    "statistics": statistics.ask,
    "legend": legend.ask,
    "tilejson": tilejson.ask,
    "wmts": wmts.ask,
    "search": search.ask,
    "sas": sas.ask,
    "thumbnail": thumbnail.ask,
}
