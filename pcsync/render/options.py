"""Render options' query strings parameter by parameter, for reading only: what is compared and sent is the kind's business.

Read off the compared form, in which a plus sign is always ``%2B`` and a blank a blank.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote


def parameters(options: str) -> dict[str, Any]:
    """Decoded value by parameter, a list of values where it is repeated; JSON (colormap, algorithm_params) as such."""
    found: dict[str, list[Any]] = {}
    for part in options.split("&") if options else ():
        name, _, value = part.partition("=")
        found.setdefault(unquote(name), []).append(_decoded(unquote(value)))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _decoded(text: str) -> Any:
    if not text.startswith(("{", "[")):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # not JSON after all, or nested beyond reason
        return text


def readable(options: str) -> str:
    """The query string with its JSON in plain sight: ``assets=data & algorithm_params={"azimuth":315}``."""
    return " & ".join(unquote(part) for part in options.split("&"))
