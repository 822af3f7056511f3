"""Every exchange of one apply, each with everything that can happen to it, and what has to be true afterwards."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from pcsync.cli.journaling import interrupted
from pcsync.cli.locking import locked
from pcsync.core.plan import Target
from pcsync.emulator import Fault
from tests.chaos.projects import GROW, Story, declared, prepare
from tests.chaos.rig import (
    CANARY,
    COLLECTIONS,
    FAULTS,
    OPERATION_FAULTS,
    READS,
    STORE,
    FakeTime,
    Result,
    apply,
    cancel_operations,
    copied,
    elsewhere,
    in_the_portal,
    service,
    state,
)
from tests.chaos.truth import untruths

ACTIONS = 60
"""So many changes at least."""
TARGET = Target("local", f"emulator:{STORE}", "contoso-imagery")
FOR_GOOD = "refused 503 for good"
STALE = "all reads stale from here"
ADDS, EDITS, RIVAL = "portal adds", "portal edits", "another apply"
MOMENT = 8  # exchanges: of each of four lanes a look and a write, under way or next
BESIDE = (ADDS, EDITS, RIVAL)
"""What somebody else does just before an exchange."""
ALPHA = f"/stac/collections/{COLLECTIONS[0]}/configurations"
LATE = {"id": "late", "name": "Late", "type": "raster-tile", "options": "assets=image"}


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

    def __init__(self, folder: Path, story: Story = GROW) -> None:
        self.folder, self.story = folder, story
        self.base = folder / "base"
        self.expected = declared(story.after)
        prepare(self.base, story)
        with copied(self.base, folder / "clean") as root:
            time = FakeTime()
            with service(root, time) as app:
                clean = apply(root, app, time)
                assert clean.code == 0, clean.said
                self.exchanges = list(clean.seen)
                self.wanted = state(app)
                self.journal = sorted((root / ".pcsync/journal").iterdir())[0].read_text()
        assert not [*untruths(self.wanted, self.expected, TARGET.endpoint)], [*untruths(self.wanted, self.expected, TARGET.endpoint)]

    @property
    def changes(self) -> int:
        """How many changes the apply makes."""
        return self.journal.count('"event":"applied"')

    @cached_property
    def cases(self) -> list[Case]:
        """Every exchange with every fault that can concern it."""
        count = range(1, len(self.exchanges) + 1)
        reads = [number for number in count if self.exchanges[number - 1][0] == "GET"]
        plain = [Case(what, number) for what in (*FAULTS, FOR_GOOD) for number in (reads if what in READS else count)]
        operations = [number for number in count if self.exchanges[number - 1][2] == 202]
        return plain + [Case(what, number) for what in OPERATION_FAULTS for number in operations]

    @cached_property
    def meanwhile(self) -> list[Case]:
        """Every exchange, with somebody else at work just before it, or with reads that lag behind from there on."""
        return [Case(what, number) for what in (*BESIDE, STALE) for number in range(1, len(self.exchanges) + 1)]

    @cached_property
    def kills(self) -> list[Case]:
        """Every exchange, killed before and after it."""
        return [Case(what, number) for number in range(1, len(self.exchanges) + 1) for what in ("before", "after")]

    def attempt(self, case: Case) -> Verdict:
        """One apply with one fault, then one more."""
        with copied(self.base, self._place(case)) as root:
            time = FakeTime()
            with service(root, time) as app:
                fault = FAULTS.get(case.what) or OPERATION_FAULTS.get(case.what) or FAULTS["refused 503"]
                again = fault if case.what == FOR_GOOD else None
                first = apply(root, app, time, faults={case.number: fault}, again=again)
                if case.what == "operation stuck":
                    cancel_operations(app)
                    time.now += 10
                return self._judged(case, root, app, time, first)

    def disturbed(self, case: Case) -> Verdict:
        """One apply with somebody else at work in the middle of it, then one more."""
        with copied(self.base, self._place(case)) as root:
            time = FakeTime()
            with service(root, time) as app:
                strike = {ADDS: _adds, EDITS: _edits, RIVAL: _rival, STALE: _lags}[case.what](root, app, time)
                first = apply(root, app, time, before=_at(case.number, strike))
                app.world.faults.clear()
                return self._judged(case, root, app, time, first)

    def killed(self, case: Case) -> Verdict:
        """One apply that is killed before or after an exchange."""
        with copied(self.base, self._place(case)) as root:
            command = [sys.executable, "-W", "ignore", "-m", "tests.chaos.rig", str(root), str(case.number), case.what]
            code = subprocess.run(command, check=False, capture_output=True).returncode
            time = FakeTime()
            with service(root, time) as app:
                pass  # the catalog's own file is whole
            with service(root, time) as app:
                return self._judged(case, root, app, time, Result(code, ""))

    def _place(self, case: Case) -> Path:
        return self.folder / f"{case.what.replace(' ', '-')}-{case.number}"

    def _judged(self, case: Case, root: Path, app: Any, time: FakeTime, first: Result) -> Verdict:
        complaints = []
        with locked(TARGET.endpoint, root):
            pass  # no lock is stuck
        resume = case.number % 2 == 1 and bool(interrupted(root, TARGET).runs)
        # somebody else's edit of what our manifest moved as well is a conflict, which a person decides
        second = apply(root, app, time, resume=resume, force=case.what == EDITS)
        third = apply(root, app, time)
        now = state(app)
        twins = merged_twins(now, instants(case, first.seen))
        complaints += [f"{name} is there twice, and no plan says so" for name in twins if f"{name}: " not in third.said]
        if second.code != 0:
            complaints.append(f"the next apply ended with {second.code}: {second.said[-400:]}")
        if third.code != 0 or third.writes:
            complaints.append(f"the plan afterwards is not empty: {third.code}, {third.writes}")
        if interrupted(root, TARGET).runs:
            complaints.append("a journal is still open")
        complaints += [*_words(first.said + second.said + third.said), *_files(root), *untruths(now, self.expected, TARGET.endpoint)]
        if case.what == ADDS and not _without_late(now):
            complaints.append("what was added in the portal is gone")
        return Verdict(case, first.code, lost(self.wanted, now), (*complaints, *different(self.wanted, now)))


def instants(case: Case, seen: Sequence[tuple[str, str, int]]) -> set[str]:
    """Lists of ingestions to which the rival wrote between our last look at them and our POST.

    The service takes two of a name, so nobody can fence that; the next plan has to tell. We look right before the POST: where more
    than a moment passed, it is our mistake.
    """
    found = set()
    for number, (method, path, _) in enumerate(seen, 1):
        if method == "POST" and path.endswith("/ingestions") and abs(number - case.number) <= MOMENT:
            looks = [n for n, it in enumerate(seen[: number - 1], 1) if it[:2] == ("GET", path)]
            found |= {path} if looks and looks[-1] < case.number else set()
    return found if case.what == RIVAL else set()


Strike = Callable[[], object]


def _at(number: int, strike: Strike) -> Callable[[int, httpx.Request], None]:
    def before(current: int, request: httpx.Request) -> None:
        if current == number:
            strike()

    return before


def _adds(root: Path, app: Any, time: FakeTime) -> Strike:
    return lambda: in_the_portal(app, f"{ALPHA}/render-options", LATE)


def _edits(root: Path, app: Any, time: FakeTime) -> Strike:
    return lambda: in_the_portal(app, f"{ALPHA}/tile-settings", {"minZoom": 9, "maxItemsPerTile": 35}, method="PUT")


def _lags(root: Path, app: Any, time: FakeTime) -> Strike:
    return lambda: app.world.faults.arm([Fault("stale-reads", seconds=30)])


def _rival(root: Path, app: Any, time: FakeTime) -> Strike:
    """The same manifests applied from another machine, from beginning to end."""
    return lambda: elsewhere(lambda: apply(root, app, time, aside=True))


def merged_twins(now: dict[str, Any], paths: Iterable[str]) -> list[str]:
    """The addresses of ingestions in these lists that are there twice, the same; each is left once in the state."""
    found = []
    for path in paths:
        name = path.split("/")[3]
        once = [it for index, it in enumerate(now[path]) if it not in now[path][:index]]
        found += [f"collection/{name}/ingestion/{it['displayName']}" for it in once if now[path].count(it) > 1]
        now[path] = once
    return found


def _without_late(now: dict[str, Any]) -> bool:
    """Take the added render option out of a state; False where it is not there."""
    options = now[ALPHA]["mosaicInfo"]["renderOptions"]
    kept = [it for it in options if it["id"] != LATE["id"]]
    now[ALPHA]["mosaicInfo"]["renderOptions"] = kept
    return len(options) == len(kept) + 1


def lost(wanted: dict[str, Any], now: dict[str, Any]) -> bool:
    """Something that has to be there is not."""
    return any(path not in now or str(now[path]).count("theirs") < str(value).count("theirs") for path, value in wanted.items())


def different(wanted: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """The paths at which the catalog is not as the undisturbed apply left it."""
    return [f"{path} differs" for path in sorted({*wanted, *now}) if wanted.get(path) != now.get(path)]


def _words(said: str) -> Iterator[str]:
    if "Traceback" in said:
        yield "a traceback was printed"
    if CANARY in said:
        yield "a secret was printed"


def _files(root: Path) -> Iterator[str]:
    for path in (root / ".pcsync").rglob("*.json*"):
        if CANARY in path.read_text():
            yield f"a secret is in {path.name}"


def told(verdicts: Iterable[Verdict]) -> str:
    """The counts, and every complaint."""
    verdicts = list(verdicts)
    by_fault = Counter(it.case.what for it in verdicts)
    good = Counter(it.case.what for it in verdicts if not it.complaints)
    undisturbed = Counter(it.case.what for it in verdicts if it.code == 0)
    rows = [f"{what:26} tried {by_fault[what]:4}  converged {good[what]:4}  unnoticed {undisturbed[what]:4}" for what in by_fault]
    wrong = [f"{it.case}: {complaint}" for it in verdicts for complaint in it.complaints]
    total = f"faults tried {len(verdicts)}, converged {sum(good.values())}, lost {sum(it.lost for it in verdicts)}"
    return "\n".join([*rows, total, *wrong])
