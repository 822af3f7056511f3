"""How two sides differ: as text, as JSON, as Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from pcsync.core.change import Action
from pcsync.core.contrast import Aspect, Contrast, Difference, Presence, Side
from pcsync.core.diff import FieldDiff
from pcsync.core.resource import CATALOG_SCOPE, COLLECTION, Key
from pcsync.render.fields import Plain, views
from pcsync.render.flow import flowed
from pcsync.render.json import FORMAT_VERSION, dumps
from pcsync.render.markdown_fields import view_lines
from pcsync.render.markdown_fit import LIMIT, Block, fitted, rows
from pcsync.render.markdown_text import code, comment, fence, html, inline
from pcsync.render.terminal import Style, cut, one_line
from pcsync.render.text_fields import body_lines, field_lines
from pcsync.render.wording import count, number

BELOW, DEEPER = " " * 6, " " * 10
SIGN = {Presence.A: "-", Presence.B: "+", Presence.BOTH: "~"}
PLAIN = Style(width=110)
LONGEST, NAME = 300, 200
SHORT = 1500


def contrast_text(contrast: Contrast, style: Style, *, verbose: bool = False) -> str:
    """A tree by collection; ``-`` is only in A, ``+`` only in B, and fields read from A to B."""
    return "\n".join(_lines(contrast, style, verbose)) + "\n"


def _lines(contrast: Contrast, style: Style, verbose: bool) -> Iterator[str]:
    yield style.bold(one_line(f"Difference of {contrast.a.name} and {contrast.b.name}"))
    for letter, side in (("A", contrast.a), ("B", contrast.b)):
        yield style.dim(one_line(f"  {letter}  {_said(side)}"))
    yield ""
    if contrast.remarks:
        yield style.bold("the plans as wholes")
        yield from (line for entry in contrast.remarks for line in field_lines(_plain(entry), style, BELOW[4:], verbose))
        yield ""
    for title, differences in _grouped(contrast.differences):
        yield style.bold(one_line(title))
        yield from (line for it in differences for line in _difference_lines(it, contrast, style, verbose))
        yield ""
    for side, gap in contrast.unread:
        yield from (style.bad(line) for line in flowed(f"? {one_line(f'{side.name}: {gap.address}: {gap.reason}')}", style.width))
    yield style.bold(_verdict(contrast))


def _said(side: Side) -> str:
    return side.name if side.name == side.place else f"{side.name}  {side.place}"


def _difference_lines(difference: Difference, contrast: Contrast, style: Style, verbose: bool) -> Iterator[str]:
    paint = {Presence.A: style.bad, Presence.B: style.good, Presence.BOTH: style.warm}[difference.presence]
    where = {Presence.A: f"only in {contrast.a.name}", Presence.B: f"only in {contrast.b.name}"}.get(difference.presence, "")
    yield f"  {paint(SIGN[difference.presence])} {style.bold(one_line(_tail(difference)))}" + (
        f"  {style.dim(one_line(where))}" if where else ""
    )
    for aspect in difference.aspects:
        yield from _aspect_lines(aspect, style, verbose)


def _aspect_lines(aspect: Aspect, style: Style, verbose: bool) -> Iterator[str]:
    indent = BELOW
    if aspect.title:
        yield style.dim(f"{BELOW}{aspect.title}:")
        indent = DEEPER
    change = aspect.change
    if change.action in (Action.CREATE, Action.DELETE):
        yield from body_lines(change, style, indent, verbose)
    for view in views(change):
        yield from field_lines(view, style, indent, verbose)
    for note in change.notes:
        yield from (style.dim(line) for line in flowed(f"note: {one_line(note)}", style.width, indent))


def _plain(entry: FieldDiff) -> Plain:
    return Plain(entry.op, entry.path, entry.before, entry.after)


def _grouped(differences: Sequence[Difference]) -> Iterator[tuple[str, list[Difference]]]:
    for scope, members in groupby(differences, key=lambda it: it.key.collection):
        yield (str(Key(COLLECTION, scope)) if scope else "catalog"), list(members)


def _tail(difference: Difference) -> str:
    """The address below its group's heading, with the action where a plan's change is meant."""
    key = difference.key
    tail = difference.address if key.collection == CATALOG_SCOPE else str(key).removeprefix(f"{Key(COLLECTION, key.collection)}/")
    tail = COLLECTION if key.kind == COLLECTION else tail
    change = difference.aspects[0].change
    planned = difference.presence is not Presence.BOTH and bool(change.calls or change.refusal or change.why)
    return f"{change.action} {tail}" if planned else tail


def _verdict(contrast: Contrast) -> str:
    counts = Counter(it.presence for it in contrast.differences)
    if contrast.alike:
        return f"No difference: {count(contrast.same, 'resource')} alike"
    words = [
        f"{number(counts[Presence.A])} only in {contrast.a.name}",
        f"{number(counts[Presence.B])} only in {contrast.b.name}",
        f"{number(counts[Presence.BOTH])} different",
        f"{number(contrast.same)} alike",
        *([f"{count(len(contrast.unread), 'part')} could not be read"] if contrast.unread else []),
    ]
    return one_line(", ".join(words))


def contrast_json(contrast: Contrast) -> str:
    """Every difference in order; ``a`` and ``b`` are the two values wherever something differs."""
    counts = Counter(it.presence for it in contrast.differences)
    return dumps(
        {
            "format_version": FORMAT_VERSION,
            "a": {"name": contrast.a.name, "place": contrast.a.place},
            "b": {"name": contrast.b.name, "place": contrast.b.place},
            "alike": contrast.alike,
            "complete": not contrast.unread,
            "summary": {
                "only_a": counts[Presence.A],
                "only_b": counts[Presence.B],
                "different": counts[Presence.BOTH],
                "same": contrast.same,
            },
            "differences": [_difference_json(it) for it in contrast.differences],
            "plans": [_field_json(entry) for entry in contrast.remarks],
            "unread": [
                {"side": side.name, "address": gap.address, "kinds": list(gap.kinds), "reason": gap.reason} for side, gap in contrast.unread
            ],
        }
    )


def _difference_json(difference: Difference) -> dict[str, Any]:
    return {
        "address": difference.address,
        "type": difference.key.kind,
        "in": str(difference.presence),
        "aspects": [
            {
                "title": aspect.title,
                **({"action": str(aspect.change.action)} if aspect.change.calls or aspect.change.refusal else {}),
                "a": aspect.change.before,
                "b": aspect.change.after,
                "fields": [_field_json(entry) for entry in aspect.change.fields],
                "notes": list(aspect.change.notes),
            }
            for aspect in difference.aspects
        ],
    }


def _field_json(entry: FieldDiff) -> dict[str, Any]:
    return {"op": str(entry.op), "path": entry.path, "a": entry.before, "b": entry.after}


def contrast_markdown(contrast: Contrast, limit: int = LIMIT) -> str:
    """Folded by collection, within what a comment takes."""
    sides = "\n".join(f"- {letter}: {code(cut(_said(side), NAME, PLAIN))}" for letter, side in (("A", contrast.a), ("B", contrast.b)))
    head = [f"{comment('pcsync:diff')}\n## Difference of {inline(contrast.a.name)} and {inline(contrast.b.name)}", sides]
    head.append(f"**{inline(_verdict(contrast))}**")
    unread = [f"- {code(side.name)} {code(gap.address)}: {inline(cut(gap.reason, LONGEST, PLAIN))}" for side, gap in contrast.unread]
    if unread:
        head.append("\n".join(["### Could not be read", "", *rows(unread, len(unread), lambda more: f"- … {more} more")]))
    if contrast.remarks:
        lines = [cut(line, LONGEST, PLAIN) for entry in contrast.remarks for line in view_lines(_plain(entry))]
        head.append("### The plans as wholes\n\n" + fence(rows(lines, len(lines), lambda more: f"… {more} more"), "diff"))
    blocks = [_block(title, found, contrast) for title, found in _grouped(contrast.differences)]
    return fitted(head, blocks, [], lambda left: f"*… {count(left, 'collection')} left out here.*", limit)


def _block(title: str, differences: Sequence[Difference], contrast: Contrast) -> Block:
    summary = f"<details><summary><code>{html(cut(title, NAME, PLAIN))}</code>: {count(len(differences), 'difference')}</summary>"

    def details(lines: list[str]) -> str:
        return f"{summary}\n\n{fence(lines, 'diff')}\n\n</details>"

    def full() -> str:
        return details([cut(line, LONGEST, PLAIN) for it in differences for line in _diff_lines(it, contrast)])

    def short() -> str:
        heads = (_head(it, contrast) for it in differences)
        return details(rows(heads, len(differences), lambda more: f"… {more} more", SHORT))

    return Block(full, short)


def _head(difference: Difference, contrast: Contrast) -> str:
    where = {Presence.A: f" · only in {contrast.a.name}", Presence.B: f" · only in {contrast.b.name}"}.get(difference.presence, "")
    return cut(one_line(f"@@ {_tail(difference)}{where} @@"), LONGEST, PLAIN)


def _diff_lines(difference: Difference, contrast: Contrast) -> Iterator[str]:
    yield _head(difference, contrast)
    for aspect in difference.aspects:
        if aspect.title:
            yield f"  {aspect.title}:"
        change = aspect.change
        if change.action in (Action.CREATE, Action.DELETE):
            yield from (f"{SIGN[difference.presence]} {line}" for line in body_lines(change, PLAIN, ""))
        for view in views(change):
            yield from view_lines(view)
        yield from (f"! note: {one_line(note, ' ')}" for note in change.notes)
