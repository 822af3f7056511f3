"""A plan carried out: in dependency order, side by side where nothing depends, and truthful about what became of each change."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from pcsync.core.change import CONFLICT, OWNERSHIP, Change
from pcsync.core.errors import AuthenticationError, GuardError, PcsyncError, StaleError
from pcsync.core.kind import Kinds
from pcsync.core.plan import Plan
from pcsync.core.state import Progress, Reader, Sender, Silence
from pcsync.reconcile.attempt import Attempt, Sleep
from pcsync.reconcile.events import Applied, Blocked, Event, Failed, Keep, OnEvent, Skipped, Unsure, Verdict, unheard, unkept
from pcsync.reconcile.lanes import Fallen, Lane, phases
from pcsync.reconcile.outcome import Ledger, Outcome
from pcsync.reconcile.sealing import Sealing
from pcsync.reconcile.together import together

UNSURE_IN_A_ROW = 3
"""So many changes in a row of which nobody knows the end: the catalog does not answer, and the rest is not attempted."""


async def apply(
    plan: Plan,
    kinds: Kinds,
    sender: Sender,
    reader: Reader,
    *,
    concurrency: int = 8,
    on_event: OnEvent = unheard,
    progress: Progress | None = None,
    stop: asyncio.Event | None = None,
    sleep: Sleep = asyncio.sleep,
    keep: Keep = unkept,
) -> Outcome:
    """Make the plan's changes. Changes of one collection are serial, up to ``concurrency`` collections run side by side.

    A failure blocks what needs it and nothing else. Once ``stop`` is set, what runs is finished and the rest is not attempted. Before
    each request ``keep`` is awaited, its event told.
    Raises GuardError for a plan that something forbids and PcsyncError for one that is not complete; what fails on the way is in
    the outcome. Cancelled, it first reports by event what was under way (Unsure): a Ledger fed with the events still counts true.
    """
    require_applyable(plan)
    ledger = Ledger(plan.changes)

    def heard(event: Event) -> None:
        ledger.note(event)
        on_event(event)

    sealing = Sealing(plan, kinds, sender, reader, heard, sleep, keep)
    attempt = Attempt(kinds, sender, reader, heard, sleep, keep)
    run = Run(kinds, attempt, sealing, heard, progress or Silence(), stop or asyncio.Event())
    await run.plan(plan, concurrency)
    return ledger.outcome()


def require_applyable(plan: Plan) -> None:
    """Raises StaleError where something is somebody else's, GuardError where a check failed, PcsyncError where a read did."""
    if theirs := [check for check in plan.refusals if check.name in (OWNERSHIP, CONFLICT)]:
        raise StaleError("; ".join(_said(check.address, check.message) for check in theirs))
    if plan.refusals:
        raise GuardError("; ".join(_said(check.address, check.message) for check in plan.refusals), fix="mend that and plan again")
    if not plan.complete:
        gaps = "; ".join(_said(gap.address, gap.reason) for gap in plan.unknown)
        raise PcsyncError(f"the plan is not complete: {gaps}", fix="plan again when the catalog can be read")


def _said(address: str, message: str) -> str:
    return f"{address}: {message}" if address else message


class Run:
    """One apply under way."""

    def __init__(
        self, kinds: Kinds, attempt: Attempt, sealing: Sealing, on_event: OnEvent, progress: Progress, stop: asyncio.Event
    ) -> None:
        self._attempt, self._sealing, self._on_event, self._progress, self._stop = attempt, sealing, on_event, progress, stop
        self._fallen = Fallen(kinds)
        self._halted = ""  # why nothing more is attempted
        self._unsure = 0

    async def plan(self, plan: Plan, concurrency: int) -> None:
        """All phases, one after the other."""
        groups = phases(plan.changes)
        self._progress.start("applying", sum(len(lane) for group in groups for lane in group))
        try:
            for group in groups:
                await self._side_by_side(group, concurrency)
        finally:
            self._progress.finish()

    async def _side_by_side(self, lanes: Sequence[Lane], concurrency: int) -> None:
        queue = iter(lanes)
        await together(*(self._work(queue) for _ in range(min(concurrency, len(lanes)))))

    async def _work(self, lanes: Iterator[Lane]) -> None:
        for lane in lanes:
            for change in lane:
                self._conclude(await self._verdict(change))
            if not self._halted:
                await self._sealing.close(lane)

    async def _verdict(self, change: Change) -> Verdict:
        if self._stop.is_set() or self._halted:
            return Skipped(change, self._halted or "the apply was stopped")
        if by := self._fallen.blocker(change):
            return Blocked(change, by)
        try:
            if why := await self._sealing.forbids(change):
                return Skipped(change, why)
            return await self._attempt.carry_out(change)
        except BaseException:  # cancelled, or a defect of ours: in both cases the request may be on its way
            self._conclude(Unsure(change, PcsyncError("interrupted while it was under way", where=change.address, fix="plan again")))
            raise

    def _conclude(self, verdict: Verdict) -> None:
        self._sealing.note(verdict)
        self._on_event(verdict)
        self._progress.step(verdict.change.address)
        if not isinstance(verdict, Applied):
            self._fallen.add(verdict.change)
        self._judge_the_catalog(verdict)

    def _judge_the_catalog(self, verdict: Verdict) -> None:
        """Stop where going on could only fail: the token is refused, or nobody can say any more what happens."""
        if isinstance(verdict, Applied | Failed | Unsure):
            self._unsure = self._unsure + 1 if isinstance(verdict, Unsure) else 0
        if isinstance(verdict, Failed | Unsure) and isinstance(verdict.error, AuthenticationError):
            self._halted = "the catalog refuses the token"
        elif self._unsure >= UNSURE_IN_A_ROW:
            self._halted = "the catalog does not answer"
