"""Everything one run of a command has to show, in one value: what a report is rendered from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pcsync.core.checks import CheckReport
from pcsync.core.diagnostic import Diagnostic
from pcsync.core.picture import Bounds, Comparison
from pcsync.core.plan import Plan
from pcsync.core.resource import COLLECTION, Body


@dataclass(frozen=True, slots=True)
class Report:
    """A run's plan, pictures, checks and complaints; what the run did not make is None or empty.

    ``extents`` are the bounding boxes of the collections that are shown, in degrees, by collection id.
    """

    title: str
    plan: Plan | None = None
    comparisons: tuple[Comparison, ...] = ()
    checks: CheckReport | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    extents: Mapping[str, tuple[Bounds, ...]] = field(default_factory=dict)


def extents(plan: Plan) -> Mapping[str, tuple[Bounds, ...]]:
    """The bounding boxes of the collections whose documents a plan shows."""
    found: dict[str, tuple[Bounds, ...]] = {}
    for change in plan.changes:
        body = change.after or change.before
        if change.key.kind == COLLECTION and body and (boxes := tuple(_boxes(body))):
            found[change.key.collection] = boxes
    return found


def _boxes(document: Body) -> Iterator[Bounds]:
    """Without heights; what is no box in a document that nobody validated is passed over."""
    extent = document.get("extent")
    spatial = extent.get("spatial") if isinstance(extent, Mapping) else None
    boxes = spatial.get("bbox") if isinstance(spatial, Mapping) else None
    for box in boxes if isinstance(boxes, list | tuple) else ():
        if isinstance(box, list | tuple) and len(box) in (4, 6) and all(isinstance(degree, int | float) for degree in box):
            half = len(box) // 2
            yield float(box[0]), float(box[1]), float(box[half]), float(box[half + 1])
