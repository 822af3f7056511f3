"""A check as its rules see it: the sort, what is asked, what is expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pcsync.core.expecting import EXPECTATIONS
from pcsync.rules.collection import Collection
from pcsync.rules.shape import object_of

OPTION = "renderOptions:\n  - {id: rgb, name: RGB, options: assets=data}\n"
"""What the examples draw with."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One check below ``pointer``; ``asked`` is what stands under its ``sort``."""

    pointer: str
    sort: str
    body: Mapping[str, Any]

    @property
    def asked(self) -> Mapping[str, Any]:
        """The parameters of the question."""
        return object_of(self.body.get(self.sort))

    @property
    def expected(self) -> Mapping[str, Any]:
        """What the answer has to be."""
        return object_of(self.body.get("expect"))

    def at(self, name: str) -> str:
        """The pointer of a parameter."""
        return f"{self.pointer}/{self.sort}/{name}"


def checks(collection: Collection) -> Iterator[Declared]:
    """The checks of a collection that have a sort; the schema speaks about the others."""
    for pointer, body in collection.members("checks"):
        sort = next((name for name in EXPECTATIONS if name in body), None)
        if sort is not None:
            yield Declared(pointer, sort, body)


def example(*lines: str) -> str:
    """A manifest with a render option, and checks of these lines."""
    return OPTION + "\n".join(["checks:", *(f"  - {line}" for line in lines)]) + "\n"
