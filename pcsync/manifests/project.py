"""pcsync.yaml: the root of a project, its owner, its catalogs, and which files are its manifests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pcsync.core.diagnostic import Diagnostic
from pcsync.core.errors import ManifestError, UsageError
from pcsync.core.source import Origin, step
from pcsync.manifests.endpoint import EndpointError, endpoint
from pcsync.manifests.gate import check
from pcsync.manifests.parse import parse
from pcsync.manifests.patterns import PARTS, PatternError, matching
from pcsync.manifests.problem import Problem, did_you_mean
from pcsync.manifests.tree import Tree
from pcsync.manifests.variables import Variables, filled

FILE = "pcsync.yaml"
GIT = ".git"
DEFAULT_TARGETS: Mapping[str, Any] = MappingProxyType({"local": {"endpoint": "emulator:.pcsync/local.sqlite"}})


@dataclass(frozen=True, slots=True)
class TargetSpec:
    """A catalog of the project. ``endpoint`` is https://HOST, http://localhost:PORT or emulator:PATH (relative to the root).

    ``problems`` say what is wrong with it; they matter only to those who use this target.
    """

    name: str
    endpoint: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    overlays: tuple[str, ...] = ()
    protected: bool = False
    marker: bool = True
    problems: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True)
class Project:
    """What pcsync.yaml says. ``file`` is its path, ``root`` the folder it is in; patterns are relative to that."""

    root: Path
    file: Path
    owner: str
    previous_owners: tuple[str, ...] = ()
    default_target: str | None = None
    targets: Mapping[str, TargetSpec] = field(default_factory=dict)
    manifests: tuple[str, ...] = (".",)
    guards: Mapping[str, Any] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    policies: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()

    def target(self, name: str | None = None) -> TargetSpec:
        """The target of a name, else the default one. Raises UsageError for one that is not there, ManifestError for a faulty one."""
        chosen = name or self.default_target or (next(iter(self.targets)) if len(self.targets) == 1 else None)
        if chosen is None:
            names = ", ".join(self.targets)
            raise UsageError("no target is named, and the project has no defaultTarget", where=FILE, fix=f"say --target, one of: {names}")
        if chosen not in self.targets:
            raise UsageError(f"the project has no target {chosen!r}", where=FILE, fix=did_you_mean(chosen, self.targets))
        spec = self.targets[chosen]
        if spec.problems:
            raise ManifestError(spec.problems)
        return spec

    def files(self) -> tuple[Path, ...]:
        """The manifest files, sorted: what the patterns match, less the project file, its policies and the targets' overlays."""
        return self._found[0]

    def problems(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the patterns: those that match nothing, or that leave the project."""
        return self._found[1]

    def overlays(self, spec: TargetSpec) -> tuple[tuple[Path, ...], tuple[Diagnostic, ...]]:
        """The overlay files of a target in the order of its patterns, and what is wrong with those."""
        return self._expand(spec.overlays, f"/targets{step(spec.name)}/overlays")

    def policy_files(self) -> tuple[tuple[Path, ...], tuple[Diagnostic, ...]]:
        """The files of the project's policies, and what is wrong with their patterns."""
        return self._expand(self.policies, "/policies")

    @cached_property
    def named(self) -> frozenset[Path]:
        """The files that a pattern names outright: these have to be manifests, while a folder may hold other YAML too."""
        return frozenset(self.root / pattern for pattern in self.manifests)

    @cached_property
    def _found(self) -> tuple[tuple[Path, ...], tuple[Diagnostic, ...]]:
        found, problems = self._expand(self.manifests, "/manifests")
        overlays = {path for spec in self.targets.values() for path in self.overlays(spec)[0]}
        others = {*overlays, *self.policy_files()[0], self.file}
        return tuple(sorted(set(found) - others, key=PARTS)), problems

    def _expand(self, patterns: tuple[str, ...], pointer: str) -> tuple[tuple[Path, ...], tuple[Diagnostic, ...]]:
        found: dict[Path, None] = {}
        problems = []
        for index, pattern in enumerate(patterns):
            try:
                found |= dict.fromkeys(matching(self.root, pattern))
            except PatternError as wrong:
                origin = Origin(self.file.name).at(f"{pointer}/{index}")
                problems.append(Problem(wrong.rule, wrong.what, origin, wrong.fix, origin.pointer).diagnostic(self.root))
        return tuple(found), tuple(problems)


def find_project(start: Path, config: Path | None = None) -> Path:
    """The path of pcsync.yaml: ``config`` where it is given (a file or its folder), else found upward to the Git root.

    Raises UsageError.
    """
    if config is not None:
        chosen = config / FILE if config.is_dir() else config
        if not chosen.is_file():
            raise UsageError(f"there is no project file {config}", fix="name a pcsync.yaml with --config or PCSYNC_CONFIG")
        return chosen.absolute()
    here = start.absolute()
    for folder in (here, *here.parents):
        if (folder / FILE).is_file():
            return folder / FILE
        if (folder / GIT).exists():
            break
    raise UsageError(f"no {FILE} here or above, up to the Git root", fix="start a project: pcsync init")


def read_project(path: Path, environ: Mapping[str, str]) -> Project:
    """The project of a pcsync.yaml. Raises ManifestError with every problem of the file.

    ``${env:NAME}`` may stand in endpoints, variables and overlay patterns; one that is not set is a problem of its target only.
    """
    file = path.absolute()
    root = file.parent
    try:
        parsed = parse(file.read_bytes(), file.name)
    except OSError as wrong:
        raise UsageError(f"{path} cannot be read: {wrong.strerror}", fix="mend its permissions") from wrong
    documents = [document for document in parsed.documents if document is not None]
    body = documents[0] if len(documents) == 1 and isinstance(documents[0], dict) else None
    problems = [*parsed.diagnostics, *(it.diagnostic(root) for it in _problems(body, file.name))]
    if problems or body is None:
        raise ManifestError(problems)
    return _project(body, file, environ)


def _problems(body: Any, file: str) -> list[Problem]:
    origin = Origin(file)
    if body is None:
        what = "a project file holds one document that is an object"
        return [Problem("project-invalid", what, origin, "start with: apiVersion: pcsync/v1, kind: Project, owner: ...")]
    found = [Problem(it.rule, it.what, origin.at(it.pointer), it.fix, it.pointer, key=it.key) for it in check("Project", body)]
    targets = body.get("targets")
    default = body.get("defaultTarget")
    if not found and default is not None and default not in (targets or DEFAULT_TARGETS):
        fix = did_you_mean(default, targets or DEFAULT_TARGETS)
        found.append(
            Problem("project-unknown-target", f"there is no target {default!r}", origin.at("/defaultTarget"), fix, "/defaultTarget")
        )
    return found


def _project(body: Mapping[str, Any], file: Path, environ: Mapping[str, str]) -> Project:
    targets = body.get("targets") or DEFAULT_TARGETS
    return Project(
        root=file.parent,
        file=file,
        owner=body["owner"],
        previous_owners=tuple(body.get("previousOwners") or ()),
        default_target=body.get("defaultTarget"),
        targets={name: _target(name, dict(spec), file, environ) for name, spec in targets.items()},
        manifests=tuple(body.get("manifests") or (".",)),
        guards=body.get("guards") or {},
        rules=body.get("rules") or {},
        policies=tuple(body.get("policies") or ()),
        plugins=tuple(body.get("plugins") or ()),
    )


def _target(name: str, spec: dict[str, Any], file: Path, environ: Mapping[str, str]) -> TargetSpec:
    problems: list[Problem] = []
    pointer = f"/targets{step(name)}"
    value = filled(Tree(spec, file.name, 0, pointer), Variables({}, environ), problems.append)
    chosen = str(value["endpoint"])
    if not any(it.pointer == "/endpoint" for it in problems):
        try:
            chosen = endpoint(chosen, file.parent)
        except EndpointError as wrong:
            problems.append(
                Problem("project-endpoint", wrong.what, Origin(file.name).at(f"{pointer}/endpoint"), wrong.fix, f"{pointer}/endpoint")
            )
    return TargetSpec(
        name,
        chosen,
        value.get("variables") or {},
        tuple(value.get("overlays") or ()),
        bool(value.get("protected", False)),
        bool(value.get("marker", True)),
        tuple(it.diagnostic(file.parent) for it in problems),
    )
