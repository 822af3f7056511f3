"""What an apply did, counted from its events, so that the counts are true even when it was cut short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pcsync.core.change import Action, Change
from pcsync.core.errors import PartialError, PcsyncError
from pcsync.core.resource import Key
from pcsync.reconcile.events import Applied, Blocked, Event, Failed, Skipped, Unsealed, Unsure, Verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    """Every change of a plan under what became of it, in the plan's order."""

    done: tuple[Change, ...] = ()
    failed: tuple[Failed, ...] = ()
    unknown: tuple[Unsure, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    not_attempted: tuple[Skipped, ...] = ()
    unsealed: tuple[Unsealed, ...] = ()

    @property
    def error(self) -> PcsyncError | None:
        """What to exit with: None when all was done, PartialError when some was, the first error when nothing was."""
        undone = (*self.failed, *self.unknown, *self.blocked, *self.not_attempted)
        if not undone:
            return self._unsealed
        errors = [*(verdict.error for verdict in self.failed), *(verdict.error for verdict in self.unknown)]
        if errors and not self.done:
            return errors[0]
        return PartialError(f"{len(self.done)} of {len(self.done) + len(undone)} changes were applied", fix="plan again and apply the rest")

    @property
    def _unsealed(self) -> PcsyncError | None:
        """Every change was made, but a marker does not say so yet."""
        left = [it for it in self.unsealed if not it.dropped]
        what = f"the ownership marker of {left[0].change.address} could not be brought up to date: {left[0].why}" if left else ""
        return PartialError(what, fix="pcsync apply --resume writes it") if left else None


class Ledger:
    """Collects how each change of a plan ended. A change that no event concluded was not attempted."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self._changes = [change for change in changes if change.action is not Action.KEEP]
        self._verdicts: dict[Key, Verdict] = {}
        self._unsealed: dict[Key, Unsealed] = {}

    def note(self, event: Event) -> None:
        """Take an event in."""
        if isinstance(event, Verdict):
            self._verdicts[event.change.key] = event
        elif isinstance(event, Unsealed):
            self._unsealed[event.change.key] = event

    def outcome(self) -> Outcome:
        """The outcome as far as it is known."""
        ended = [self._verdicts.get(change.key) or Skipped(change, "the apply ended before its turn") for change in self._changes]
        return Outcome(
            done=tuple(verdict.change for verdict in ended if isinstance(verdict, Applied)),
            failed=tuple(verdict for verdict in ended if isinstance(verdict, Failed)),
            unknown=tuple(verdict for verdict in ended if isinstance(verdict, Unsure)),
            blocked=tuple(verdict for verdict in ended if isinstance(verdict, Blocked)),
            not_attempted=tuple(verdict for verdict in ended if isinstance(verdict, Skipped)),
            unsealed=tuple(self._unsealed.values()),
        )
