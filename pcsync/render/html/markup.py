"""HTML as values: text is escaped here and nowhere else, and only what this module made counts as markup.

Escaped text also says nothing to a pipeline whose log it is printed to (see ``inert``): ``##`` and ``::`` come out as references.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Union
from urllib.parse import quote

from pcsync.render.terminal import safe


class Markup(str):
    """A string that is HTML already."""

    __slots__ = ()


Child = Union[str, None, Iterable["Child"]]  # noqa: UP007 (the name in quotes cannot be joined by a bar before it exists)
"""What stands between two tags: text to escape, markup as it is, nothing, or several of these."""

ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
SPECIAL = re.compile("[&<>\"']|##|::")
VOID = {"img", "input", "meta", "br"}
IN_ADDRESS = "/:@!$&()*+,;=~"  # what a fragment may hold as it is


def escaped(text: str) -> Markup:
    """Text for between tags and for attributes; invisible characters come out as their escapes."""
    shown = safe(text)
    if not SPECIAL.search(shown):
        return Markup(shown)
    return Markup(shown.translate(ENTITIES).replace("##", "#&#35;").replace("::", ":&#58;"))


def join(*children: Child) -> Markup:
    """Children one after the other."""
    return Markup("".join(_parts(children)))


def _parts(children: Iterable[Child]) -> Iterable[str]:
    for child in children:
        if isinstance(child, Markup):
            yield child
        elif isinstance(child, str):
            yield escaped(child)
        elif child is not None:
            yield from _parts(child)


def tag(element: str, *children: Child, **attributes: str | int | float | bool | None) -> Markup:
    """An element. ``data_risk`` is the attribute data-risk, ``class_`` class; None and False leave an attribute out."""
    opening = f"<{element}{''.join(_attribute(name, value) for name, value in attributes.items())}>"
    return Markup(opening if element in VOID else f"{opening}{join(*children)}</{element}>")


def _attribute(name: str, value: str | float | bool | None) -> str:
    spelled = name.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    return f" {spelled}" if value is True else f' {spelled}="{escaped(str(value))}"'


def fragment(identity: str) -> str:
    """The link to an element of the page by its id, whatever characters that has."""
    return "#" + quote(identity, safe=IN_ADDRESS, errors="replace")
