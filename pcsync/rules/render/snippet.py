"""Examples of render options, short to write."""

from __future__ import annotations


def raster(options: str, *more: str) -> str:
    """A manifest with one raster render option; ``more`` are further lines of it."""
    lines = ["renderOptions:", "  - id: example", "    name: Example", f"    options: {_quoted(options)}"]
    return "\n".join([*lines, *(f"    {line}" for line in more)])


def vector(*lines: str) -> str:
    """A manifest with one vector render option."""
    return "\n".join(["renderOptions:", "  - id: example", "    name: Example", "    type: vt-polygon", *(f"    {line}" for line in lines)])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'" if text[:1] in "?%{[&" or ": " in text or " #" in text or not text else text
