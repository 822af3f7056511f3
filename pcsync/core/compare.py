"""Desired against live state: first whether anything differs at all, then what exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from pcsync.core.canonical import digest, fingerprint
from pcsync.core.change import ABSENT, Action, Change
from pcsync.core.diff import at, diff, without
from pcsync.core.kind import Kind
from pcsync.core.ownership import MARKER
from pcsync.core.resource import Body, Desired, Key, Live
from pcsync.core.source import Origin, Position

Locate = Callable[[Origin], Position | None]
"""The way from an origin to file, line and column."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What is kept of a desired resource while thousands are compared: a digest instead of the body.

    ``fields`` are the body's top-level names where the kind compares only those, else None.
    """

    key: Key
    digest: bytes
    fields: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    unreadable: bytes = b""  # digest of what cannot be read back, empty where there is nothing
    claims: tuple[tuple[str, str], ...] = ()
    label: str = ""
    due: tuple[str, str] | None = None


def desired_form(kind: Kind, desired: Desired) -> Body:
    """What of a desired body is compared."""
    form: Body = without(kind.normalise(desired.body), desired.ignore)
    return form


def live_form(kind: Kind, live: Live, fields: tuple[str, ...] | None, ignore: tuple[str, ...]) -> Body:
    """What of a live body is compared with a desired one that sets ``fields`` and ignores ``ignore``."""
    form = kind.normalise(live.body)
    if fields is not None:
        form = {name: form[name] for name in fields if name in form}
    body: Body = without(form, ignore)
    return body


def compared_fields(kind: Kind, desired: Desired) -> tuple[str, ...] | None:
    """The top-level fields in question: those the manifest sets where the kind is partial, else all (None).

    Read off the body as written, so that a field set to null or [] asks for its absence instead of falling silent.
    """
    return tuple(sorted(desired.body)) if kind.partial else None


def declared(kind: Kind, desired: Desired) -> Declared:
    """The digest of a desired resource and all it takes to compare a live one with it."""
    form = desired_form(kind, desired)
    hidden = digest(desired.unreadable) if desired.unreadable is not None else b""
    return Declared(
        desired.key, digest(form), compared_fields(kind, desired), desired.ignore, hidden, desired.claims, desired.label, desired.due
    )


def settled(kind: Kind, entry: Declared, live: Live) -> bool:
    """The live resource is as declared; nothing to do."""
    if entry.due and overdue(entry.due, live):
        return False
    return not live.twins and digest(live_form(kind, live, entry.fields, entry.ignore)) == entry.digest


def overdue(due: tuple[str, str], live: Live) -> bool:
    """The live value at the pointer is an instant before the one of ``due``, or none at all."""
    pointer, instant = due
    try:
        return datetime.fromisoformat(at(live.body, pointer)) < datetime.fromisoformat(instant)
    except (LookupError, TypeError, ValueError):
        return True


def change(kind: Kind, desired: Desired, live: Live | None, locate: Locate) -> Change:
    """The change that makes the live resource as desired; KEEP when it already is."""
    if desired.due and live and overdue(desired.due, live):
        desired = replace(desired, ignore=tuple(pointer for pointer in desired.ignore if pointer != desired.due[0]))
    after = desired_form(kind, desired)
    compared = compared_fields(kind, desired)
    before = live_form(kind, live, compared, desired.ignore) if live else None
    fields = tuple(diff(before, after)) if before is not None else ()
    action = Action.CREATE if before is None else Action.UPDATE if fields else Action.KEEP
    return Change(
        key=desired.key,
        action=action,
        before=before,
        after=after,
        fields=fields,
        risk=kind.risk(action, fields),
        calls=() if action is Action.KEEP else tuple(kind.calls(desired, live)),
        fingerprint=live_fingerprint(kind, live),
        label=desired.label,
        position=None if action is Action.KEEP else locate(desired.origin),
        notes=() if action is Action.KEEP else desired.notes,
        compared=compared,
        ignore=desired.ignore,
    )


def deletion(kind: Kind, live: Live, why: str = "") -> Change:
    """The delete of a live resource."""
    return Change(
        live.key,
        Action.DELETE,
        before=kind.normalise(live.body),
        after=None,
        risk=kind.risk(Action.DELETE, ()),
        calls=tuple(kind.calls(None, live)),
        fingerprint=live_fingerprint(kind, live),
        why=why,
    )


def refused(change: Change, why: str, by: str = "") -> Change:
    """The same change, which apply will not make, with the reason; its requests are dropped so that nothing can send them."""
    return replace(change, refusal=why, refused_by=by, calls=()) if why else change


def live_fingerprint(kind: Kind, live: Live | None) -> str:
    """What a plan remembers of the live state it was made from: all that the kind compares, also what no manifest sets, and the owner."""
    if live is None:
        return ABSENT
    seen = {"path": live.path, "body": kind.normalise(live.body), "twins": live.twins}
    return fingerprint(seen if MARKER not in live.body else {**seen, "marker": live.body[MARKER]})
