"""A plan as text: a tree by collection that a tired person reads right, the verdict last."""

from __future__ import annotations

from collections.abc import Iterator

from pcsync.core.change import Action, Change, Risk, worst
from pcsync.core.plan import Check, Plan
from pcsync.render.fields import views
from pcsync.render.flow import flowed, summed
from pcsync.render.groups import DONE, Group, counted, groups, tail, tally
from pcsync.render.terminal import Style, cells, cut, one_line, padded
from pcsync.render.text_fields import body_lines, field_lines
from pcsync.render.wording import count, listed

SIGN = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-", Action.ADOPT: "=", Action.KEEP: " "}
REFUSED = "!"
BELOW = " " * 6  # fields stand below the address of their change
WIDEST_ADDRESS = 46  # columns up to which addresses share one column for what follows them


def plan_text(plan: Plan, style: Style, *, verbose: bool = False, unmanaged: bool = False) -> str:
    """The plan to read. ``verbose``: created resources whole, values uncut, every request; ``unmanaged``: what no manifest declares."""
    return "\n".join(plan_lines(plan, style, verbose=verbose, unmanaged=unmanaged)) + "\n"


def plan_lines(plan: Plan, style: Style, *, verbose: bool = False, unmanaged: bool = False) -> Iterator[str]:
    """The lines of ``plan_text``, one by one."""
    protected = " (protected)" if plan.target.protected else ""
    yield from _beside(one_line(f"Plan for {plan.target.name}"), one_line(f"{plan.target.endpoint}{protected}"), style)
    yield ""
    for group in groups(change for change in plan.changes if verbose or _worth_showing(change)):
        yield from _group_lines(group, style, verbose)
        yield ""
    yield from _unknown_lines(plan, style)
    yield from _check_lines(plan, style)
    yield from _unmanaged_lines(plan, style, unmanaged)
    yield from (style.dim(line) for note in plan.notes for line in flowed(f"note: {one_line(note)}", style.width))
    yield from _verdict_lines(plan, style)


def _worth_showing(change: Change) -> bool:
    return change.action is not Action.KEEP or bool(change.notes or change.refusal)


def _group_lines(group: Group, style: Style, verbose: bool) -> Iterator[str]:
    yield from _beside(one_line(group.title), counted(group.changes), style)
    column = min(max(cells(one_line(tail(change))) for change in group.changes), WIDEST_ADDRESS)
    for change in group.changes:
        yield from change_lines(change, style, column, verbose)


def _beside(title: str, more: str, style: Style) -> Iterator[str]:
    """A heading and what is told of it: on one line where there is room."""
    if cells(title) + 2 + cells(more) <= style.width:
        yield f"{style.bold(title)}  {style.dim(more)}"
    else:
        yield style.bold(title)
        yield from (style.dim(line) for line in flowed(more, style.width, "  "))


def change_lines(change: Change, style: Style, column: int = 0, verbose: bool = False) -> Iterator[str]:
    """One change: sign, address, risk and source position on a line if they fit, then its fields, notes and refusal."""
    yield from _head_lines(change, style, column)
    if change.action in (Action.CREATE, Action.DELETE):
        yield from body_lines(change, style, BELOW, verbose)
    for view in views(change):
        yield from field_lines(view, style, BELOW, verbose)
    if change.why and not _plainly_new(change):
        yield from (style.dim(line) for line in flowed(f"why: {one_line(change.why)}", style.width, BELOW))
    for note in change.notes:
        yield from (style.dim(line) for line in flowed(f"note: {one_line(note)}", style.width, BELOW))
    if change.refusal:
        what = f"will not be {DONE[change.action]}: " if change.action in DONE else ""
        yield from (style.bad(line) for line in flowed(what + one_line(change.refusal), style.width, BELOW))
    if verbose:
        yield from (style.dim(f"{BELOW}> {one_line(str(call))}") for call in change.calls)


def _plainly_new(change: Change) -> bool:
    """Nobody has it: the plus sign says all there is to say."""
    return change.action is Action.CREATE and not change.drift


