"""JSON values as a person reads them: without quotes where none are needed, on one line, in outline, or only hinted at."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pcsync.core.source import steps
from pcsync.render.terminal import Style, cells, cut, one_line

MISREAD = re.compile(r"""^(|-?[0-9][0-9.eE+-]*|true|false|null|NaN|-?Infinity|["'\[{].*|\s.*|.*\s)$""", re.DOTALL)
MISREAD_INSIDE = re.compile(r"""[,:]\s|[,\[\]{}"]""")
SMALL = 44  # columns an object or list may take in a summary before only its names are shown
HINT = 60  # columns of a summary
DEEPEST = 40  # levels an outline indents; what is deeper stays on one line


def compact(value: Any, inside: bool = False) -> str:
    """The whole value on one line: ``{zoom: 12, coordinates: [33.75, -84.39]}``; a text in quotes only where it could be misread."""
    if isinstance(value, str):
        return _text(value, inside)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(str(name), True)}: {compact(member, True)}" for name, member in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(compact(member, True) for member in value) + "]"
    return json.dumps(value)


def _text(text: str, inside: bool) -> str:
    quoted = MISREAD.match(text) or (inside and MISREAD_INSIDE.search(text))
    return one_line(json.dumps(text, ensure_ascii=False) if quoted else text)


def raw(value: Any) -> str:
    """As ``compact``, but a text is never quoted: parameters and filters have a syntax of their own."""
    return one_line(value) if isinstance(value, str) else compact(value)


def summary(value: Any, style: Style) -> str:
    """What a value is about: small ones whole, of larger ones the names or the beginning."""
    whole = compact(value)
    if cells(whole) <= SMALL:
        return whole
    if isinstance(value, Mapping) and any(_deep(member) for member in value.values()):
        return cut("{" + ", ".join(one_line(str(name)) for name in value) + "}", HINT, style)
    if isinstance(value, list | tuple):
        return cut("[" + ", ".join(_named(member) for member in value) + "]", HINT, style)
    return cut(whole, HINT, style)


def _deep(member: Any) -> bool:
    return isinstance(member, Mapping) or (
        isinstance(member, list | tuple) and any(isinstance(it, Mapping | list | tuple) for it in member)
    )


def _named(member: Any) -> str:
    if isinstance(member, Mapping):
        name = next((member[key] for key in ("id", "name", "rel", "op", "property") if isinstance(member.get(key), str)), None)
        return compact(member, True) if name is None else _text(name, True)
    return compact(member, True)


def outline(value: Any, width: int, depth: int = 0) -> Iterator[str]:
    """The whole value on as many lines as it needs, indented by two; nothing is cut."""
    if not isinstance(value, Mapping | list | tuple) or not value or depth >= DEEPEST:
        yield compact(value)
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield from _entry(f"{_text(str(name), True)}:", member, width, depth)
    else:
        for member in value:
            yield from _entry("-", member, width, depth)


def _entry(head: str, member: Any, width: int, depth: int) -> Iterator[str]:
    if isinstance(member, str) and "\n" in member.strip("\n"):
        yield f"{head} |"
        yield from (f"  {one_line(line)}" for line in member.split("\n"))
        return
    line = f"{head} {compact(member)}"
    if cells(line) <= width or not isinstance(member, Mapping | list | tuple) or not member:
        yield line
    else:
        below = outline(member, width - 2, depth + 1)
        yield f"{head} {next(below)}" if head == "-" else head
        yield from (f"  {line}" for line in below)


def path(pointer: str) -> str:
    """A JSON pointer as it is shown: without its leading slash and escapes."""
    return one_line("/".join(steps(pointer)))
