"""How the project stands in Git: state must not be in it, manifests should be."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from pcsync.core.symptom import Symptom, ok, warning
from pcsync.render.wording import count

TOPIC, NAME = "project", "git"
PATIENCE = 10  # seconds; a repository on a slow disk


def git(root: Path, state: str) -> Iterator[Symptom]:
    """Whether the project is in a repository that ignores its state folder."""
    inside = _asked(root, "rev-parse", "--is-inside-work-tree")
    if inside is None:
        yield warning(TOPIC, NAME, "git is not installed, or does not answer", "pcsync works without it; a review does not")
        return
    if inside.returncode:
        yield warning(TOPIC, NAME, _why(inside.stderr), "git init: a project is meant to be reviewed in Git")
        return
    if tracked := _lines(_asked(root, "ls-files", "--", state)):
        what = f"{count(len(tracked), 'file')} of {state} in Git; journals and undo files show what catalogs hold"
        yield warning(TOPIC, NAME, what, f"git rm -r --cached {state}, and put {state}/ into .gitignore")
    ignored = _asked(root, "check-ignore", "-q", f"{state}/journal/x")
    if ignored is None or ignored.returncode:
        yield warning(TOPIC, NAME, f"{state} is not ignored", f"put {state}/ into .gitignore")
    elif not tracked:
        changed = len(_lines(_asked(root, "status", "--porcelain", "--", ".")))
        yield ok(TOPIC, NAME, f"{state} is ignored; {count(changed, 'uncommitted file') if changed else 'everything is committed'}")


def _asked(root: Path, *arguments: str) -> subprocess.CompletedProcess[str] | None:
    try:
        return subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def _lines(asked: subprocess.CompletedProcess[str] | None) -> list[str]:
    return asked.stdout.splitlines() if asked and not asked.returncode else []


def _why(stderr: str) -> str:
    """In words of git's own where it refuses for another reason than that there is no repository."""
    said = (stderr.strip().splitlines() or [""])[0].removeprefix("fatal: ")
    return "the project is in no Git repository" if not said or "not a git repository" in said else f"git refuses: {said}"
