"""Saved plans: written for their owner's eyes, read with suspicion."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pcsync.cli.documents import read_document
from pcsync.core.document import digest, from_json
from pcsync.core.errors import GuardError, StaleError
from pcsync.render.json import plan_json

if TYPE_CHECKING:
    from pcsync.core.plan import Plan, Target
    from pcsync.reconcile.undo import Record

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
    return read_document(path, "a plan", "pcsync plan --out FILE makes one", from_json)


def require_approved(plan: Plan, approved: str | None) -> None:
    """Raises StaleError where a digest was approved and it is not this plan's."""
    if approved is not None and digest(plan) != approved.strip().lower():
        raise StaleError(f"the plan's digest is {digest(plan)}, approved was {approved}", fix="have this plan approved, or apply that one")


def require_whole(plan: Plan, *, protected: bool) -> None:
    """Raises GuardError for the plan of a shard where the target is protected: its guards were asked about the shard alone."""
    if plan.part is not None and protected:
        what = f"the plan is shard {plan.part.shard} only, and {plan.target.name} is protected: its guards have to hold for the whole"
        raise GuardError(what, fix="put the shards together: pcsync merge SHARD... --out plan.json")


def require_target(plan: Plan | Record, target: Target) -> None:
    """Raises StaleError unless the plan, or the undo file, was made for this catalog and this project."""
    if plan.target.endpoint != target.endpoint:
        raise StaleError(f"the plan is for {plan.target.endpoint}, not for {target.endpoint}", fix="choose its target with --target")
    if plan.target.owner != target.owner:
        raise StaleError(f"the plan belongs to {plan.target.owner}, not to {target.owner}", fix="plan again in this project")
