"""What a journal keeps of an apply, line by line, and what a journal that was found tells of one.

A line is JSON with a number and a checksum of its own, so that a line that was cut off, altered or lost is noticed. No line holds a
body or a secret: addresses, methods and paths, verdicts, and the words of errors.

event    | when
---------|--------------------------------------------------------------------------------
head     | before anything else: time, digest of the plan, target, keys of every change
sending  | a request goes out next: from here on it may have been done
sent     | the catalog did what it asked
sealed   | after its change was applied, a collection's marker was written once more and is true
unsealed | that did not come about: the collection is not done
applied, failed, unsure, blocked, skipped | how a change ended
end      | the apply is over; ``finished`` when nothing is left to do
closed   | a later apply left nothing to do of this one
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from pcsync.core.canonical import fingerprint
from pcsync.core.change import Action
from pcsync.core.errors import PcsyncError
from pcsync.core.plan import Plan, Target
from pcsync.core.resource import Key
from pcsync.reconcile.events import Applied, Blocked, Event, Failed, Sealed, Sending, Sent, Skipped, Unsealed, Unsure, Verdict

VERSION = "1.0"
SUM = 16  # hex digits of each line's checksum: against accident, not against an attacker
SETTLED = 35.0
"""Seconds after which a read shows what a request did: reads may be stale for 30."""

DOUBTFUL = ("POST ", "DELETE ")
"""What must not be looked for too soon: a POST done unseen would be sent twice, what a DELETE still removes may come back."""

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A POST or DELETE of which nobody knows whether it was done, and when it went out (seconds since 1970)."""

    key: Key
    call: str
    at: float

    def age(self, now: float) -> float:
        """Seconds since it went out; 0 where the clock was set back meanwhile."""
        return max(0.0, now - self.at)


@dataclass(frozen=True, slots=True)
class Run:
    """One apply as its journal tells it. ``finished``: nothing of it is left to do."""

    name: str
    at: str
    digest: str
    endpoint: str
    owner: str
    keys: tuple[Key, ...]
    done: frozenset[Key] = frozenset()
    doubts: tuple[Doubt, ...] = ()
    finished: bool = False

    def of(self, target: Target) -> bool:
        """It was an apply to this catalog, of this project."""
        return (self.endpoint, self.owner) == (target.endpoint, target.owner)


def head(plan: Plan, digest: str, at: str, pid: int) -> Line:
    """The first line of a journal."""
    target = {"name": plan.target.name, "endpoint": plan.target.endpoint, "owner": plan.target.owner}
    keys = [_key(change.key) for change in plan.changes if change.action is not Action.KEEP]
    return {"event": "head", "journal": VERSION, "at": at, "pid": pid, "digest": digest, "target": target, "keys": keys}


def entry(event: Event, now: float) -> Line | None:
    """The line of an event; None for what a journal does not keep."""
    if isinstance(event, Sending | Sent):
        line: Line = {"event": type(event).__name__.lower(), "index": event.index, "call": str(event.call)}
    elif isinstance(event, Sealed):
        line = {"event": "sealed"}
    elif isinstance(event, Unsealed) and not event.dropped:
        line = {"event": "unsealed", "why": event.why}
    elif isinstance(event, Verdict):
        line = {"event": type(event).__name__.lower(), **_why(event)}
    else:
        return None
    return {**line, "key": _key(event.change.key), "now": round(now, 3)}


def end(*, finished: bool, counts: Mapping[str, int], at: str) -> Line:
    """The closing line of an apply that came to its end, good or bad."""
    return {"event": "end", "finished": finished, "counts": dict(counts), "at": at}


def closed(by: str, at: str) -> Line:
    """The line that a later apply adds once nothing is left to do."""
    return {"event": "closed", "finished": True, "by": by, "at": at}


