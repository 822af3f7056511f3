"""Rules over all manifests together: every real collection at once, one of them broken."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from pcsync.rules.catalog import Catalog

Across = Callable[[Catalog, random.Random], Catalog]


def twin(catalog: Catalog, chance: random.Random) -> Catalog:
    """One more collection, whose id is another's in capitals."""
    one = chance.choice([it for it in catalog.extracts if it.id.upper() != it.id])
    return replace(catalog, extracts=[*catalog.extracts, replace(one, id=one.id.upper(), origin=replace(one.origin, file="zzz.yaml"))])


def unknown_schema(catalog: Catalog, chance: random.Random) -> Catalog:
    """A schema that is not at hand."""
    return replace(catalog, schemas=catalog.schemas - {chance.choice(sorted(catalog.schemas))})


SORTS: list[tuple[str, Across]] = [("service-similar-collections", twin), ("stac-not-checked", unknown_schema)]
