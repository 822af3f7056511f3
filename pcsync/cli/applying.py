"""One apply from plan to proof: what is asked, what is written, what is read again, and what the exit code says."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pcsync.cli.checks import Effort, after, made
from pcsync.cli.happening import told
from pcsync.cli.interrupt import SIGNAL_BASE, Interrupt, until_interrupted
from pcsync.cli.journaling import Interrupted, Journal, interrupted
from pcsync.cli.keeping import kept
from pcsync.cli.locking import locked
from pcsync.cli.options import NOTHING_MORE, Allowance
from pcsync.client.clock import Clock
from pcsync.core.errors import CheckError, PartialError
from pcsync.core.plan import Plan
from pcsync.kinds import KINDS
from pcsync.reconcile.apply import apply, require_applyable
from pcsync.reconcile.converge import converge
from pcsync.reconcile.events import Diverged, Event
from pcsync.reconcile.journal import SETTLED
from pcsync.reconcile.outcome import Ledger, Outcome
from pcsync.reconcile.recheck import recheck
from pcsync.render.outcome import Outcome as Shown

if TYPE_CHECKING:
    from pcsync.cli.printing import Printer
    from pcsync.cli.wiring import Wiring
    from pcsync.client.http import Catalog
    from pcsync.core.change import Change
    from pcsync.core.checks import CheckReport
    from pcsync.core.plan import Seal


@dataclass(frozen=True)
class Applying:
    """What applying takes, apart from the plan."""

    wiring: Wiring
    printer: Printer
    credential: str
    reads: int
    writes: int
    clock: Clock = field(default_factory=Clock)
    checks: Effort | None = None
    """What checks may take that follow an apply which went well; None for none."""

    def fresh(
        self,
        only: Sequence[str],
        *,
        ask: bool,
        resume: bool = False,
        allowance: Allowance = NOTHING_MORE,
        adopting: bool = False,
        validate: bool = True,
    ) -> int:
        """Plan, show, ask where somebody is there to answer, apply. ``resume``: only what an interrupted apply left to do.

        Adopting sends nothing that a manifest says, so no rules are asked.
        """
        from pcsync.cli.planning import plan_on, state_of

        state = state_of(self.wiring, validate=validate and not adopting)

        async def run(interrupt: Interrupt) -> int:
            before = self._before()
            chosen = [str(key) for key in before.last().keys] if resume else only
            async with self.wiring.catalog(self.credential, self.reads) as catalog:
                await self._let_settle(before, interrupt)
                plan = await plan_on(
                    catalog,
                    self.wiring,
                    state,
                    self.printer,
                    only=chosen,
                    concurrency=self.reads,
                    unmanaged=False,
                    allowance=allowance,
                    adopting=adopting,
                    unasked=not validate,
                )
                closing = before.covered(before.last().keys) if resume else before.covered(()) if only else before
                self.show(plan)
                if not plan.changes and plan.complete:
                    closing.close("a plan that found nothing left to do", self.clock.wall())
                    return 0
                require_applyable(plan)
                if ask and not await asyncio.to_thread(click.confirm, "Apply this?", default=False, err=True):
                    self.printer.say("nothing was changed")
                    return 1
                return await self.carry_out(plan, catalog, interrupt, closing)

        try:
            return self.alone(run)
        finally:
            state.close()

    def saved(self, path: Path, approved: str | None = None) -> int:
        """Apply a saved plan: exactly that, or nothing; of another digest than the approved one, nothing."""
        from pcsync.cli.saved import read, require_approved, require_target, require_whole

        plan = read(path)
        require_approved(plan, approved)
        require_target(plan, self.wiring.target)
        require_whole(plan, protected=self.wiring.spec.protected or plan.target.protected)
        if not plan.changes and plan.complete:
            self.printer.say("the plan changes nothing")
            return 0
        require_applyable(plan)

        async def run(interrupt: Interrupt) -> int:
            before = self._before()
            async with self.wiring.catalog(self.credential, self.reads) as catalog:
                await self._let_settle(before, interrupt)
                return await self.carry_out(plan, catalog, interrupt, before.covered([change.key for change in plan.changes]))

        return self.alone(run)

    def alone(self, run: Callable[[Interrupt], Coroutine[Any, Any, int]]) -> int:
        """Run work while no other apply of this machine writes to the target. Raises DeadlineError while one does."""
        with locked(self.wiring.target.endpoint, self.wiring.project.root):
            return until_interrupted(run, self.printer.say)

    def _before(self) -> Interrupted:
        """What earlier applies left unfinished, said aloud; it stands in nobody's way."""
        before = interrupted(self.wiring.project.root, self.wiring.target)
        before.say(self.printer.say)
        return before

    async def _let_settle(self, before: Interrupted, interrupt: Interrupt) -> None:
        """Wait until reads show what requests did whose answers nobody got: planned earlier, an ingestion might be made twice."""
        now = self.clock.wall()
        if young := before.young(now):
            seconds = max(SETTLED - doubt.age(now) for doubt in young)
            self.printer.say(f"nobody knows yet what became of {young[-1].call}: looking in {seconds:.0f} s, when reads will show it")
            await interrupt.pause(seconds, self.clock.sleep)

    def show(self, plan: Plan) -> None:
        """The plan before it is asked about: with the outcome where text is wanted, else for people on stderr."""
        if self.printer.text_on_stdout:
            self.printer.plan_text(plan)

    def _require_secrets(self, plan: Plan) -> None:
        """Raises where a secret that will be sent cannot be had: found out before the first write, not in the middle."""
        for reference in {reference for change in plan.changes for call in change.calls for _, reference in call.secrets}:
            self.wiring.secret(reference)

    def _heard(self, ledger: Ledger, journal: Journal, event: Event) -> None:
        """Something happened: it is counted, kept, and told to whoever reads events."""
        ledger.note(event)
        journal.note(event)
        self.printer.event("event", told(event))

    async def carry_out(self, plan: Plan, catalog: Catalog, interrupt: Interrupt, closing: Interrupted) -> int:
        """Make a plan's changes, once every touched resource was read again; ``closing`` are the earlier applies that it finishes."""
        self._require_secrets(plan)
        seen = await recheck(plan, KINDS, catalog.reader(), concurrency=self.reads, progress=self.printer.progress())
        result = Result(Ledger(plan.changes))
        try:
            with kept(self.wiring.project.root, plan, seen, self.clock.wall) as journal:
                await self._carry_out(plan, catalog, interrupt, journal, result)
                journal.end(finished=result.finished, counts=tally(result.outcome))
            if result.finished:
                closing.close(journal.path.stem, self.clock.wall())
            if self.checks and not result.code(interrupt):
                places = {change.key: change.position for change in plan.changes}
                wanted = after(plan)
                report = await made(wanted, catalog, self.printer, self.checks, interrupt.stop, clock=self.clock, position=places.get)
                result.checks = report if report.results else None  # of collections without items there is nothing to say
        finally:  # also when a second signal cuts it short: what is known is said
            if result.seconds is not None:
                self.printer.outcome(result.shown, plan)
        return result.code(interrupt)

    async def _carry_out(self, plan: Plan, catalog: Catalog, interrupt: Interrupt, journal: Journal, result: Result) -> None:
        """Send what is to be sent, and read it again; ``result`` knows of everything as it happens."""
        started, ledger = time.monotonic(), result.ledger
        try:
            await apply(
                plan,
                KINDS,
                catalog,
                catalog.reader(),
                concurrency=self.writes,
                on_event=partial(self._heard, ledger, journal),
                progress=self.printer.progress(),
                stop=interrupt.stop,
                sleep=self.clock.sleep,
                keep=journal.kept,
            )
            done = ledger.outcome().done
            if done and not interrupt.stop.is_set():
                result.remaining = await self._proven(done, plan.seals, catalog, ledger.note)
        finally:
            result.seconds = time.monotonic() - started

    async def _proven(
        self, done: Sequence[Change], seals: Sequence[Seal], catalog: Catalog, on_event: Callable[[Event], None]
    ) -> tuple[Diverged, ...]:
        return await converge(
            done,
            KINDS,
            catalog.reader(),
            concurrency=self.reads,
            on_event=on_event,
            progress=self.printer.progress(),
            clock=self.clock.monotonic,
            sleep=self.clock.sleep,
            seals=seals,
        )


