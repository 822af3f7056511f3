"""The query string of a render option as its parameters, each with its place in the text (dossier 3.2).

Lenient, as the tiler is: a leading ``?`` and empty parts are skipped, values may be raw or percent-encoded, a value may hold ``=``, and
``+`` is a space, except in expressions and instants, where everybody writes it raw and means plus.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

RAW_PLUS = frozenset({"expression", "asset_expression", "datetime", "sel"})
ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
BYTE = 3  # characters of one escaped byte: %41


class Parameter(NamedTuple):
    """One ``name=value``. ``name`` and ``value`` are decoded; ``start``, ``value_start`` and ``end`` count characters of the text."""

    name: str
    value: str
    raw: str
    start: int
    value_start: int
    end: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where characters ``start`` to ``end`` of the decoded value stand in the text."""
        if len(self.raw) == len(self.value):
            return self.value_start + start, self.value_start + end
        places = [*_places(self.raw), len(self.raw)]
        return self.value_start + places[min(start, len(places) - 1)], self.value_start + places[min(end, len(places) - 1)]


def parameters(text: str) -> Iterator[Parameter]:
    """The parameters in the order written."""
    at = 0
    for part in text.split("&"):
        start, at = at, at + len(part) + 1
        if start == 0 and part.startswith("?"):
            part, start = part[1:], 1
        if part:
            written, equals, raw = part.partition("=")
            name = decoded(written, plus_is_space=True)
            value_start = start + len(written) + len(equals)
            yield Parameter(name, decoded(raw, plus_is_space=name not in RAW_PLUS), raw, start, value_start, start + len(part))


def decoded(text: str, *, plus_is_space: bool) -> str:
    """A name or value without its percent-encoding."""
    if plus_is_space and "+" in text:
        text = text.replace("+", " ")
    return unquote(text) if "%" in text else text


def _places(raw: str) -> Iterator[int]:
    """For each character of the decoded value, where it begins in the raw one."""
    at = 0
    for found in ESCAPES.finditer(raw):
        yield from range(at, found.start())
        begin = found.start()
        for character in unquote(found[0]):
            yield min(begin, found.end() - 1)
            begin += BYTE * len(character.encode("utf-8", "surrogatepass"))
        at = found.end()
    yield from range(at, len(raw))
