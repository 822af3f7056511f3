"""One apply from plan to proof: what is asked, what is written, what is read again, and what the exit code says."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pcsync.cli.happening import told
from pcsync.core.errors import PartialError, PcsyncError
from pcsync.core.plan import Plan
from pcsync.kinds import KINDS
from pcsync.reconcile.apply import apply, require_applyable
from pcsync.reconcile.converge import converge
from pcsync.reconcile.events import Diverged, Event
from pcsync.reconcile.outcome import Ledger, Outcome
from pcsync.reconcile.recheck import recheck
from pcsync.render.outcome import Outcome as Shown

if TYPE_CHECKING:
    from pcsync.cli.printing import Printer
    from pcsync.cli.wiring import Wiring
    from pcsync.client.http import Catalog

SIGNAL_BASE = 128


@dataclass(frozen=True)
class Applying:
    """What applying takes, apart from the plan."""

    wiring: Wiring
    printer: Printer
    credential: str
    reads: int
    writes: int

    def fresh(self, only: Sequence[str], *, ask: bool) -> int:
        """Plan, show, ask where somebody is there to answer, apply."""
        from pcsync.cli.desired import ManifestState
        from pcsync.cli.planning import plan_on

        state = ManifestState(self.wiring.project.files(), self.wiring.context)

        async def run(interrupt: Interrupt) -> int:
            async with self.wiring.catalog(self.credential, self.reads) as catalog:
                plan = await plan_on(catalog, self.wiring, state, self.printer, only=only, concurrency=self.reads, unmanaged=False)
                self._show(plan)
                if not plan.changes and plan.complete:
                    return 0
                require_applyable(plan)
                if ask and not await asyncio.to_thread(click.confirm, "Apply this?", default=False, err=True):
                    self.printer.say("nothing was changed")
                    return 1
                return await self._carry_out(plan, catalog, interrupt)

        try:
            return _until_interrupted(run, self.printer.say)
        finally:
            state.close()

    def saved(self, path: Path) -> int:
        """Apply a saved plan: exactly that, or nothing."""
        from pcsync.cli.saved import read, require_target

        plan = read(path)
        require_target(plan, self.wiring.target)
        if not plan.changes and plan.complete:
            self.printer.say("the plan changes nothing")
            return 0
        require_applyable(plan)

        async def run(interrupt: Interrupt) -> int:
            async with self.wiring.catalog(self.credential, self.reads) as catalog:
                await recheck(plan, KINDS, catalog.reader(), concurrency=self.reads, progress=self.printer.progress())
                return await self._carry_out(plan, catalog, interrupt)

        return _until_interrupted(run, self.printer.say)

    def _show(self, plan: Plan) -> None:
        """The plan before it is asked about: with the outcome where text is wanted, else for people on stderr."""
        if self.printer.text_on_stdout:
            self.printer.plan_text(plan)

    def _require_secrets(self, plan: Plan) -> None:
        """Raises where a secret that will be sent cannot be had: found out before the first write, not in the middle."""
        for reference in {reference for change in plan.changes for call in change.calls for _, reference in call.secrets}:
            self.wiring.secret(reference)

    def _heard(self, ledger: Ledger, event: Event) -> None:
        """Something happened: it is counted, and told to whoever reads events."""
        ledger.note(event)
        self.printer.event("event", told(event))

    async def _carry_out(self, plan: Plan, catalog: Catalog, interrupt: Interrupt) -> int:
        self._require_secrets(plan)
        started, ledger = time.monotonic(), Ledger(plan.changes)
        remaining: tuple[Diverged, ...] | None = None
        try:
            await apply(
                plan,
                KINDS,
                catalog,
                catalog.reader(),
                concurrency=self.writes,
                on_event=partial(self._heard, ledger),
                progress=self.printer.progress(),
                stop=interrupt.stop,
            )
            done = ledger.outcome().done
            if done and not interrupt.stop.is_set():
                remaining = await converge(done, KINDS, catalog.reader(), concurrency=self.reads, progress=self.printer.progress())
        finally:  # also when a second signal cuts it short: what is known is said
            outcome = ledger.outcome()
            self.printer.outcome(shown(outcome, remaining, time.monotonic() - started))
        return exit_code(outcome, remaining, interrupt)


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
        remaining=None if remaining is None else tuple((it.change.address, it.why or _fields(it)) for it in remaining),
        seconds=seconds,
    )


def _fields(diverged: Diverged) -> str:
    return ", ".join(entry.path for entry in diverged.fields)


class Interrupt:
    """Ctrl-C and SIGTERM: the first one finishes what runs, the second stops at once."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.stop, self.signal, self._say = asyncio.Event(), 0, say
        self._task = asyncio.current_task()

    def watch(self) -> None:
        """Take over both signals, where the platform lets an event loop do so."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            try:
                loop.add_signal_handler(number, self.received, int(number))
            except (NotImplementedError, RuntimeError):  # Windows, or not the main thread: Python's own handling stays
                return

    def received(self, number: int) -> None:
        """One signal came."""
        if self.stop.is_set() and self._task:
            self._task.cancel()
            return
        self.signal = number
        self.stop.set()
        self._say("finishing what is under way; once more stops at once")


def _until_interrupted(run: Callable[[Interrupt], Coroutine[Any, Any, int]], say: Callable[[str], None]) -> int:
    interrupted: list[Interrupt] = []

    async def main() -> int:
        interrupted.append(Interrupt(say))
        interrupted[0].watch()
        return await run(interrupted[0])

    try:
        return asyncio.run(main())
    except asyncio.CancelledError:
        number = interrupted[0].signal if interrupted else signal.SIGINT
        return SIGNAL_BASE + int(number or signal.SIGINT)
    except ExceptionGroup as several:
        raise _first(several) from several


def _first(several: ExceptionGroup[Exception]) -> Exception:
    """The failure of ours among several that happened side by side."""
    found = next((it for it in several.exceptions if isinstance(it, PcsyncError)), None)
    return found or several.exceptions[0]
