"""The kinds of GeoCatalog resources, one file each. A kind is found by itself: any module here that ends in ``KIND = ...``.

What authors write of it is a pydantic model, in the file of the same name in ``models``; importing the kinds imports none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from pcsync.core.kind import Attaching, Kind


def _discovered() -> Iterator[Kind]:
    for module in iter_modules(__path__, f"{__name__}."):
        found = None if module.ispkg else getattr(import_module(module.name), "KIND", None)
        if found is not None:
            yield found


def _attaching(kinds: Mapping[str, Kind]) -> dict[str, tuple[Attaching, ...]]:
    found: dict[str, tuple[Attaching, ...]] = {}
    for kind in kinds.values():
        if isinstance(kind, Attaching):
            found[kind.manifest] = (*found.get(kind.manifest, ()), kind)
    return found


KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in sorted(_discovered(), key=lambda kind: kind.name)})
"""Every kind by its name."""

ATTACHING: Mapping[str, tuple[Attaching, ...]] = MappingProxyType(_attaching(KINDS))
"""Manifest kind to the kinds in it whose manifest names files or secrets."""
