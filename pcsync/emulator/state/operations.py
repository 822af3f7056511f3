"""Long-running operations (geocatalog-api 1.4): rows whose status is a function of time until they are settled.

An operation is Open until `due`; then its effect happens once, in the first transaction of any process that comes by.
Pending for the first half of its time, Running for the second.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from sqlite3 import Connection, Row
from typing import Any

from pcsync.emulator.clock import TICKS_PER_SECOND, of_seconds, rfc3339, rfc3339_micro
from pcsync.emulator.faults import Fault
from pcsync.emulator.jsonb import dumps, reloads
from pcsync.emulator.world import Call, World

from .blobs import Fetched

Json = dict[str, Any]
FATES: Mapping[str, str] = {
    "operation-failed": "Failed",
    "operation-stuck": "Pending",
    "operation-canceling": "Canceling",
    "operation-canceled": "Canceled",
}
WORKER_TYPES = frozenset({"AddItem", "UpdateItem", "DeleteItem", "IngestionStaticCatalog", "IngestionStacGeoparquet"})
"""Types that a worker picks up: start and finish times, counters, six-digit timestamps (operation-item-succeeded)."""

LEASE = 600 * TICKS_PER_SECOND
"""A job that was claimed longer ago and told nothing since is taken to be abandoned."""

INSERT = (
    "INSERT INTO operations"
    " (id, type, collection, created, running, due, fate, status, error_code, error_message, total, additional, effect, job)"
    " VALUES (:id, :type, :collection, :created, :running, :due, :fate, 'Open', :error_code, :error_message, :total, :additional, :effect,"
    " :job)"
)
SHOWN_STATUS = """CASE status WHEN 'Open' THEN CASE WHEN running <= :now THEN 'Running' ELSE 'Pending' END ELSE status END"""


class EffectError(Exception):
    """The work behind an operation could not be done; becomes `errorCode` and `errorMessage`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Work:
    """What an operation does when it is due; `payload` is JSON. A job reads files or hosts and so runs outside of transactions."""

    type: str
    collection: str
    payload: Any
    additional: Mapping[str, str]
    total: int = 0
    job: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """What an effect gets: the payload of its Work, the tick at which the operation ends, sources that a job has read."""

    collection: str
    payload: Any
    when: int
    found: Mapping[str, Fetched] = field(default_factory=dict)


Effect = Callable[[Connection, World, Due], None]


