"""What validation costs: 10,000 collections (170,000 resources) with every rule, beside a bare parse of the same files.

``python -m benchmarks.validate [COLLECTIONS] [ROUNDS]``. The bare parse is PyYAML's CSafeLoader over a tenth of the files, scaled up.
Cold is with --no-cache, warm with the verdicts of an earlier run; one file is cold too, beside bare Python.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import yaml

from benchmarks import _catalog
from benchmarks._measure import Figure, Run, child, in_turns, median, noise, ratios, show
from benchmarks._projects import project

COLLECTIONS, ROUNDS = 10_000, 3
SHARE = 10  # one file of so many is parsed bare
EIGHTH, FIFTH, START = 1 / 8, 1 / 5, 0.150
PARSE = """
import sys, yaml
for path in sys.argv[1:]:
    with open(path, "rb") as opened:
        yaml.load(opened.read(), Loader=yaml.CSafeLoader)
"""


def validate(root: Path, *files: str) -> Run:
    """The command line as people run it; the user's key lies beside the project."""
    return child(["pcsync", "validate", *files], cwd=root, environment={"XDG_CACHE_HOME": str(root.parent / "home")})


def nothing(root: Path) -> Run:
    """Python that starts and ends."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True, cwd=root)
    return Run(time.perf_counter() - began, 0.0, 0.0, 0.0, "")


def bare(root: Path) -> Run:
    """CSafeLoader over a share of the files, scaled to all of them."""
    files = sorted((root / "collections").iterdir())[::SHARE]
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", PARSE, *map(str, files)], check=True)
    wall = (time.perf_counter() - began) * SHARE
    return Run(wall, wall, 0.0, 0.0, "")


def main(collections: int = COLLECTIONS, rounds: int = ROUNDS) -> None:
    """Measure and print."""
    assert hasattr(yaml, "CSafeLoader"), "the comparison is with libyaml's parser"
    with noise(), project(collections) as root:
        one = f"collections/{_catalog.name(0)}.yaml"
        validate(root)  # leaves its verdicts
        candidates = {
            "cold": lambda: validate(root, "--no-cache"),
            "bare": lambda: bare(root),
            "warm": lambda: validate(root),
            "one": lambda: validate(root, "--no-cache", one),
            "nothing": lambda: nothing(root),
        }
        runs = in_turns(candidates, rounds)
    walls = {name: [run.wall for run in each] for name, each in runs.items()}
    cost, text = ratios(walls["cold"], walls["bare"])
    again, repeated = ratios(walls["warm"], walls["cold"])
    resources = collections * _catalog.RESOURCES
    show(
        [
            Figure(f"validate {collections:,} collections ({resources:,} resources), seconds", "", f"{median(walls['cold']):.2f}"),
            Figure("bare CSafeLoader of the same files, seconds", "", f"{median(walls['bare']):.2f}"),
            Figure("validate / bare parse", "at most 0.125", text, cost <= EIGHTH),
            Figure("CPU seconds of validate and its workers", "", f"{median([it.cpu + it.workers for it in runs['cold']]):.2f}"),
            Figure("validate once more, with its verdicts, seconds", "", f"{median(walls['warm']):.2f}"),
            Figure("warm / cold", "at most 0.200", repeated, again <= FIFTH),
            Figure("validate one file of the project, seconds", "at most 0.150", f"{min(walls['one']):.3f}", min(walls["one"]) <= START),
            Figure("bare Python in the same run, seconds", "", f"{min(walls['nothing']):.3f}"),
        ]
    )
    print(runs["cold"][0].output.strip().splitlines()[-1])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