def _head_lines(change: Change, style: Style, column: int) -> Iterator[str]:
    address = one_line(tail(change))
    risk = _risk(change)
    where = one_line(
        f"{change.position.file}:{change.position.line}" if change.position and change.position.line else str(change.position or "")
    )
    head = f"  {_sign(change, style)} {style.bold(padded(address, column))}"
    coloured = style.bad if change.risk.weight >= Risk.DATA.weight else style.warm if change.risk is not Risk.COSMETIC else style.dim
    used = 4 + max(cells(address), column) + 2 + max(cells(risk), 8)
    if used + 2 + cells(where) <= style.width:
        yield f"{head}  {coloured(padded(risk, 8) if where else risk)}" + (f"  {style.dim(where)}" if where else "")
        return
    yield f"  {_sign(change, style)} {style.bold(address)}  {coloured(risk)}"
    if where:
        yield style.dim(BELOW + _last_part(where, style.width - len(BELOW), style))


def _sign(change: Change, style: Style) -> str:
    if change.refusal:
        return style.bad(REFUSED)
    paint = {Action.CREATE: style.good, Action.UPDATE: style.warm, Action.DELETE: style.bad, Action.ADOPT: style.cool}
    return paint.get(change.action, style.dim)(SIGN[change.action])


def _risk(change: Change) -> str:
    words = [] if change.action is Action.KEEP else [str(change.risk)]
    return ", ".join([*words, *(["drift"] if change.drift else [])])


def _last_part(where: str, width: int, style: Style) -> str:
    """A file position cut at its beginning: the line number is what is needed most."""
    return where if cells(where) <= width else style.ellipsis + where[len(where) - width + len(style.ellipsis) :]


def _unknown_lines(plan: Plan, style: Style) -> Iterator[str]:
    if not plan.unknown:
        return
    yield style.bad(f"{count(len(plan.unknown), 'scope')} could not be read:")
    for gap in plan.unknown:
        kinds = f" ({listed(gap.kinds)})" if gap.kinds else ""
        yield from flowed(f"? {one_line(f'{gap.address}{kinds}: {gap.reason}')}", style.width, "  ")
    yield ""


def _check_lines(plan: Plan, style: Style) -> Iterator[str]:
    shown = [check for check in plan.checks if check.status != "pass"]
    for check in shown:
        paint = style.bad if check.status == "fail" else style.warm
        yield from (paint(line) for line in flowed(_check(check), style.width))
    if shown:
        yield ""


def _check(check: Check) -> str:
    sign, word = (REFUSED, "refused") if check.status == "fail" else ("*", "warning")
    where = f" {check.address}" if check.address else ""
    return one_line(f"{sign} {word} by {check.name}{where}: {check.message}")


def _unmanaged_lines(plan: Plan, style: Style, listing: bool) -> Iterator[str]:
    if not plan.unmanaged:
        return
    are = "is" if len(plan.unmanaged) == 1 else "are"
    more = ":" if listing else " (--show-unmanaged lists them)"
    what = f"{count(len(plan.unmanaged), 'live resource')} that no manifest declares {are} left alone{more}"
    yield from (style.dim(line) for line in flowed(what, style.width))
    if listing:
        yield from (style.dim(cut(f"    {one_line(str(key))}", style.width, style)) for key in sorted(plan.unmanaged))
    yield ""


def _verdict_lines(plan: Plan, style: Style) -> Iterator[str]:
    moving = [change for change in plan.changes if change.action is not Action.KEEP]
    stops = [] if plan.complete else ["not everything could be read"]
    stops += [count(len(plan.refusals), "refusal")] if plan.refusals else []
    if stops:
        yield from (style.bad(line) for line in flowed(f"This plan cannot be applied: {listed(stops)}.", style.width))
    words = [tally(plan)]
    if drift := sum(change.drift for change in moving):
        words.append(f"{drift} drifted")
    if moving:
        words.append(f"worst risk: {worst([change.risk for change in moving])}")
    said = f"Plan: {'' if moving or stops else 'nothing to do; '}{'; '.join(words)}"
    yield from (style.bold(line) for line in summed(said, style.width))
