"""The kinds of GeoCatalog resources, one file each. A kind is found by itself: any module here that ends in ``KIND = ...``.

What authors write of it is a pydantic model, in the file of the same name in ``models``; importing the kinds imports none of them.
The kinds themselves are imported when somebody asks for KINDS: what manifests attach (``attaching``) is known without them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pcsync.core.kind import Kind

    KINDS: Mapping[str, Kind]
    """Every kind by its name."""


def _discovered() -> Iterator[Kind]:
    from pkgutil import iter_modules

    for module in iter_modules(__path__, f"{__name__}."):
        found = None if module.ispkg else getattr(import_module(module.name), "KIND", None)
        if found is not None:
            yield found


@cache
def _kinds() -> Mapping[str, Kind]:
    return MappingProxyType({kind.name: kind for kind in sorted(_discovered(), key=lambda kind: kind.name)})


def __getattr__(name: str) -> Any:
    if name == "KINDS":
        return _kinds()
    raise AttributeError(name)
