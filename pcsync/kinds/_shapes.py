"""Shapes that several kinds share, as plain functions: paths, null folding, member calls, ignored pointers, risk tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from pcsync.core.change import Action, Risk, worst
from pcsync.core.compare import compared_fields, desired_form, live_form
from pcsync.core.diff import FieldDiff, carried, same
from pcsync.core.ignoring import pointers_below
from pcsync.core.kind import Kind
from pcsync.core.resource import Bodies, Body, Call, Desired, Live
from pcsync.core.source import Document, steps

# Paths


recalled = lru_cache(maxsize=1024)  # a plan asks for the same id some thirty times in a row; quoting was a tenth of its time


@recalled
def segment(name: str) -> str:
    """One segment of a path, percent-encoded whole (queryable names contain ``:``)."""
    return quote(name, safe="")


@recalled
def collection_path(collection: str) -> str:
    """``/stac/collections/{id}``: what replaces and deletes a collection."""
    return f"/stac/collections/{segment(collection)}"


@recalled
def collection_read(collection: str) -> str:
    """The path a collection is read by; unsigned, so that asset hrefs stay comparable."""
    return f"{collection_path(collection)}?sign=false"


@recalled
def configurations_path(collection: str) -> str:
    """``…/configurations``: tile settings, mosaics and render options are read from it in one request."""
    return f"{collection_path(collection)}/configurations"


def child_reads(scope: str, bodies: Bodies, path: Callable[[str], str]) -> tuple[str, ...]:
    """The one path a child kind reads; none for the catalog's scope, nor where the collection is known to be missing."""
    missing = collection_read(scope)
    return () if not scope or (missing in bodies and bodies[missing] is None) else (path(scope),)


def configuration(scope: str, bodies: Bodies) -> Mapping[str, Any]:
    """The combined configuration document of a collection; empty where there is none."""
    return bodies.get(configurations_path(scope)) or {}


# Bodies


def set_fields(body: Body) -> dict[str, Any]:
    """The body without its nulls: on this service null and absent are the same."""
    return {name: value for name, value in body.items() if value is not None}


def section(document: Document, name: str) -> Any:
    """The value of a manifest section; None where the manifest does not have it, and so does not manage it."""
    return document.body.get(name)


def ignored(document: Document, pointer: str, whole: Iterable[str]) -> tuple[str, ...]:
    """What ``management.ignore`` says about the value at ``pointer``, as pointers into that value.

    Members of lists are named by id, name or displayName: ``/renderOptions/natural-color/minZoom``. A pointer to the value itself,
    or to a list it is in, ignores it ``whole``: all these fields.
    """
    return pointers_below(ignoring(document), pointer, whole)


def ignoring(document: Document) -> tuple[str, ...]:
    """The pointers of ``management.ignore`` as written."""
    return tuple((section(document, "management") or {}).get("ignore") or ())


def replacing(desired: Desired, live: Live) -> Any:
    """The body of a PUT: the desired one, with what the live one holds where somebody else writes."""
    return carried(desired.body, live.body, desired.ignore)


def member_calls(desired: Desired | None, live: Live | None, base: str) -> Sequence[Call]:
    """Calls of a named member: POST to its list, PUT and DELETE of itself. Upsert is never relied on (dossier 1.2)."""
    if desired is None:
        return [Call("DELETE", live.path)] if live else []
    if live is None:
        return [Call("POST", base, desired.body)]
    return [Call("PUT", live.path, replacing(desired, live))]


def ambiguous(kind: Kind, desired: Desired, live: Live | None, what: str) -> str:
    """Why a change is refused when several live resources could be meant; "" when there is one, or nothing to change."""
    if live is None or not live.twins or _settled(kind, desired, live):
        return ""
    return f"{live.twins + 1} {what} on the catalog, and which of them is meant cannot be told: delete or rename the others first"


def _settled(kind: Kind, desired: Desired, live: Live) -> bool:
    return same(live_form(kind, live, compared_fields(kind, desired), desired.ignore), desired_form(kind, desired))


def with_twins(lives: Iterable[Live]) -> Iterator[Live]:
    """One live resource for each key, the first of the catalog's list, with the number of further ones that claim it."""
    first: dict[Any, Live] = {}
    for live in lives:
        known = first.get(live.key)
        first[live.key] = live if known is None else Live(known.key, known.body, known.path, known.twins + 1)
    yield from first.values()


# Risk


def graded(action: Action, fields: Sequence[FieldDiff], *, create: Risk, table: Mapping[str, Risk], other: Risk) -> Risk:
    """The risk of a change: that of its gravest field by the table of top-level names; deletes are destructive."""
    if action is Action.DELETE:
        return Risk.DESTRUCTIVE
    if action is Action.CREATE:
        return create
    return worst([table.get(next(steps(field.path), ""), other) for field in fields])


# Instants

RFC_3339 = re.compile(r"^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:\.([0-9]+))?([Zz]|[+-][0-9]{2}:[0-9]{2})$")


def instant(text: Any) -> Any:
    """An RFC 3339 time in its shortest UTC form: ``+00:00``, ``.000Z``, seven fractional digits and lower case fold away.

    Anything that is not such a time is returned as it is.
    """
    if not isinstance(text, str) or (len(text) == 20 and text[10] == "T" and text[19] == "Z"):
        return text
    found = RFC_3339.match(text)
    if not found:
        return text
    date, clock, fraction, offset = found.groups()
    whole = _utc(f"{date}T{clock}", offset)
    fraction = (fraction or "").rstrip("0")
    return text if whole is None else f"{whole}.{fraction}Z" if fraction else f"{whole}Z"


def _utc(local: str, offset: str) -> str | None:
    if offset not in ("Z", "z"):
        hours, minutes = int(offset[1:3]), int(offset[4:6])
        ahead = timedelta(hours=hours, minutes=minutes) * (-1 if offset[0] == "-" else 1)
    else:
        ahead = timedelta()
    try:
        return (datetime.fromisoformat(local) - ahead).replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    except (ValueError, OverflowError):  # the 31st of February, an hour 25: not an instant, compared as text
        return None
