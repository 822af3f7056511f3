"""Overlays: merge patches that make one target's manifests differ from another's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pcsync.core.diagnostic import Diagnostic
from pcsync.manifests.files import Files, mentions
from pcsync.manifests.gate import check
from pcsync.manifests.merge import PATCH, Report, merge
from pcsync.manifests.parse import parse
from pcsync.manifests.problem import Problem
from pcsync.manifests.tree import Tree
from pcsync.manifests.variables import Variables

OVERLAY = "Overlay"
FRAME = ("apiVersion", "kind", "of")
IDENTITIES = ("id", "name", "collection")


@dataclass(frozen=True, slots=True)
class Overlay:
    """A patch over the manifest ``of`` (Collection/naip), and the marks it mentions (``files.MARKS``)."""

    of: str
    patch: Tree
    mentions: frozenset[bytes]


def read_overlay(path: Path, root: Path, variables: Variables) -> tuple[list[Overlay], list[Diagnostic]]:
    """The overlays of a file, and everything wrong with it."""
    file = path.relative_to(root).as_posix()
    try:
        raw = path.read_bytes()
    except OSError as wrong:
        tree = Tree(None, file)
        return [], [Problem("file-unreadable", f"{file} cannot be read: {wrong.strerror}", tree.at()).diagnostic(root)]
    parsed = parse(raw, file)
    problems: list[Problem] = []
    files = Files(root, lambda text: str(variables.fill(text)), problems, mentions=mentions(raw))
    trees = [Tree(document, file, number) for number, document in enumerate(parsed.documents) if document is not None]
    overlays = [it for tree in trees if (it := _overlay(tree, files, variables))]
    return overlays, [*parsed.diagnostics, *files.diagnostics, *(it.diagnostic(root) for it in problems)]


def _overlay(tree: Tree, files: Files, variables: Variables) -> Overlay | None:
    if not isinstance(tree.value, dict) or tree.value.get("kind") != OVERLAY:
        files.problems.append(
            Problem("overlay-expected", "this document is no overlay", tree.at("/kind"), "write kind: Overlay and of: Collection/ID")
        )
        return None
    found = [Problem(it.rule, it.what, tree.at(it.pointer), it.fix, it.pointer, key=it.key) for it in check(OVERLAY, tree.value)]
    files.problems.extend(found)
    if found:
        return None
    body = replace(tree, value={name: value for name, value in tree.value.items() if name not in FRAME})
    return Overlay(str(variables.fill(tree.value["of"])), files.expand(body), files.mentions)


def applied(tree: Tree, overlays: Sequence[Overlay], report: Report) -> Tree:
    """The tree under some overlays, in order."""
    for overlay in overlays:
        tree = _over(tree, overlay.patch, report)
    return tree


def _over(tree: Tree, patch: Tree, report: Report) -> Tree:
    kind = tree.value.get("kind")
    identity = {"Collection": "id", "IngestionSource": "name", "Removal": "collection"}.get(str(kind), "id")
    if identity in patch.value:
        report(
            Problem(
                "overlay-identity",
                f"an overlay cannot change the {identity} of a manifest",
                patch.at(f"/{identity}"),
                "remove it",
                key=True,
            )
        )
        patch = without(patch, identity)
    if PATCH in patch.value:
        report(Problem("overlay-directive", "an overlay cannot replace a whole manifest", patch.at(f"/{PATCH}"), "remove it", key=True))
        patch = without(patch, PATCH)
    return merge(tree, patch, report)


def without(tree: Tree, name: str) -> Tree:
    """An object without one of its members."""
    return replace(tree, value={key: value for key, value in tree.value.items() if key != name})


def index(overlays: list[Overlay]) -> dict[str, tuple[Overlay, ...]]:
    """Overlays by the manifest they change, in order."""
    found: dict[str, tuple[Overlay, ...]] = {}
    for overlay in overlays:
        found[overlay.of] = (*found.get(overlay.of, ()), overlay)
    return found
