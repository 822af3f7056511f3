"""Loading: a manifest file becomes resolved documents, and everything wrong with it is said in one run.

parse → ``$file`` → overlays → ``${variables}`` → schema gate → facts about files and secrets. Overlays come before variables, so that
they can use them too. On a file with nothing wrong no position is ever computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from pcsync.core.diagnostic import Diagnostic, Severity
from pcsync.core.kind import Attaching
from pcsync.core.source import Document, Origin, Position, within
from pcsync.manifests.facts import Facts, file_facts, matches, misplaced_secrets, secret_facts
from pcsync.manifests.files import ASIDE, Files, mentions
from pcsync.manifests.gate import API_VERSION, check, known_kinds
from pcsync.manifests.overlays import OVERLAY, Overlay, applied, index, read_overlay
from pcsync.manifests.parse import parse
from pcsync.manifests.paths import PathError, inside
from pcsync.manifests.problem import Problem, did_you_mean
from pcsync.manifests.project import Project, TargetSpec
from pcsync.manifests.reads import Read
from pcsync.manifests.schema import POLICY
from pcsync.manifests.secrets import Vault
from pcsync.manifests.served import server_owned
from pcsync.manifests.text import MAX_BYTES
from pcsync.manifests.tree import Tree
from pcsync.manifests.variables import Variables, filled

IDENTITY = {"Collection": "id", "IngestionSource": "name", "Removal": "collection"}
FRAME = frozenset({"apiVersion", "kind", "id"})
SECTIONS = frozenset(
    {"stac", "partitionType", "queryables", "tileSettings", "renderOptions", "mosaics", "ingestions", "containerUrl", "of", "management"}
)
"""Keys by which a document without apiVersion and kind is still known to be a manifest."""


@dataclass(frozen=True)
class Context:
    """What loading a manifest takes besides its file: project, target, environment, the target's overlays, kinds that attach things.

    ``diagnostics`` are about the project's patterns and the overlay files; ``conflicts`` passes them on.
    """

    project: Project
    target: TargetSpec
    environ: Mapping[str, str]
    attaching: Mapping[str, Sequence[Attaching]] = field(default_factory=dict)
    vault: Vault | None = None
    overlays: Mapping[str, tuple[Overlay, ...]] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()

    @cached_property
    def variables(self) -> Variables:
        """The target's variables; one collector of unknown names for each context."""
        return Variables(self.target.variables, self.environ)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The documents of one or more manifest files and what was found, sorted by place.

    Documents with an error are among them as far as they are known by name; use them only when ``valid``. ``reads`` are the other files
    that were read for them. ``lasting``: whoever reads the same bytes for the same target finds the same at any time, because no secret,
    nothing of the environment and no comment to pcsync is in them. ``aside``: there is such a comment in a file with nothing wrong.
    """

    documents: tuple[Document, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    reads: tuple[Read, ...] = ()
    lasting: bool = False
    aside: bool = False

    @property
    def valid(self) -> bool:
        """There is no error, at most warnings and notes."""
        return all(it.severity is not Severity.ERROR for it in self.diagnostics)


def context(
    project: Project,
    target: TargetSpec | str | None,
    environ: Mapping[str, str],
    attaching: Mapping[str, Sequence[Attaching]] | None = None,
    vault: Vault | None = None,
) -> Context:
    """The context of a target; reads its overlays. No ``vault``: none is asked. Raises UsageError for a target that is not there."""
    spec = target if isinstance(target, TargetSpec) else project.target(target)
    bare = Context(project, spec, dict(environ), dict(attaching or {}), vault)
    paths, problems = project.overlays(spec)
    overlays: list[Overlay] = []
    diagnostics = [*project.problems(), *problems]
    for path in paths:
        found, wrong = read_overlay(path, project.root, bare.variables)
        overlays.extend(found)
        diagnostics.extend(wrong)
    whole = replace(bare, overlays=index(overlays), diagnostics=tuple(diagnostics))
    whole.variables.used.update(bare.variables.used)
    return whole


def load_file(path: Path, context: Context) -> Loaded:
    """The documents of one manifest file. Never raises for bad input: whatever is wrong is in the diagnostics."""
    written = read_file(path, context.project.root)
    return written if isinstance(written, Loaded) else load_bytes(*written, context)


def read_file(path: Path, root: Path) -> tuple[str, bytes] | Loaded:
    """The path of a manifest file relative to the root, and its bytes; what is wrong where they cannot be had."""
    try:
        file = _relative(path, root)
        return file, _bytes(root / file)
    except (PathError, ValueError, OSError) as wrong:
        what = getattr(wrong, "strerror", None) or wrong
        return Loaded((), (Diagnostic("file-unreadable", Severity.ERROR, f"this file cannot be read: {what}", Position(str(path))),))


def load_bytes(file: str, raw: bytes, context: Context) -> Loaded:
    """The documents of a manifest file that has been read."""
    root = context.project.root
    parsed = parse(raw, file)
    loading = Loading(context, file, raw)
    context.variables.asked.clear()
    documents = tuple(it for number, value in enumerate(parsed.documents) if value is not None and (it := loading.document(value, number)))
    if not parsed.diagnostics and not loading.files.diagnostics and not loading.problems:
        lasting = not context.variables.asked and not loading.files.asides and ASIDE not in raw and not any(map(_secret, documents))
        return Loaded(documents, (), tuple(loading.files.reads), lasting, ASIDE in raw)
    found = [*parsed.diagnostics, *loading.files.diagnostics, *(it.diagnostic(root) for it in loading.problems)]
    return Loaded(documents, tuple(sorted(dict.fromkeys(found), key=lambda it: it.order)))


def _secret(document: Document) -> bool:
    """What is known of the document comes from a secret, or ends with one."""
    return document.kind == "IngestionSource" or any("ref" in fact or "missing" in fact for fact in document.facts.values())


def _relative(path: Path, root: Path) -> str:
    within_root = path.relative_to(root) if path.is_absolute() else path
    if ".." in within_root.parts or (root / within_root).is_symlink():
        return inside(root, within_root.as_posix())
    return within_root.as_posix()


def _bytes(path: Path) -> bytes:
    with path.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)


def load_all(paths: Iterable[Path], context: Context) -> Loaded:
    """The documents of several manifest files, with what only shows when they are seen together."""
    chosen = tuple(paths)
    loaded = [load_file(path, context) for path in chosen]
    documents = tuple(document for one in loaded for document in one.documents)
    complete = set(chosen) >= set(context.project.files())
    found = [*(it for one in loaded for it in one.diagnostics), *conflicts(documents, context, complete=complete)]
    return Loaded(documents, tuple(sorted(dict.fromkeys(found), key=lambda it: it.order)))


def conflicts(documents: Iterable[Document], context: Context, *, complete: bool = True) -> tuple[Diagnostic, ...]:
    """What only shows when manifests are seen together; bodies are not looked at. The context's own diagnostics are included.

    Pass ``complete=False`` where not all manifests were loaded: an overlay of one that is missing is then no error.
    """
    claims: dict[str, Document] = {}
    problems: list[Problem] = []
    for document in documents:
        name = f"{document.kind}/{document.id}"
        if name in claims:
            problems.append(_claimed_twice(name, document, claims[name], context))
        claims.setdefault(name, document)
    problems.extend(_removed_and_declared(claims))
    problems.extend(_overlays_of_nothing(claims, context) if complete else ())
    return (*context.diagnostics, *(it.diagnostic(context.project.root) for it in problems))


def _claimed_twice(name: str, document: Document, first: Document, context: Context) -> Problem:
    origin = _identity(first)
    where = Problem("", "", origin).diagnostic(context.project.root).position
    pointer = "/" + IDENTITY[document.kind]
    return Problem("manifest-claimed-twice", f"{name} is declared here and in {where}", _identity(document), "keep one of them", pointer)


def _removed_and_declared(claims: Mapping[str, Document]) -> Iterator[Problem]:
    for name, document in claims.items():
        if document.kind == "Removal" and f"Collection/{document.id}" in claims:
            what = f"collection {document.id} is declared by a manifest and removed by {name}"
            yield Problem("removal-of-declared", what, _identity(document), "remove one of the two manifests", "/collection")


def _overlays_of_nothing(claims: Mapping[str, Document], context: Context) -> Iterator[Problem]:
    for name, overlays in context.overlays.items():
        if name not in claims:
            for overlay in overlays:
                what = f"no manifest declares {name}, so this overlay changes nothing"
                yield Problem("overlay-of-nothing", what, overlay.patch.at("/of"), did_you_mean(name, claims), "/of")


def _identity(document: Document) -> Origin:
    return document.origin.at("/" + IDENTITY[document.kind])


def _in_gap(origin: Origin, gaps: Sequence[tuple[str, int, str]]) -> bool:
    """The value would have come from a file that could not be had, which is said already."""
    file, document, pointer = origin.written()
    return any(file == at[0] and document == at[1] and within(pointer, at[2].rpartition("/")[0]) for at in gaps)


class Loading:
    """One manifest file on its way to documents; ``problems`` collects what is wrong."""

    def __init__(self, context: Context, file: str, raw: bytes) -> None:
        self.context, self.file = context, file
        self.problems: list[Problem] = []
        self.before = 0  # problems of earlier documents
        self.files = Files(context.project.root, self.variable, self.problems, mentions=mentions(raw))

    def variable(self, text: str) -> str:
        """A path or identity with its variables filled in."""
        return str(self.context.variables.fill(text))

    def document(self, value: Any, number: int) -> Document | None:
        """A document of the file, resolved and checked; None where it is none of ours."""
        tree, self.before = Tree(value, self.file, number), len(self.problems)
        if not self.recognised(tree):
            return None
        kind, tree = value["kind"], self.resolved(tree)
        if not isinstance(tree.value, dict):
            self.report("manifest-expected", "what this $file names is no object", tree, "name a file that holds the manifest's keys")
            return None
        body = filled(tree, self.context.variables, self.problems.append) if b"${" in self.files.mentions else tree.value
        origin = tree.origin(self.file, number)
        facts = self.facts(kind, body, origin)
        self.gate(kind, body, origin)
        name = body.get(IDENTITY[kind])
        if not isinstance(name, str):
            return None
        kept = {key: member for key, member in body.items() if key not in FRAME}
        return Document(kind, name, kept, origin, self.context.project.owner, facts)

    def recognised(self, tree: Tree) -> bool:
        """The document is a manifest. YAML that a folder holds besides (``$file`` bases) is none, and nothing wrong either."""
        value = tree.value
        if not isinstance(value, dict):
            if self.context.project.root / self.file in self.context.project.named:
                self.report(
                    "manifest-expected", "this document is no object", tree, "start with apiVersion: pcsync/v1 and kind: Collection"
                )
            return False
        if "kind" not in value and "apiVersion" not in value and not SECTIONS & value.keys():
            if self.context.project.root / self.file in self.context.project.named:
                self.report(
                    "manifest-expected", "this document is no manifest", tree, "start with apiVersion: pcsync/v1 and kind: Collection"
                )
            return False
        return self.of_known_kind(tree, value.get("kind"))

    def of_known_kind(self, tree: Tree, kind: Any) -> bool:
        """The document's kind is one that may stand here."""
        if isinstance(kind, str) and kind in IDENTITY:
            return True
        if kind == OVERLAY:
            fix = "list its file under overlays of the targets that want it, in pcsync.yaml"
            self.report("overlay-misplaced", "overlays belong to targets; as a manifest this does nothing", tree, fix, "/kind")
        elif kind == "Project":
            self.report("project-misplaced", "only pcsync.yaml is a project", tree, "narrow the manifests patterns in pcsync.yaml", "/kind")
        elif kind == POLICY:
            self.report(
                "policy-misplaced", "as a manifest a policy does nothing", tree, "list its file under policies in pcsync.yaml", "/kind"
            )
        elif kind is None:
            self.report("manifest-missing-key", "the key 'kind' is missing", tree, f"add apiVersion: {API_VERSION} and kind: Collection")
        else:
            known = [name for name in known_kinds() if name in IDENTITY]
            self.report("manifest-unknown-kind", f"there is no kind {kind!r} of manifest", tree, did_you_mean(str(kind), known), "/kind")
        return False

    def report(self, rule: str, what: str, tree: Tree, fix: str, pointer: str = "") -> None:
        """Note a problem of the document as written."""
        self.problems.append(Problem(rule, what, tree.at(pointer), fix, pointer))

    def resolved(self, tree: Tree) -> Tree:
        """The tree after ``$file`` and overlays."""
        if b"$file" in self.files.mentions:
            tree = self.files.expand(tree)
        if not isinstance(tree.value, dict):
            return tree
        identity = tree.value.get(IDENTITY[tree.value["kind"]])
        if not self.context.overlays or not isinstance(identity, str):
            return tree
        overlays = self.context.overlays.get(f"{tree.value['kind']}/{self.variable(identity)}", ())
        self.files.mentions |= frozenset(mark for overlay in overlays for mark in overlay.mentions)
        return applied(tree, overlays, self.problems.append)

    def facts(self, kind: str, body: Mapping[str, Any], origin: Origin) -> Facts:
        """What is known of the files and secrets that the body names."""
        kinds, root = self.context.attaching.get(kind, ()), self.context.project.root
        facts = file_facts(body, kinds, origin, root, self.problems.append, self.files.reads)
        if b"$secret" in self.files.mentions:
            misplaced_secrets(body, kinds, origin, self.problems.append)
        return facts | secret_facts(body, kinds, origin, root, self.context.environ, self.problems.append, self.context.vault)

    def gate(self, kind: str, body: Mapping[str, Any], origin: Origin) -> None:
        """Check the document against its schema; what is known to be wrong already is not said twice."""
        said = {it.pointer for it in self.problems[self.before :] if it.pointer}
        gaps = [it.origin.written() for it in self.problems[self.before :] if it.rule.startswith("file-")]
        gaps += [it.written() for it in self.files.gaps]
        secret = [pointer for it in self.context.attaching.get(kind, ()) for pattern in it.secrets for pointer, _ in matches(body, pattern)]
        for it in check(kind, body):
            known = it.pointer in said or any(within(it.pointer, pointer) for pointer in secret)
            if not known and not _in_gap(origin.at(it.pointer), gaps):
                self.problems.append(Problem(it.rule, it.what, origin.at(it.pointer), it.fix, it.pointer, key=it.key))
        if kind == "Collection":
            for rule, pointer, what in server_owned(body):
                self.problems.append(Problem(rule, what, origin.at(pointer), "remove it", pointer, Severity.WARNING))
