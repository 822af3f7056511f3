"""``make chaos``: the whole fault matrix over every core, its counts on stdout; exit 1 when anything did not converge.

``python -m tests.chaos [faults|meanwhile|kills|together] [grow|shrink] [STEP]`` runs a part, every STEP-th case of it.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.chaos.matrix import Case, Matrix, Verdict, told
from tests.chaos.projects import STORIES, Story
from tests.chaos.together import PAIRS, together

PARTS = ("faults", "meanwhile", "kills")
MEMORY = Path("/dev/shm")  # fsync costs nothing there, and a killed process loses nothing there either
matrix: Matrix


def start(folder: str, story: Story) -> None:
    """Prepare the project once; the workers are forked with it."""
    global matrix
    warnings.simplefilter("ignore")
    matrix = Matrix(Path(folder), story)


def attempt(case: Case) -> Verdict:
    """One case in this worker."""
    return matrix.attempt(case)


def disturb(case: Case) -> Verdict:
    """One apply with somebody else at work in the middle of it."""
    return matrix.disturbed(case)


def kill(case: Case) -> Verdict:
    """One killed apply, looked after by this worker."""
    return matrix.killed(case)


def part(name: str, work: Callable[[Case], Verdict], cases: Sequence[Case]) -> list[Verdict]:
    """Run some cases side by side and print what became of them."""
    began = time.monotonic()
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        verdicts = pool.map(work, cases, chunksize=4)
    print(f"==> {name}, {time.monotonic() - began:.0f} s\n{told(verdicts)}", flush=True)
    return verdicts


def story_of(story: Story, wanted: Sequence[str], step: int) -> list[Verdict]:
    """The parts of one story."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        start(folder, story)
        print(f"{story.name}: {matrix.changes} changes, {len(matrix.exchanges)} exchanges", flush=True)
        works = {"faults": (attempt, matrix.cases), "meanwhile": (disturb, matrix.meanwhile), "kills": (kill, matrix.kills)}
        return [it for name in PARTS if name in wanted for it in part(f"{story.name}: {name}", works[name][0], works[name][1][::step])]


def main(arguments: list[str]) -> int:
    """The parts asked for, all of them by default."""
    step = next((int(it) for it in arguments if it.isdecimal()), 1)
    wanted = [it for it in arguments if it in (*PARTS, "together")] or [*PARTS, "together"]
    stories = [it for it in STORIES if it.name in arguments] or STORIES
    verdicts = [it for story in stories for it in story_of(story, wanted, step)] if {*wanted} & {*PARTS} else []
    if "together" in wanted:
        verdicts += part(
            "together: two processes at once, over the network", together, [Case("two at once", n) for n in range(PAIRS)][::step]
        )
    good = sum(not it.complaints for it in verdicts)
    print(f"==> all: faults tried {len(verdicts)}, converged {good}, lost {sum(it.lost for it in verdicts)}")
    return 0 if good == len(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
