"""All benchmarks beside their aims: ``python -m benchmarks`` in some minutes, with ``--full`` those of 10,000 collections."""

from __future__ import annotations

import argparse
import time

from benchmarks import compare, peers, plan, search, startup
from benchmarks._measure import Figure, noise

PARTS = {"start-up": startup.measure, "compare": compare.measure, "plan": plan.measure, "peers": peers.measure, "search": search.measure}
BY_HAND = ("validate", "reader")


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--full", action="store_true", help="10,000 collections and more rounds (half an hour)")
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS), help="some of them")
    chosen = parser.parse_args()
    print(Figure("what", "aim", "measured"))
    missed = 0
    for name in chosen.only:
        began = time.perf_counter()
        print(f"\n{name}", flush=True)
        with noise():
            figures = PARTS[name](full=chosen.full)
            missed += sum(figure.met is False for figure in figures)
            print(*figures, sep="\n")
        print(f"({time.perf_counter() - began:.0f} s)", flush=True)
    print(f"\n{missed} aims missed" if missed else "\nall aims met")
    print("by themselves: " + ", ".join(f"python -m benchmarks.{name}" for name in BY_HAND))


if __name__ == "__main__":
    main()
