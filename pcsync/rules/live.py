"""Rules that need a catalog's own answers (``pcsync validate --live``). The answers are handed in; what could not be asked is said."""

from __future__ import annotations

from collections.abc import Collection as Container
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from pcsync.core.diagnostic import Severity
from pcsync.core.source import Document
from pcsync.rules.catalog import Extract
from pcsync.rules.collection import Collection
from pcsync.rules.mosaic.mosaic import Mosaic
from pcsync.rules.render.option import Option
from pcsync.rules.rule import ERROR, NOTE, WARNING, Finding, Rule
from pcsync.rules.service.across import BLOB, folded
from pcsync.rules.shape import list_of, number, object_of, text_of

Said = tuple[Rule, Finding]
"""A rule and where it does not hold."""
PIXELS = frozenset({"assets", "asset_bidx", "bidx", "expression", "asset_as_band", "unscale", "nodata"})
"""Parameters that decide which numbers are drawn, before they become colours."""
LOW, HIGH = "percentile_2", "percentile_98"


def _rule(id: str, severity: Severity, title: str, why: str) -> Rule:
    """A rule that is asked by name with a catalog's answers, never by the engine."""
    return Rule(id, title, severity, why, "", "", type(None), lambda _: ())


IDENTITY = _rule(
    "live-identity",
    ERROR,
    "a managed identity that the catalog does not have",
    "A source's identity has to be assigned to the GeoCatalog resource; one that is not fails at ingestion (dossier 2.9, 3.7).",
)
NO_SOURCE = _rule(
    "live-no-source",
    WARNING,
    "an ingestion from a container that no source opens, here or on the catalog",
    "The service reads a private container through an ingestion source; without one the ingestion fails, unless the container is public.",
)
EMPTY = _rule(
    "live-mosaic-empty",
    WARNING,
    "a mosaic that no item of the catalog is in",
    "People who choose it see an empty map. Every filter is asked as a search for one item.",
)
THUMBNAIL = _rule("live-thumbnail", WARNING, "a thumbnail that cannot be read", "The portal shows a gap where the picture should be.")
RESCALE = _rule(
    "live-rescale",
    WARNING,
    "a rescale that no pixel falls in",
    "A range beside the data's own draws one flat colour. It is compared with the 2nd and 98th percentile of one item.",
)
NOT_CHECKED = _rule(
    "live-not-checked",
    NOTE,
    "something that the catalog could not be asked",
    "What was not asked is not known to be right. Nothing is ever written to find out.",
)
LIVE = (IDENTITY, NO_SOURCE, EMPTY, THUMBNAIL, RESCALE, NOT_CHECKED)


def not_checked(pointer: str, what: str) -> Said:
    """That a value was not looked at, and why."""
    return NOT_CHECKED, Finding(pointer, f"not checked: {what}")


def identity(source: Document, known: Container[str]) -> Iterator[Said]:
    """The identity of a source against the ``objectId``s of the catalog, in lower case."""
    chosen = text_of(object_of(source.body.get("managedIdentity")).get("objectId"))
    if chosen and chosen.lower() not in known:
        fix = f"one of: {', '.join(sorted(known))}" if known else "assign the identity to the GeoCatalog resource first"
        yield IDENTITY, Finding("/managedIdentity/objectId", f"the catalog has no managed identity {chosen}", fix)


def containers(document: Document) -> Iterator[tuple[str, str]]:
    """(pointer, container URL) of the containers in Azure that a collection's ingestions read."""
    for pointer, url in Extract.of(document).urls:
        container = BLOB.match(url)
        if container:
            yield pointer, folded(container[0])


def uncovered(document: Document, known: Container[str]) -> Iterator[Said]:
    """The ingestions of a collection against the containers that sources open (``folded``)."""
    for pointer, container in containers(document):
        if container not in known:
            yield NO_SOURCE, Finding(pointer, f"no ingestion source opens {container}", "declare one, or correct the URL")


def empty(mosaic: Mosaic, found: Mapping[str, Any]) -> Iterator[Said]:
    """A mosaic against one page of items that fit its filter (STAC API, item search)."""
    if list_of(found.get("features")) or matched(found):
        return
    if any(object_of(link).get("rel") == "next" for link in list_of(found.get("links"))) and matched(found) is None:
        yield not_checked(f"{mosaic.pointer}/cql", "the first page of items is empty, and others follow")
        return
    yield EMPTY, Finding(f"{mosaic.pointer}/cql", "no item of the catalog fits this filter", "correct the filter, or ingest such items")


def without_items(mosaic: Mosaic) -> Said:
    """A mosaic of a collection that has no items at all."""
    return EMPTY, Finding(f"{mosaic.pointer}/id", "the collection has no items, so this mosaic is empty", "ingest items")


def matched(found: Mapping[str, Any]) -> int | None:
    """How many items fit a search, where the catalog says it: ``numberMatched``, or the older ``context.matched``."""
    count = found.get("numberMatched", object_of(found.get("context")).get("matched"))
    return count if isinstance(count, int) else None


def rescaled(collection: Collection) -> Iterator[Option]:
    """The render options whose range can be compared with pixels."""
    return (option for option in collection.options if option.raster and option.all("rescale") and pixels(option))


def pixels(option: Option) -> str:
    """The query of an option's numbers; empty where it names none."""
    chosen = [(it.name, it.value) for it in option.parameters if it.name in PIXELS]
    return urlencode(chosen) if any(name in ("assets", "expression") for name, _ in chosen) else ""


def out_of_range(option: Option, statistics: Mapping[str, Any], item: str) -> Iterator[Said]:
    """An option's rescale against an item's statistics by band (the tiler's ``statistics``, dossier 4)."""
    first, ranges = option.all("rescale")[0], _ranges(option)
    bands = [(name, it[LOW], it[HIGH]) for name, it in statistics.items() if _counted(it)]
    if not ranges or not bands:
        yield not_checked(first.pointer, f"the statistics of item {item} have no percentiles to compare with")
        return
    for index, (name, low, high) in enumerate(bands):
        black, white = ranges[index] if index < len(ranges) else ranges[0]
        if len(ranges) > 1 and index >= len(ranges):
            return
        if white < low or black > high:
            what = f"no pixel falls in {black:g},{white:g}: band {name} of item {item} lies between {low:g} and {high:g}"
            yield RESCALE, first.finding(what, f"for this item: rescale={low:g},{high:g}")
            return


def _counted(band: Any) -> bool:
    return isinstance(band, dict) and number(band.get(LOW)) and number(band.get(HIGH))


def _ranges(option: Option) -> list[tuple[float, float]]:
    """The pairs of every ``rescale``; none where one is no number, which another rule says."""
    try:
        values = [float(text) for it in option.all("rescale") for text in it.value.split(",")]
    except ValueError:
        return []
    return list(zip(values[::2], values[1::2], strict=False))
