"""One change on the page: a line that says what and how grave, and below it why, where, what differs and what is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pcsync.core.change import Action, Change
from pcsync.core.source import Position
from pcsync.render.groups import DONE, tail
from pcsync.render.html.ended import FINE, Ended
from pcsync.render.html.fields import fields
from pcsync.render.html.legend import legends
from pcsync.render.html.markup import Markup, escaped, fragment, join, tag
from pcsync.render.markdown_fields import gist
from pcsync.render.terminal import Style, cut
from pcsync.render.wording import count

SIGNS = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "−", Action.ADOPT: "=", Action.KEEP: "·"}
PLAIN = Style()
GISTS, GIST = 2, 64  # fields that the line names, characters of each
NAME = 200  # characters of an address
DRIFT = "Edited in the catalog since the last apply; the manifest did not change."


@dataclass(frozen=True, slots=True)
class Seen:
    """What pictures, checks and an apply say, by the addresses they are about.

    ``pixels``: they differ; ``failed``: a check did; ``pictured``: there is a picture; ``ended``: how the change ended, empty for a
    plan that was not applied.
    """

    pixels: frozenset[str] = field(default_factory=frozenset)
    failed: frozenset[str] = field(default_factory=frozenset)
    pictured: frozenset[str] = field(default_factory=frozenset)
    ended: Mapping[str, Ended] = field(default_factory=dict)


def flags(change: Change, seen: Seen) -> list[str]:
    """What a change can be filtered by besides action, risk and kind."""
    said = {
        "refused": bool(change.refusal),
        "drift": change.drift,
        "pixels": change.address in seen.pixels,
        "failed": change.address in seen.failed,
    }
    return [flag for flag, holds in said.items() if holds]


def change_row(change: Change, seen: Seen, *, opened: bool) -> Markup:
    """A change, folded; ``opened`` shows what differs at once."""
    marked, end = flags(change, seen), seen.ended.get(change.address)
    return tag(
        "details",
        _head(change, marked, end),
        tag("div", *_body(change, seen), class_="body"),
        id=change.address,
        class_="change",
        open=opened or (end is not None and end.word != FINE),
        data_action=str(change.action),
        data_risk=str(change.risk),
        data_kind=change.key.kind,
        data_flags=" ".join(marked) or None,
        data_ended=end.word if end else None,
    )


def _head(change: Change, marked: list[str], end: Ended | None) -> Markup:
    sign = tag("span", "!" if change.refusal else SIGNS[change.action], class_="badge", aria_hidden="true")
    action = tag("span", f"{change.action} ", class_="hidden")
    hint = tag("span", _hint(change), class_="hint")
    pills = (tag("span", word, class_="pill", data_flag=word) for word in (_flag(flag) for flag in marked))
    risk = tag("span", str(change.risk), class_="pill", data_risk=str(change.risk)) if change.action is not Action.KEEP else None
    name = tag("span", action, tag("code", cut(tail(change), NAME, PLAIN)), hint, class_="name")
    ended = tag("span", end.word, class_="pill", data_ended=end.word) if end else None
    return tag("summary", sign, name, tag("span", *pills, risk, ended, class_="pills"))


def _flag(flag: str) -> str:
    return {"pixels": "looks different", "failed": "check failed"}.get(flag, flag)


def _hint(change: Change) -> str:
    if change.action not in (Action.UPDATE, Action.ADOPT):
        return ""
    said = gist(change)
    more = [f"and {count(len(said) - GISTS, 'more field')}"] if len(said) > GISTS else []
    return "; ".join([*(cut(text, GIST, PLAIN) for text in said[:GISTS]), *more])


def _body(change: Change, seen: Seen) -> Iterator[Markup]:
    yield tag("p", _where(change.position), _links(change, seen), class_="meta")
    yield _end(seen.ended.get(change.address))
    if change.refusal:
        what = f"Will not be {DONE[change.action]}: " if change.action in DONE else ""
        yield tag("p", tag("strong", what), change.refusal, class_="note stop")
    if change.drift:
        yield tag("p", DRIFT, class_="note")
    if change.why:
        yield tag("p", f"Why: {change.why}.", class_="meta")
    yield from (tag("p", note, class_="note") for note in change.notes)
    yield fields(change)
    yield legends(change)
    if change.calls:
        calls = (tag("li", tag("code", str(call))) for call in change.calls)
        yield tag("details", tag("summary", count(len(change.calls), "request")), tag("ol", *calls), class_="calls")


def _end(end: Ended | None) -> Markup:
    if end is None or end.word == FINE:
        return Markup()
    return tag("p", tag("strong", end.word.capitalize()), f": {end.why}" if end.why else None, class_="note stop message")


def _where(position: Position | None) -> Markup:
    return join(tag("code", str(position), class_="where"), " ") if position else Markup()


def _links(change: Change, seen: Seen) -> Markup:
    picture = tag("a", "pictures", href=fragment(f"pictures:{change.address}")) if change.address in seen.pictured else None
    return join(tag("a", "link to this change", href=fragment(change.address)), picture and join(" ", picture))


def plain(text: str) -> Markup:
    """A name in code letters, cut where it is endless."""
    return tag("code", escaped(cut(text, NAME, PLAIN)))
