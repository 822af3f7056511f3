"""Two applies of one project at the same time: two processes, one catalog on a port, a lock folder each, as two machines have."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from pcsync.emulator import create_app
from tests.chaos.matrix import Case, Verdict, merged_twins
from tests.chaos.projects import SHRINK, declared, write_project
from tests.chaos.rig import COLLECTIONS, DOOMED, SAS, state
from tests.chaos.truth import untruths
from tests.emulator.port import on_port
from tests.harness import Folder, Ran

PAIRS = 12
COMMAND = [sys.executable, "-W", "ignore", "-c", "import sys; from pcsync.cli.main import main; sys.exit(main())"]
APPLY = ("apply", "--yes", "--allow-delete", f"collection/{DOOMED}")
LISTS = [f"/inma/collections/{name}/ingestions" for name in COLLECTIONS]
OK = (0, 5, 6, 9)
"""Ends that an apply may come to while another one is at work; 9: on one machine."""


def together(case: Case) -> Verdict:
    """Both begin some moments apart (more with every case); every third pair is on one machine and has one lock.

    Of even cases the catalog is empty, of odd ones it holds the stage before the manifests.
    """
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Path(folder) / "served.sqlite")
        try:
            with on_port(app) as url:
                return _judged(case, Path(folder), app, url)
        finally:
            app.close()


def _judged(case: Case, folder: Path, app: Any, url: str) -> Verdict:
    shared, later = case.number % 3 == 2, case.number % 2 == 1
    machines = [folder / name for name in ("one", "two")]
    for root in machines:
        _project(root, url, "whole")
    if later:
        _run(machines[0], machines[0])
        for root in machines:
            _project(root, url, SHRINK.after)
    running = []
    for root in machines:
        running.append(_begin(root, machines[0] if shared else root))
        time.sleep(case.number * 0.1)
    said = [process.communicate(timeout=300)[0].decode() for process in running]
    last, planned = _run(machines[0], machines[0]), Folder(machines[0], {"IMAGERY_SAS": SAS}).run("plan", "--detailed-exitcode")
    complaints = [
        f"an apply ended with {it.returncode}: {text[-300:]}" for it, text in zip(running, said, strict=True) if it.returncode not in OK
    ]
    complaints += [f"the next apply ended with {last.code}: {last.err[-300:]}"] if last.code else []
    complaints += [f"the plan afterwards ended with {planned.code}: {planned.out[-300:]}"] if planned.code else []
    complaints += ["a traceback was printed"] if "Traceback" in "".join((*said, last.err)) else []
    now = state(app)
    complaints += [
        f"{it} is there twice, and no plan says so" for it in merged_twins(now, LISTS) if f"{it}: " not in planned.out + planned.err
    ]
    complaints += untruths(now, declared(SHRINK.after if later else "whole"), url)
    return Verdict(case, max(it.returncode for it in running), False, tuple(complaints))


def _project(root: Path, url: str, stage: str) -> None:
    write_project(root, stage)
    Folder(root).project(manifests=["manifests"], targets={"local": {"endpoint": url}})
    (root / "tmp").mkdir(exist_ok=True)


def _begin(root: Path, machine: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "TMPDIR": str(machine / "tmp"), "IMAGERY_SAS": SAS}
    return subprocess.Popen([*COMMAND, *APPLY], cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def _run(root: Path, machine: Path) -> Ran:
    process = _begin(root, machine)
    said = process.communicate(timeout=300)[0].decode()
    return Ran(process.returncode, said, said)
