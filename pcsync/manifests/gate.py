"""The schema gate: every resolved manifest against its packaged schema, all errors at once, in twenty microseconds when there is none."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from pcsync.manifests.schema import NAMES, packaged_gate

if TYPE_CHECKING:
    import jsonschema_rs

    from pcsync.manifests.complaints import Complaint

API_VERSION = "pcsync/v1"


@cache
def validator(name: str) -> jsonschema_rs.Draft202012Validator:
    """The compiled schema of a manifest kind, once per process."""
    import jsonschema_rs  # not before: where every verdict is known already no schema is asked

    return jsonschema_rs.Draft202012Validator(packaged_gate(name))


def check(name: str, document: Any) -> Iterator[Complaint]:
    """What a resolved manifest has that its schema does not allow, and the other way round."""
    compiled = validator(name)
    if not compiled.is_valid(document):
        from pcsync.manifests.complaints import complaints

        yield from complaints(compiled.iter_errors(document), document, packaged_gate(name))


def known_kinds() -> tuple[str, ...]:
    """The kinds of manifest there are."""
    return NAMES
