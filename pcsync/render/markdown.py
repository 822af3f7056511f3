"""A plan as a pull-request comment: the verdict, what will look different, what stands in the way, and the details folded away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from pcsync.core.change import Action, Change, Risk, worst
from pcsync.core.document import digest
from pcsync.core.picture import Comparison, Picture
from pcsync.core.plan import Plan
from pcsync.render.groups import DONE, Group, counted, groups, tail, tally
from pcsync.render.markdown_fields import change_lines, gist, head_line
from pcsync.render.markdown_fit import LIMIT, Block, fitted, rows
from pcsync.render.markdown_text import cell, code, comment, fence, html, inline
from pcsync.render.pictures import pictures_markdown
from pcsync.render.terminal import Style, cut
from pcsync.render.wording import count, listed, number, size

SEEN = {"render-option", "mosaic", "tile-settings"}
"""Kinds whose every change may be seen on the map, whatever its risk class."""
ASSET = "asset"
PLAIN = Style()
LONG = 300  # characters of a message outside the details
NAME = 200  # characters of a name or address
GISTS = 4  # fields of a change that the overview names
GIST = 100  # characters of one of them
SHORT = 20_000  # characters of a collection in its short form
REPORT = "the report of this run"


def marker(plan: Plan) -> str:
    """The hidden first line by which a pipeline finds the comment it wrote before: one for each project and target."""
    return comment(f"pcsync:plan {plan.target.owner}/{plan.target.name}")


def plan_markdown(plan: Plan, report: str = "", limit: int = LIMIT, *, pictures: Sequence[Comparison] | None = None) -> str:
    """The comment. ``report`` is the address of the whole plan, for when not all of it fits; ``limit`` in characters.

    ``pictures`` are told of by their scores, where they were made.
    """
    approved = digest(plan)
    head = [f"{marker(plan)}\n{comment(f'pcsync:digest {approved}')}\n## Plan for {_name(plan.target.name)}", verdict(plan)]
    shown = pictures_markdown(pictures, whole(report)) if pictures else ""
    head += [section for section in (_visual(plan, pictures or ()), shown, _stops(plan), _drift(plan), _warnings(plan)) if section]
    blocks = [_block(group) for group in groups(change for change in plan.changes if _worth_showing(change))]
    if blocks:
        head.append("### Details")
    return fitted(head, blocks, _tail(plan, approved, report), lambda left: _left_out(left, report), limit)


def verdict(plan: Plan) -> str:
    """Whether the plan can be applied, the counts, and how many changes there are of each risk class."""
    moving = [change for change in plan.changes if change.action is not Action.KEEP]
    stops = [] if plan.complete else [f"{count(len(plan.unknown), 'scope')} could not be read"]
    stops += [count(len(plan.refusals), "refusal")] if plan.refusals else []
    said = f"**This plan cannot be applied: {listed(stops)}.**" if stops else "" if moving else "**Nothing to do.**"
    drift = sum(change.drift for change in moving)
    counts = f"{tally(plan)}{f'; {number(drift)} drifted' if drift else ''}"
    protected = " (protected)" if plan.target.protected else ""
    lines = [said, f"**{counts}**" if moving and not stops else counts, _risks(moving), f"{_name(plan.target.endpoint)}{protected}"]
    return "<br>\n".join(line for line in lines if line)


def _risks(moving: Sequence[Change]) -> str:
    if not moving:
        return ""
    classes = Counter(change.risk for change in moving)
    words = [f"{number(classes[risk])} {risk}" for risk in reversed(Risk) if classes[risk]]
    return f"Risk: {', '.join(words)}; worst: **{worst([change.risk for change in moving])}**"


def _name(text: str) -> str:
    return code(cut(text, NAME, PLAIN))


def _message(text: str) -> str:
    return inline(cut(text, LONG, PLAIN))


def _worth_showing(change: Change) -> bool:
    return change.action is not Action.KEEP or bool(change.notes or change.refusal)


def _visual(plan: Plan, pictures: Sequence[Comparison]) -> str:
    """What will look different, as a table: collection, layer, what changes."""
    seen = [change for group in groups(plan.changes) for change in group.changes if looks_different(change)]
    if not seen:
        return ""
    files = {it.address: it for it in pictures if it.before and it.after}
    lines = rows((_seen(change, files.get(change.address)) for change in seen), len(seen), lambda more: f"| … | {more} more | |")
    head = ["| Collection | Layer | What changes |", "| --- | --- | --- |"]
    return "\n".join([f"### Looks different ({number(len(seen))})", "", *head, *lines])


def looks_different(change: Change) -> bool:
    """The change is made, and somebody who looks at the map may see it."""
    moving = change.action in (Action.CREATE, Action.UPDATE, Action.DELETE) and not change.refusal
    return moving and (change.risk is Risk.VISUAL or change.key.kind in SEEN)


def _seen(change: Change, file: Comparison | None) -> str:
    """A row; of a ``file`` that is replaced, how large the one before and the one after are."""
    said = gist(change)
    if change.key.kind == ASSET and file and file.before and file.after:
        said = [f"picture replaced: {_measured(file.before)} {PLAIN.arrow} {_measured(file.after)}"]
    elif change.action is Action.UPDATE:
        more = [f"and {count(len(said) - GISTS, 'more field')}"] if len(said) > GISTS else []
        said = [*(code(cut(text, GIST, PLAIN)) for text in said[:GISTS]), *more]
    return "| " + " | ".join(cell(text) for text in (_name(change.key.collection), _name(tail(change)), "<br>".join(said))) + " |"


def _measured(picture: Picture) -> str:
    return f"{number(picture.width)} x {number(picture.height)}, {size(len(picture.content))}"


def _stops(plan: Plan) -> str:
    refusals = plan.refusals
    unknown = (_bullet(gap.address, f"{listed(gap.kinds)}: {gap.reason}" if gap.kinds else gap.reason) for gap in plan.unknown)
    refused = (_bullet(check.address or check.name, check.message) for check in refusals)
    return "\n\n".join(
        part for part in (_section("Could not be read", unknown, plan.unknown), _section("Refused", refused, refusals)) if part
    )


def _drift(plan: Plan) -> str:
    drifted = [change for change in plan.changes if change.drift]
    lines = (_bullet(change.address, f"edited in the catalog since the last apply; will be {_back(change)}") for change in drifted)
    return _section("Drift", lines, drifted)


def _back(change: Change) -> str:
    return "left as it is" if change.refusal or change.action is Action.KEEP else "put back"


def _warnings(plan: Plan) -> str:
    warned = [check for check in plan.checks if check.status not in ("pass", "fail")]
    return _section("Warnings", (_bullet(check.address or check.name, check.message) for check in warned), warned)


def _bullet(address: str, message: str) -> str:
    return f"- {_name(address)}: {_message(message)}"


def _section(title: str, lines: Iterable[str], entries: Sequence[object]) -> str:
    if not entries:
        return ""
    return "\n".join([f"### {title} ({number(len(entries))})", "", *rows(lines, len(entries), lambda more: f"- … {more} more")])


def _block(group: Group) -> Block:
    """A collection's changes in full, and by their headings only."""

    def full() -> str:
        return _details(group, [line for change in group.changes for line in change_lines(change)])

    def short() -> str:
        heads = (head_line(change) for change in group.changes)
        return _details(group, rows(heads, len(group.changes), lambda more: f"… {more} more", SHORT))

    return Block(full, short)


