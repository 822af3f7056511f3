"""An apply that was cut short: what is left on disk, what the next one says, and how it is finished."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pcsync.cli.locking import locked
from pcsync.emulator import create_app
from tests.cli.test_exit_codes import Served, manifest
from tests.emulator.port import on_port
from tests.harness import Folder

NOWHERE = f"http://127.0.0.1:{20000 + os.getpid() % 40000}"
"""Of this process only: the lock is the whole machine's."""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A project with two collections, on a catalog of its own."""
    folder = Folder(tmp_path)
    folder.project()
    folder.write("collections/naip.yaml", manifest())
    folder.write("collections/dem.yaml", manifest("dem"))
    return folder


@pytest.fixture
def served(folder: Folder, tmp_path: Path) -> Iterator[Served]:
    with on_port(create_app(tmp_path / "served.sqlite")) as url:
        folder.project(targets={"local": {"endpoint": url}})
        yield Served(folder, url)


def journals(folder: Folder) -> list[Path]:
    return sorted((folder.path / ".pcsync" / "journal").glob("*.jsonl"))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_request_is_in_the_journal_before_and_after_it(folder: Folder) -> None:
    folder.run("plan", "--out", "plan.json")
    assert folder.run("apply", "plan.json").code == 0

    (path,) = journals(folder)
    told = lines(path)
    assert told[0]["event"] == "head"
    assert told[0]["digest"] == json.loads((folder.path / "plan.json").read_text())["pcsync"]["digest"]
    assert told[0]["target"]["endpoint"] == "emulator:.pcsync/local.sqlite"
    assert told[-1]["event"] == "end"
    assert told[-1]["finished"]
    naip = [
        (it["event"], it["call"])
        for it in told
        if "call" in it and it["key"] == {"kind": "render-option", "collection": "naip", "name": "rgb"}
    ]
    assert [event for event, _ in naip] == ["sending", "sent"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_plan_that_changes_nothing_leaves_no_journal(folder: Folder) -> None:
    folder.run("apply", "--yes")
    assert folder.run("apply", "--yes").code == 0

    assert len(journals(folder)) == 1


def test_an_apply_that_failed_in_part_is_named_by_the_next_one_and_closed_by_it(served: Served) -> None:
    served.fault(effect="status", status=400, method="POST", path="naip/.*render-options$")
    assert served.folder.run("apply", "--yes").code == 6
    served.heal()

    second = served.folder.run("apply", "--yes")
    third = served.folder.run("apply", "--yes")

    assert second.code == 0
    assert "did not finish" in second.err
    assert "did not finish" not in third.err


def test_resume_finishes_the_resources_of_the_interrupted_apply_and_no_others(served: Served) -> None:
    served.fault(effect="status", status=400, method="POST", path="naip/.*render-options$")
    served.folder.run("apply", "--yes")
    served.heal()
    served.folder.write("collections/later.yaml", manifest("later"))

    resumed = served.folder.run("apply", "--resume", "--yes")

    assert resumed.code == 0, resumed.err
    assert httpx.get(f"{served.url}/stac/collections/later?api-version=2026-04-15").status_code == 404
    plan = served.folder.run("plan", "-o", "json").json
    assert {change["pcsync"]["key"]["collection"] for change in plan["resource_changes"]} == {"later"}
    assert "did not finish" not in served.folder.run("apply", "--yes").err


def test_resume_without_an_interrupted_apply_is_a_usage_error(folder: Folder) -> None:
    assert folder.run("apply", "--resume", "--yes").code == 64
    folder.run("apply", "--yes")
    assert folder.run("apply", "--resume", "--yes").code == 64


@pytest.mark.parametrize("arguments", [("plan.json", "--resume"), ("--resume", "--only", "collection/naip", "--yes")])
def test_resume_is_whole(folder: Folder, arguments: tuple[str, ...]) -> None:
    assert folder.run("apply", *arguments).code == 64


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{}\n", b'{"event": "head"', b"null\n" * 3])
def test_a_damaged_journal_is_ignored_with_a_notice_and_put_aside(folder: Folder, content: bytes) -> None:
    damaged = folder.write(".pcsync/journal/20260101T000000.000000Z-0.jsonl", content)

    resumed = folder.run("apply", "--resume", "--yes")
    applied = folder.run("apply", "--yes")

    assert resumed.code == 1
    assert "20260101T000000.000000Z-0.jsonl" in resumed.err
    assert "fix: " in resumed.err
    assert applied.code == 0
    assert "is ignored" in applied.err
    assert not damaged.exists()
    assert folder.run("apply", "--yes").err.count("is ignored") == 0


def test_9_while_another_apply_of_the_target_runs_here(folder: Folder) -> None:
    with locked("emulator:.pcsync/local.sqlite", folder.path):
        refused = folder.run("apply", "--yes")

    assert refused.code == 9
    assert "process " in refused.err
    assert str(folder.path) in refused.err
    assert folder.run("apply", "--yes").code == 0


def test_the_lock_is_the_targets_not_the_projects(tmp_path: Path) -> None:
    """Two checkouts of one project write to one catalog."""
    folders = [Folder(tmp_path / name) for name in ("one", "two")]
    for folder in folders:
        folder.project(targets={"local": {"endpoint": NOWHERE}})
        folder.write("collections/naip.yaml", manifest())

    with locked(NOWHERE, folders[0].path):
        assert folders[1].run("apply", "--yes").code == 9
        assert folders[1].run("plan").code != 9


HOLD = """
import sys, time
from pathlib import Path
from pcsync.cli.locking import locked
with locked(sys.argv[1], Path(".")):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_lock_of_a_process_that_was_killed_is_free(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, NOWHERE], stdout=subprocess.PIPE, cwd=tmp_path)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    holder.kill()
    holder.communicate()

    with locked(NOWHERE, tmp_path):
        pass


def test_a_journal_that_cannot_be_written_stops_the_apply_before_its_first_request(folder: Folder) -> None:
    folder.write(".pcsync/journal", "in the way")

    assert folder.run("apply", "--yes").code == 1
    plan = folder.run("plan", "-o", "json").json
    assert plan["summary"]["create"] == len(plan["resource_changes"]) > 0


APPLY = [sys.executable, "-c", "import sys; from pcsync.cli.main import main; sys.exit(main())", "apply", "--yes"]


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_second_signal_stops_at_once_and_resume_finishes(served: Served, number: int, code: int) -> None:
    """The request that is under way takes two minutes; nobody waits for it."""
    served.fault(effect="latency", seconds=120, method="POST")
    running = subprocess.Popen(APPLY, cwd=served.folder.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not any('"sending"' in path.read_text() for path in journals(served.folder)) and time.monotonic() < deadline:
        time.sleep(0.1)
    running.send_signal(number)
    time.sleep(1)
    assert running.poll() is None, "the first one waits for what is under way"
    running.send_signal(number)
    out, err = running.communicate(timeout=30)
    served.heal()

    assert running.returncode == code, err.decode()
    assert b"once more stops at once" in err
    assert b"unknown" in out
    assert b"Traceback" not in err
    last = served.folder.run("apply", "--yes")
    assert last.code == 0, last.err
    assert "did not finish" in last.err
    assert served.folder.run("plan", "--detailed-exitcode").code == 0
