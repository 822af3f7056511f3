"""Everything one run of a command has to show, in one value: what a report is rendered from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pcsync.core.checks import CheckReport
from pcsync.core.diagnostic import Diagnostic
from pcsync.core.picture import Bounds, Comparison
from pcsync.core.plan import Plan


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
