"""One scope while it is compared: what is as declared is counted and forgotten, what differs is kept until it is judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pcsync.core.change import Unknown
from pcsync.core.compare import Declared, settled
from pcsync.core.kind import Kind, Kinds, Proving
from pcsync.core.mark import Policy, surplus, witnessed
from pcsync.core.resource import CATALOG_SCOPE, COLLECTION, Key, Live
from pcsync.reconcile.observe import MISSHAPEN, Observation, reason, scope_address


@dataclass(frozen=True, slots=True)
class Look:
    """What one plan looks for in every scope: proof of ownership, and what is unmanaged if somebody asks.

    ``targeted``: it is not about everything, but about what is ``chosen``, if anything is.
    """

    policy: Policy
    targeted: bool = False
    unmanaged: bool = False
    chosen: Callable[[Key], bool] | None = None


class Sight:
    """What is known so far of one scope. Its kinds may be observed in several parts, in any order.

    ``root`` is the kind that all others of the scope need (a collection's document), None for the catalog's own scope.
    """

    __slots__ = (
        "bodies",
        "chosen",
        "declared",
        "differing",
        "doubted",
        "dropped",
        "entries",
        "kept",
        "kinds",
        "live",
        "missing",
        "parts",
        "policy",
        "root",
        "scope",
        "started",
        "targeted",
        "unknown",
        "unlisted",
        "unmanaged",
    )

    def __init__(self, scope: str, entries: tuple[Declared, ...], root: Kind | None, kinds: Sequence[Kind], look: Look) -> None:
        self.scope, self.entries, self.root, self.kinds = scope, entries, root, kinds
        self.policy, self.targeted, self.chosen, self.parts = look.policy, look.targeted, look.chosen, 1
        self.declared = {entry.key for entry in entries} if look.unmanaged else None  # None: nobody asks for what is unmanaged
        self.doubted = look.targeted and root is not None  # the marker does not say what is so, or was not asked
        self.dropped: set[Key] = set()  # ours by themselves, and declared no more
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
        """Nothing to keep bodies for: all that was declared is so, and known to be."""
        return not self.disputed and not self.unknown

    @property
    def disputed(self) -> bool:
        """There is something to judge."""
        return bool(self.differing or self.doubted or self.dropped)

    @property
    def root_name(self) -> str:
        """The kind of the scope's root, "" for the catalog's own scope."""
        return self.root.name if self.root else ""

    def asks(self, key: Key) -> bool:
        """The resource is declared."""
        return any(entry.key == key for entry in self.entries)

    def absorb(self, observation: Observation, kinds: Kinds, part: Collection[str]) -> None:
        """Compare one part; its bodies are kept only if something in it differs."""
        self.parts -= 1
        self.unknown.extend(observation.unknown)
        self.missing = self.missing or self._absent(observation, part)
        self._compare(observation, kinds, [entry for entry in self.entries if entry.key.kind in part])
        self._note_unmanaged(observation)
        self._question_ownership(observation, kinds, part)
        if not self.quiet or self.missing:
            self.live.update(observation.live)
            self.bodies.update(observation.bodies)
        if self.complete:
            self._settle_parts()

    def _absent(self, observation: Observation, part: Collection[str]) -> bool:
        root = self.root
        return root is not None and root.name in part and root.name not in observation.unread and not _of(root, observation)

    def _question_ownership(self, observation: Observation, kinds: Kinds, part: Collection[str]) -> None:
        root = self.root
        if root is None:
            declared = {entry.key for entry in self.entries}
            self.dropped.update(key for key in dropped(kinds, observation.live, declared, self.policy.owners) if self._prunes(key))
        elif root.name in part and not self.missing and root.name not in observation.unread:
            document = observation.live[Key(root.name, self.scope)]
            self.doubted = self.doubted or not witnessed(document, self.entries, self.policy)
        self.doubted = self.doubted or any(surplus(self.entries, observation.live))

    def _prunes(self, key: Key) -> bool:
        """A targeted plan deletes what was named outright and nothing else."""
        return self.chosen(key) if self.chosen else not self.targeted

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
            self.unmanaged.update(key for key in observation.live if key not in self.declared and key.kind != self.root_name)

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
            self.doubted = False

    def _root_failure(self) -> str:
        assert self.root is not None  # noqa: S101  asked only of scopes that have one
        return next((gap.reason for gap in self.unknown if self.root.name in gap.kinds), "")


def _of(kind: Kind, observation: Observation) -> bool:
    return any(key.kind == kind.name for key in observation.live)


def _is_settled(kind: Kind, entry: Declared, observation: Observation) -> bool:
    live = observation.live.get(entry.key)
    return live is not None and settled(kind, entry, live)


def dropped(kinds: Kinds, live: Mapping[Key, Live], declared: Collection[Key], owners: Sequence[str]) -> Iterator[Key]:
    """Live resources of kinds that prove their owner by themselves, which are ours and no manifest declares any more."""
    for key in live.keys() - set(declared):
        kind = kinds[key.kind]
        if isinstance(kind, Proving) and not live[key].twins and kind.ours(live[key], owners):
            yield key


Only = Callable[[Key], bool]
"""Which resources a targeted plan is about."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Resources chosen by address, and what lies below them (an Only that also knows what no manifest declares any more).

    ``kinds`` are chosen whole: catalog-wide ones, of which one that left the manifests has no name there any more.
    """

    keys: frozenset[Key]
    kinds: frozenset[str] = frozenset()

    def __call__(self, key: Key) -> bool:
        return key in self.keys or key.kind in self.kinds or Key(COLLECTION, key.collection) in self.keys

    def named(self, entry: Declared) -> bool:
        """The entry is chosen, by its identity or by the name that its manifest gives it."""
        return self(entry.key) or (bool(entry.label) and replace(entry.key, name=entry.label) in self.keys)

    def below(self, scope: str) -> frozenset[str]:
        """The kinds that are named in a scope."""
        whole = self.kinds if scope == CATALOG_SCOPE else frozenset()
        return whole | {key.kind for key in self.keys if key.collection == scope}
