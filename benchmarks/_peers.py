"""Other people's tools in a throw-away virtual environment below ``.benchmarks``, made when first asked for."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

from benchmarks._measure import ROOT

VENV = ROOT / ".benchmarks" / "peers"
PACKAGES = ("octodns", "deepdiff", "orjson", "PyYAML", "aiohttp", "azure-planetarycomputer<2")
MARK = VENV / ".installed"


@cache
def python() -> str:
    """The Python of that environment, "" where it cannot be made (no network, no package registry)."""
    found = VENV / "bin" / "python"
    if MARK.exists():
        return str(found)
    try:
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True, capture_output=True)
        quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([str(found), *quiet, *PACKAGES], check=True, capture_output=True, timeout=600)
    except (OSError, subprocess.SubprocessError):
        return ""
    MARK.touch()
    return str(found)


def tool(name: str) -> str:
    """The path of a command of that environment, "" where there is none."""
    home = python()
    path = Path(home).with_name(name) if home else None
    return str(path) if path and path.exists() else ""
