"""Comparing one equal collection (9 KB of JSON) with its live body, against DeepDiff.

``python -m benchmarks.compare``: microseconds for one comparison as a plan makes it (normalise the live body, one digest, equal or
not), for the field-by-field diff of an equal and of a changed collection, and for DeepDiff on the same pair, in turns.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks import _catalog
from benchmarks._measure import ROOT, Figure, noise, show
from benchmarks._peers import python
from benchmarks._projects import manifest
from pcsync.core.compare import change, declared, settled
from pcsync.core.resource import COLLECTION, Desired, Key, Live
from pcsync.core.source import Document, Origin
from pcsync.kinds import KINDS

ORIGIN = "https://catalog.geocatalog.spatio.azure.com"
AIM, TIMES = 100.0, 300  # microseconds; DeepDiff takes so many times as long
CHANGED, EQUAL = 50, 7  # indices of a collection that differs from what is served, and of one that does not
DEEPDIFF = """
import json, sys, time, statistics
from deepdiff import DeepDiff
desired, live = json.load(sys.stdin)
took = []
for _ in range(15):
    began = time.perf_counter()
    assert not DeepDiff(live, desired)
    took.append((time.perf_counter() - began) * 1e6)
print(statistics.median(took))
"""


def pair(index: int) -> tuple[Desired, Live]:
    """A declared collection and the live one."""
    body = manifest(index)
    document = Document("Collection", body["id"], body, Origin("collection.yaml"))
    key = Key(COLLECTION, body["id"])
    live = Live(key, _catalog.served(index, ORIGIN), f"/stac/collections/{key.collection}")
    return next(iter(KINDS[COLLECTION].declare(document))), live


def microseconds(work: Callable[[], Any], count: int) -> float:
    """One call of many in a row."""
    began = time.perf_counter()
    for _ in range(count):
        work()
    return (time.perf_counter() - began) / count * 1e6


def ours(rounds: int) -> dict[str, float]:
    """The median of several rounds, by name."""
    kind = KINDS[COLLECTION]
    (desired, live), (other, differing) = pair(EQUAL), pair(CHANGED)
    entry = declared(kind, desired)
    assert settled(kind, entry, live)
    assert change(kind, other, differing, lambda _: None).fields
    work: dict[str, Callable[[], Any]] = {
        "equal, by digest": lambda: settled(kind, entry, live),
        "equal, field by field": lambda: change(kind, desired, live, lambda _: None),
        "one field changed, field by field": lambda: change(kind, other, differing, lambda _: None),
    }
    took: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, call in work.items():
            took[name].append(microseconds(call, 200))
    return {name: statistics.median(each) for name, each in took.items()}


def deepdiff() -> float | None:
    """DeepDiff of the same pair, both normalised already; None where it cannot be had."""
    if not python():
        return None
    desired, live = pair(EQUAL)
    kind = KINDS[COLLECTION]
    text = json.dumps([kind.normalise(desired.body), kind.normalise(live.body)])
    done = subprocess.run([python(), "-c", DEEPDIFF], input=text, capture_output=True, text=True, check=False, cwd=ROOT)
    return float(done.stdout) if done.returncode == 0 else None


def measure(*, full: bool = False) -> list[Figure]:
    """The figures of this benchmark."""
    found = ours(15 if full else 7)
    equal = found["equal, by digest"]
    figures = [
        Figure(
            f"comparing a collection: {name}",
            "<= 100 us" if value is equal else "",
            f"{value:.0f} us",
            value <= AIM if value is equal else None,
        )
        for name, value in found.items()
    ]
    other = deepdiff()
    if other is None:
        return [*figures, Figure("DeepDiff of an equal collection", f">= {TIMES} x", "not measured: deepdiff cannot be installed")]
    return [
        *figures,
        Figure("DeepDiff of an equal collection", f">= {TIMES} x", f"{other:,.0f} us, {other / equal:.0f} x", other / equal >= TIMES),
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--full", action="store_true")
    with noise():
        show(measure(full=parser.parse_args(arguments).full))


if __name__ == "__main__":
    main()
