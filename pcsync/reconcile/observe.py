"""Live state of one scope, read through the kinds: each path once, side by side, and no failure ever taken for absence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pcsync.core.change import Unknown
from pcsync.core.errors import AuthenticationError, PcsyncError
from pcsync.core.kind import Kind, Parting, Proving
from pcsync.core.resource import COLLECTION, Bodies, Key, Live
from pcsync.core.state import Reader
from pcsync.reconcile.together import together

Answer = TypeVar("Answer")

MISSHAPEN = (LookupError, TypeError, ValueError, AttributeError)
"""What reading an answer of the wrong shape ends in; the service's bodies are not checked against a schema first."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What of a scope is live, what of it could not be read, and the bodies that say so."""

    scope: str
    live: Mapping[Key, Live] = field(default_factory=dict)
    unknown: tuple[Unknown, ...] = ()
    bodies: Bodies = field(default_factory=dict)

    @property
    def unread(self) -> frozenset[str]:
        """Kinds whose live state in this scope is unknown."""
        return frozenset(name for gap in self.unknown for name in gap.kinds)


async def observe(
    scope: str, kinds: Iterable[Kind], reader: Reader, known: Bodies | None = None, *, but_strangers: bool = False
) -> Observation:
    """Read what the kinds name for a scope until they name nothing new; ``known`` bodies are not read again.

    With ``but_strangers`` what no project can have made is passed over, where the kind can tell without reading it.

    A kind waits for those it needs: while a collection is not known to be there, what the catalog would answer for its children is
    anybody's guess. A PcsyncError makes the kinds that asked for the path unknown; an AuthenticationError ends everything at once,
    because the ten thousand next reads would fail the same way.
    """
    reading = Reading(scope, reader, dict(known or {}), but_strangers)
    kinds = list(kinds)
    for stage in stages(kinds):
        await reading.read(stage)
    return reading.observation(kinds)


def leaving(kinds: Iterable[Kind], seen: Observation) -> frozenset[Key]:
    """What is on its way out by the bodies of an observation: left out of what is live, and not known to be gone."""
    reading = _Interpretation(seen.scope, seen.bodies)
    parting = (kind for kind in kinds if isinstance(kind, Parting) and kind.name not in seen.unread)
    return frozenset(key for kind in parting for key in reading.ask(kind, kind.leaving))


def interpret(scope: str, kinds: Iterable[Kind], bodies: Bodies) -> Observation:
    """The observation that bodies give which were read already."""
    return _Interpretation(scope, bodies).observation(kinds)


def stages(kinds: Sequence[Kind]) -> Iterator[Sequence[Kind]]:
    """Kinds in groups, each after those it needs; a circle of needs makes one group."""
    left = list(kinds)
    while left:
        names = {kind.name for kind in left}
        ready = [kind for kind in left if names.isdisjoint(kind.needs)] or left
        yield ready
        left = [kind for kind in left if kind not in ready]


def scope_address(scope: str) -> str:
    """The address of a scope as a whole."""
    return str(Key(COLLECTION, scope)) if scope else "catalog"


def reason(error: BaseException) -> str:
    """An error in one line, without its fix."""
    if not isinstance(error, PcsyncError):
        return f"the answer does not have the documented shape ({type(error).__name__}: {error})"
    return f"{error.where}: {error.what}" if error.where else error.what


class _Interpretation:
    """The kinds' reading of bodies; a kind that cannot read one, or misses one, is set aside with the reason."""

    def __init__(self, scope: str, bodies: Bodies) -> None:
        self.scope, self.bodies = scope, bodies
        self.failed: dict[str, str] = {}  # kind to reason

    def ask(self, kind: Kind, question: Callable[[str, Bodies], Iterable[Answer]]) -> list[Answer]:
        """What a kind answers; nothing from a kind that failed, now or before."""
        if kind.name in self.failed:
            return []
        try:
            return list(question(self.scope, self.bodies))
        except MISSHAPEN as wrong:
            self.failed[kind.name] = reason(wrong)
            return []

    def observation(self, kinds: Iterable[Kind]) -> Observation:
        found = {kind.name: self.ask(kind, kind.live) for kind in kinds}
        live = merged(live for lives in found.values() for live in lives)
        return Observation(self.scope, live, self._gaps(), self.bodies)

    def _gaps(self) -> tuple[Unknown, ...]:
        by_reason: dict[str, list[str]] = {}
        for name, why in self.failed.items():
            by_reason.setdefault(why, []).append(name)
        return tuple(Unknown(scope_address(self.scope), tuple(sorted(names)), why) for why, names in sorted(by_reason.items()))


class Reading(_Interpretation):
    """One scope while it is being read."""

    def __init__(self, scope: str, reader: Reader, bodies: dict[str, object], but_strangers: bool) -> None:
        super().__init__(scope, bodies)
        self._reader, self._read, self._but_strangers = reader, bodies, but_strangers
        self._errors: dict[str, str] = {}  # path to reason

    async def read(self, kinds: Sequence[Kind]) -> None:
        """Everything these kinds name."""
        for kind in kinds:
            self._follow(kind)
        while paths := self._wanted(kinds):
            await together(*map(self._get, paths))

    def _follow(self, kind: Kind) -> None:
        for need in kind.needs:
            if need in self.failed:
                self.failed[kind.name] = self.failed[need]

    def _wanted(self, kinds: Sequence[Kind]) -> list[str]:
        wanted: dict[str, None] = {}
        for kind in kinds:
            if self._but_strangers and isinstance(kind, Proving):
                self._read |= dict.fromkeys(set(self.ask(kind, kind.strangers)) - self._read.keys())
            for path in self.ask(kind, kind.reads):
                if path in self._errors:
                    self.failed[kind.name] = self._errors[path]
                elif path not in self._read:
                    wanted[path] = None
        return list(wanted)

    async def _get(self, path: str) -> None:
        try:
            self._read[path] = await self._reader.get(path)
        except AuthenticationError:
            raise
        except PcsyncError as error:
            self._errors[path] = reason(error)


def merged(lives: Iterable[Live]) -> dict[Key, Live]:
    """Live resources by key; those that claim one key count as twins of the first."""
    found: dict[Key, Live] = {}
    for live in lives:
        first = found.setdefault(live.key, live)
        if first is not live:
            found[live.key] = replace(first, twins=first.twins + 1 + live.twins)
    return found