def sealed(line: Line, number: int) -> bytes:
    """A line as it is written: its number from 0, its checksum, a newline."""
    numbered = {"n": number, **line}
    return orjson.dumps({**numbered, "sum": fingerprint(numbered)[:SUM]}) + b"\n"


def read_run(name: str, raw: bytes) -> Run:
    """What a journal tells. A last line that was cut off counts as not written: the process died over it.

    Raises PcsyncError where it is no journal, of an unknown major version, or damaged.
    """
    lines = list(_lines(name, raw))
    try:
        return _run(name, lines)
    except (LookupError, TypeError, ValueError, AttributeError) as wrong:
        raise damaged(name, 1) from wrong


def damaged(name: str, number: int) -> PcsyncError:
    """The complaint about a journal that nobody can trust any more."""
    fix = "it is not needed to go on: plan and apply again, then delete it"
    return PcsyncError(f"the journal is damaged at line {number}", where=name, fix=fix)


def line_count(raw: bytes) -> int:
    """How many whole lines a journal has: the number of the next one."""
    return raw.count(b"\n")


def last_line(raw: bytes) -> Line | None:
    """The last whole line, None where there is none that can be trusted."""
    whole = raw[: raw.rfind(b"\n") + 1].rstrip(b"\n")
    return _opened(whole[whole.rfind(b"\n") + 1 :])


def _lines(name: str, raw: bytes) -> Iterator[Line]:
    whole = raw[: raw.rfind(b"\n") + 1]
    if not whole:
        raise PcsyncError("the journal is empty", where=name, fix="nothing was written by that apply; delete the file")
    for number, text in enumerate(whole.split(b"\n")[:-1]):
        line = _opened(text)
        if line is None or line.get("n") != number:
            raise damaged(name, number + 1)
        yield line


def _opened(text: bytes) -> Line | None:
    try:
        line = orjson.loads(text)
        checksum = line.pop("sum")
        intact = checksum == fingerprint(line)[:SUM]
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, KeyError, AttributeError, TypeError):
        return None
    return line if intact else None


def _run(name: str, lines: list[Line]) -> Run:
    first = lines[0]
    if first["event"] != "head" or str(first["journal"]).split(".")[0] != VERSION.split(".")[0]:
        raise PcsyncError(f"journal format {first.get('journal')} is not one this version reads ({VERSION})", where=name)
    doubts: dict[Key, Doubt] = {}
    done: set[Key] = set()
    for line in lines[1:]:
        _take(line, doubts, done)
    target, keys = first["target"], tuple(Key(**key) for key in first["keys"])
    finished = bool(lines[-1].get("finished"))
    return Run(
        name, first["at"], first["digest"], target["endpoint"], target["owner"], keys, frozenset(done), tuple(doubts.values()), finished
    )


def _take(line: Line, doubts: dict[Key, Doubt], done: set[Key]) -> None:
    """One line's part in what is in doubt and what is done."""
    if "key" not in line:
        return
    key = Key(**line["key"])
    if line["event"] == "sending" and line["call"].startswith(DOUBTFUL):
        doubts[key] = Doubt(key, line["call"], float(line["now"]))
    elif line["event"] in ("sent", "applied", "failed"):
        doubts.pop(key, None)
    if line["event"] in ("applied", "sealed"):
        done.add(key)
    elif line["event"] in ("sending", "unsealed"):  # also after it was applied: its marker is written once more
        done.discard(key)


def _key(key: Key) -> dict[str, str]:
    return {"kind": key.kind, "collection": key.collection, "name": key.name}


def _why(verdict: Verdict) -> dict[str, str]:
    if isinstance(verdict, Failed | Unsure):
        return {"why": str(verdict.error)}
    if isinstance(verdict, Blocked):
        return {"why": f"needs {verdict.by.address}"}
    if isinstance(verdict, Skipped):
        return {"why": verdict.why}
    return {"why": "found, not answered"} if isinstance(verdict, Applied) and verdict.found else {}
