"""What may be expected of each sort of check; apart from checks themselves, because validation takes no more than these names."""

from __future__ import annotations

from collections.abc import Mapping

PICTURE = frozenset({"status", "within", "format", "size", "nonBlank", "visible", "clipped"})
NUMBERS = frozenset({"status", "within", "values", "classes"})
EXPECTATIONS: Mapping[str, frozenset[str]] = {
    "tile": PICTURE | {"classes"},
    "preview": PICTURE | {"classes"},
    "point": NUMBERS,
    "statistics": NUMBERS | {"valid"},
    "legend": PICTURE | {"classes"},
    "tilejson": frozenset({"status", "within"}),
    "wmts": frozenset({"status", "within"}),
    "search": frozenset({"status", "within", "count"}),
    "sas": frozenset({"status", "within", "permissions", "validFor"}),
    "thumbnail": PICTURE,
}
"""What may be expected of each sort of check."""
