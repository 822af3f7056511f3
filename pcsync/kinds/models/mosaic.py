"""Named selections of the items of a collection."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from pcsync.kinds.models._base import CamelShape, Id30, OpenShape


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
