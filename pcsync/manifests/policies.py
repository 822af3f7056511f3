"""Policy files: rules of a team's own, read as they are written."""

from __future__ import annotations

from pathlib import Path

from pcsync.core.diagnostic import Diagnostic
from pcsync.core.errors import UsageError
from pcsync.core.source import Document, Origin
from pcsync.manifests.gate import check
from pcsync.manifests.parse import parse
from pcsync.manifests.problem import Problem
from pcsync.manifests.project import Project
from pcsync.manifests.schema import POLICY


def read_policies(project: Project) -> tuple[list[Document], list[Diagnostic]]:
    """The sound policy documents of a project, and what is wrong with the others. Raises UsageError for a file that cannot be read."""
    paths, problems = project.policy_files()
    documents, found = [], [*problems]
    for path in paths:
        sound, wrong = _read(path, project.root)
        documents += sound
        found += wrong
    return documents, found


def _read(path: Path, root: Path) -> tuple[list[Document], list[Diagnostic]]:
    file = path.relative_to(root).as_posix()
    try:
        parsed = parse(path.read_bytes(), file)
    except OSError as wrong:
        raise UsageError(f"{file} cannot be read: {wrong.strerror}", fix="mend its permissions") from wrong
    documents, found = [], [*parsed.diagnostics]
    for number, body in enumerate(parsed.documents):
        if body is not None:
            origin = Origin(file, "", number)
            problems = _problems(body, origin, root)
            found += problems
            documents += [] if problems else [Document(POLICY, file, body, origin)]
    return documents, found


def _problems(body: object, origin: Origin, root: Path) -> list[Diagnostic]:
    if not isinstance(body, dict):
        fix = "start with apiVersion: pcsync/v1, kind: Policy, rules: ..."
        return [Problem("manifest-expected", "a policy is an object", origin, fix).diagnostic(root)]
    complaints = check(POLICY, body)
    return [Problem(it.rule, it.what, origin.at(it.pointer), it.fix, it.pointer, key=it.key).diagnostic(root) for it in complaints]
