"""``$file``: a value that stands in another file, with the keys beside it merged over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from pcsync.core.diagnostic import Diagnostic
from pcsync.core.source import Origin, step
from pcsync.manifests.merge import merge
from pcsync.manifests.parse import parse
from pcsync.manifests.paths import PathError, existing
from pcsync.manifests.problem import Problem
from pcsync.manifests.reads import Read, digest
from pcsync.manifests.text import TrapError, decoded
from pcsync.manifests.tree import Tree, with_list, with_members

FILE = "$file"
TEXTS = frozenset({".md", ".txt"})
TREES = frozenset({".json", ".yaml", ".yml"})
MARKS = (b"${", b"$file", b"$secret")
ASIDE = b"pcsync:"
"""What a comment to pcsync begins with; it may count until a day only."""
MAX_CHAIN = 16  # files that name files


def mentions(raw: bytes) -> frozenset[bytes]:
    """Which of the marks occur in a file: steps that look for one of the others are skipped."""
    return frozenset(mark for mark in MARKS if mark in raw) if b"$" in raw else frozenset()


@dataclass
class Files:
    """The files that one manifest reads, and what is wrong with them.

    ``variable`` fills ``${name}`` in a path; ``mentions`` are those of MARKS that occur in any of the files at all; ``reads`` says which
    files were read, ``asides`` whether any of them has a comment to pcsync; ``gaps`` are the places whose files could not be parsed.
    """

    root: Path
    variable: Callable[[str], str]
    problems: list[Problem] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    mentions: frozenset[bytes] = frozenset()
    reads: list[Read] = field(default_factory=list)
    asides: bool = False
    gaps: list[Origin] = field(default_factory=list)

    def expand(self, tree: Tree, chain: tuple[str, ...] = ()) -> Tree:
        """The tree with every ``$file`` below it read in; the tree itself where there is none."""
        if isinstance(tree.value, dict):
            return self._included(tree, chain) if FILE in tree.value else self._object(tree, chain)
        return self._list(tree, chain) if isinstance(tree.value, list) else tree

    def _object(self, tree: Tree, chain: tuple[str, ...]) -> Tree:
        members = {}
        for name, value in tree.value.items():
            if isinstance(value, dict | list):
                before = tree.below(name)
                after = self.expand(before, chain)
                if after is not before:
                    members[name] = after
        return with_members(tree, members) if members else tree

    def _list(self, tree: Tree, chain: tuple[str, ...]) -> Tree:
        if not any(isinstance(member, dict | list) for member in tree.value):
            return tree
        before = [tree.below(index) for index in range(len(tree.value))]
        after = [self.expand(member, chain) for member in before]
        return with_list(tree, after) if any(new is not old for new, old in zip(after, before, strict=True)) else tree

    def _included(self, tree: Tree, chain: tuple[str, ...]) -> Tree:
        siblings = self._object(replace(tree, value={name: member for name, member in tree.value.items() if name != FILE}), chain)
        spoilt = len(self.diagnostics)
        try:
            base = self._base(tree, chain)
        except PathError as wrong:
            self.problems.append(Problem(wrong.rule, wrong.what, tree.at(step(FILE)), wrong.fix))
            return siblings
        if base is None and len(self.diagnostics) > spoilt:
            self.gaps.append(tree.at(step(FILE)))
        if base is None or not siblings.value:
            return base or siblings
        if not isinstance(base.value, dict):
            fix = "remove the keys, or name a file that holds an object"
            self.problems.append(
                Problem("file-not-an-object", f"{base.file} holds no object, so nothing can stand beside it", tree.at(step(FILE)), fix)
            )
            return base
        return merge(base, siblings, self.problems.append)

    def _base(self, tree: Tree, chain: tuple[str, ...]) -> Tree | None:
        named = tree.value[FILE]
        if not isinstance(named, str) or not named:
            raise PathError("file-missing", "$file takes the path of a file", "write $file: stac.json")
        named = self.variable(named)
        path = existing(self.root, named, tree.file)
        if path in chain or path == tree.file:
            raise PathError("file-cycle", f"{path} includes itself: {' -> '.join((*chain, path))}", "remove one of the $file keys")
        if len(chain) >= MAX_CHAIN:
            raise PathError("file-cycle", f"files name files more than {MAX_CHAIN} deep", "put them into fewer files")
        return self._read(path, chain, tree.file, named)

    def _read(self, path: str, chain: tuple[str, ...], beside: str, named: str) -> Tree | None:
        suffix = PurePosixPath(path).suffix
        if suffix not in TEXTS | TREES:
            raise PathError(
                "file-type", f"{path} is neither JSON, YAML nor text", f"name a file that ends in {', '.join(sorted(TEXTS | TREES))}"
            )
        raw = self.bytes(path)
        self.mentions |= mentions(raw)
        self.reads.append(Read(beside, named, path, digest(raw)))
        self.asides = self.asides or ASIDE in raw
        if suffix in TEXTS:
            return Tree(_text(raw, path), path)
        parsed = parse(raw, path)
        self.diagnostics.extend(parsed.diagnostics)
        if len(parsed.documents) > 1:
            raise PathError("file-several-documents", f"{path} holds {len(parsed.documents)} documents", "a $file holds one: split it")
        base = Tree(parsed.documents[0] if parsed.documents else None, path)
        if parsed.diagnostics:
            return base if isinstance(base.value, dict) else None
        return self.expand(base, (*chain, path)) if b"$file" in mentions(raw) else base

    def bytes(self, path: str) -> bytes:
        """The bytes of a file. Raises PathError."""
        try:
            return (self.root / path).read_bytes()
        except OSError as wrong:
            raise PathError("file-unreadable", f"{path} cannot be read: {wrong.strerror or wrong}", "mend its permissions") from wrong


def _text(raw: bytes, path: str) -> Any:
    try:
        return decoded(raw).replace("\r\n", "\n").rstrip("\n")
    except TrapError as wrong:
        raise PathError(wrong.rule, f"{path}:{wrong.line}:{wrong.column}: {wrong.what}", wrong.fix) from wrong
