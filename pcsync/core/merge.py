"""The plans of all shards as the one plan that would have been made without shards, its guards asked again about the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pcsync.core.errors import StaleError, UsageError
from pcsync.core.kind import Kinds
from pcsync.core.order import ordered
from pcsync.core.plan import Check, Plan
from pcsync.core.policy import LIMITS, limits
from pcsync.core.shard import Part

VALIDATION = "validation"
"""The check that every shard says of all manifests."""

Named = tuple[str, Plan]
"""A plan and the file it is from."""


def merge(plans: Sequence[Named], kinds: Kinds) -> Plan:
    """The whole plan. Its digest is that of a plan made without shards at the same time.

    Raises UsageError unless each shard of one plan is there once, StaleError where they were not made of the same.
    """
    parts = _parts(plans)
    _require_same(plans, parts)
    _require_all(plans, parts)
    found = [_without_note(plan, part) for (_, plan), part in sorted(zip(plans, parts, strict=True), key=lambda it: it[1].shard.number)]
    checks = [check for plan in found for check in plan.checks]
    kept = sum((Counter(plan.kept_by_kind) for plan in found), Counter[str]())
    whole = Plan(
        target=found[0].target,
        changes=ordered((change for plan in found for change in plan.changes), kinds),
        kept=sum(plan.kept for plan in found),
        unknown=tuple(sorted((gap for plan in found for gap in plan.unknown), key=lambda gap: (gap.address, gap.kinds, gap.reason))),
        unmanaged=tuple(sorted(key for plan in found for key in plan.unmanaged)),
        notes=tuple(sorted({note for plan in found for note in plan.notes})),
        kept_by_kind=dict(sorted(kept.items())),
        checks=tuple(sorted((it for it in checks if it.name not in {*LIMITS, VALIDATION}), key=lambda it: (it.name, it.address))),
        seals=tuple(sorted((seal for plan in found for seal in plan.seals), key=lambda seal: seal.collection)),
    )
    asked = (*whole.checks, *limits(whole, parts[0].guards), *_validation(checks))
    return _with_checks_after(replace(whole, checks=asked), found)


def _parts(plans: Sequence[Named]) -> list[Part]:
    for name, plan in plans:
        if plan.part is None:
            raise UsageError("this plan is whole already", where=name, fix="merge plans that were made with --shard")
    return [plan.part for _, plan in plans if plan.part is not None]


def _require_same(plans: Sequence[Named], parts: Sequence[Part]) -> None:
    """All of one catalog, project, number of shards and basis."""
    first, plan = plans[0]
    for (name, other), part in zip(plans, parts, strict=True):
        if other.target != plan.target:
            raise StaleError(f"it is for {_aim(other)}, and {first} is for {_aim(plan)}", where=name, fix="merge shards of one plan")
        if part.shard.of != parts[0].shard.of:
            what = f"it is one of {part.shard.of} shards, and {first} is one of {parts[0].shard.of}"
            raise UsageError(what, where=name, fix="merge shards of one plan")
        if part.basis != parts[0].basis or part.guards != parts[0].guards:
            what = f"it was made of other manifests, or with other flags, than {first}"
            raise StaleError(what, where=name, fix="plan all shards again, from one commit and with the same flags")


def _aim(plan: Plan) -> str:
    return f"{plan.target.name} ({plan.target.endpoint}, owner {plan.target.owner})"


def _require_all(plans: Sequence[Named], parts: Sequence[Part]) -> None:
    """Each shard once, and in each only what is its own."""
    where: dict[int, str] = {}
    for (name, plan), part in zip(plans, parts, strict=True):
        if part.shard.number in where:
            raise UsageError(f"shard {part.shard} is in {where[part.shard.number]} already", where=name, fix="name each shard once")
        where[part.shard.number] = name
        if strange := next((change for change in plan.changes if not part.shard.holds(change.key.collection)), None):
            raise UsageError(f"{strange.address} is not in shard {part.shard}", where=name, fix="plan this shard again")
    of = parts[0].shard.of
    if missing := [f"{number}/{of}" for number in range(1, of + 1) if number not in where]:
        raise UsageError(f"shard {', '.join(missing)} is missing", where="merge", fix="name the plans of all shards")


def _without_note(plan: Plan, part: Part) -> Plan:
    return replace(plan, notes=tuple(note for note in plan.notes if note != part.note))


def _validation(checks: Sequence[Check]) -> Iterator[Check]:
    yield from dict.fromkeys(check for check in checks if check.name == VALIDATION)


def _with_checks_after(plan: Plan, found: Sequence[Plan]) -> Plan:
    """What is looked at after apply, in the order in which the collections are changed."""
    after = {it.collection: it for part in found for it in part.checks_after}
    order = dict.fromkeys(change.key.collection for change in plan.changes)
    return replace(plan, checks_after=tuple(after[name] for name in order if name in after))
