"""What pcsync knows about one kind of GeoCatalog resource. Adding a kind is adding one file that ends in ``KIND = ...``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:  # reading manifests takes this module's names and none of these dataclasses: to make one takes a millisecond
    from pcsync.core.change import Action, Risk
    from pcsync.core.diff import FieldDiff
    from pcsync.core.resource import Bodies, Body, Call, Desired, Key, Live
    from pcsync.core.source import Document

COLLECTION_MANIFEST = "Collection"


class Kind(Protocol):
    """One kind of resource, pure: it names what it reads and turns bodies into live resources; others do the I/O.

    A scope is a collection's id, or "" for what belongs to the catalog as a whole.
    """

    name: str
    """As in addresses: ``render-option``."""
    manifest: str
    """The manifest kind that declares it: ``Collection``, or its own."""
    section: str
    """The key of that manifest it is declared under (``renderOptions``); "" when it is the manifest itself."""
    after: tuple[str, ...]
    """Kinds whose changes come first; deletes run in reverse."""
    needs: tuple[str, ...]
    """Kinds without which a change of this one cannot succeed: their failure blocks it."""
    partial: bool
    """Only the top-level fields that the manifest sets are compared; the others are somebody else's."""

    def model(self) -> Any:
        """The pydantic type of the section's value; the JSON Schema comes from it."""

    def declare(self, document: Document) -> Iterable[Desired]:
        """The resources of this kind that a valid manifest declares."""

    def reads(self, scope: str, bodies: Bodies) -> Iterable[str]:
        """Paths to read for a scope, given what was read so far; asked again until it names nothing new."""

    def live(self, scope: str, bodies: Bodies) -> Iterable[Live]:
        """The live resources that the bodies show; none where the catalog answered 404 (None)."""

    def normalise(self, body: Body) -> Body:
        """The comparable form of a desired or a live body: defaults folded, server-owned fields out. Idempotent."""

    def calls(self, desired: Desired | None, live: Live | None) -> Sequence[Call]:
        """The requests that lead from live to desired; desired None deletes, live None creates."""

    def risk(self, action: Action, fields: Sequence[FieldDiff]) -> Risk:
        """The risk class of a change."""

    def export(self, lives: Sequence[Live]) -> Any:
        """The manifest section that would declare these live resources (a whole body for a manifest of its own)."""


@runtime_checkable
class Listed(Protocol):
    """A kind of which one request reads every resource."""

    listing: str
    array: str
    """The name of the array in the listing's body that holds the members, so that they can be read as they arrive."""

    def listed(self, body: Any) -> Iterable[tuple[str, Any]]:
        """(path, body) of each member, as if each path had been read by itself."""


@runtime_checkable
class Conditional(Protocol):
    """A kind with a precondition that only further reading can tell."""

    def probes(self, desired: Desired, live: Live | None) -> Iterable[str]:
        """Paths to read before the change can be judged."""

    def refusal(self, desired: Desired, live: Live | None, bodies: Bodies) -> str:
        """Why the catalog would not take the change; "" when it would."""


@runtime_checkable
class Proving(Protocol):
    """A kind whose live resources prove by themselves who made them."""

    def ours(self, live: Live, owners: Sequence[str]) -> bool:
        """One of these owners made it."""

    def strangers(self, scope: str, bodies: Bodies) -> Iterable[str]:
        """Paths of resources that no project made, as far as the bodies read so far tell: need not be read where none is declared."""


@runtime_checkable
class Repeatable(Protocol):
    """A kind of which the service takes several of one name: two who create it at once would make two."""

    repeatable: bool


@runtime_checkable
class Parting(Protocol):
    """A kind whose live resources are left out while an operation deletes them; they come back where that operation fails."""

    def leaving(self, scope: str, bodies: Bodies) -> Iterable[Key]:
        """The resources on their way out: not to be counted on, and not known to be gone."""


@runtime_checkable
class Removable(Protocol):
    """A kind whose deletion takes more along than itself, which has to be looked at first."""

    def removal_reads(self, scope: str, bodies: Bodies, expected: int) -> Iterable[str]:
        """Paths to read before a scope is removed; asked again until it names nothing new."""

    def removal_refusal(self, scope: str, bodies: Bodies, expected: int) -> str:
        """Why the scope must not be removed; "" when it may."""


@runtime_checkable
class Attaching(Protocol):
    """A kind whose manifest names files or secrets: JSON pointer patterns, ``*`` for any one segment."""

    files: tuple[str, ...]
    secrets: tuple[str, ...]

    def secret_facts(self, value: str) -> Mapping[str, Any]:
        """What may be known of a secret's value without giving it away."""


Kinds = Mapping[str, Kind]
"""Kinds by name."""
