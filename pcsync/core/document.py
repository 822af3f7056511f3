"""The plan document: Terraform-shaped JSON, its digest, and the way back (format_version 1.0).

A reader of another minor version may ignore what it does not know; an unknown major is refused. The digest covers everything that
will be sent and everything that was shown, so an approval cannot be carried over to another plan.
"""

from __future__ import annotations

from typing import Any

from pcsync.core.canonical import fingerprint
from pcsync.core.change import Action, Change, Risk, Unknown
from pcsync.core.checks import CollectionChecks, DeclaredCheck
from pcsync.core.diff import FieldDiff, Op
from pcsync.core.errors import PcsyncError
from pcsync.core.plan import Check, Plan, Seal, Target
from pcsync.core.policy import Guards
from pcsync.core.resource import Call, Key, Upload
from pcsync.core.shard import Part, Shard
from pcsync.core.source import Position

FORMAT_VERSION = "1.0"
TERRAFORM_ACTIONS = {Action.KEEP: "no-op", Action.ADOPT: "no-op"}


def to_json(plan: Plan) -> dict[str, Any]:
    """The plan document, digest included."""
    document = _body(plan)
    document["pcsync"]["digest"] = digest(plan)
    return document


def digest(plan: Plan) -> str:
    """SHA-256 in hex of the plan document without its digest: what a reviewer approved is what apply accepts."""
    return fingerprint(_body(plan))


def from_json(document: Any) -> Plan:
    """The plan of a document. Raises PcsyncError where it is none, is of an unknown major version, or was edited."""
    version = document.get("format_version") if isinstance(document, dict) else None
    if not isinstance(version, str):
        raise PcsyncError("this is not a plan: it has no format_version", fix="make one with: pcsync plan --out plan.json")
    if version.split(".")[0] != FORMAT_VERSION.split(".")[0]:
        raise PcsyncError(f"plan format {version} is not one this version reads ({FORMAT_VERSION})", fix="plan again with this version")
    try:
        plan = _plan(document)
        intact = document["pcsync"]["digest"] == fingerprint({**document, "pcsync": _undigested(document["pcsync"])})
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise PcsyncError(f"the plan document is damaged ({type(wrong).__name__}: {wrong})", fix="plan again") from wrong
    if not intact or digest(plan) != document["pcsync"]["digest"]:
        raise PcsyncError("the plan was edited after it was made: its digest does not fit", fix="plan again and have that approved")
    return plan


def _undigested(extra: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in extra.items() if name != "digest"}


def _body(plan: Plan) -> dict[str, Any]:
    counts = plan.counts()
    return {
        "format_version": FORMAT_VERSION,
        "resource_changes": [change_json(change) for change in plan.changes],
        "resource_drift": [change_json(change) for change in plan.changes if change.drift],
        "checks": [_check_json(check) for check in (*plan.checks, *plan.refusals) if check.status != "pass"],
        "complete": plan.complete,
        "errored": not plan.complete,
        "applyable": plan.applyable,
        "summary": {str(action): counts[action] for action in Action},
        "pcsync": {
            "target": {
                "name": plan.target.name,
                "endpoint": plan.target.endpoint,
                "owner": plan.target.owner,
                "protected": plan.target.protected,
            },
            "checks": [_check_json(check) for check in plan.checks],
            "unknown": [{"address": gap.address, "kinds": list(gap.kinds), "reason": gap.reason} for gap in plan.unknown],
            "unmanaged": [str(key) for key in plan.unmanaged],
            "kept_by_kind": dict(plan.kept_by_kind),
            "notes": list(plan.notes),
            **({"seals": [_seal_json(seal) for seal in plan.seals]} if plan.seals else {}),
            **({"checks_after": [_after_json(it) for it in plan.checks_after]} if plan.checks_after else {}),
            **({} if plan.part is None else {"shard": _part_json(plan.part)}),
        },
    }


def change_json(change: Change) -> dict[str, Any]:
    """One change as Terraform's resource_changes shows it, with what only pcsync knows under ``pcsync``."""
    return {
        "address": change.address,
        "type": change.key.kind,
        "name": change.key.name or change.key.collection,
        "change": {
            "actions": [TERRAFORM_ACTIONS.get(change.action, str(change.action))],
            "before": change.before,
            "after": change.after if change.action is not Action.DELETE else None,
        },
        "pcsync": {
            "key": {"kind": change.key.kind, "collection": change.key.collection, "name": change.key.name},
            "label": change.label,
            "action": str(change.action),
            "risk": str(change.risk),
            "drift": change.drift,
            "fields": [{"op": str(entry.op), "path": entry.path, "before": entry.before, "after": entry.after} for entry in change.fields],
            "fingerprint": change.fingerprint,
            "position": _position_json(change.position),
            "notes": list(change.notes),
            "refusal": change.refusal,
            "compared": None if change.compared is None else list(change.compared),
            "ignore": list(change.ignore),
            "calls": [_call_json(call) for call in change.calls],
            **({"refused_by": change.refused_by} if change.refused_by else {}),
            **({} if change.takes is None else {"takes": change.takes}),
            **({"why": change.why} if change.why else {}),
        },
    }


