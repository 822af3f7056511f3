"""All checks of some collections: side by side, again where a cache may be stale, within the budget."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from pcsync.core.checks import CheckReport, CheckResult, CollectionChecks, Verdict
from pcsync.core.errors import PcsyncError
from pcsync.core.state import Progress, Silence
from pcsync.seeing.checks import defaults
from pcsync.seeing.checks.answer import Answer, NothingThereError, UnaskableError
from pcsync.seeing.checks.around import Around
from pcsync.seeing.checks.asking import Asking, BudgetSpentError, One
from pcsync.seeing.checks.declared import Check, check_of
from pcsync.seeing.checks.expecting import judged
from pcsync.seeing.checks.search import ENOUGH, most_of
from pcsync.seeing.checks.sorts import SORTS

T = TypeVar("T")

FIRST_WAIT, LONGEST_WAIT = 0.5, 5.0
SIDE_BY_SIDE = 8
INTERRUPTED = "interrupted"
FEW = 5  # collections that a note names
OF_ITEMS = frozenset({"tile", "preview", "point", "statistics"})
"""Sorts that show items: of a collection that has none they say nothing."""
Chosen = Callable[[Check], bool]


Heard = Callable[[CheckResult], None]


def unheard(result: CheckResult) -> None:
    """Nobody listens."""
    del result


def every(check: Check) -> bool:  # noqa: ARG001  the default of what is chosen
    """No check is left out."""
    return True


@dataclass(frozen=True)
class Run:
    """How a run of checks goes.

    ``patience``: seconds for which a check that failed is asked again, because the tiler's caches may show what was before.
    ``fatal``: failures after which nothing more can be asked; they end the run. ``stop`` is set by whoever interrupts it.
    ``heard`` is told of every result when it is known.
    """

    asking: Asking
    patience: float = 10.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    progress: Progress = field(default_factory=Silence)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    fatal: tuple[type[PcsyncError], ...] = ()
    chosen: Chosen = every
    heard: Heard = unheard
    without_items: list[str] = field(default_factory=list)

    async def report(self, collections: Sequence[CollectionChecks]) -> CheckReport:
        """The results in the order of the collections, and within each as declared; what needs no declaration comes last."""
        started, gate = self.asking.clock(), asyncio.Semaphore(SIDE_BY_SIDE)
        self.progress.start("checking", len(collections))

        async def about(checks: CollectionChecks) -> list[CheckResult]:
            async with gate:
                found = await self.collection(checks)
            self.progress.step(checks.collection)
            return found

        try:
            results = await _all(about(it) for it in collections)
        finally:
            self.progress.finish()
        flat = tuple(result for found in results for result in found)
        return CheckReport(flat, self.asking.clock() - started, self.asking.asked, tuple(_notes(flat, sorted(self.without_items))))

    async def collection(self, checks: CollectionChecks) -> list[CheckResult]:
        """Everything about one collection."""
        if checks.declared == ():
            return []
        around = Around(checks.collection, self.asking.one())
        declared = [check_of(checks.collection, it) for it in checks.declared or ()]
        wanted = [it for it in declared if self.chosen(it)]
        side_by_side: list[Coroutine[Any, Any, Sequence[Check | CheckResult]]] = [
            self._each(wanted, around),  # first in line for the budget: somebody wrote them
            self._defaults(around, declared),
        ]
        asked, found = await _all(side_by_side)
        for known in (it for it in found if isinstance(it, CheckResult)):
            self.heard(known)
        more = await self._each([it for it in found if isinstance(it, Check)], around)
        return [it for it in (*asked, *more, *found) if isinstance(it, CheckResult)]

    async def _each(self, checks: Iterable[Check], around: Around) -> Sequence[CheckResult]:
        return await _all(self._told(it, around) for it in checks)

    async def _told(self, check: Check, around: Around) -> CheckResult:
        result = await self.check(check, around)
        self.heard(result)
        return result

    async def _defaults(self, around: Around, declared: Sequence[Check]) -> Sequence[Check | CheckResult]:
        """The checks that need no declaration, or why they cannot be known."""
        whole = Check(around.collection, defaults.NAME, "preview", declared=False)
        try:
            configuration = None if self.stop.is_set() else await around.configuration()
            found = [] if configuration is None else [*defaults.defaults(around.collection, configuration, declared)]
            found = [it for it in found if self.chosen(it)]
            if found and not await around.items():
                self.without_items.append(around.collection)
                return []
        except BudgetSpentError as spent:
            return [_skipped(whole, str(spent))]
        except UnaskableError as refused:
            return [_ended(whole, Verdict.ERROR, str(refused))]
        except self.fatal:
            raise
        except PcsyncError as failure:
            return [_ended(whole, Verdict.ERROR, failure.what)]
        if configuration is None:
            return [_skipped(whole, INTERRUPTED if self.stop.is_set() else "the collection is not on the catalog")]
        return found

    async def check(self, check: Check, around: Around) -> CheckResult:
        """One check, asked until it passes or patience is at an end."""
        if check.skip:
            return _skipped(check, check.skip)
        started, wait, tries = self.asking.clock(), FIRST_WAIT, 1
        result = await self.once(check, around)
        until = self.asking.clock() + self.patience
        while result.verdict in (Verdict.FAILED, Verdict.ERROR) and self._worth_waiting(until - wait):
            await self._pause(wait)
            again = await self.once(check, Around(check.collection, self.asking.one()))
            if again.verdict is Verdict.SKIPPED:
                break
            result, tries, wait = replace(again, requests=result.requests + again.requests), tries + 1, min(wait * 2, LONGEST_WAIT)
        if tries > 1:
            result = replace(result, message=_tried(result, tries), measured={**result.measured, "tries": tries})
        return replace(result, seconds=round(self.asking.clock() - started, 3))

    def _worth_waiting(self, until: float) -> bool:
        return self.asking.clock() < until and not self.stop.is_set() and self.asking.left > 0

    async def _pause(self, seconds: float) -> None:
        """Wait, unless somebody interrupts."""
        waiting = asyncio.ensure_future(self.sleep(seconds))
        stopped = asyncio.ensure_future(self.stop.wait())
        await asyncio.wait({waiting, stopped}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        stopped.cancel()

    async def once(self, check: Check, around: Around) -> CheckResult:
        """One check, asked once."""
        if self.stop.is_set():
            return _skipped(check, INTERRUPTED)
        one = self.asking.one()
        try:
            answer = await _asked(check, around, one)
        except BudgetSpentError as spent:
            return replace(_skipped(check, str(spent)), requests=one.requests)
        except NothingThereError as nothing:
            return replace(_skipped(check, str(nothing)), requests=one.requests)
        except UnaskableError as missing:
            return replace(_ended(check, Verdict.FAILED, str(missing)), requests=one.requests)
        except self.fatal:
            raise
        except PcsyncError as failure:
            return replace(_ended(check, Verdict.ERROR, failure.what), requests=one.requests)
        wrong = judged(check.expected, answer)
        if wrong and check.sort in OF_ITEMS and not await self._any_items(around):
            return replace(_skipped(check, "the collection has no items"), requests=one.requests)
        result = _ended(check, Verdict.FAILED if wrong else Verdict.PASSED, "; ".join(wrong) or _remark(check, answer))
        measured = {"status": answer.status, "seconds": round(answer.seconds, 3), **answer.measured}
        return replace(result, measured=measured, picture=answer.picture, requests=one.requests)

    async def _any_items(self, around: Around) -> bool:
        """The collection has items, or nobody knows."""
        try:
            return bool(await around.items())
        except self.fatal:
            raise
        except (BudgetSpentError, UnaskableError, PcsyncError):
            return True


async def _asked(check: Check, around: Around, one: One) -> Answer:
    if not check.declared:
        return await defaults.ask(check.asked["renderOption"], around, one)
    return await SORTS[check.sort](check.asked, check.expected, around, one)


async def _all(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """All of it side by side; where one fails, the others are ended before that is said."""
    tasks = [asyncio.ensure_future(it) for it in work]
    try:
        return [*await asyncio.gather(*tasks)]
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


def _ended(check: Check, verdict: Verdict, message: str = "") -> CheckResult:
    return CheckResult(
        check.sort,
        check.address,
        check.name,
        verdict,
        message,
        expected=dict(check.expected),
        position=check.position,
        declared=check.declared,
    )


def _skipped(check: Check, why: str) -> CheckResult:
    return _ended(check, Verdict.SKIPPED, why)


def _remark(check: Check, answer: Answer) -> str:
    """What a check that passed did not look at."""
    if check.sort == "search" and "count" in check.expected and not answer.measured.get("counted", True):
        most = most_of(check.expected["count"])
        if most >= ENOUGH:
            return f"counted up to {answer.measured['count']:,}; whether there are too many is not known"
    return ""


def _tried(result: CheckResult, tries: int) -> str:
    if result.verdict is Verdict.PASSED:
        return f"only when asked {tries} times: what was shown before was stale"
    return f"{result.message} (asked {tries} times)"


def _notes(results: Iterable[CheckResult], without_items: Sequence[str]) -> Iterable[str]:
    """What was not looked at, which a green report must not hide."""
    if without_items:
        more = f" and {len(without_items) - FEW} more" if len(without_items) > FEW else ""
        yield f"without items there is nothing to draw: {', '.join(without_items[:FEW])}{more}"
    spent = [result for result in results if result.verdict is Verdict.SKIPPED and result.message.startswith("the budget")]
    if spent:
        yield f"not everything was checked: {spent[0].message}"
