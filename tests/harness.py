"""pcsync as its user meets it: a folder, an environment, a command line, an exit code."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pcsync.cli.main import main

PROJECT = {
    "apiVersion": "pcsync/v1",
    "kind": "Project",
    "owner": "contoso-imagery",
    "manifests": ["collections"],
    "defaultTarget": "local",
    "targets": {"local": {"endpoint": "emulator:.pcsync/local.sqlite"}},
}


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Folder:
    """A project's folder and the environment its commands run in."""

    path: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def write(self, relative: str, content: Any) -> Path:
        """A file of the project: text and bytes as they are, anything else as YAML."""
        path = self.path / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
            path.write_text(text, encoding="utf-8")
        return path

    def project(self, **changes: Any) -> Path:
        """The project file, with top-level keys of one's own."""
        return self.write("pcsync.yaml", {**PROJECT, **changes})

    def run(self, *arguments: str) -> Ran:
        """One command in this folder, in process, with stdin that is no terminal."""
        out, err = io.StringIO(), io.StringIO()
        with _inside(self.path, self.environment), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(arguments)
        return Ran(code, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def _inside(path: Path, environment: Mapping[str, str]) -> Iterator[None]:
    before, kept = Path.cwd(), dict(os.environ)
    os.chdir(path)
    os.environ.update({"NO_COLOR": "1", "PCSYNC_NO_CACHE": "1", **environment})
    try:
        yield
    finally:
        os.chdir(before)
        os.environ.clear()
        os.environ.update(kept)
