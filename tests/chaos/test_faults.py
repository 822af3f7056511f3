"""Whatever goes wrong with one exchange of an apply, one more apply makes everything right. A sample; ``make chaos`` has the whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import httpx
import pytest

from pcsync.emulator import Fault, create_app
from tests.chaos.matrix import ACTIONS, FOR_GOOD, Case, Matrix, Verdict, different, told
from tests.chaos.rig import (
    COLLECTIONS,
    FAULTS,
    OPERATION_FAULTS,
    FakeTime,
    apply,
    copied,
    in_the_portal,
    service,
    state,
    write_project,
)
from tests.emulator.port import on_port
from tests.harness import Folder

STEP = 29
"""Every so many-th case of each fault; a prime, so that every sort of exchange has its turn."""


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    """The prepared project, applied once undisturbed."""
    return Matrix(tmp_path_factory.mktemp("chaos"))


def sample(cases: list[Case], step: int, offset: int) -> list[Case]:
    chosen = cases[offset::step] or cases[:1]
    assert chosen
    return chosen


def test_the_apply_is_large_enough_and_touches_every_kind(matrix: Matrix) -> None:
    kinds = {it["key"]["kind"] for it in map(json.loads, matrix.journal.splitlines()) if it["event"] == "applied"}

    assert matrix.changes >= ACTIONS
    assert len(kinds) == 9


@pytest.mark.slow
@pytest.mark.parametrize("what", [*FAULTS, FOR_GOOD, *OPERATION_FAULTS])
def test_after_a_fault_one_more_apply_reaches_the_desired_state(matrix: Matrix, what: str) -> None:
    cases = [case for case in matrix.cases if case.what == what]

    verdicts = [matrix.attempt(case) for case in sample(cases, STEP, len(what) % STEP if len(cases) > STEP else 0)]

    assert not any(verdict.complaints for verdict in verdicts), told(verdicts)


@pytest.mark.slow
def test_after_a_kill_one_more_apply_reaches_the_desired_state(matrix: Matrix) -> None:
    verdicts: list[Verdict] = [matrix.killed(case) for case in sample(matrix.kills, 53, 7)]

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
            assert (again.code, apply(root, app, time).exchanges.writes) == (0, [])
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

            assert sorted(documents) == sorted(f"/stac/collections/{name}" for name in (*COLLECTIONS, "somebodys"))


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
            assert apply(root, app, time).exchanges.writes == []
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
            assert moved.exchanges.writes == []
            assert apply(root, app, time).code == 5  # the manifest moved as well: a conflict, which somebody has to decide
            assert apply(root, app, time, force=True).code == 0
            assert state(app) == matrix.wanted


TWICE = "import sys; from pcsync.cli.main import main; sys.exit(main())"


@pytest.mark.slow
def test_two_applies_at_once_from_two_machines_agree_and_tell_of_what_the_service_let_both_make(tmp_path: Path) -> None:
    """Each has a lock folder of its own, as two machines have.

    The service has no unique key for ingestions: two that are posted within the same instant are two, and nobody can fence that.
    Whatever came of it is in the next plan by name; nothing is guessed at.
    """
    with on_port(create_app(tmp_path / "served.sqlite")) as url:
        running = []
        for name in ("one", "two"):
            root = tmp_path / name
            write_project(root)
            folder = Folder(root)
            folder.project(manifests=["manifests"], targets={"local": {"endpoint": url}})
            (root / "tmp").mkdir()
            environment = {**os.environ, "TMPDIR": str(root / "tmp"), "IMAGERY_SAS": "sp=rl&se=2036-04-22T15:55:57Z&sr=c&sig=x"}
            command = [sys.executable, "-W", "ignore", "-c", TWICE, "apply", "--yes"]
            running.append(subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT))
        said = [process.communicate(timeout=240)[0].decode() for process in running]

        folder = Folder(tmp_path / "one", {"IMAGERY_SAS": "sp=rl&se=2036-04-22T15:55:57Z&sr=c&sig=x"})
        last = folder.run("apply", "--yes")
        assert last.code == 0, last.out + last.err
        planned = folder.run("plan", "--detailed-exitcode", "-o", "json")
        assert planned.code == 0
        assert all("Traceback" not in text for text in said)
        for name in COLLECTIONS:
            listed = httpx.get(f"{url}/inma/collections/{name}/ingestions?api-version=2026-04-15").json()["value"]
            names = Counter(it["displayName"] for it in listed)
            assert set(names) == {"i0", "i1", "i2"}
            told = {it for it in names if f"collection/{name}/ingestion/{it}:" in " ".join(planned.json["pcsync"]["notes"])}
            assert told == {it for it, count in names.items() if count > 1}
