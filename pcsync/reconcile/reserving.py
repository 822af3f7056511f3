"""The marker on the way back from an apply: first it lists what is still there and what is put back, then it is the former one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from pcsync.core.ownership import MARKER
from pcsync.core.plan import Seal
from pcsync.core.reserve import seal
from pcsync.core.resource import Body


@dataclass(frozen=True, slots=True)
class Reservation:
    """The marker that the collection's own change writes (None: none at all), and how it ends where that is not the end of it."""

    marker: Any
    seal: Seal | None = None


def reservation(scope: str, before: Body, live: Body | None, going: Collection[str]) -> Reservation:
    """The marker for putting a collection's document back while the children at the addresses ``going`` are still there.

    Where none of them is in the live marker, the former one is true from the first write on.
    """
    former, now = before.get(MARKER), (live or {}).get(MARKER, {})
    known = _children(now)
    leaving = [address for address in going if address in known]
    if not leaving:
        return Reservation(former)
    listed = {**known, **_children(former)}
    ending = seal(scope, known, listed, {address: entry for address, entry in listed.items() if address not in leaving})
    assert ending is not None  # noqa: S101  something leaves
    return Reservation({**now, "children": listed}, Seal(scope, ending.leaving, ending.former, former or {}))


def _children(marker: Any) -> Mapping[str, str]:
    children = marker.get("children") if isinstance(marker, Mapping) else None
    return children if isinstance(children, Mapping) else {}
