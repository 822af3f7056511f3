"""The end of a collection's apply: its marker is made true, and nothing is deleted where the catalog does not keep markers.

The reserved marker went out with the collection's own change and lists all that is coming or going. Once the children are written it
is replaced, unless it is true already. A crash before that leaves a superset, never an unlisted child of ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pcsync.core.change import Action, Change
from pcsync.core.compare import live_fingerprint
from pcsync.core.errors import PcsyncError
from pcsync.core.kind import Kinds
from pcsync.core.mark import reserved
from pcsync.core.ownership import MARKER, child_address
from pcsync.core.plan import Plan, Seal
from pcsync.core.resource import COLLECTION, Body, Call, Key, Live
from pcsync.core.state import Reader, Sender
from pcsync.reconcile.attempt import LOOKS, Attempt, Sleep
from pcsync.reconcile.events import Applied, Keep, OnEvent, Sealed, Unsealed, Unsure, Verdict, unkept
from pcsync.reconcile.lanes import Lane
from pcsync.reconcile.observe import MISSHAPEN, interpret
from pcsync.reconcile.touched import remaining

DROPPED = (
    "the catalog does not keep pcsync's ownership marker, so nothing can be proven to be ours: nothing is deleted (as mode additive); "
    "say so with marker: false at the target in pcsync.yaml, and no plan tries to write it again"
)

OVERTAKEN = "somebody else wrote the collection while it was being applied"


@dataclass(frozen=True)
class Sealing:
    """The markers of one apply. ``ended`` is how each change of it ended so far."""

    plan: Plan
    kinds: Kinds
    sender: Sender
    reader: Reader
    on_event: OnEvent
    sleep: Sleep
    keep: Keep = unkept
    ended: dict[Key, Verdict] = field(default_factory=dict)
    _kept: dict[str, bool] = field(default_factory=dict)

    def note(self, verdict: Verdict) -> None:
        """A change ended."""
        self.ended[verdict.change.key] = verdict

    async def forbids(self, change: Change) -> str:
        """Why a child must not be deleted: the marker that lists it on its way out was written and is not there."""
        own = self._own(change.key.collection)
        if change.action is not Action.DELETE or own is None or change.key.kind == COLLECTION:
            return ""
        scope = change.key.collection
        if scope not in self._kept:
            self._kept[scope] = await self._fresh(own, ()) is not None
        return "" if self._kept[scope] else (await self._missing(own)).why

    async def close(self, lane: Lane) -> None:
        """After the last change of a collection: its marker says what is true."""
        own = self._own(lane[0].key.collection)
        if own is None:
            return
        reserve, final = reserved(own), self._final(own, lane)
        if final.get("children") == reserve["children"] and self._kept.get(own.key.collection, True):
            return
        try:
            self.on_event(await self._write(own, lane, final))
        except PcsyncError as error:
            self.on_event(Unsealed(own, error.what))

    async def _write(self, own: Change, lane: Lane, final: Body) -> Sealed | Unsealed:
        """One more write of the collection, journaled, looked after and repeated like that of every change."""
        document = await self._fresh(own, [it for it in lane if isinstance(self.ended.get(it.key), Applied)])
        if document is None:
            return await self._missing(own)
        live = next(iter(_lives(self.kinds, own, document)))
        call = Call("PUT", live.path, {**document, MARKER: final} if final else _without(document, MARKER))
        now = live_fingerprint(self.kinds[COLLECTION], live)
        again = replace(own, action=Action.UPDATE, calls=(call,), fingerprint=now)
        ended = await Attempt(self.kinds, self.sender, self.reader, self.on_event, self.sleep, self.keep).carry_out(again)
        return Sealed(own) if isinstance(ended, Applied) else Unsealed(own, ended.error.what)

    async def _missing(self, own: Change) -> Unsealed:
        """Why the document never showed what was written to it: the catalog keeps no markers, or somebody wrote it meanwhile."""
        body = await self.reader.get(next(iter(self.kinds[COLLECTION].reads(own.key.collection, {}))))
        kept = isinstance(body, Mapping) and MARKER in body
        return Unsealed(own, OVERTAKEN) if kept else Unsealed(own, DROPPED, dropped=True)

    def _own(self, scope: str) -> Change | None:
        """The change of the collection that wrote its marker in this apply."""
        verdict = self.ended.get(Key(COLLECTION, scope))
        found = verdict.change if isinstance(verdict, Applied) else None
        return found if found and found.action is not Action.DELETE and reserved(found) else None

    def _final(self, own: Change, lane: Lane) -> Body:
        """The reserved marker, less what was deleted; of a change that did not happen it says what it said before."""
        reserve = reserved(own)
        seal = next((it for it in self.plan.seals if it.collection == own.key.collection), Seal(own.key.collection))
        if seal.whole is not None and all(isinstance(self.ended.get(it.key), Applied) for it in lane):
            return seal.whole
        children = dict(reserve["children"])
        for change in lane:
            address, verdict = child_address(change.key), self.ended.get(change.key)
            if address not in children or isinstance(verdict, Unsure):
                continue
            if isinstance(verdict, Applied):
                children = _without(children, address) if change.action is Action.DELETE else children
            elif address not in seal.leaving:
                former = seal.former.get(address, children[address] if change.drift else None)
                children = _without(children, address) if former is None else {**children, address: former}
        return {**reserve, "children": children}

    async def _fresh(self, own: Change, done: Sequence[Change]) -> Body | None:
        """The live collection, read until it shows what we wrote to it; None where it never shows the marker."""
        path = next(iter(self.kinds[COLLECTION].reads(own.key.collection, {})))
        for wait in LOOKS:
            if wait:
                await self.sleep(wait)
            body = await self.reader.get(path)
            if isinstance(body, Mapping) and body.get(MARKER) == reserved(own) and self._shows(own, path, body, done):
                return body
        return None

    def _shows(self, own: Change, path: str, body: Body, done: Sequence[Change]) -> bool:
        """The document has what was written to it, by changes of the collection and of the kinds that are read out of it."""
        kinds = [kind for kind in self.kinds.values() if [*kind.reads(own.key.collection, {})] == [path]]
        names = {kind.name for kind in kinds}
        try:
            seen = interpret(own.key.collection, kinds, {path: body})
            mine = [it for it in done if it.key.kind in names]
            return not any(remaining(self.kinds[it.key.kind], it, seen.live.get(it.key)) for it in mine)
        except MISSHAPEN:
            return False


def _lives(kinds: Kinds, own: Change, document: Body) -> Iterable[Live]:
    path = next(iter(kinds[COLLECTION].reads(own.key.collection, {})))
    return kinds[COLLECTION].live(own.key.collection, {path: document})


def _without(members: Mapping[str, Any], left_out: str) -> dict[str, Any]:
    return {name: member for name, member in members.items() if name != left_out}
