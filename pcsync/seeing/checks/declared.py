"""A declared check as it is asked: out of a manifest's member, or out of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pcsync.core.checks import DeclaredCheck
from pcsync.core.resource import Key
from pcsync.core.source import Position
from pcsync.seeing.checks.sorts import SORTS


@dataclass(frozen=True, slots=True)
class Check:
    """One check. ``asked`` is what stands under its sort; ``skip`` why it is not asked; ``declared``: somebody wrote it."""

    collection: str
    name: str
    sort: str
    asked: Mapping[str, Any] = field(default_factory=dict)
    expected: Mapping[str, Any] = field(default_factory=dict)
    skip: str = ""
    position: Position | None = None
    declared: bool = True

    @property
    def address(self) -> str:
        """What it is about: a render option or mosaic that it names, else the collection."""
        if self.sort == "thumbnail":
            return str(Key("asset", self.collection, "thumbnail"))
        for name, kind in (("renderOption", "render-option"), ("mosaic", "mosaic")):
            if name in self.asked:
                return str(Key(kind, self.collection, self.asked[name]))
        return str(Key("collection", self.collection))


def check_of(collection: str, declared: DeclaredCheck) -> Check:
    """The check that a manifest's member declares, as its schema lets it through. Raises ValueError for one of no sort."""
    body = declared.body
    sort = next((sort for sort in SORTS if body.get(sort) is not None), None)
    if sort is None:
        raise ValueError(f"{body.get('name')}: no sort of check")
    asked, expected = _set(body[sort]), _set(body.get("expect") or {})
    return Check(collection, str(body.get("name") or sort), sort, asked, expected, body.get("skip") or "", declared.position)


def _set(body: Mapping[str, Any]) -> dict[str, Any]:
    """Without its nulls: in manifests null and absent are the same."""
    return {name: value for name, value in body.items() if value is not None}
