"""A project in a folder, as the loader meets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pcsync.core.diagnostic import Diagnostic, Severity
from pcsync.manifests.load import Context, Loaded, context, load_all
from pcsync.manifests.project import Project, read_project

STAC = {
    "description": "Aerial imagery",
    "license": "CC-BY-4.0",
    "extent": {"spatial": {"bbox": [[-125.0, 24.0, -66.0, 50.0]]}, "temporal": {"interval": [["2020-01-01T00:00:00Z", None]]}},
}


@dataclass(frozen=True)
class Pictures:
    """A stand-in for kinds whose manifest names files and secrets."""

    files: tuple[str, ...] = ("/assets/*/file",)
    secrets: tuple[str, ...] = ("/sasToken",)

    def secret_facts(self, value: str) -> Mapping[str, Any]:
        """Its length, which gives nothing away in a test."""
        return {"length": len(value)}


ATTACHING: Mapping[str, Sequence[Any]] = {"Collection": (Pictures(secrets=()),), "IngestionSource": (Pictures(files=()),)}


@dataclass(frozen=True)
class Folder:
    """A project's root; targets and variables as its pcsync.yaml says."""

    root: Path
    environ: Mapping[str, str] = field(default_factory=dict)

    def write(self, name: str, content: Any) -> Path:
        """A file: text and bytes as they are, anything else as YAML."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str | bytes) else yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def collection(self, name: str = "collections/naip.yaml", **keys: Any) -> Path:
        """A Collection manifest with keys of one's own; None leaves one out."""
        body = {"apiVersion": "pcsync/v1", "kind": "Collection", "id": "naip", "stac": STAC, **keys}
        return self.write(name, {key: value for key, value in body.items() if value is not None})

    def project(self, **keys: Any) -> Project:
        """The project, with keys of one's own."""
        local = {"endpoint": "emulator:local.sqlite"}
        body = {"apiVersion": "pcsync/v1", "kind": "Project", "owner": "contoso", "manifests": ["collections"], "targets": {"local": local}}
        return read_project(self.write("pcsync.yaml", {**body, **keys}), self.environ)

    def context(self, target: str | None = None, **target_keys: Any) -> Context:
        """The context of a project with one target that has these keys."""
        project = self.project(targets={"local": {"endpoint": "emulator:local.sqlite", **target_keys}})
        return context(project, target, self.environ, ATTACHING)

    def load(self, **target_keys: Any) -> Loaded:
        """Everything the project has, for a target with these keys."""
        using = self.context(**target_keys)
        return load_all(using.project.files(), using)


def said(found: Sequence[Diagnostic] | Loaded) -> list[tuple[str, str]]:
    """(rule, file:line:column) of every error."""
    diagnostics = found.diagnostics if isinstance(found, Loaded) else found
    return [(it.rule, str(it.position)) for it in diagnostics if it.severity is Severity.ERROR]
