"""What validation costs: 10,000 collections (170,000 resources) with every rule, beside a bare parse of the same files.

``python -m benchmarks.validate [COLLECTIONS] [ROUNDS]``. The bare parse is PyYAML's CSafeLoader over a tenth of the files, scaled up.
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
EIGHTH, START = 1 / 8, 0.150
PARSE = """
import sys, yaml
for path in sys.argv[1:]:
    with open(path, "rb") as opened:
        yaml.load(opened.read(), Loader=yaml.CSafeLoader)
"""


def validate(root: Path, *files: str) -> Run:
    """The command line as people run it."""
    return child(["pcsync", "validate", *files], cwd=root)


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
        runs = in_turns(
            {"validate": lambda: validate(root), "bare": lambda: bare(root), "one": lambda: validate(root, one)},
            rounds,
        )
    walls = {name: [run.wall for run in each] for name, each in runs.items()}
    cost, text = ratios(walls["validate"], walls["bare"])
    resources = collections * _catalog.RESOURCES
    show(
        [
            Figure(f"validate {collections:,} collections ({resources:,} resources), seconds", "", f"{median(walls['validate']):.2f}"),
            Figure("bare CSafeLoader of the same files, seconds", "", f"{median(walls['bare']):.2f}"),
            Figure("validate / bare parse", "at most 0.125", text, cost <= EIGHTH),
            Figure("CPU seconds of validate and its workers", "", f"{median([it.cpu + it.workers for it in runs['validate']]):.2f}"),
            Figure("validate one file of the project, seconds", "at most 0.150", f"{min(walls['one']):.3f}", min(walls["one"]) <= START),
        ]
    )
    print(runs["validate"][0].output.strip().splitlines()[-1])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
