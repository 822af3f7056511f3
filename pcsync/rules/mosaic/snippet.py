"""Examples of mosaics, short to write."""

from __future__ import annotations


def mosaic(cql: str, *more: str) -> str:
    """A manifest with one mosaic; ``more`` are lines that stand after it."""
    return "\n".join(["mosaics:", "  - id: example", "    name: Example", f"    cql: {cql}", *more])
