"""The seams between the arms of the star: desired state as it streams in, reading, sending, and what apply reports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pcsync.core.compare import Declared
from pcsync.core.resource import Call, Desired

Scope = tuple[str, tuple[Declared, ...]]
"""A collection's id ("" for the catalog as a whole) and what the manifests declare for it."""


class DesiredState(Protocol):
    """What the manifests declare, scope by scope, as it becomes known; bodies only for the scopes somebody asks about."""

    def scopes(self) -> AsyncIterator[Sequence[Scope]]:
        """Batches of scopes, each scope once; reading the catalog starts while later manifests are still being parsed."""

    def expand(self, scope: str) -> Sequence[Desired]:
        """The desired resources of a scope in full."""


class Reader(Protocol):
    """All that planning may do with a catalog; there is no way to write through it."""

    async def get(self, path: str) -> Any:
        """The decoded JSON body (all pages of a paged listing merged), None for 404. Raises PcsyncError for anything else."""

    def members(self, path: str, array: str) -> AsyncIterator[Any]:
        """The members of one array of a large JSON listing, decoded one by one as the bytes arrive."""


@dataclass(frozen=True, slots=True)
class Look:
    """An answer of the data plane as it came, of any status; ``seconds`` from asking to the last byte, header names in lower case."""

    status: int
    media_type: str
    content: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    seconds: float = 0.0


class Viewer(Protocol):
    """What previews and checks see of a catalog: reading, and questions to the data plane. It changes no configuration."""

    async def get(self, path: str) -> Any:
        """See Reader.get."""

    async def look(self, path: str, question: Any = None) -> Look:
        """The answer to a GET, or to a POST of a question's JSON: a geometry, a search to register. Raises PcsyncError where none came.

        Only ``/data/`` routes and ``/stac/search`` are asked by POST; anything else is a ValueError.
        """


class Sender(Protocol):
    """What apply writes through."""

    async def send(self, call: Call) -> Any:
        """The decoded body of the answer; a long-running operation is waited for. Raises PcsyncError."""


class Progress(Protocol):
    """Somebody who wants to know how far the work is; may be called thousands of times."""

    def start(self, what: str, total: int | None) -> None:
        """A phase of work begins (``reading``, ``applying``); ``total`` steps, None while unknown."""

    def step(self, detail: str = "") -> None:
        """One step of the phase is done."""

    def finish(self) -> None:
        """The phase is over."""


class Silence:
    """Progress that nobody looks at."""

    def start(self, what: str, total: int | None) -> None:
        """Nothing."""

    def step(self, detail: str = "") -> None:
        """Nothing."""

    def finish(self) -> None:
        """Nothing."""


def by_scope(desired: Iterable[Desired]) -> dict[str, list[Desired]]:
    """Desired resources grouped by the collection they belong to."""
    scopes: dict[str, list[Desired]] = {}
    for resource in desired:
        scopes.setdefault(resource.key.collection, []).append(resource)
    return scopes
