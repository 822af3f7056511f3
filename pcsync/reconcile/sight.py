"""One scope while it is compared: what is as declared is counted and forgotten, what differs is kept until it is judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import Any

from pcsync.core.change import Unknown
from pcsync.core.compare import Declared, settled
from pcsync.core.kind import Kind, Kinds
from pcsync.core.resource import Key, Live
from pcsync.reconcile.observe import MISSHAPEN, Observation, reason, scope_address


class Sight:
    """What is known so far of one scope. Its kinds may be observed in several parts, in any order.

    ``root`` is the kind that all others of the scope need (a collection's document), None for the catalog's own scope.
    """

    __slots__ = (
        "bodies",
        "declared",
        "differing",
        "entries",
        "kept",
        "live",
        "missing",
        "parts",
        "root",
        "scope",
        "started",
        "unknown",
        "unlisted",
        "unmanaged",
    )

    def __init__(self, scope: str, entries: tuple[Declared, ...], root: Kind | None, parts: int, declared: Collection[Key] | None) -> None:
        self.scope, self.entries, self.root, self.parts = scope, entries, root, parts
        self.declared = declared  # every declared key, None when nobody asks for what is unmanaged
        self.kept: Counter[str] = Counter()
        self.differing: set[Key] = set()
        self.live: dict[Key, Live] = {}
        self.bodies: dict[str, Any] = {}
        self.unknown: list[Unknown] = []
        self.unmanaged: set[Key] = set()
        self.missing = False
        self.started = False  # its children are being read
        self.unlisted = False  # a listing ended without it

    @property
    def complete(self) -> bool:
        """Every part was seen."""
        return self.parts == 0

    @property
    def quiet(self) -> bool:
        """Nothing to judge: all that was declared is so."""
        return not self.differing and not self.unknown

    def absorb(self, observation: Observation, kinds: Kinds, part: Collection[str]) -> None:
        """Compare one part; its bodies are kept only if something in it differs."""
        self.parts -= 1
        self.unknown.extend(observation.unknown)
        self.missing = self.missing or self._absent(observation, part)
        self._compare(observation, kinds, [entry for entry in self.entries if entry.key.kind in part])
        self._note_unmanaged(observation)
        if not self.quiet:
            self.live.update(observation.live)
            self.bodies.update(observation.bodies)
        if self.complete:
            self._settle_parts()

    def _absent(self, observation: Observation, part: Collection[str]) -> bool:
        root = self.root
        return root is not None and root.name in part and root.name not in observation.unread and not _of(root, observation)

    def _compare(self, observation: Observation, kinds: Kinds, entries: Iterable[Declared]) -> None:
        unread = observation.unread
        for entry in entries:
            if entry.key.kind in unread:
                continue
            try:
                same = _is_settled(kinds[entry.key.kind], entry, observation)
            except MISSHAPEN as wrong:
                self.unknown.append(Unknown(str(entry.key), (entry.key.kind,), reason(wrong)))
                continue
            if same:
                self.kept[entry.key.kind] += 1
            else:
                self.differing.add(entry.key)

    def _note_unmanaged(self, observation: Observation) -> None:
        if self.declared is not None:
            root = self.root.name if self.root else ""
            self.unmanaged.update(key for key in observation.live if key not in self.declared and key.kind != root)

    def _settle_parts(self) -> None:
        """Children of a collection that is not there are not there, whatever was answered; of an unknown one they are unknown."""
        if self.missing:
            self.kept.clear()
            self.live.clear()
            self.unknown.clear()
            self.unmanaged.clear()
            self.differing = {entry.key for entry in self.entries}
        elif self.root is not None and (why := self._root_failure()):
            kinds = {entry.key.kind for entry in self.entries} | {self.root.name}
            self.unknown = [Unknown(scope_address(self.scope), tuple(sorted(kinds)), why)]
            self.kept.clear()
            self.differing.clear()

    def _root_failure(self) -> str:
        assert self.root is not None  # noqa: S101  asked only of scopes that have one
        return next((gap.reason for gap in self.unknown if self.root.name in gap.kinds), "")


def _of(kind: Kind, observation: Observation) -> bool:
    return any(key.kind == kind.name for key in observation.live)


def _is_settled(kind: Kind, entry: Declared, observation: Observation) -> bool:
    live = observation.live.get(entry.key)
    return live is not None and settled(kind, entry, live)


Only = Callable[[Key], bool]
"""Which resources a targeted plan is about."""
