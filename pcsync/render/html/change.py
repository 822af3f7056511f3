"""One change on the page: a line that says what and how grave, and below it why, where, what differs and what is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pcsync.core.change import Action, Change
from pcsync.core.source import Position
from pcsync.render.groups import DONE, tail
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
    """What pictures and checks say, by the addresses they are about: pixels differ, a check failed; and every address with a picture."""

    pixels: frozenset[str] = field(default_factory=frozenset)
    failed: frozenset[str] = field(default_factory=frozenset)
    pictured: frozenset[str] = field(default_factory=frozenset)


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
    marked = flags(change, seen)
    return tag(
        "details",
        _head(change, marked),
        tag("div", *_body(change, seen), class_="body"),
        id=change.address,
        class_="change",
        open=opened,
        data_action=str(change.action),
        data_risk=str(change.risk),
        data_kind=change.key.kind,
        data_flags=" ".join(marked) or None,
    )


def _head(change: Change, marked: list[str]) -> Markup:
    sign = tag("span", "!" if change.refusal else SIGNS[change.action], class_="badge", aria_hidden="true")
    action = tag("span", f"{change.action} ", class_="hidden")
    hint = tag("span", _hint(change), class_="hint")
    pills = (tag("span", word, class_="pill", data_flag=word) for word in (_flag(flag) for flag in marked))
    risk = tag("span", str(change.risk), class_="pill", data_risk=str(change.risk)) if change.action is not Action.KEEP else None
    name = tag("span", action, tag("code", cut(tail(change), NAME, PLAIN)), hint, class_="name")
    return tag("summary", sign, name, tag("span", *pills, risk, class_="pills"))


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


def _where(position: Position | None) -> Markup:
    return join(tag("code", str(position), class_="where"), " ") if position else Markup()


def _links(change: Change, seen: Seen) -> Markup:
    picture = tag("a", "pictures", href=fragment(f"pictures:{change.address}")) if change.address in seen.pictured else None
    return join(tag("a", "link to this change", href=fragment(change.address)), picture and join(" ", picture))


def plain(text: str) -> Markup:
    """A name in code letters, cut where it is endless."""
    return tag("code", escaped(cut(text, NAME, PLAIN)))
