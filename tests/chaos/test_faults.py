"""Whatever goes wrong with one exchange of an apply, one more apply makes everything right. A sample; ``make chaos`` has the whole."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import httpx
import pytest

from pcsync.emulator import Fault
from tests.chaos.matrix import ACTIONS, BESIDE, FOR_GOOD, STALE, Case, Matrix, Verdict, different, told
from tests.chaos.projects import STORIES, Story
from tests.chaos.rig import COLLECTIONS, DOOMED, FAULTS, FOREIGN, OPERATION_FAULTS, FakeTime, apply, copied, in_the_portal, service, state
from tests.chaos.together import together

STEP = 97
"""Every so many-th case of each fault; a prime, so that every sort of exchange has its turn."""


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    """The prepared project that grows, applied once undisturbed."""
    return Matrix(tmp_path_factory.mktemp("chaos"))


@pytest.fixture(scope="module", params=STORIES, ids=[story.name for story in STORIES])
def each(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    """The matrix of each story."""
    story: Story = request.param
    return Matrix(tmp_path_factory.mktemp(story.name), story)


def sample(cases: list[Case], step: int, offset: int) -> list[Case]:
    chosen = cases[offset::step] or cases[:1]
    assert chosen
    return chosen


def test_the_apply_is_large_enough_and_touches_every_kind(each: Matrix) -> None:
    kinds = {it["key"]["kind"] for it in map(json.loads, each.journal.splitlines()) if it["event"] == "applied"}

    assert each.changes >= ACTIONS
    assert len(kinds) == 9


def test_one_apply_creates_and_the_other_changes_prunes_and_removes(each: Matrix) -> None:
    sent = Counter(json.loads(line)["call"].split()[0] for line in each.journal.splitlines() if '"event":"sending"' in line)

    assert sent["POST"] > 40 if each.story.name == "grow" else sent["DELETE"] > 20 and sent["PUT"] + sent["PATCH"] > 25


@pytest.mark.slow
@pytest.mark.parametrize("what", [*FAULTS, FOR_GOOD, *OPERATION_FAULTS])
def test_after_a_fault_one_more_apply_reaches_the_desired_state(each: Matrix, what: str) -> None:
    cases = [case for case in each.cases if case.what == what]

    verdicts = [each.attempt(case) for case in sample(cases, STEP, len(what) % STEP if len(cases) > STEP else 0)]

    assert not any(verdict.complaints for verdict in verdicts), told(verdicts)


@pytest.mark.slow
@pytest.mark.parametrize("what", [*BESIDE, STALE])
def test_whoever_else_is_at_work_meanwhile_one_more_apply_reaches_the_desired_state(each: Matrix, what: str) -> None:
    """Somebody in the portal, another apply from beginning to end, or reads that lag thirty seconds behind from there on."""
    cases = [case for case in each.meanwhile if case.what == what]

    verdicts = [each.disturbed(case) for case in sample(cases, STEP, len(what) % STEP)]

    assert not any(verdict.complaints for verdict in verdicts), told(verdicts)


@pytest.mark.slow
def test_after_a_kill_one_more_apply_reaches_the_desired_state(each: Matrix) -> None:
    verdicts: list[Verdict] = [each.killed(case) for case in sample(each.kills, 149, 7)]

    assert {verdict.code for verdict in verdicts} == {-9}
    assert not any(verdict.complaints for verdict in verdicts), told(verdicts)


def test_reads_that_are_thirty_seconds_old_make_nothing_twice(matrix: Matrix, tmp_path: Path) -> None:
    with copied(matrix.base, tmp_path / "stale") as root:
        time = FakeTime()
        with service(root, time) as app:
            app.world.faults.arm([Fault("stale-reads", seconds=30)])
            stale = apply(root, app, time)
            app.world.faults.clear()
            again = apply(root, app, time)

            assert stale.code in (0, 6), stale.said
            assert (again.code, apply(root, app, time).writes) == (0, [])
            assert state(app) == matrix.wanted


def test_an_apply_right_after_a_lost_post_waits_until_reads_would_show_it(matrix: Matrix, tmp_path: Path) -> None:
    """Killed after the POST of an ingestion, while every read is thirty seconds old: without waiting it would be made twice."""
    number = next(n for n, (method, path, _) in enumerate(matrix.exchanges, 1) if method == "POST" and path.endswith("/ingestions"))
    with copied(matrix.base, tmp_path / "young") as root:
        subprocess.run([sys.executable, "-W", "ignore", "-m", "tests.chaos.rig", str(root), str(number), "after"], check=False)
        time = FakeTime()
        with service(root, time) as app:
            app.world.faults.arm([Fault("stale-reads", seconds=30)])
            resumed = apply(root, app, time)
            app.world.faults.clear()

            assert "nobody knows yet what became of POST" in resumed.said
            apply(root, app, time)
            assert state(app) == matrix.wanted


@pytest.mark.parametrize("path", ["^/stac/collections$", "/ingestions$", "/ingestion-sources$"])
def test_entries_that_a_listing_omits_are_not_made_twice_for_good(matrix: Matrix, tmp_path: Path, path: str) -> None:
    with copied(matrix.base, tmp_path / "omits") as root:
        time = FakeTime()
        with service(root, time) as app:
            app.world.faults.arm([Fault("omit-entries", path=path, method="GET", count=1, nth=1, times=2)])
            apply(root, app, time)
            app.world.faults.clear()
            assert apply(root, app, time).code == 0
            documents = [it for it in state(app) if it.startswith("/stac/collections/") and it.count("/") == 3]

            assert sorted(documents) == sorted(f"/stac/collections/{name}" for name in (*COLLECTIONS, DOOMED, FOREIGN))


def test_what_a_portal_user_adds_between_the_last_read_and_a_write_survives(matrix: Matrix, tmp_path: Path) -> None:
    """The service has no ETag: an edit of a field that we are about to write is lost, what stands beside it is not."""
    with copied(matrix.base, tmp_path / "portal") as root:
        time = FakeTime()
        with service(root, time) as app:
            first = next(n for n, (method, _, _) in enumerate(matrix.exchanges, 1) if method != "GET")
            base = f"/stac/collections/{COLLECTIONS[0]}/configurations"

            def edit(number: int, request: httpx.Request) -> None:
                if number == first:
                    in_the_portal(
                        app, f"{base}/render-options", {"id": "late", "name": "Late", "type": "raster-tile", "options": "assets=image"}
                    )

            assert apply(root, app, time, before=edit).code == 0
            assert apply(root, app, time).writes == []
            now = state(app)
            assert different(matrix.wanted, now) == [f"{base} differs"]
            assert all(f'"{name}"' in json.dumps(now[base]) for name in ("late", "r0", "r2", "theirs"))


def test_what_a_portal_user_edits_between_plan_and_apply_is_found_before_the_first_write(matrix: Matrix, tmp_path: Path) -> None:
    with copied(matrix.base, tmp_path / "edited") as root:
        time = FakeTime()
        with service(root, time) as app:
            path = f"/stac/collections/{COLLECTIONS[0]}/configurations/tile-settings"
            reads = [
                n for n, (method, asked, _) in enumerate(matrix.exchanges, 1) if method == "GET" and asked.endswith("alpha/configurations")
            ]

            def edit(number: int, request: httpx.Request) -> None:
                if number == reads[1]:
                    in_the_portal(app, path, {"minZoom": 9, "maxItemsPerTile": 35}, method="PUT")

            moved = apply(root, app, time, before=edit)

            assert moved.code == 5
            assert "collection/alpha/tile-settings: /minZoom was 4, is now 9" in moved.said
            assert moved.writes == []
            assert apply(root, app, time).code == 5  # the manifest moved as well: a conflict, which somebody has to decide
            assert apply(root, app, time, force=True).code == 0
            assert state(app) == matrix.wanted


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 2])
def test_two_applies_at_once_agree_and_tell_of_what_the_service_let_both_make(number: int) -> None:
    """From two machines onto a catalog that is changed and pruned, and twice on one machine onto an empty one.

    The service has no unique key for ingestions: two that are posted within the same instant are two, and nobody can fence that.
    Whatever came of it is in the next plan by name; nothing is guessed at.
    """
    assert together(Case("two at once", number)).complaints == ()
