"""What happens during an apply, as values: a journal, a progress line and the final counts all read the same ones."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pcsync.core.change import Change
from pcsync.core.diff import FieldDiff
from pcsync.core.errors import PcsyncError
from pcsync.core.resource import Call


@dataclass(frozen=True, slots=True)
class Started:
    """Apply turns to a change; its first request has not gone out."""

    change: Change


@dataclass(frozen=True, slots=True)
class Sending:
    """Request number ``index`` (from 0) of a change goes out next: from here on it may have been done."""

    change: Change
    index: int
    call: Call


@dataclass(frozen=True, slots=True)
class Sent:
    """The catalog did what a request asked; a long-running operation is over."""

    change: Change
    index: int
    call: Call


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request was not answered well; the catalog is looked at, or asked, again in so many seconds."""

    change: Change
    error: PcsyncError
    seconds: float


@dataclass(frozen=True, slots=True)
class Applied:
    """A change is done. ``found``: no answer said so, the catalog was looked at and is as desired."""

    change: Change
    found: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """A change was not done, or not in full."""

    change: Change
    error: PcsyncError


@dataclass(frozen=True, slots=True)
class Unsure:
    """Nobody knows whether a change was done: its answer was lost, and looking did not settle it."""

    change: Change
    error: PcsyncError


@dataclass(frozen=True, slots=True)
class Blocked:
    """A change was not attempted because one that it needs did not happen."""

    change: Change
    by: Change


@dataclass(frozen=True, slots=True)
class Skipped:
    """A change was not attempted because the apply was stopped."""

    change: Change
    why: str


@dataclass(frozen=True, slots=True)
class Converged:
    """A change was read back and is as desired."""

    change: Change


@dataclass(frozen=True, slots=True)
class Diverged:
    """A change that was applied does not read back as desired: the fields that differ (live, desired), or why it could not be read."""

    change: Change
    fields: tuple[FieldDiff, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """A collection's marker says what is true, by one more write after that of the collection's own change."""

    change: Change


@dataclass(frozen=True, slots=True)
class Unsealed:
    """A collection's marker could not be made to say what is true: it still names all that is ours, and more.

    ``dropped``: the catalog does not keep markers at all, and nothing can be done about that.
    """

    change: Change
    why: str
    dropped: bool = False


Verdict = Applied | Failed | Unsure | Blocked | Skipped
"""How a change ended; every change of a plan has exactly one."""

Event = Started | Sending | Sent | Waiting | Verdict | Converged | Diverged | Sealed | Unsealed

OnEvent = Callable[[Event], None]

Keep = Callable[[], Awaitable[None]]
"""Return once every event that was told so far would survive a power cut; awaited before each request."""


async def unkept() -> None:
    """Nobody keeps events."""


def unheard(event: Event) -> None:
    """Nobody listens."""
    del event
