"""The first screen: whether the plan can be applied, how much it changes, how grave it is, and what exactly was planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pcsync.core.change import Action, Risk, worst
from pcsync.core.document import digest
from pcsync.core.plan import Plan
from pcsync.core.report import Report
from pcsync.render.groups import DONE, WORDS
from pcsync.render.html import ended
from pcsync.render.html.change import SIGNS
from pcsync.render.html.markup import Markup, tag
from pcsync.render.outcome import Outcome
from pcsync.render.wording import count, listed, number

ALWAYS = (Action.CREATE, Action.UPDATE, Action.DELETE)


def overview(report: Report, outcome: Outcome | None = None) -> Markup:
    """Verdict, counts, risk and facts of the plan, or of what came of it; nothing where a run has none."""
    plan = report.plan
    if plan is None:
        return Markup()
    first = (_verdict(plan), _tiles(plan)) if outcome is None else (ended.verdict(outcome), _done(outcome))
    return tag("div", *first, _risks(plan), _facts(plan), class_="overview")


def _done(outcome: Outcome) -> Markup:
    """What was done, and what was not."""
    tiles = [
        _tile(outcome.done.get(action, 0), word, str(action), SIGNS[action])
        for action, word in DONE.items()
        if outcome.done.get(action) or action in ALWAYS
    ]
    more = {
        "failed": outcome.failed,
        "unknown": outcome.unknown,
        "not attempted": (*outcome.blocked, *outcome.skipped),
        "still differ": outcome.remaining or (),
    }
    tiles += [_tile(len(entries), word, word, "") for word, entries in more.items() if entries]
    failed = outcome.checks.failed if outcome.checks else ()
    tiles += [_tile(len(failed), "check failed" if len(failed) == 1 else "checks failed", "check", "")] if failed else []
    return tag("ul", *tiles, class_="tiles")


def _verdict(plan: Plan) -> Markup:
    stops = [] if plan.complete else [f"{count(len(plan.unknown), 'scope')} could not be read"]
    stops += [count(len(plan.refusals), "refusal")] if plan.refusals else []
    if stops:
        return tag("p", f"This plan cannot be applied: {listed(stops)}.", class_="verdict stop")
    if not _moving(plan):
        return tag("p", "Nothing to do.", class_="verdict good")
    return tag("p", "This plan can be applied.", class_="verdict good")


def _moving(plan: Plan) -> int:
    return sum(change.action is not Action.KEEP for change in plan.changes)


def _tiles(plan: Plan) -> Markup:
    counts = Counter(change.action for change in plan.changes if not change.refusal) + Counter({Action.KEEP: plan.kept})
    tiles = [_tile(counts[action], WORDS[action], str(action), SIGNS[action]) for action in Action if counts[action] or action in ALWAYS]
    more = {
        "refused": sum(bool(change.refusal) for change in plan.changes),
        "drifted": sum(change.drift for change in plan.changes),
        "unknown": len(plan.unknown),
        "unmanaged": len(plan.unmanaged),
    }
    tiles += [_tile(many, word, word, "") for word, many in more.items() if many]
    return tag("ul", *tiles, class_="tiles")


def _tile(many: int, word: str, sort: str, sign: str) -> Markup:
    badge = tag("span", sign, class_="badge", aria_hidden="true") if sign else None
    return tag("li", badge, tag("strong", number(many)), tag("span", word), data_action=sort, class_="none" if not many else None)


def _risks(plan: Plan) -> Markup:
    """How many changes there are of each risk class, as a bar and in words."""
    classes = Counter(change.risk for change in plan.changes if change.action is not Action.KEEP)
    if not classes:
        return Markup()
    words = (
        tag("li", tag("span", f"{number(classes[risk])} {risk}", class_="pill", data_risk=str(risk)))
        for risk in reversed(Risk)
        if classes[risk]
    )
    return tag("div", tag("span", "Risk", class_="label"), _bar(classes), tag("ul", *words), class_="risks")


def _bar(classes: Counter[Risk]) -> Markup:
    total, at, bars = classes.total(), 0.0, []
    for risk in reversed(Risk):
        width = 100 * classes[risk] / total
        bars.append(tag("rect", x=f"{at:.3f}", y=0, width=f"{width:.3f}", height=1, data_risk=str(risk)))
        at += width
    label = f"worst risk: {worst([*classes])}"
    return tag("svg", *bars, viewBox="0 0 100 1", preserveAspectRatio="none", class_="bar", role="img", aria_label=label)


def _facts(plan: Plan) -> Markup:
    return tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in _told(plan)), class_="facts")


def _told(plan: Plan) -> Iterator[tuple[str, Markup]]:
    protected = tag("span", " protected", class_="pill") if plan.target.protected else None
    yield "Target", tag("span", plan.target.name, protected)
    yield "Catalog", tag("code", plan.target.endpoint)
    yield "Owner", tag("code", plan.target.owner)
    yield (
        "Digest",
        tag("span", tag("code", digest(plan), id="digest"), tag("button", "Copy", type="button", id="copy", class_="scripted plain")),
    )
    if plan.unmanaged:
        yield "Left alone", tag("span", f"{count(len(plan.unmanaged), 'live resource')} that no manifest declares")
