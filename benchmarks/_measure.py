"""What benchmarks share: processes that are timed, candidates that take turns, figures beside their aims."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SERVER_CORE = ("taskset", "-c", "1") if shutil.which("taskset") and (os.cpu_count() or 1) > 1 else ()
"""What goes before the server's command line, so that it keeps to one core."""
PLAIN = {"NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "", "PCSYNC_QUIET": "1"}


@dataclass(frozen=True)
class Figure:
    """One measured figure beside its aim; ``met`` is None where there is no aim or nothing was measured."""

    what: str
    aim: str
    measured: str
    met: bool | None = None

    def __str__(self) -> str:
        sign = {True: "met", False: "MISSED", None: ""}[self.met]
        return f"{self.what:74} {self.aim:>16} {self.measured:>40}  {sign}".rstrip()


@dataclass(frozen=True)
class Run:
    """One finished process: seconds from start to end, CPU seconds of it and of its workers, its own peak memory in MB."""

    wall: float
    cpu: float
    workers: float
    peak: float
    output: str


def child(arguments: Sequence[str], cwd: Path = ROOT, environment: Mapping[str, str] | None = None) -> Run:
    """Run ``python -m benchmarks._child`` with the arguments; see there. Raises CalledProcessError."""
    command = [sys.executable, "-m", "benchmarks._child", *arguments]
    env = {**os.environ, **PLAIN, "PYTHONPATH": str(ROOT), **(environment or {})}
    before, began = os.times(), time.perf_counter()
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - began, os.times()
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    own = json.loads(done.stderr.splitlines()[-1])
    total = after.children_user + after.children_system - before.children_user - before.children_system
    return Run(wall, own["cpu"], max(0.0, total - own["cpu"]), own["peak"], done.stdout)


def in_turns(candidates: Mapping[str, Callable[[], Run]], rounds: int) -> dict[str, list[Run]]:
    """The runs of each candidate, one after the other in every round, so that noise hits all alike."""
    runs: dict[str, list[Run]] = {name: [] for name in candidates}
    for number in range(rounds):
        order = list(candidates.items())
        for name, run in order if number % 2 == 0 else reversed(order):
            runs[name].append(run())
    return runs


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, str]:
    """The median of the ratios of each round, and it with their range as text."""
    each = sorted(mine / other for mine, other in zip(ours, theirs, strict=True))
    median = statistics.median(each)
    return median, f"{median:.2f} [{each[0]:.2f}-{each[-1]:.2f}]"


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


@contextmanager
def noise() -> Iterator[None]:
    """Says afterwards how much CPU others took meanwhile (Linux): with much of that, ratios of wall time mean little."""
    began, before, ours = time.perf_counter(), _busy(), sum(os.times()[:4])
    yield
    wall = time.perf_counter() - began
    others = (_busy() - before) - (sum(os.times()[:4]) - ours)
    if before:
        print(f"(meanwhile other work took {max(0.0, others) / wall:.2f} of {os.cpu_count()} cores)", flush=True)


def _busy() -> float:
    """CPU seconds that all processes of this machine have taken, steal included; 0 where there is no /proc."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0.0
    user, nice, system, _, _, irq, softirq, steal = map(int, stat.read_text().splitlines()[0].split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def show(figures: Sequence[Figure]) -> None:
    """Print figures as a table."""
    print(Figure("what", "aim", "measured"))
    for figure in figures:
        print(figure, flush=True)