@dataclass
class Result:
    """What is known of an apply while it goes on; ``seconds`` once it is over, ``remaining`` where it was read again."""

    ledger: Ledger
    remaining: tuple[Diverged, ...] | None = None
    seconds: float | None = None
    checks: CheckReport | None = None

    @property
    def outcome(self) -> Outcome:
        """What became of every change."""
        return self.ledger.outcome()

    @property
    def finished(self) -> bool:
        """Nothing is left to do."""
        return self.outcome.error is None and not self.remaining

    @property
    def shown(self) -> Shown:
        """As renderers take it."""
        return replace(shown(self.outcome, self.remaining, self.seconds or 0.0), checks=self.checks)

    def code(self, interrupt: Interrupt) -> int:
        """The exit code of the apply; 7 where it went well and a check failed."""
        code = exit_code(self.outcome, self.remaining, interrupt)
        return CheckError.exit_code if not code and self.checks and self.checks.failed else code


def tally(outcome: Outcome) -> dict[str, int]:
    """How many changes ended how."""
    return {
        "done": len(outcome.done),
        "failed": len(outcome.failed),
        "unknown": len(outcome.unknown),
        "blocked": len(outcome.blocked),
        "not attempted": len(outcome.not_attempted),
    }


def exit_code(outcome: Outcome, remaining: Sequence[Diverged] | None, interrupt: Interrupt) -> int:
    """0, or the signal's, or that of the first failure, or 6 for what is only partly so."""
    if interrupt.signal:
        return SIGNAL_BASE + interrupt.signal
    if outcome.error is not None:
        return outcome.error.exit_code
    return PartialError.exit_code if remaining else 0


def shown(outcome: Outcome, remaining: Sequence[Diverged] | None, seconds: float) -> Shown:
    """The outcome as renderers take it: addresses and sentences."""
    return Shown(
        done=Counter(change.action for change in outcome.done),
        failed=tuple((it.change.address, str(it.error)) for it in outcome.failed),
        unknown=tuple((it.change.address, str(it.error)) for it in outcome.unknown),
        blocked=tuple((it.change.address, f"needs {it.by.address}") for it in outcome.blocked),
        skipped=tuple(it.change.address for it in outcome.not_attempted),
        remaining=_remaining(outcome, remaining),
        seconds=seconds,
        notes=tuple(sorted(f"{it.change.address}: {it.why}" for it in outcome.unsealed if it.dropped)),
    )


def _remaining(outcome: Outcome, diverged: Sequence[Diverged] | None) -> tuple[tuple[str, str], ...] | None:
    """What does not read back as desired, markers among it; None where nothing was read again and no marker is amiss."""
    what, fix = "its ownership marker is not up to date", "pcsync apply --resume writes it"
    unsealed = [(it.change.address, f"{what} ({it.why}); {fix}") for it in outcome.unsealed if not it.dropped]
    if diverged is None and not unsealed:
        return None
    return (*((it.change.address, it.why or _fields(it)) for it in diverged or ()), *unsealed)


def _fields(diverged: Diverged) -> str:
    return ", ".join(entry.path for entry in diverged.fields)
