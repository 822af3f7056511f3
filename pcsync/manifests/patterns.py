"""Files, folders and globs of a project file. A folder stands for every YAML file below it; nothing hidden, nothing outside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path

from pcsync.manifests.paths import PathError, inside

SUFFIXES = (".yaml", ".yml")
GLOB = frozenset("*?[")
PARTS = attrgetter("parts")
"""What paths are sorted by. It is their own order, but comparing paths as such takes a second for ten thousand of them."""


class PatternError(PathError):
    """A pattern that matches nothing or leaves the project."""


def matching(root: Path, pattern: str) -> list[Path]:
    """The files a pattern stands for, sorted. Raises PatternError."""
    try:
        found = sorted(_matching(root, pattern), key=PARTS)
    except PathError as wrong:
        raise PatternError(wrong.rule, wrong.what, wrong.fix) from wrong
    except (ValueError, OSError) as wrong:
        raise PatternError(
            "pattern-invalid", f"{pattern!r} is no pattern: {wrong}", "write a file, a folder, or a glob such as */*.yaml"
        ) from wrong
    if not found:
        raise PatternError("pattern-matches-nothing", f"{pattern!r} matches no file", "mend the pattern, or remove it")
    return found


def _matching(root: Path, pattern: str) -> Iterator[Path]:
    fixed = "/".join(part for part in pattern.split("/") if not GLOB & set(part))
    path = root / inside(root, fixed or ".")
    if not GLOB & set(pattern):
        yield from _below(root, path) if path.is_dir() else [path] if path.is_file() else []
        return
    for found in root.glob(pattern):
        if found.is_file() and not _hidden(found.relative_to(root)):
            inside(root, found.relative_to(root).as_posix())
            yield found


def _below(root: Path, folder: Path) -> Iterator[Path]:
    for entry in _entries(folder):
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from () if entry.is_symlink() else _below(root, folder / entry.name)
        elif entry.name.endswith(SUFFIXES) and (entry.is_symlink() or entry.is_file()):  # a pipe would be waited for
            path = folder / entry.name
            if entry.is_symlink():  # known from the listing, without asking the file system for each file
                inside(root, path.relative_to(root).as_posix())
            yield path


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What is in a folder; nothing where it cannot be listed."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
