"""``make chaos``: the whole fault matrix over every core, its counts on stdout; exit 1 when anything did not converge.

``python -m tests.chaos [faults|kills] [STEP]`` runs a part, every STEP-th case of it.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from tests.chaos.matrix import Case, Matrix, Verdict, told

matrix: Matrix


def start(folder: str) -> None:
    """Prepare the project once; the workers are forked with it."""
    global matrix
    warnings.simplefilter("ignore")
    matrix = Matrix(Path(folder))


def attempt(case: Case) -> Verdict:
    """One case in this worker."""
    return matrix.attempt(case)


def kill(case: Case) -> Verdict:
    """One killed apply, looked after by this worker."""
    return matrix.killed(case)


def part(name: str, work: Callable[[Case], Verdict], cases: list[Case]) -> bool:
    """Run some cases side by side and print what became of them."""
    began = time.monotonic()
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        verdicts = pool.map(work, cases, chunksize=4)
    print(f"==> {name}, {time.monotonic() - began:.0f} s\n{told(verdicts)}", flush=True)
    return all(not verdict.complaints for verdict in verdicts)


def main(arguments: list[str]) -> int:
    """The parts asked for, all of them by default."""
    step = next((int(it) for it in arguments if it.isdecimal()), 1)
    wanted = [it for it in arguments if not it.isdecimal()] or ["faults", "kills"]
    with tempfile.TemporaryDirectory() as folder:
        start(folder)
        print(f"{matrix.changes} changes, {len(matrix.exchanges)} exchanges", flush=True)
        parts = {"faults": (attempt, matrix.cases), "kills": (kill, matrix.kills)}
        good = [part(name, parts[name][0], parts[name][1][::step]) for name in wanted]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
