"""A value as NAME=VALUE lines: what a GitHub step appends to $GITHUB_OUTPUT, and any script can read.

Every value is a number, a hex digest, true or false or a word of ours, so no line of a manifest or a catalog can become an output.
"""

from __future__ import annotations

from collections.abc import Mapping

from pcsync.core.change import Action, worst
from pcsync.core.document import digest
from pcsync.core.plan import Plan
from pcsync.render.outcome import Outcome

COUNTED = (Action.CREATE, Action.UPDATE, Action.DELETE, Action.ADOPT)


def plan_outputs(plan: Plan) -> str:
    """What a pipeline decides by: whether there is something to do, whether it may be done, and the digest to approve."""
    moving = [change for change in plan.changes if change.action is not Action.KEEP]
    counts = plan.counts()
    return lines(
        {
            "has-changes": bool(moving),
            "applyable": plan.applyable,
            "complete": plan.complete,
            "digest": digest(plan),
            "risk": str(worst([change.risk for change in moving])) if moving else "none",
            "drift": sum(change.drift for change in moving),
            **{str(action): counts[action] for action in COUNTED},
        }
    )


def outcome_outputs(outcome: Outcome) -> str:
    """How many changes and checks ended how, and whether everything is as declared."""
    checked = {} if outcome.checks is None else {"checks-failed": len(outcome.checks.failed)}
    return lines(
        {
            "clean": outcome.clean,
            "done": sum(outcome.done.values()),
            "failed": len(outcome.failed),
            "unknown": len(outcome.unknown),
            "blocked": len(outcome.blocked),
            "not-attempted": len(outcome.skipped),
            **checked,
        }
    )


def lines(values: Mapping[str, bool | int | str]) -> str:
    """A line for each value."""
    return "".join(f"{name}={str(value).lower() if isinstance(value, bool) else value}\n" for name, value in values.items())
