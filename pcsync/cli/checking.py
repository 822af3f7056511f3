"""Offline checking of manifest files, side by side where there are many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pcsync.cli.workers import Workers
from pcsync.core.diagnostic import Diagnostic
from pcsync.core.errors import UsageError
from pcsync.core.source import Document
from pcsync.manifests.load import Context, Loaded, conflicts, context, load_file
from pcsync.manifests.project import Project, find_project, read_project

if TYPE_CHECKING:
    from pcsync.cli.options import GlobalOptions


def check_files(options: GlobalOptions, files: Sequence[Path], target: str | None, all_targets: bool) -> tuple[int, list[Diagnostic]]:
    """How many files were checked, and every problem found, sorted by place and each once."""
    project = read_project(find_project(Path.cwd(), Path(options.config) if options.config else None), options.environment)
    chosen = [_existing(path) for path in files] or list(project.files())
    names = list(project.targets) if all_targets else [target]
    found = {it for name in names for it in check(project, name, chosen, options)}
    return len(chosen), sorted(found, key=lambda it: it.order)


def check(project: Project, target: str | None, files: Sequence[Path], options: GlobalOptions) -> list[Diagnostic]:
    """The problems of some files as one target of the project sees them; whether that target can be reached does not matter."""
    from pcsync.kinds import ATTACHING

    known = project.targets.get(target or project.default_target or "")
    spec = replace(known, problems=()) if known else project.target(target)
    setting = context(project, spec, options.environment, ATTACHING)
    workers = Workers(bare, files, setting)
    try:
        loaded = [it for future in workers.futures() for it in future.result()]
    finally:
        workers.close()
    documents = [document for one in loaded for document in one.documents]
    complete = set(files) >= set(project.files())
    return [*(it for one in loaded for it in one.diagnostics), *conflicts(documents, setting, complete=complete)]


def bare(path: Path, context: Context) -> Loaded:
    """What is found in a file, its documents without their bodies."""
    loaded = load_file(path, context)
    return Loaded(tuple(without_body(document) for document in loaded.documents), loaded.diagnostics)


def without_body(document: Document) -> Document:
    """A document by name and place only: small enough to be sent between processes."""
    return Document(document.kind, document.id, {}, document.origin)


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise UsageError(f"there is no file {path}", fix="name manifest files, or none to check the whole project")
    return path.absolute()
