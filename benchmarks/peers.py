"""pcsync beside what people use instead: scripts over the official SDK, Terraform, octoDNS.

``python -m benchmarks.peers [--full]``. All against one local server with 20 ms latency, or without any network where the peer reads
none. The peers do fewer collections, since they are slow, and everything is said per collection, start-up included. They live in a
throw-away environment below ``.benchmarks``; what cannot be installed, or is not on the PATH (terraform), is said to be not measured.
"""

from __future__ import annotations

import argparse
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import _terraform
from benchmarks._catalog import RESOURCES
from benchmarks._measure import ROOT, SERVER_CORE, Figure, median, noise, show
from benchmarks._peers import python, tool
from benchmarks._projects import CHANGED, changes, project
from benchmarks._server import serving
from benchmarks.plan import checked, plan_run

COLLECTIONS, LATENCY = 1000, 0.020
LOOP_AIM, AIO_AIM, OCTODNS_AIM = 150, 10, 0.1
OCTODNS = """\
providers:
  %s
zones:
  example.com.: {sources: [desired], targets: [live]}
"""
PROVIDER = "{class: octodns.provider.yaml.YamlProvider, directory: %s, default_ttl: 3600, enforce_order: false}"


def script(name: str, origin: str, root: Path, collections: int) -> float | None:
    """Seconds that a script over the SDK takes for one collection; None where it does not run."""
    if not python():
        return None
    command = [python(), str(ROOT / "benchmarks" / "_scripts.py"), name, origin, str(root / "collections"), str(collections)]
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    took = time.perf_counter() - began
    return took / collections if done.stdout.strip() == str(changes(collections)) else None


def octodns(records: int) -> float | None:
    """Seconds that octoDNS takes for one record, from YAML to YAML without any network; None where it does not run."""
    command = tool("octodns-sync")
    if not command:
        return None
    with TemporaryDirectory(prefix="pcsync-bench-") as folder:
        providers = "\n  ".join(f"{side}: {PROVIDER % (Path(folder) / side)}" for side in ("desired", "live"))
        (Path(folder) / "config.yaml").write_text(OCTODNS % providers, encoding="utf-8")
        for side in ("desired", "live"):
            (Path(folder) / side).mkdir()
            zone = "".join(_record(index, side) for index in range(records))
            (Path(folder) / side / "example.com.yaml").write_text(zone, encoding="utf-8")
        began = time.perf_counter()
        done = subprocess.run([command, f"--config-file={folder}/config.yaml", "--quiet"], capture_output=True, text=True, check=False)
        took = time.perf_counter() - began
    return took / records if done.returncode == 0 else None


def _record(index: int, side: str) -> str:
    moved = index % CHANGED == CHANGED // 2 and side == "desired"
    return f"host-{index:06d}:\n  type: A\n  value: 10.{1 if moved else 0}.{index // 250}.{index % 250 + 1}\n"


def terraform(collections: int) -> float | None:
    """Seconds that Terraform takes to plan one document."""
    with TemporaryDirectory(prefix="pcsync-bench-") as folder:
        _terraform.write(Path(folder) / "terraform", collections)
        took = _terraform.plan(Path(folder) / "terraform", collections)
    return None if took is None else took / collections


def beside(what: str, aim: str, ours: float, theirs: float | None, least: float, unit: str = "collection") -> Figure:
    """A peer's seconds as a multiple of ours."""
    if theirs is None:
        return Figure(what, aim, "not measured")
    return Figure(what, aim, f"{theirs * 1e3:.2f} ms a {unit} = {theirs / ours:.0f} x", theirs / ours >= least)


def measure(*, full: bool = False) -> list[Figure]:
    """The figures of this benchmark; pcsync and the peers take turns."""
    rounds, looped, side_by_side = (3, 200, 600) if full else (2, 60, 200)
    took: dict[str, list[float | None]] = {"pcsync": [], "loop": [], "aio": [], "octodns": [], "terraform": []}
    with project(COLLECTIONS) as root, serving(COLLECTIONS, LATENCY, SERVER_CORE) as origin:
        for _ in range(rounds):
            took["pcsync"].append(checked(plan_run(origin, str(root)), COLLECTIONS).wall / COLLECTIONS)
            took["loop"].append(script("loop", origin, root, looped))
            took["aio"].append(script("aio", origin, root, side_by_side))
            took["octodns"].append(octodns(10_000 if full else 2_000))
            took["terraform"].append(terraform(COLLECTIONS if full else 200))
    found = {name: median([one for one in each if one is not None]) if None not in each else None for name, each in took.items()}
    ours = found["pcsync"]
    assert ours is not None
    return [
        Figure(f"plan of {COLLECTIONS:,}, 20 ms, per collection", "", f"{ours * 1e3:.2f} ms"),
        beside("SDK's sync loop, SafeLoader, DeepDiff", f">= {LOOP_AIM} x", ours, found["loop"], LOOP_AIM),
        beside("SDK's aio client, 32 at a time, CSafeLoader, ==", f">= {AIO_AIM} x", ours, found["aio"], AIO_AIM),
        beside("terraform plan, a document each, no network", "slower", ours, found["terraform"], 1),
        beside(
            "octoDNS, from YAML to YAML, no network", ">= 10 x a resource", ours / RESOURCES, found["octodns"], 1 / OCTODNS_AIM, "record"
        ),
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--full", action="store_true", help="more collections, three rounds")
    with noise():
        show(measure(full=parser.parse_args(arguments).full))


if __name__ == "__main__":
    main()
