"""Named selections of a collection's items that the Explorer offers (dossier 2.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

from pydantic import Field

from pcsync.core.change import Action, Risk
from pcsync.core.diff import FieldDiff
from pcsync.core.kind import COLLECTION_MANIFEST, Kind
from pcsync.core.resource import Bodies, Body, Call, Desired, Key, Live
from pcsync.core.source import Document, step
from pcsync.kinds._shapes import (
    CamelShape,
    Id30,
    OpenShape,
    child_reads,
    configuration,
    configurations_path,
    graded,
    ignored,
    member_calls,
    section,
    segment,
    set_fields,
)

FIELDS = ("name", "description", "cql")
RISKS = {"name": Risk.COSMETIC, "description": Risk.COSMETIC, "cql": Risk.QUERY}


class Cql(OpenShape):
    """A CQL2-JSON expression."""

    op: str = Field(min_length=1, description="Operator: =, <>, <, <=, >, >=, and, or, not, in, between, like, anyinteracts, …")
    args: list[Any] = Field(description="Operands: literals, {property: name}, {interval: [start, end]}, or expressions again.")


class Mosaic(CamelShape):
    """A selection of items, newest first."""

    id: Id30 = Field(description="1 to 30 letters, digits, _ and -, beginning and ending with a letter or digit.")
    name: Annotated[str, Field(max_length=30)] = Field(description="What people read, at most 30 characters.")
    description: str | None = Field(None, description="A longer explanation.")
    cql: list[Cql] = Field(description="CQL2-JSON expressions that must all hold; [] is every item.")


class MosaicKind:
    """A member of the collection's configuration; its place in the list is not state."""

    name = "mosaic"
    manifest = COLLECTION_MANIFEST
    section = "mosaics"
    after: tuple[str, ...] = ("queryable",)
    needs: tuple[str, ...] = ("collection",)
    partial = False

    def model(self) -> Any:
        """A list of mosaics."""
        return list[Mosaic]

    def declare(self, document: Document) -> Iterator[Desired]:
        """One resource for each member of the list."""
        for index, body in enumerate(section(document, self.section) or ()):
            key, origin = Key(self.name, document.id, body["id"]), document.origin.at(f"/mosaics/{index}")
            yield Desired(key, dict(body), origin, ignored(document, f"/mosaics{step(body['id'])}", FIELDS))

    def reads(self, scope: str, bodies: Bodies) -> Iterable[str]:
        """The combined configuration of the collection."""
        return child_reads(scope, bodies, configurations_path)

    def live(self, scope: str, bodies: Bodies) -> Iterator[Live]:
        """The mosaics of the combined configuration; ``default`` is one of them on collections that nobody configured."""
        for body in (configuration(scope, bodies).get("mosaicInfo") or {}).get("mosaics") or ():
            yield Live(Key(self.name, scope, body["id"]), body, f"{mosaics_path(scope)}/{segment(body['id'])}")

    def normalise(self, body: Body) -> Body:
        """Null as absent; ``""`` stays."""
        return set_fields(body)

    def calls(self, desired: Desired | None, live: Live | None) -> Sequence[Call]:
        """POST, PUT, DELETE."""
        return member_calls(desired, live, mosaics_path(desired.key.collection) if desired else "")

    def risk(self, action: Action, fields: Sequence[FieldDiff]) -> Risk:
        """What its filter finds; texts are cosmetic."""
        return graded(action, fields, create=Risk.QUERY, table=RISKS, other=Risk.QUERY)

    def export(self, lives: Sequence[Live]) -> Any:
        """The mosaics as a list."""
        return [set_fields(live.body) for live in lives]


def mosaics_path(collection: str) -> str:
    """``…/configurations/mosaics``."""
    return f"{configurations_path(collection)}/mosaics"


KIND: Kind = MosaicKind()