def _seal_json(seal: Seal) -> dict[str, Any]:
    whole = {} if seal.whole is None else {"whole": dict(seal.whole)}
    return {"collection": seal.collection, "leaving": list(seal.leaving), "former": dict(seal.former), **whole}


def _after_json(checks: CollectionChecks) -> dict[str, Any]:
    members = [{"check": dict(it.body), "position": _position_json(it.position)} for it in checks.declared or ()]
    return {"collection": checks.collection, "checks": members}


def _part_json(part: Part) -> dict[str, Any]:
    guards = part.guards
    return {
        "number": part.shard.number,
        "of": part.shard.of,
        "basis": part.basis,
        "guards": {
            "maxDeletes": guards.max_deletes,
            "maxDeletePercent": guards.max_delete_percent,
            "allowed": [str(key) for key in sorted(guards.allowed)],
        },
    }


def _part(entry: dict[str, Any]) -> Part:
    guards, allowed = entry["guards"], frozenset(Key.parse(address) for address in entry["guards"]["allowed"])
    limits = Guards(guards["maxDeletes"], guards["maxDeletePercent"], allowed)
    return Part(Shard.parse(f"{entry['number']}/{entry['of']}"), entry["basis"], limits)


def _check_json(check: Check) -> dict[str, Any]:
    return {"name": check.name, "status": check.status, "message": check.message, "address": check.address}


def _position_json(position: Position | None) -> dict[str, Any] | None:
    return None if position is None else {"file": position.file, "line": position.line, "column": position.column}


def _call_json(call: Call) -> dict[str, Any]:
    upload = call.upload
    return {
        "method": call.method,
        "path": call.path,
        "json": call.json,
        "content_type": call.content_type,
        "upload": None if upload is None else {"path": upload.path, "filename": upload.filename, "sha256": upload.sha256},
        "secrets": [list(secret) for secret in call.secrets],
        "otherwise": None if call.otherwise is None else _call_json(call.otherwise),
    }


def _plan(document: dict[str, Any]) -> Plan:
    extra = document["pcsync"]
    return Plan(
        target=Target(**extra["target"]),
        changes=tuple(_change(entry) for entry in document["resource_changes"]),
        kept=document["summary"][str(Action.KEEP)] - sum(_is_keep(entry) for entry in document["resource_changes"]),
        unknown=tuple(Unknown(gap["address"], tuple(gap["kinds"]), gap["reason"]) for gap in extra["unknown"]),
        unmanaged=tuple(Key.parse(address) for address in extra["unmanaged"]),
        checks=tuple(Check(**check) for check in extra["checks"]),
        notes=tuple(extra["notes"]),
        kept_by_kind=dict(extra["kept_by_kind"]),
        seals=tuple(Seal(it["collection"], tuple(it["leaving"]), dict(it["former"]), it.get("whole")) for it in extra.get("seals", ())),
        checks_after=tuple(_after(it) for it in extra.get("checks_after", ())),
        part=_part(extra["shard"]) if "shard" in extra else None,
    )


def _after(entry: dict[str, Any]) -> CollectionChecks:
    members = (DeclaredCheck(dict(it["check"]), _position(it["position"])) for it in entry["checks"])
    return CollectionChecks(entry["collection"], tuple(members))


def _position(entry: dict[str, Any] | None) -> Position | None:
    return None if entry is None else Position(**entry)


def _is_keep(entry: dict[str, Any]) -> bool:
    return bool(entry["pcsync"]["action"] == Action.KEEP)


def _change(entry: dict[str, Any]) -> Change:
    extra = entry["pcsync"]
    return Change(
        key=Key(**extra["key"]),
        action=Action(extra["action"]),
        before=entry["change"]["before"],
        after=entry["change"]["after"],
        fields=tuple(FieldDiff(Op(diff["op"]), diff["path"], diff["before"], diff["after"]) for diff in extra["fields"]),
        risk=Risk(extra["risk"]),
        calls=tuple(_call(call) for call in extra["calls"]),
        fingerprint=extra["fingerprint"],
        label=extra["label"],
        position=_position(extra["position"]),
        notes=tuple(extra["notes"]),
        refusal=extra["refusal"],
        drift=extra["drift"],
        compared=None if extra["compared"] is None else tuple(extra["compared"]),
        ignore=tuple(extra["ignore"]),
        refused_by=extra.get("refused_by", ""),
        takes=extra.get("takes"),
        why=extra.get("why", ""),
    )


def _call(entry: dict[str, Any]) -> Call:
    upload = entry["upload"]
    return Call(
        method=entry["method"],
        path=entry["path"],
        json=entry["json"],
        content_type=entry["content_type"],
        upload=None if upload is None else Upload(**upload),
        secrets=tuple((pointer, reference) for pointer, reference in entry["secrets"]),
        otherwise=None if entry["otherwise"] is None else _call(entry["otherwise"]),
    )
