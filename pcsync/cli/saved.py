"""Saved plans: written for their owner's eyes, read with suspicion."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from pcsync.core.document import digest, from_json
from pcsync.core.errors import PcsyncError, StaleError
from pcsync.render.json import plan_json

if TYPE_CHECKING:
    from pcsync.core.plan import Plan, Target
    from pcsync.reconcile.undo import Record

MAX_BYTES = 512 * 2**20
OWNER_ONLY = 0o600


def save(plan: Plan, path: Path) -> None:
    """Write a plan in one step, readable by its owner only: it may show what a catalog holds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(plan_json(plan))
    draft.replace(path)


def read(path: Path) -> Plan:
    """The plan in a file. Raises PcsyncError where it is none, or was edited since it was made."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PcsyncError("the file is too large to be a plan", where=str(path))
        document = orjson.loads(path.read_bytes())
    except OSError as wrong:
        raise PcsyncError(f"the plan cannot be read: {wrong.strerror}", where=str(path), fix="pcsync plan --out FILE makes one") from wrong
    except orjson.JSONDecodeError as wrong:
        raise PcsyncError("this is not a plan: it is no JSON", where=str(path), fix="pcsync plan --out FILE makes one") from wrong
    return from_json(document)


def require_approved(plan: Plan, approved: str | None) -> None:
    """Raises StaleError where a digest was approved and it is not this plan's."""
    if approved is not None and digest(plan) != approved.strip().lower():
        raise StaleError(f"the plan's digest is {digest(plan)}, approved was {approved}", fix="have this plan approved, or apply that one")


def require_target(plan: Plan | Record, target: Target) -> None:
    """Raises StaleError unless the plan, or the undo file, was made for this catalog and this project."""
    if plan.target.endpoint != target.endpoint:
        raise StaleError(f"the plan is for {plan.target.endpoint}, not for {target.endpoint}", fix="choose its target with --target")
    if plan.target.owner != target.owner:
        raise StaleError(f"the plan belongs to {plan.target.owner}, not to {target.owner}", fix="plan again in this project")