def start(call: Call, work: Work) -> str:
    """A new operation; the id. The faults of the call decide its fate."""
    world, db = call.world, call.db
    fault = next((fault for fault in call.faults if fault.effect in FATES), None)
    slow = call.struck("slow-operation")
    delay = of_seconds(world.settings.lro_delay + (slow.seconds if slow else 0.0))
    operation, created, now = world.guid(db), world.clock.stamp(), world.clock.now()
    stuck = fault is not None and fault.effect == "operation-stuck"
    row = {
        "id": operation,
        "type": work.type,
        "collection": work.collection,
        "created": created,
        "running": None if stuck else max(now + delay // 2, created + 1),
        "due": None if stuck else now + delay,
        **_fate(fault),
        "total": work.total,
        "additional": json.dumps(dict(work.additional)),
        "effect": dumps(work.payload),
        "job": int(work.job and fault is None),
    }
    db.execute(INSERT, row)
    return operation


def _fate(fault: Fault | None) -> dict[str, str | None]:
    """How the operation will end, and what it will say when that is badly."""
    fate = FATES[fault.effect] if fault else "Succeeded"
    if fault is None or fate != "Failed":
        return {"fate": fate, "error_code": None, "error_message": None}
    return {"fate": fate, "error_code": fault.code or "InternalError", "error_message": fault.message or "Injected failure"}


def any_due(db: Connection, now: int) -> bool:
    sql = "SELECT 1 FROM operations WHERE status = 'Open' AND due <= ? AND job = 0 LIMIT 1"
    return db.execute(sql, (now,)).fetchone() is not None


def any_job_due(db: Connection, now: int) -> bool:
    sql = "SELECT 1 FROM operations WHERE status = 'Open' AND due <= ? AND job != 0 AND job < ? LIMIT 1"
    return db.execute(sql, (now, now - LEASE)).fetchone() is not None


def claim(db: Connection, now: int) -> Row | None:
    """The oldest job that is due and that no process has claimed, now claimed; a claim of a process that died runs out."""
    sql = (
        "UPDATE operations SET job = ? WHERE seq = (SELECT seq FROM operations"
        " WHERE status = 'Open' AND due <= ? AND job != 0 AND job < ? ORDER BY due, seq LIMIT 1) RETURNING *"
    )
    row: Row | None = db.execute(sql, (now, now, now - LEASE)).fetchone()
    return row


def settle(db: Connection, world: World, now: int, effects: Mapping[str, Effect]) -> None:
    """Ends every operation that is due and needs no job, oldest first."""
    sql = "SELECT * FROM operations WHERE status = 'Open' AND due <= ? AND job = 0 ORDER BY due, seq"
    for row in db.execute(sql, (now,)).fetchall():
        end(db, world, row, effects, {})


def end(db: Connection, world: World, row: Row, effects: Mapping[str, Effect], found: Mapping[str, Fetched]) -> None:
    """Carries out what the operation is about, and writes down how it went."""
    status, code, message = row["fate"], row["error_code"], row["error_message"]
    if status == "Succeeded":
        try:
            effects[row["type"]](db, world, Due(row["collection"], reloads(row["effect"]), _finish(row), found))
        except EffectError as failure:
            status, code, message = "Failed", failure.code, failure.message
    failed = 0 if status in ("Succeeded", "Canceling") else row["total"]
    ended = None if status == "Canceling" else _finish(row)
    db.execute(
        "UPDATE operations SET status = ?, finished = ?, error_code = ?, error_message = ?, failed = ?, effect = NULL WHERE seq = ?",
        (status, ended, code, message, failed, row["seq"]),
    )


def is_open(db: Connection, seq: int) -> bool:
    return db.execute("SELECT 1 FROM operations WHERE seq = ? AND status = 'Open'", (seq,)).fetchone() is not None


def tell(db: Connection, seq: int, total: int, done: int, failed: int, now: int) -> None:
    """The counts of a job that is under way; renews its claim."""
    db.execute("UPDATE operations SET total = ?, done = ?, failed = ?, job = ? WHERE seq = ?", (total, done, failed, now, seq))


def finish(db: Connection, row: Row, failure: EffectError | None) -> None:
    """The end of a job, whose counts stay as they were told."""
    status = "Failed" if failure else "Succeeded"
    code, message = (failure.code, failure.message) if failure else (None, None)
    db.execute(
        "UPDATE operations SET status = ?, finished = ?, error_code = ?, error_message = ?, effect = NULL"
        " WHERE seq = ? AND status = 'Open'",
        (status, _finish(row), code, message, row["seq"]),
    )


def _finish(row: Row) -> int:
    return int(max(row["due"], row["running"])) + 1


def cancel(db: Connection, world: World, operation: str | None) -> None:
    """Cancels one open operation, or all of them; one that has not begun never runs."""
    status = "Canceled" if world.chose("cancel-outcome", "canceled") else "Canceling"
    now = world.clock.stamp()
    db.execute(
        "UPDATE operations SET status = ?, finished = ?, running = CASE WHEN running <= ? THEN running END, effect = NULL"
        " WHERE status = 'Open' AND (id = ? OR ? IS NULL)",
        (status, now if status == "Canceled" else None, now, operation, operation),
    )


def open_of(db: Connection, collection: str, *types: str) -> bool:
    """Whether some operation of these types on a collection has not ended."""
    marks = ",".join("?" * len(types))
    sql = f"SELECT 1 FROM operations WHERE collection = ? AND status = 'Open' AND type IN ({marks})"  # noqa: S608 - only question marks
    return db.execute(sql, (collection, *types)).fetchone() is not None


def find(db: Connection, operation: str, now: int) -> Row | None:
    sql = f"SELECT *, {SHOWN_STATUS} AS shown FROM operations WHERE id = :id"  # noqa: S608 - a constant of this module
    row: Row | None = db.execute(sql, {"id": operation, "now": now}).fetchone()
    return row


def get(db: Connection, operation: str) -> Row:
    """An operation that was just started, as Pending."""
    row = find(db, operation, 0)
    if row is None:
        raise LookupError(operation)
    return row


def listed(db: Connection, now: int, collection: str | None, status: str | None, skip: int, top: int) -> list[Row]:
    """Newest first (1.5)."""
    sql = (
        f"SELECT *, {SHOWN_STATUS} AS shown FROM operations"  # noqa: S608 - a constant of this module
        " WHERE (:collection IS NULL OR collection = :collection) AND (:status IS NULL OR shown = :status)"
        " ORDER BY seq DESC LIMIT :top OFFSET :skip"
    )
    return db.execute(sql, {"now": now, "collection": collection, "status": status, "skip": skip, "top": top}).fetchall()


def shown(row: Row) -> Json:
    """The operation resource; key order as recorded."""
    stamp = _stamp(row)
    return {
        "id": row["id"],
        "status": row["shown"],
        "statusHistory": _history(row),
        "type": row["type"],
        "creationTime": stamp(row["created"]),
        **_times(row),
        **({"collectionId": row["collection"]} if row["collection"] else {}),
        **_additional(row),
        **_error(row),
    }


def shown_in_run(row: Row) -> Json:
    """The operation inside an ingestion run: counters as numbers (ingestion-run-create)."""
    stamp = _stamp(row)
    head = {"id": row["id"], "status": row["shown"], "statusHistory": _history(row), "creationTime": stamp(row["created"])}
    counters = {name[0].lower() + name[1:]: count for name, count in _counters(row).items()}
    order = ("totalItems", "totalPendingItems", "totalSuccessfulItems", "totalFailedItems")
    return {**head, **_times(row), **{name: counters[name] for name in order}}


def _touched(row: Row) -> bool:
    return row["type"] in WORKER_TYPES and row["running"] is not None and row["shown"] != "Pending"


def _stamp(row: Row) -> Callable[[int], str]:
    return rfc3339_micro if _touched(row) else rfc3339


def _history(row: Row) -> list[Json]:
    """The last entry of a success says Finished, not Succeeded (operation-get-succeeded)."""
    stamp = _stamp(row)
    entries: list[Json] = [{"status": "Pending", "timestamp": stamp(row["created"])}]
    if row["shown"] != "Pending" and row["running"] is not None:
        entries.append({"status": "Running", "timestamp": stamp(row["running"])})
    if row["finished"] is not None:
        word = "Finished" if row["shown"] == "Succeeded" else row["shown"]
        entries.append({"status": word, "timestamp": stamp(row["finished"]), **_reason(row)})
    return entries


def _reason(row: Row) -> Json:
    return {"errorCode": row["error_code"], "errorMessage": row["error_message"]} if row["shown"] == "Failed" else {}


def _times(row: Row) -> Json:
    if not _touched(row):
        return {}
    stamp = _stamp(row)
    return {"startTime": stamp(row["created"])} | ({"finishTime": stamp(row["finished"])} if row["finished"] is not None else {})


def _additional(row: Row) -> Json:
    extra = json.loads(row["additional"])
    counters = {name: str(count) for name, count in sorted(_counters(row).items())} if _touched(row) else {}
    both = {**counters, **extra}
    return {"additionalInformation": both} if both else {}


def _counters(row: Row) -> dict[str, int]:
    pending = row["total"] - row["done"] - row["failed"] if row["finished"] is None else 0
    done = row["total"] - pending - row["failed"]
    return {"TotalItems": row["total"], "TotalPendingItems": pending, "TotalSuccessfulItems": done, "TotalFailedItems": row["failed"]}


def _error(row: Row) -> Json:
    if row["shown"] != "Failed":
        return {}
    return {"error": {"error": {"code": row["error_code"], "message": row["error_message"]}}}
