"""Whole outputs kept as files and reviewed like code; ``PCSYNC_UPDATE_GOLDEN=1`` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def golden(name: str, text: str) -> str:
    """What the golden file says; it is written first when the environment asks for it."""
    path = FOLDER / name
    if os.environ.get("PCSYNC_UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode())
    return path.read_bytes().decode() if path.exists() else f"there is no golden file {name}: PCSYNC_UPDATE_GOLDEN=1 writes it"
