"""Every exchange of one apply, each with everything that can happen to it, and what has to be true afterwards."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pcsync.cli.journaling import interrupted
from pcsync.cli.locking import locked
from pcsync.core.plan import Target
from tests.chaos.rig import CANARY, FAULTS, OPERATION_FAULTS, STORE, FakeTime, apply, cancel_operations, copied, prepare, service, state

ACTIONS = 60
"""So many changes at least."""
TARGET = Target("local", f"emulator:{STORE}", "contoso-imagery")
FOR_GOOD = "refused 503 for good"


@dataclass(frozen=True)
class Case:
    """One thing that goes wrong with one exchange (counted from 1)."""

    what: str
    number: int


@dataclass(frozen=True)
class Verdict:
    """How a case ended; ``complaints`` is empty when one more apply made everything right."""

    case: Case
    code: int
    lost: bool
    complaints: tuple[str, ...]


class Matrix:
    """The prepared project, the undisturbed apply, and the cases that follow from it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.base = folder / "base"
        prepare(self.base)
        with copied(self.base, folder / "clean") as root:
            time = FakeTime()
            with service(root, time) as app:
                clean = apply(root, app, time)
                assert clean.code == 0, clean.said
                self.exchanges = clean.exchanges.seen
                self.wanted = state(app)
                self.journal = sorted((root / ".pcsync/journal").iterdir())[0].read_text()

    @property
    def changes(self) -> int:
        """How many changes the apply makes."""
        return self.journal.count('"event":"applied"')

    @cached_property
    def cases(self) -> list[Case]:
        """Every exchange with every fault that can concern it."""
        count = range(1, len(self.exchanges) + 1)
        plain = [Case(what, number) for what in (*FAULTS, FOR_GOOD) for number in count]
        operations = [number for number in count if self.exchanges[number - 1][2] == 202]
        return plain + [Case(what, number) for what in OPERATION_FAULTS for number in operations]

    @cached_property
    def kills(self) -> list[Case]:
        """Every exchange, killed before and after it."""
        return [Case(what, number) for number in range(1, len(self.exchanges) + 1) for what in ("before", "after")]

    def attempt(self, case: Case) -> Verdict:
        """One case in a copy of the project."""
        with copied(self.base, self.folder / f"{case.what.replace(' ', '-')}-{case.number}") as root:
            time = FakeTime()
            with service(root, time) as app:
                fault = FAULTS.get(case.what) or OPERATION_FAULTS.get(case.what) or FAULTS["refused 503"]
                again = fault if case.what == FOR_GOOD else None
                first = apply(root, app, time, faults={case.number: fault}, again=again)
                if case.what == "operation stuck":
                    cancel_operations(app)
                    time.now += 10
                return self._judged(case, root, app, time, first.code, first.said)

    def killed(self, case: Case) -> Verdict:
        """One apply that is killed before or after an exchange."""
        with copied(self.base, self.folder / f"killed-{case.what}-{case.number}") as root:
            command = [sys.executable, "-W", "ignore", "-m", "tests.chaos.rig", str(root), str(case.number), case.what]
            code = subprocess.run(command, check=False, capture_output=True).returncode
            time = FakeTime()
            with locked(TARGET.endpoint, root), service(root, time) as app:
                pass  # no lock is stuck, and the catalog's own file is whole
            with service(root, time) as app:
                return self._judged(case, root, app, time, code, "")

    def _judged(self, case: Case, root: Path, app: Any, time: FakeTime, code: int, said: str) -> Verdict:
        resume = case.number % 2 == 1 and bool(interrupted(root, TARGET).runs)
        second = apply(root, app, time, resume=resume)
        third = apply(root, app, time)
        now = state(app)
        complaints = [*_words(said + second.said + third.said), *_files(root)]
        if second.code != 0:
            complaints.append(f"the next apply ended with {second.code}: {second.said[-400:]}")
        if third.code != 0 or third.exchanges.writes:
            complaints.append(f"the plan afterwards is not empty: {third.code}, {third.exchanges.writes}")
        if interrupted(root, TARGET).runs:
            complaints.append("a journal is still open")
        return Verdict(case, code, lost(self.wanted, now), (*complaints, *different(self.wanted, now)))


def lost(wanted: dict[str, Any], now: dict[str, Any]) -> bool:
    """Something that has to be there is not."""
    return any(path not in now or str(now[path]).count("theirs") < str(value).count("theirs") for path, value in wanted.items())


def different(wanted: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """The paths at which the catalog is not as the undisturbed apply left it."""
    return [f"{path} differs" for path in sorted({*wanted, *now}) if wanted.get(path) != now.get(path)]


def _words(said: str) -> Iterable[str]:
    if "Traceback" in said:
        yield "a traceback was printed"
    if CANARY in said:
        yield "a secret was printed"


def _files(root: Path) -> Iterable[str]:
    for path in (root / ".pcsync").rglob("*.json*"):
        if CANARY in path.read_text():
            yield f"a secret is in {path.name}"


def told(verdicts: Iterable[Verdict]) -> str:
    """The counts, and every complaint."""
    verdicts = list(verdicts)
    by_fault = Counter(it.case.what for it in verdicts)
    good = Counter(it.case.what for it in verdicts if not it.complaints)
    undisturbed = Counter(it.case.what for it in verdicts if it.code == 0)
    rows = [f"{what:24} tried {by_fault[what]:4}  converged {good[what]:4}  unnoticed {undisturbed[what]:4}" for what in by_fault]
    wrong = [f"{it.case}: {complaint}" for it in verdicts for complaint in it.complaints]
    total = f"faults tried {len(verdicts)}, converged {sum(good.values())}, lost {sum(it.lost for it in verdicts)}"
    return "\n".join([*rows, total, *wrong])
