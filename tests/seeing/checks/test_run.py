"""How checks are asked: again where a cache may be stale, within a budget, until somebody interrupts."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pcsync.client.errors import ConnectionFailedError
from pcsync.core.checks import CheckResult, Verdict
from pcsync.core.errors import PcsyncError
from pcsync.core.state import Look
from pcsync.seeing.checks.asking import Asking, Budget
from pcsync.seeing.checks.expecting import seconds_of
from pcsync.seeing.checks.run import Run
from tests.seeing.checks.conftest import CLASSES, Rig

PASSED, FAILED, ERROR, SKIPPED = Verdict.PASSED, Verdict.FAILED, Verdict.ERROR, Verdict.SKIPPED
LOOK = {"name": "looks right", "preview": {"renderOption": "columns"}}
NEW = {"name": "new one", "preview": {"renderOption": "classes"}}
COUNT = {"name": "has items", "search": {}, "expect": {"count": [1, None]}}


async def test_what_a_stale_read_fails_passes_when_it_is_asked_again(rig: Rig) -> None:
    """The configuration that a cache shows lacks the render option of this apply."""
    rig.patience = 30
    await rig.catalog.fault("stale-reads", path="/configurations", seconds=2)
    rig.catalog.clock.advance(5)
    await rig.configure(CLASSES)
    rig.catalog.clock.advance(1)

    result, *_ = (await rig.report([NEW])).results

    assert (result.verdict, result.measured["tries"]) == (PASSED, 3)
    assert result.message == "only when asked 3 times: what was shown before was stale"
    assert rig.waited[:2] == [0.5, 1.0]


async def test_patience_ends(rig: Rig) -> None:
    rig.patience = 4
    result, *_ = (await rig.report([NEW])).results

    assert result.verdict is FAILED
    assert result.message == "the catalog has no render option classes (asked 4 times)"
    assert rig.waited == [0.5, 1.0, 2.0]


async def test_when_the_requests_are_spent_the_rest_is_skipped_and_the_report_says_so(rig: Rig) -> None:
    rig.budget = Budget(requests=3, at_once=1)
    report = await rig.report([COUNT, LOOK])

    assert [it.verdict for it in report.results] == [PASSED, SKIPPED, SKIPPED]
    assert {it.message for it in report.results} == {"", "the budget of 3 requests is spent"}
    assert report.notes == ("not everything was checked: the budget of 3 requests is spent",)
    assert report.requests == 3
    assert report.failed == ()


async def test_a_request_that_outlasts_the_budget_is_cut_off(rig: Rig) -> None:
    await rig.catalog.fault("latency", path="/stac/search", seconds=30)
    asking = Asking(rig.client.viewer(), Budget(seconds=0.3))
    run = Run(asking, 0)
    from pcsync.core.checks import CollectionChecks, DeclaredCheck

    result, *_ = (await run.report([CollectionChecks("naip", (DeclaredCheck(COUNT),))])).results

    assert (result.verdict, result.message) == (SKIPPED, "the budget of 0.3 s is spent")


async def test_a_slow_answer_fails_its_latency_budget(rig: Rig) -> None:
    """Measured by the client's own clock."""
    await rig.catalog.fault("latency", path="/stac/search", seconds=0.2)
    slow = await rig.check("search", {}, within="150ms")
    quick = await rig.check("search", {}, within="20s")

    assert slow.verdict is FAILED
    assert slow.message.endswith("s, more than 150ms")
    assert quick.verdict is PASSED


async def test_whoever_interrupts_gets_what_is_known(rig: Rig) -> None:
    stop = asyncio.Event()
    stop.set()
    report = await rig.report([LOOK, COUNT], stop=stop)

    assert [(it.verdict, it.message) for it in report.results] == [(SKIPPED, "interrupted")] * 3
    assert report.requests == 0


async def test_a_skipped_check_says_why(rig: Rig) -> None:
    result, *_ = (await rig.report([{**LOOK, "skip": "no data before March"}])).results

    assert (result.verdict, result.message, result.requests) == (SKIPPED, "no data before March", 0)


async def test_results_come_in_the_order_of_the_manifest_and_share_what_is_read_of_the_collection(rig: Rig) -> None:
    names = [f"check {number}" for number in range(6)]
    report = await rig.report([{"name": name, "tilejson": {"renderOption": "columns"}} for name in names])

    assert [it.name for it in report.results if it.declared] == names
    asked = [entry["path"] for entry in rig.catalog.app.log.entries if entry["path"].endswith("/configurations")]
    assert len(asked) == 1


class Broken:
    """A catalog that does not answer."""

    def __init__(self, failure: PcsyncError) -> None:
        self.failure = failure

    async def get(self, path: str) -> Any:
        raise self.failure

    async def look(self, path: str, question: Any = None) -> Look:
        raise self.failure


async def test_what_could_not_be_asked_is_an_error_unless_nothing_can_be_asked_at_all() -> None:
    from pcsync.core.checks import CollectionChecks, DeclaredCheck

    failure = ConnectionFailedError("no route to the catalog")
    checks = [CollectionChecks("naip", (DeclaredCheck(COUNT),)), CollectionChecks("other")]

    report = await Run(Asking(Broken(failure)), 0).report(checks)
    assert {it.verdict for it in report.results} == {ERROR}
    assert len(report.failed) == 3
    with pytest.raises(ConnectionFailedError):
        await Run(Asking(Broken(failure)), 0, fatal=(ConnectionFailedError,)).report(checks)


@pytest.mark.parametrize(("text", "seconds"), [("500ms", 0.5), ("5s", 5), ("1.5m", 90), ("12h", 43200), ("2d", 172800)])
def test_durations_are_written_as_people_say_them(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


async def test_every_result_is_told_when_it_is_known_and_not_when_all_are(rig: Rig) -> None:
    """A check that is asked again for seconds keeps nobody waiting for the others."""
    told: list[tuple[str, float]] = []
    start = rig.catalog.clock()
    rig.patience = 8.0
    slow = {"name": "slow", "search": {}, "expect": {"count": 5}}
    quick = {"name": "quick", "search": {}, "expect": {"count": 1}}

    def heard(result: CheckResult) -> None:
        told.append((result.name, rig.catalog.clock() - start))

    report = await rig.report([slow, quick], heard=heard)

    assert {name for name, _ in told} == {it.name for it in report.results} == {"slow", "quick", "draws something"}
    assert len(told) == len(report.results)
    assert dict(told)["quick"] == 0.0
    assert dict(told)["slow"] >= 5.0
