"""Checks after apply: what a collection is expected to show and answer, and what it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pcsync.core.picture import Picture
from pcsync.core.source import Position


class Verdict(StrEnum):
    """How a check ended. SKIPPED had nothing to look at (no items, budget spent) and says why; ERROR could not be made."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class DeclaredCheck:
    """One member of a manifest's ``checks:`` as it reads after variables and overlays, and its place."""

    body: Mapping[str, Any]
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class CollectionChecks:
    """What a manifest declares of a collection; no members turn the checks off that need no declaration, None leaves them on."""

    collection: str
    declared: tuple[DeclaredCheck, ...] | None = None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check and its verdict.

    ``sort`` is the kind of check (``tile``, ``point``, ``search`` ...), ``address`` the resource it is about, ``name`` what people
    call it. ``expected`` and ``measured`` are JSON values by the expectation's name (``nonBlank``, ``status``, ``seconds``).
    ``declared`` is False for the checks that need no declaration.
    """

    sort: str
    address: str
    name: str
    verdict: Verdict
    message: str = ""
    expected: Mapping[str, Any] = field(default_factory=dict)
    measured: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    requests: int = 0
    picture: Picture | None = None
    position: Position | None = None
    declared: bool = True


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Every check of one run, in the order of the manifests; ``seconds`` is wall time."""

    results: tuple[CheckResult, ...] = ()
    seconds: float = 0.0
    requests: int = 0
    notes: tuple[str, ...] = ()

    def counts(self) -> Counter[Verdict]:
        """How many checks ended how."""
        return Counter(result.verdict for result in self.results)

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        """What makes a run exit 7: checks that failed, and those that could not be made."""
        return tuple(result for result in self.results if result.verdict in (Verdict.FAILED, Verdict.ERROR))
