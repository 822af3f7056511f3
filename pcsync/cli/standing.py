"""Everything a verdict on a manifest file depends on besides that file and those it names.

pcsync itself, the rules that count and how much, the project, the target with its variables and overlays, schemas of STAC extensions.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import pcsync
from pcsync.cli.examining import Examination
from pcsync.manifests.files import ASIDE
from pcsync.manifests.load import Context

ASIDE_FROM = frozenset({"__pycache__", "emulator", "client", "reconcile", "forge", "seeing"})
"""Folders of pcsync that say nothing about manifests."""
PARSERS = ("yaml_rs", "yaml", "orjson", "jsonschema_rs")
MOST_SCHEMAS, MOST_BYTES = 1000, 32 * 2**20


def standing(examination: Examination, context: Context) -> str | None:
    """A hash in hex; None where something has a say that cannot be hashed: a plugin's code, an overlay that talks to pcsync."""
    if examination.plugins:
        return None
    parts = [*_installation(), repr(sys.version_info), repr(examination.choice), repr(examination.policies)]
    parts += [repr(context.project.root), context.target.name, repr(context.target.variables), repr(context.diagnostics)]
    parts += [f"{name}: {[(it.patch, sorted(it.mentions)) for it in overlays]!r}" for name, overlays in context.overlays.items()]
    found = sha256("\0".join(parts).encode(errors="surrogatepass"))
    try:
        for path in (context.project.file, *context.project.overlays(context.target)[0]):
            raw = path.read_bytes()
            if ASIDE in raw and path != context.project.file:
                return None
            found.update(sha256(raw).digest())
        for name, content in _schemas(examination.schemas.folder):
            found.update(sha256(name.encode(errors="surrogateescape")).digest() + sha256(content).digest())
    except (OSError, _TooMuchError):
        return None
    return found.hexdigest()


class _TooMuchError(Exception):
    """More schemas than are worth reading for a hash."""


def _installation() -> Iterator[str]:
    """pcsync's own files by size and date, and the libraries that decide about values: an upgrade changes one of these."""
    yield pcsync.__version__
    yield from sorted(_stamps(str(Path(pcsync.__file__).parent)))
    for name in PARSERS:
        spec = find_spec(name)
        if spec and spec.origin:
            yield from (_stamp(spec.origin), _stamp(str(Path(spec.origin).parents[1])))


def _stamps(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name not in ASIDE_FROM:
                    yield from _stamps(entry.path)
            else:
                yield f"{entry.path}\0{entry.stat().st_mtime_ns}\0{entry.stat().st_size}"


def _stamp(path: str) -> str:
    found = Path(path).stat()
    return f"{path}\0{found.st_mtime_ns}\0{found.st_size}"


def _schemas(folder: Path | None) -> Iterator[tuple[str, bytes]]:
    """The files of a folder of schemas."""
    if folder is None or not folder.is_dir():
        return
    size = 0
    for number, path in enumerate(sorted(it for it in folder.rglob("*") if it.is_file())):
        content = path.read_bytes()
        size += len(content)
        if number >= MOST_SCHEMAS or size > MOST_BYTES:
            raise _TooMuchError
        yield path.relative_to(folder).as_posix(), content
