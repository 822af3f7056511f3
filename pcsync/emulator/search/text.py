"""CQL2 text as CQL2-JSON, with the package `cql2` when it is installed."""

from typing import Any

from pcsync.emulator.errors import Invalid

HINT = "filter-lang cql2-text needs the Python package cql2 (pip install cql2); send cql2-json"


def parse_text(text: Any) -> Any:
    """Raises Invalid, also when no parser is installed."""
    if not isinstance(text, str):
        raise Invalid("filter must be a text when filter-lang is cql2-text")
    try:
        import cql2
    except ImportError as missing:
        raise Invalid(HINT) from missing
    try:
        return cql2.parse_text(text).to_json()
    except (cql2.ParseError, cql2.ValidationError, ValueError) as broken:
        raise Invalid(f"filter is no CQL2 text: {str(broken)[:200]}") from broken
