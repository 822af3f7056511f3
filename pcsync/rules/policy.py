"""Policies: rules of a team's own, as JSON Schemas over manifests that have been resolved."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pcsync.core.diagnostic import Severity
from pcsync.core.source import step, steps
from pcsync.rules.manifest import Manifest
from pcsync.rules.rule import Finding, Rule

EVERY = "*"
IDENTITY = {"Collection": "id", "IngestionSource": "name", "Removal": "collection"}


class SchemaError(ValueError):
    """A policy's JSON Schema cannot be used."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One rule of a policy file. ``where`` and ``demand`` are JSON Schemas as text, so that it can be sent to worker processes.

    ``where`` chooses whole manifests of a kind, ``at`` (a JSON pointer, ``*`` for every member) the values in them.
    """

    id: str
    severity: Severity
    kind: str
    where: str
    at: str
    demand: str
    message: str
    fix: str
    why: str

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Policy:
        """The policy that a file's rule is."""
        return cls(
            body["id"],
            Severity(body.get("severity", "error")),
            body.get("kind", "Collection"),
            json.dumps(body.get("where") or {}),
            body.get("at", ""),
            json.dumps(body["assert"]),
            body["message"],
            body.get("fix", ""),
            body.get("why", ""),
        )

    @property
    def rule(self) -> Rule:
        """The policy as a rule like any other."""
        return Rule(self.id, self.message, self.severity, self.why, "", "", Manifest, self.check)

    def check(self, manifest: Manifest) -> Iterator[Finding]:
        """Where a manifest does not fit."""
        if manifest.kind != self.kind:
            return
        document = {**manifest.body, IDENTITY[self.kind]: manifest.id}
        if not compiled(self.where).is_valid(document):
            return
        validator = compiled(self.demand)
        for pointer, value in matched(document, self.at):
            if not validator.is_valid(value):
                wrong = dict.fromkeys("".join(step(name) for name in error.instance_path) for error in validator.iter_errors(value))
                yield from (Finding(pointer + inner, self.message, self.fix) for inner in wrong)


@cache
def compiled(schema: str) -> Any:
    """A JSON Schema ready for use. Raises SchemaError; what it refers to has to be in it."""
    import jsonschema_rs  # takes longer than all rules that need no schema

    try:
        return jsonschema_rs.Draft202012Validator(json.loads(schema), retriever=_nothing)
    except (ValueError, jsonschema_rs.ReferencingError) as wrong:
        raise SchemaError(str(wrong).splitlines()[0]) from wrong


def _nothing(url: str) -> Any:
    raise ValueError(f"{url} is not part of the schema")


def matched(value: Any, at: str) -> Iterator[tuple[str, Any]]:
    """(pointer, value) of what a pointer with ``*`` in it stands for."""
    found = [("", value)]
    for name in steps(at):
        found = [(pointer + step(key), member) for pointer, whole in found for key, member in _members(whole, name)]
    yield from found


def _members(whole: Any, name: str) -> Iterator[tuple[str | int, Any]]:
    if isinstance(whole, dict):
        yield from whole.items() if name == EVERY else ((name, whole[name]),) if name in whole else ()
    elif isinstance(whole, list):
        yield from ((index, member) for index, member in enumerate(whole) if name in (EVERY, str(index)))
