"""JSON files that pcsync wrote for a later run and somebody may have touched meanwhile: read with suspicion, complained about by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import orjson

from pcsync.core.errors import PcsyncError

MAX_BYTES = 512 * 2**20  # some 200,000 changes

Document = TypeVar("Document")


def read_document(path: Path, name: str, fix: str, meaning: Callable[[Any], Document]) -> Document:
    """What a file means; ``name`` is what it should be ("a plan"), ``fix`` how to come by one. Raises PcsyncError that names the file."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            what = f"the file is too large to be {name}: {size // 2**20:,} MiB; {MAX_BYTES // 2**20} MiB is the limit"
            raise PcsyncError(what, where=str(path), fix=fix)
        return meaning(orjson.loads(path.read_bytes()))
    except OSError as wrong:
        raise PcsyncError(f"{name} cannot be read here: {wrong.strerror}", where=str(path), fix=fix) from wrong
    except orjson.JSONDecodeError as wrong:
        raise PcsyncError(f"this is not {name}: it is no JSON", where=str(path), fix=fix) from wrong
    except PcsyncError as wrong:
        if not wrong.where:
            wrong.where = str(path)
        wrong.fix = wrong.fix or fix
        raise