def _details(group: Group, lines: list[str]) -> str:
    risk = worst([change.risk for change in group.changes if change.action is not Action.KEEP])
    summary = f"<code>{html(cut(group.title, NAME, PLAIN))}</code>: {counted(group.changes)} ({risk})"
    return f"<details><summary>{summary}</summary>\n\n{fence(lines, 'diff')}\n\n</details>"


def _left_out(collections: int, report: str) -> str:
    return f"*… {count(collections, 'collection')} left out here: a comment has no room for more. All of it is in {whole(report)}.*"


def whole(report: str) -> str:
    """Where everything is: a link if there is one, else the name of the place."""
    kept = "".join(character for character in report if character.isprintable() and character not in "<> \"'`\\")
    return f"[{REPORT}](<{kept}>)" if kept.startswith(("https://", "http://")) else REPORT


def _tail(plan: Plan, approved: str, report: str) -> list[str]:
    moving = any(change.action in DONE for change in plan.changes)
    are = "is" if len(plan.unmanaged) == 1 else "are"
    left = [f"{count(len(plan.unmanaged), 'live resource')} that no manifest declares {are} left alone."] if plan.unmanaged else []
    notes = (
        ["\n".join(rows((f"- note: {_message(note)}" for note in plan.notes), len(plan.notes), lambda more: f"- … {more} more"))]
        if plan.notes
        else []
    )
    approve = f"Plan digest `{approved}`: what is approved is this plan and no other. Everything in it: {whole(report)}."
    return ["\n\n".join([*left, *notes, approve])] if moving or left or notes else [f"Plan digest `{approved}`."]
