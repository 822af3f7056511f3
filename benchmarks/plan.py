"""A plan of N collections against the bare concurrent GETs of the same requests.

``python -m benchmarks.plan --collections 10000 --latency 20 80``: 17 resources a collection, one collection in a hundred changed,
64 connections, the real command line against a local server with injected latency. Both candidates are processes of their own and
their start-up counts. Prints the ratio, the requests of a full read, and the peak memory of the main process.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks._catalog import RESOURCES
from benchmarks._measure import SERVER_CORE, Figure, Run, child, in_turns, median, noise, ratios, show
from benchmarks._projects import changes, project
from benchmarks._server import asked, serving

CONNECTIONS = 64
AIMS = {20: 1.25, 80: 1.05}  # milliseconds of latency to the ratio
BASE = 1000  # collections at which the memory is compared
PEAK, PER_COLLECTION = 60.0, 20.0  # MB, KB


def plan_run(origin: str, root: str) -> Run:
    """One plan in a process of its own."""
    return child(["pcsync", "--config", root, "plan", "--endpoint", origin, "--concurrency", str(CONNECTIONS)])


def against_gets(root: Path, collections: int, latency: int, rounds: int) -> tuple[list[Figure], float]:
    """The figures of one project at one latency, and the plan's peak memory in MB."""
    with serving(collections, latency / 1000, SERVER_CORE) as origin:
        candidates = {
            "plan": lambda: checked(plan_run(origin, str(root)), collections),
            "gets": lambda: child(["gets", origin, str(collections), str(CONNECTIONS)]),
        }
        runs = in_turns(candidates, rounds)
    ratio, text = ratios([run.wall for run in runs["plan"]], [run.wall for run in runs["gets"]])
    plan, gets = (median([run.wall for run in runs[name]]) for name in ("plan", "gets"))
    cpu, workers, bare = (
        median(values) for values in zip(*((p.cpu, p.workers, g.cpu) for p, g in zip(*runs.values(), strict=True)), strict=True)
    )
    peak = median([run.peak for run in runs["plan"]])
    aim = AIMS.get(latency) if collections >= 10_000 else None
    what = f"plan of {collections:,} ({collections * RESOURCES:,} resources), {latency} ms, against bare GETs"
    return [
        Figure(what, f"<= {aim}" if aim else "", text, None if aim is None else ratio <= aim),
        Figure("  wall: plan, GETs", "", f"{plan:.2f} s, {gets:.2f} s"),
        Figure("  CPU: plan's main process, its workers, GETs", "", f"{cpu:.2f} s, {workers:.2f} s, {bare:.2f} s"),
        Figure(
            "  peak memory of plan's main process",
            f"<= {PEAK:.0f} MB" if collections == BASE else "",
            f"{peak:.1f} MB",
            peak <= PEAK if collections == BASE else None,
        ),
    ], peak


def checked(run: Run, collections: int) -> Run:
    """The run, if its plan says what it has to."""
    assert run.output.count(" → ") == changes(collections), run.output[-500:]
    return run


def requests(collections: int = 200) -> list[Figure]:
    """The requests of a full read, counted by the server."""
    figures = []
    for every_section, expected, name in ((False, 1 + 2 * collections, "1 + 2N"), (True, 1 + 4 * collections, "1 + 2N + N + N")):
        with project(collections, every_section=every_section) as root, serving(collections, 0.0, SERVER_CORE) as origin:
            plan_run(origin, str(root))
            counts: Counter[str] = asked(origin)
        what = f"requests for a full read of {collections}" + (", partition types and ingestions declared" if every_section else "")
        figures.append(
            Figure(what, name, f"{counts.total():,} (1 listing)" if counts["collections"] == 1 else str(counts), counts.total() <= expected)
        )
    return figures


def measure(*, full: bool = False) -> list[Figure]:
    """The figures of this benchmark, in a minute or so; in full with 10,000 collections."""
    figures = requests()
    peaks = {}
    for collections in (BASE, 10_000) if full else (BASE, 3 * BASE):
        with project(collections) as root:
            for latency in AIMS:
                found, peaks[collections] = against_gets(root, collections, latency, 3)
                figures += found
    return figures + per_collection(peaks)


def per_collection(peaks: dict[int, float]) -> list[Figure]:
    """What a further collection costs in memory."""
    if len(peaks) < 2:
        return []
    (few, least), *_, (many, most) = sorted(peaks.items())
    each = (most - least) * 1024 / (many - few)
    return [Figure(f"memory for each collection beyond {few:,}", f"<= {PER_COLLECTION:.0f} KB", f"{each:.1f} KB", each <= PER_COLLECTION)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--collections", type=int, nargs="+", default=[1000])
    parser.add_argument("--latency", type=int, nargs="+", default=[20, 80], help="milliseconds")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", action="store_true", help="only count the requests")
    chosen = parser.parse_args(arguments)
    if chosen.requests:
        show(requests())
        return
    peaks: dict[int, float] = {}
    for collections in chosen.collections:
        with project(collections) as root:
            for latency in chosen.latency:
                with noise():
                    figures, peaks[collections] = against_gets(root, collections, latency, chosen.rounds)
                    show(figures)
    show(per_collection(peaks))


if __name__ == "__main__":
    main()
