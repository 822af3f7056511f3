"""From a value back to its line: the one file concerned is composed again, and only when somebody asks."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path, PurePosixPath

from pcsync.core.source import Extent, Origin, Position, steps
from pcsync.manifests import json_nodes, nodes
from pcsync.manifests.nodes import Node
from pcsync.manifests.text import TrapError, decoded

TREES = frozenset({".json", ".yaml", ".yml"})


def locate(origin: Origin, root: Path) -> Position:
    """File, line and column of a value; of its nearest enclosing one where it is not in the file itself (a default, a removed key).

    The file is named relative to the project root. A block mapping or list is where its key is; a text file is its first line.
    """
    return extent(origin, root).position


def extent(origin: Origin, root: Path) -> Extent:
    """Where a value is (``locate``) and where it ends: a block mapping or list is its key."""
    file, document, pointer = origin.written()
    node = _node(file, document, pointer, root)
    if node:
        return Extent(Position(file, node.line, node.column), node.end_line, node.end)
    whole = PurePosixPath(file).suffix in TREES or not (root / file).is_file()
    return Extent(Position(file) if whole else Position(file, 1, 1))


def key_extent(origin: Origin, root: Path) -> Extent:
    """Where the key of an object's member begins and ends."""
    file, document, pointer = origin.written()
    node = _node(file, document, pointer, root)
    if not node or not node.key_line:
        return extent(origin, root)
    return Extent(Position(file, node.key_line, node.key_column), node.key_line if node.key_end else 0, node.key_end)


def _node(file: str, document: int, pointer: str, root: Path) -> Node | None:
    path = root / file
    try:
        stamp = path.stat()
    except OSError:
        return None
    documents = composed(path, stamp.st_mtime_ns, stamp.st_size)
    node = documents[document] if 0 <= document < len(documents) else None
    for segment in steps(pointer) if node else ():
        inner = _child(node, segment)
        if inner is None:
            return node
        node = inner
    return node


def _child(node: Node | None, segment: str) -> Node | None:
    children = node.children if node else []
    if isinstance(children, dict):
        return children.get(segment)
    return children[int(segment)] if segment.isdecimal() and int(segment) < len(children) else None


@lru_cache(maxsize=4)  # a manifest, its base and overlays: people ask about one file after the other, and nodes take some 30 times its size
def composed(path: Path, _modified: int, _size: int) -> tuple[Node | None, ...]:
    """The nodes of a file's documents; the stamps make a changed file a new one. Empty where it cannot be read."""
    if path.suffix not in TREES:
        return ()
    try:
        text = decoded(path.read_bytes())
    except (OSError, TrapError):
        return ()
    return tuple((json_nodes if path.suffix == ".json" else nodes).compose(text).documents)
