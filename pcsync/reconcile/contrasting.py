"""Two catalogs side by side: both listed by name, then collection by collection; of what is alike nothing is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from pcsync.core.change import Unknown
from pcsync.core.contrast import Contrast, Difference, Side, live_difference
from pcsync.core.kind import Kinds, Listed
from pcsync.core.resource import CATALOG_SCOPE, COLLECTION, Key
from pcsync.core.state import Progress, Reader, Silence
from pcsync.reconcile.observe import MISSHAPEN, Observation, observe, reason
from pcsync.reconcile.steady import Steady
from pcsync.reconcile.together import together

Chosen = Callable[[Key], bool]
Read = tuple[Side, Reader]


async def contrast(
    a: Read,
    b: Read,
    kinds: Kinds,
    *,
    scopes: Iterable[str] | None = None,
    chosen: Chosen | None = None,
    concurrency: int = 32,
    progress: Progress | None = None,
) -> Contrast:
    """How two catalogs differ, by the kinds and normalisers that plans compare with.

    ``scopes`` None: all collections of both, and what belongs to the catalogs as wholes; ``concurrency`` scopes are read at a time.
    Raises AuthenticationError at once, and ServiceError or DeadlineError where a catalog cannot be listed or stopped answering; any other
    failed read is in the contrast.
    """
    sides = (a[0], Steady(a[1])), (b[0], Steady(b[1]))
    wanted = sorted(set(scopes)) if scopes is not None else [CATALOG_SCOPE, *await _listed(sides, kinds)]
    work = _Contrasting(sides[0], sides[1], kinds, chosen)
    heard = progress or Silence()
    heard.start("comparing", len(wanted))
    ahead = iter(wanted)

    async def worker() -> None:
        for scope in ahead:
            await work.compare(scope)
            heard.step(scope)

    try:
        await together(worker(), *(worker() for _ in range(concurrency - 1)))
    finally:
        heard.finish()
    return work.contrast()


async def _listed(sides: Sequence[tuple[Side, Steady]], kinds: Kinds) -> list[str]:
    """The ids of all collections of both; bodies are dropped as they come."""
    names: set[str] = set()
    root = kinds[COLLECTION]
    assert isinstance(root, Listed)  # noqa: S101  collections can be listed

    async def list_(reader: Steady) -> None:
        async for member in reader.members(root.listing, root.array):
            names.add(str(member["id"]))

    await together(*(list_(reader) for _, reader in sides))
    return sorted(names)


@dataclass
class _Contrasting:
    """What came out so far."""

    a: tuple[Side, Steady]
    b: tuple[Side, Steady]
    kinds: Kinds
    chosen: Chosen | None
    differences: list[Difference] = field(default_factory=list)
    unread: list[tuple[Side, Unknown]] = field(default_factory=list)
    same: int = 0

    async def compare(self, scope: str) -> None:
        """Read one scope of both and keep what differs."""
        seen: dict[Side, Observation] = {}

        async def look(side: Side, reader: Steady) -> None:
            seen[side] = await observe(scope, self.kinds.values(), reader)

        await together(look(*self.a), look(*self.b))
        ours, theirs = seen[self.a[0]], seen[self.b[0]]
        for side, reader in (self.a, self.b):
            reader.require()
            self.unread.extend((side, gap) for gap in seen[side].unknown)
        blind = ours.unread | theirs.unread
        if scope and (whole := self._only_one(scope, ours, theirs, blind)):
            self.differences.append(whole)
            return
        for key in sorted({*ours.live, *theirs.live}):
            if key.kind not in blind and (self.chosen is None or self.chosen(key)):
                self._compare(key, ours, theirs)

    def _compare(self, key: Key, ours: Observation, theirs: Observation) -> None:
        kind = self.kinds[key.kind]
        try:
            found = live_difference(kind, key, ours.live.get(key), theirs.live.get(key))
        except MISSHAPEN as wrong:  # of which side cannot be told from here
            self.unread.append((self.a[0], Unknown(str(key), (key.kind,), reason(wrong))))
            return
        if found is None:
            self.same += 1
        else:
            self.differences.append(found)

    def _only_one(self, scope: str, ours: Observation, theirs: Observation, blind: frozenset[str]) -> Difference | None:
        """A collection that one side lacks, with the count of what is in it; None where both have it, or nobody knows."""
        root = Key(COLLECTION, scope)
        if root.kind in blind or (root in ours.live) == (root in theirs.live) or (self.chosen and not self.chosen(root)):
            return None
        there = ours if root in ours.live else theirs
        try:
            found = live_difference(self.kinds[COLLECTION], root, ours.live.get(root), theirs.live.get(root))
        except MISSHAPEN:
            return None
        children = sum(key != root for key in there.live)
        if found is None or not children:
            return found
        aspect = replace(found.aspects[0], change=replace(found.aspects[0].change, notes=(f"and {children} resources in it",)))
        return replace(found, aspects=(aspect,))

    def contrast(self) -> Contrast:
        """Everything in order."""
        differences = sorted(self.differences, key=lambda it: (it.key.collection, it.key.kind != COLLECTION, it.key))
        return Contrast(self.a[0], self.b[0], tuple(differences), self.same, tuple(sorted(self.unread, key=_place)))


def _place(entry: tuple[Side, Unknown]) -> tuple[str, tuple[str, ...], str]:
    return entry[1].address, entry[1].kinds, entry[0].name
