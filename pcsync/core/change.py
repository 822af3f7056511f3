"""One resource's way from live to desired state, as a value that can be shown, hashed and applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pcsync.core.diff import FieldDiff
from pcsync.core.resource import Body, Call, Key
from pcsync.core.source import Position

OWNERSHIP = "ownership"
"""Somebody else manages the resource, or nobody can prove that we do."""

CONFLICT = "conflict"
"""The manifest and the catalog both moved since the last apply."""

ABSENT = "absent"
"""The fingerprint of a resource that the catalog does not have."""


class Action(StrEnum):
    """What apply does to a resource. KEEP never carries a call."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    ADOPT = "adopt"
    KEEP = "keep"


class Risk(StrEnum):
    """What a mistake in a change would cost, least first."""

    COSMETIC = "cosmetic"  # texts that people read
    VISUAL = "visual"  # the map looks different
    QUERY = "query"  # searches and filters answer differently
    DATA = "data"  # what is ingested, and from where
    DESTRUCTIVE = "destructive"  # something is removed that can be made again
    IRREVERSIBLE = "irreversible"  # something that cannot be put back

    @property
    def weight(self) -> int:
        """Place in the order of severity, 0 for cosmetic."""
        return list(Risk).index(self)


def worst(risks: Sequence[Risk]) -> Risk:
    """The gravest of some risk classes; cosmetic when there is none."""
    return max(risks, key=lambda risk: risk.weight, default=Risk.COSMETIC)


@dataclass(frozen=True, slots=True)
class Change:
    """Desired and live state of one resource side by side, and the requests that lead from one to the other.

    ``before`` and ``after`` are the compared (normalised) bodies, None where the resource is not there. ``fingerprint`` is that of
    the live state the change was computed from (ABSENT when there is none). A ``refusal`` says why apply will not do it, and
    ``refused_by`` which rule that is (OWNERSHIP, CONFLICT; "" for a precondition of the catalog).
    ``why`` says what allows the change: that it is ours, that nobody has it, that somebody said so on the command line.
    ``compared`` and ``ignore`` are the fields in question (None: all) and the pointers that are not, so that a live body can be
    compared again without the manifest. ``takes`` is how many items a delete takes along, as was counted (None: none can be).
    """

    key: Key
    action: Action
    before: Body | None
    after: Body | None
    fields: tuple[FieldDiff, ...] = ()
    risk: Risk = Risk.COSMETIC
    calls: tuple[Call, ...] = ()
    fingerprint: str = ABSENT
    label: str = ""
    position: Position | None = None
    notes: tuple[str, ...] = ()
    refusal: str = ""
    drift: bool = False
    compared: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    refused_by: str = ""
    takes: int | None = None
    why: str = ""

    @property
    def address(self) -> str:
        """The address people read: the manifest's own name where the identity is a longer one."""
        return f"{self.key.kind}/{self.label}" if self.label and not self.key.collection else str(self.key)


@dataclass(frozen=True, slots=True)
class Unknown:
    """Resources whose live state could not be read: the address of the scope, the kinds concerned, and why."""

    address: str
    kinds: tuple[str, ...]
    reason: str
