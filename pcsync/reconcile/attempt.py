"""One change carried out: its requests in order, and the truth looked up whenever an answer does not tell it.

What went wrong with a request           | what is done
-----------------------------------------|------------------------------------------------------------------
anything                                 | the resource is read: if it is as desired, the request did its work
it is there already (409)                | the call's ``otherwise`` is sent, where it has one
another write came first (409)           | while the live state is the planned one, sent again, up to 47 s
no answer, or one that may be untrue     | looked for during 35 s, longer than reads are stale; then sent once more
a name that the service takes twice      | looked for before it is created, as somebody may have made it meanwhile
an operation that does not end           | looked for as long, and left as unknown: it may still end
refused                                  | failed
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pcsync.core.change import Action, Change
from pcsync.core.compare import live_fingerprint
from pcsync.core.errors import AuthenticationError, DeadlineError, PcsyncError, ServiceError, StaleError
from pcsync.core.kind import Kinds, Repeatable
from pcsync.core.mark import reserved
from pcsync.core.ownership import MARKER
from pcsync.core.resource import COLLECTION, Call
from pcsync.core.state import Reader, Sender
from pcsync.reconcile.events import Applied, Failed, Keep, OnEvent, Sending, Sent, Started, Unsure, Waiting, unkept
from pcsync.reconcile.touched import Seen, read_again, remaining

LOOKS = (0.0, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0)
"""Seconds before each look for what a lost request may have done; 35 in all, as reads may be stale for 30."""

CONTESTED = (1.0, 2.0, 4.0, 8.0, 16.0, 16.0)
"""Seconds before a request is sent again that another write came before; a deleted collection's id answers 409 for 45."""

Sleep = Callable[[float], Awaitable[None]]


class GivenUp(Exception):  # noqa: N818  not an error of the user's: it carries the verdict out of the loop
    """A change that ends here, one way or another."""

    def __init__(self, verdict: Failed | Unsure) -> None:
        super().__init__()
        self.verdict = verdict


@dataclass(frozen=True)
class Attempt:
    """What carrying out a change takes."""

    kinds: Kinds
    sender: Sender
    reader: Reader
    on_event: OnEvent
    sleep: Sleep
    keep: Keep = unkept

    async def carry_out(self, change: Change) -> Applied | Failed | Unsure:
        """Send the change's requests; never raises a PcsyncError."""
        self.on_event(Started(change))
        found = False
        try:
            if await self._made_meanwhile(change):
                return Applied(change, found=True)
            for index, call in enumerate(change.calls):
                found = await self._request(change, index, call)
        except GivenUp as end:
            return end.verdict
        return Applied(change, found)

    async def _made_meanwhile(self, change: Change) -> bool:
        """What the service would take a second time is there already, just as desired, since the plan was made."""
        kind = self.kinds[change.key.kind]
        if change.action is not Action.CREATE or not isinstance(kind, Repeatable):
            return False
        try:
            seen = (await read_again([change], self.kinds, self.reader))[change.key]
        except PcsyncError as error:
            raise GivenUp(Failed(change, error)) from error
        if seen.unread:
            raise GivenUp(
                Failed(change, ServiceError(f"could not be looked for before it is created: {seen.unread}", where=change.address))
            )
        if seen.live is not None and remaining(kind, change, seen.live):
            raise GivenUp(
                Failed(change, StaleError("somebody created it meanwhile, and not as declared", where=change.address, fix="plan again"))
            )
        return seen.live is not None

    async def _request(self, change: Change, index: int, call: Call) -> bool:
        """One request until it is done; True when only looking told so."""
        waits, resent = iter(CONTESTED), False
        while error := await self._send(change, index, call):
            if error.contested and call.otherwise:
                return await self._request(change, index, call.otherwise)
            if await self._came_about(change, index, error):
                return True
            if error.contested and (wait := next(waits, None)) is not None:
                await self._wait(change, error, wait)
            elif error.uncertain and not resent and not isinstance(error, DeadlineError):
                resent = True
            else:
                raise GivenUp(Unsure(change, error) if error.uncertain else Failed(change, error))
        return False

    async def _send(self, change: Change, index: int, call: Call) -> PcsyncError | None:
        self.on_event(Sending(change, index, call))
        await self.keep()
        try:
            await self.sender.send(call)
        except AuthenticationError as error:
            raise GivenUp(Failed(change, error)) from error
        except PcsyncError as error:
            return error
        self.on_event(Sent(change, index, call))
        return None

    async def _came_about(self, change: Change, index: int, error: PcsyncError) -> bool:
        """Whether the catalog is as the change wants it; gives up where it is neither that nor as planned."""
        for wait in LOOKS if error.uncertain else LOOKS[:1]:
            await self._wait(change, error, wait)
            seen = await self._look(change, error)
            done = visible(change) and not remaining(self.kinds[change.key.kind], change, seen.live) and _marked(change, seen)
            if done and not _only_hidden(change, error, seen):
                return True
            if index == 0 and self._moved(change, seen):
                raise GivenUp(Failed(change, _overtaken(change, error)))
        return False

    async def _wait(self, change: Change, error: PcsyncError, seconds: float) -> None:
        if seconds:
            self.on_event(Waiting(change, error, seconds))
            await self.sleep(seconds)

    async def _look(self, change: Change, error: PcsyncError) -> Seen:
        try:
            seen = (await read_again([change], self.kinds, self.reader))[change.key]
        except AuthenticationError as refused:
            raise GivenUp(Unsure(change, refused)) from refused
        if seen.unread:
            raise GivenUp(Unsure(change, error))
        return seen

    def _moved(self, change: Change, seen: Seen) -> bool:
        return live_fingerprint(self.kinds[change.key.kind], seen.live) != change.fingerprint


def visible(change: Change) -> bool:
    """Reading the resource tells whether the change was made; new bytes of an asset, for one, cannot be seen."""
    return change.action in (Action.CREATE, Action.DELETE) or bool(change.fields) or change.key.kind == COLLECTION


def _only_hidden(change: Change, error: PcsyncError, seen: Seen) -> bool:
    """What is being deleted comes back when that operation fails: until it has ended, absence proves nothing."""
    return change.action is Action.DELETE and change.key.kind != COLLECTION and (seen.leaving or isinstance(error, DeadlineError))


def _marked(change: Change, seen: Seen) -> bool:
    """A collection carries the ownership marker that its change writes."""
    if change.key.kind != COLLECTION or change.action is Action.DELETE or seen.live is None:
        return True
    marker: object = seen.live.body.get(MARKER)
    return marker == (reserved(change) or None)


def _overtaken(change: Change, error: PcsyncError) -> StaleError:
    return StaleError(f"the live state moved while the change was being applied ({error.what})", where=change.address, fix="plan again")
