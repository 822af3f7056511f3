"""A repository with a small catalog, as a pipeline checks it out."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.harness import Folder

ROOT = Path(__file__).resolve().parents[2]
STAC = {
    "description": "d",
    "license": "proprietary",
    "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [["2020-01-01T00:00:00Z", None]]}},
}


def manifest(name: str = "RGB") -> dict[str, object]:
    """A collection with one render option."""
    option = {"id": "rgb", "name": name, "type": "raster-tile", "options": "assets=image"}
    return {"apiVersion": "pcsync/v1", "kind": "Collection", "id": "naip", "stac": STAC, "renderOptions": [option]}


def checked_out(path: Path) -> Folder:
    """A repository whose main branch declares one collection."""
    folder = Folder(path)
    folder.project()
    folder.write("collections/naip.yaml", manifest())
    folder.write(".gitignore", ".pcsync/\n")
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "a catalog")
    return folder


def git(folder: Folder, *arguments: str) -> str:
    """What git prints."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *identity, *arguments], cwd=folder.path, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder: Folder, message: str) -> str:
    """Everything in one commit; its id."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD")
