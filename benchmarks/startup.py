"""What starting pcsync costs: ``--help`` and ``validate`` of one file, and which heavy modules they import (none).

``python -m benchmarks.startup --rounds 15``: wall time from start to end of a process; the commands take turns. Beside them bare
Python and, where they are installed, octodns-sync (see benchmarks.peers) and terraform.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks._measure import PLAIN, ROOT, Figure, median, noise, show
from benchmarks._peers import tool
from benchmarks._projects import project

HEAVY = ("httpx", "aiohttp", "azure", "pydantic", "deepdiff", "starlette", "uvicorn", "yaml", "asyncio")
FORBIDDEN = frozenset(HEAVY) - {"yaml", "asyncio"}
"""What neither command may import; the last two are shown because they cost most of what is left to save."""
IMPORTED = """
import sys
from pcsync.cli.main import main
main(sys.argv[1:])
print(*sorted({name.split('.')[0] for name in sys.modules} & set(%r)), file=sys.stderr)
"""
VALIDATE_AIM = 0.150  # seconds, on a machine where bare Python takes some 15 ms


def seconds(command: Sequence[str]) -> float:
    """From start to end of a process."""
    began = time.perf_counter()
    subprocess.run(command, env={**os.environ, **PLAIN}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - began


def imported(arguments: Sequence[str]) -> list[str]:
    """The heavy modules that a command imports."""
    command = [sys.executable, "-c", IMPORTED % (HEAVY,), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stderr.split("\n")[-2].split()


def commands(root: Path) -> dict[str, list[str]]:
    """What is measured, by name; only what is there."""
    pcsync = [str(Path(sys.executable).with_name("pcsync"))]
    config = ["--config", str(root)]
    file = str(next((root / "collections").iterdir()))
    candidates = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "pcsync --help": [*pcsync, "--help"],
        "pcsync validate, 1 file": [*pcsync, *config, "validate", file],
        "octodns-sync --help": [tool("octodns-sync") or "", "--help"],
        "terraform version": [shutil.which("terraform") or "", "version"],
    }
    return {name: command for name, command in candidates.items() if command[0]}


def timed(root: Path, rounds: int) -> list[Figure]:
    """Wall times in turns."""
    wanted = commands(root)
    found: dict[str, list[float]] = {name: [] for name in wanted}
    for command in wanted.values():
        seconds(command)  # once for the byte code and the file cache
    for _ in range(rounds):
        for name, command in wanted.items():
            found[name].append(seconds(command))
    bare, help_, validate = (median(found[name]) for name in list(found)[:3])
    figures = [Figure(f"start-up: {name}", "", f"{median(each) * 1e3:.0f} ms [{min(each) * 1e3:.0f}]") for name, each in found.items()]
    if "octodns-sync --help" in found:
        ratio = help_ / median(found["octodns-sync --help"])
        figures.append(Figure("pcsync --help against octodns-sync --help", "<= 0.5", f"{ratio:.2f}", ratio <= 0.5))
    else:
        figures.append(Figure("pcsync --help against octodns-sync --help", "<= 0.5", "octodns-sync not installed"))
    text = f"{validate * 1e3:.0f} ms, {validate / bare:.1f} x bare Python"
    figures.append(Figure("pcsync validate of one file", "<= 150 ms", text, validate <= VALIDATE_AIM))
    return figures


def imports(root: Path) -> list[Figure]:
    """What the two commands import."""
    file = str(next((root / "collections").iterdir()))
    figures = []
    for name, arguments in (("--help", ["--help"]), ("validate, 1 file", ["--config", str(root), "validate", file])):
        modules = imported(arguments)
        figures.append(Figure(f"heavy modules of pcsync {name}", "none", " ".join(modules) or "none", not FORBIDDEN & set(modules)))
    return figures


def measure(*, full: bool = False) -> list[Figure]:
    """The figures of this benchmark."""
    with project(1) as root:
        return [*timed(root, 31 if full else 11), *imports(root)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    chosen = parser.parse_args(arguments)
    with noise(), project(1) as root:
        show([*timed(root, chosen.rounds), *imports(root)])


if __name__ == "__main__":
    main()
