"""The ownership marker of a generated collection, as the last apply of the benchmarks' project would have left it."""

from __future__ import annotations

from typing import Any

from benchmarks import _catalog
from pcsync.core.compare import declared
from pcsync.core.mark import Policy, children_entries, field_hashes, modes, new_marker
from pcsync.core.resource import COLLECTION
from pcsync.core.source import Document, Origin
from pcsync.kinds import KINDS

OWNER = "benchmarks"


def marker(index: int, origin: str) -> dict[str, Any]:
    """The marker's value for a catalog at ``origin``."""
    body = _catalog.manifest(index)
    document = Document("Collection", body["id"], body, Origin("collection.yaml"), OWNER)
    desired = [it for kind in KINDS.values() if kind.manifest == document.kind for it in kind.declare(document)]
    entries = [declared(KINDS[it.key.kind], it) for it in desired]
    root = next(it for it in desired if it.key.kind == COLLECTION)
    fields, children = field_hashes(KINDS[COLLECTION], root), children_entries(entries, modes(entries))
    return new_marker(document.id, Policy(origin, (OWNER,)), fields, children, None).to_json()
