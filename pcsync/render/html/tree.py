"""The tree of changes: a fold for each collection, in it a fold for each change.

A browser with scripts builds the rows of a collection when it is opened, from the markup that stands in its ``noscript``: one without
scripts shows the same markup as it is. So nothing is rendered twice, and 5,000 changes cost no more elements than what is looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from pcsync.core.change import Action, Change, Risk, worst
from pcsync.core.checks import CheckReport
from pcsync.core.plan import Plan
from pcsync.render.groups import Group, counted, groups
from pcsync.render.html import ended
from pcsync.render.html.change import Seen, change_row, flags, plain
from pcsync.render.html.checks import Numbered, beside, by_collection
from pcsync.render.html.markup import Child, Markup, join, tag
from pcsync.render.wording import number

FEW = 60  # changes of a plan whose collections stand open at once
OPEN = 30  # changes whose fields do
FLAGS = {"pixels": "looks different", "drift": "drift", "failed": "check failed", "refused": "refused"}


def tree(plan: Plan, seen: Seen, checks: CheckReport | None = None) -> Markup:
    """Every change that is worth showing, by collection, with the checks of that collection."""
    shown = worth_showing(plan)
    if not shown:
        return tag("p", "Nothing to do: the catalog is as the manifests declare.", class_="calm")
    few, opened = len(shown) <= FEW, len(shown) <= OPEN
    made = by_collection(checks) if checks else {}
    return tag("div", *(_group(it, seen, made.get(it.scope, ()), few, opened) for it in groups(shown)), class_="tree", id="tree")


def worth_showing(plan: Plan) -> list[Change]:
    """The plan's changes less those that say nothing."""
    return [change for change in plan.changes if change.action is not Action.KEEP or change.notes or change.refusal]


def _group(group: Group, seen: Seen, checks: Sequence[Numbered], few: bool, opened: bool) -> Markup:
    rows = (change_row(change, seen, opened=opened and change.action is Action.UPDATE and bool(change.fields)) for change in group.changes)
    risk = worst([change.risk for change in group.changes if change.action is not Action.KEEP])
    said = ended.counted(group.changes, seen.ended) if seen.ended else counted(group.changes)
    counts = tag("span", said, class_="counts")
    head = tag(
        "summary", tag("span", plain(group.title), counts, class_="name"), tag("span", str(risk), class_="pill", data_risk=str(risk))
    )
    return tag(
        "details", head, beside(checks), tag("noscript", *rows), class_="group", open=few, id=f"group:{group.title}", data_scope=group.title
    )


def filters(plan: Plan, seen: Seen) -> Markup:
    """The search field, and a choice for each action, risk, kind and flag that the plan has."""
    shown = worth_showing(plan)
    marks = [flag for change in shown for flag in flags(change, seen)]
    choices = (
        _choices("ended", "Outcome", [(word, word) for word in ended.WORDS], Counter(it.word for it in seen.ended.values())),
        _choices("flags", "Show only", list(FLAGS.items()), Counter(marks)),
        _choices("action", "Action", [(str(it), str(it)) for it in Action], Counter(str(it.action) for it in shown)),
        _choices("risk", "Risk", [(str(it), str(it)) for it in reversed(Risk)], Counter(str(it.risk) for it in shown)),
        _choices("kind", "Kind", _kinds(shown), Counter(it.key.kind for it in shown)),
    )
    return tag(
        "form",
        tag("label", "Search", class_="label", for_="search"),
        tag("input", type="search", id="search", placeholder="address, value, file …  ( / )", autocomplete="off", spellcheck="false"),
        tag("details", tag("summary", "Filters"), *choices, class_="choices", open=True),
        tag("p", tag("output", id="found", role="status"), tag("button", "Clear", type="reset", class_="plain"), class_="matches"),
        id="filters",
        class_="filters scripted",
        role="search",
        aria_label="Changes",
    )


def _kinds(shown: Iterable[Change]) -> list[tuple[str, str]]:
    return [(kind, kind) for kind in dict.fromkeys(change.key.kind for change in shown)]


def _choices(name: str, title: str, choices: Sequence[tuple[str, str]], counts: Counter[str]) -> Child:
    there = [choice for choice in choices if counts[choice[0]]]
    boxes = (_box(name, value, word, counts[value]) for value, word in there)
    return tag("fieldset", tag("legend", title), *boxes) if there else None


def _box(name: str, value: str, word: str, many: int) -> Markup:
    box = tag("input", type="checkbox", name=f"by-{name}", value=value)
    return tag("label", join(box, " ", tag("span", word), " ", tag("small", number(many))), class_="choice")
