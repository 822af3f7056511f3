"""Paths that manifests name: written with slashes, relative to the file that names them, never outside the project."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath


class PathError(ValueError):
    """A path that manifests may not name, or that leads nowhere: rule id, what, fix."""

    def __init__(self, rule: str, what: str, fix: str = "") -> None:
        super().__init__(what)
        self.rule, self.what, self.fix = rule, what, fix


def inside(root: Path, named: str, beside: str = "") -> str:
    """The path relative to the root of what a file names. Raises PathError where it leaves the project, also through a symbolic link.

    ``beside`` is the naming file, relative to the root.
    """
    if PurePosixPath(named).is_absolute() or PureWindowsPath(named).drive or "\\" in named or "\0" in named:
        raise PathError("file-outside", f"{named!r} is not a relative path with forward slashes", "name the file relative to this one")
    real_root = root.resolve()
    try:
        real = (real_root / PurePosixPath(beside).parent / named).resolve()
    except (OSError, RuntimeError) as wrong:
        raise PathError("file-missing", f"{named!r} cannot be resolved ({wrong})") from wrong
    if not real.is_relative_to(real_root):
        raise PathError("file-outside", f"{named!r} leads out of the project", "copy the file into the project; symbolic links count too")
    return real.relative_to(real_root).as_posix()


def existing(root: Path, named: str, beside: str = "") -> str:
    """Like ``inside``, for a file that must be there. Raises PathError."""
    path = inside(root, named, beside)
    if (root / path).is_file():
        return path
    folder = (root / path).parent
    near = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    what = f"there is no file {path}" if not (root / path).is_dir() else f"{path} is a folder, not a file"
    raise PathError(
        "file-missing", what, f"in that folder are: {', '.join(near[:8])}" if near else f"there is no folder {PurePosixPath(path).parent}"
    )
