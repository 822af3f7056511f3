"""JSON files: strict values, and nodes with positions for the errors in them.

libyaml cannot be asked for the positions: it refuses the surrogate pairs that JSON writes for characters beyond U+FFFF.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from pcsync.manifests.nodes import MAX_DEPTH, Composed, Composer, Node, Open
from pcsync.manifests.scalars import LEAST, MOST
from pcsync.manifests.text import TrapError, place


class RefusedError(ValueError):
    """Something that the JSON standard forbids or leaves open, and Python's reader takes."""


def parse(text: str) -> Any:
    """The value of a JSON text. Raises TrapError with the position of what is wrong."""
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_float)
    except json.JSONDecodeError as wrong:
        raise _syntax(wrong, text) from None
    except (RefusedError, RecursionError):
        traps = compose(text).traps
        raise (traps[0] if traps else TrapError("json-syntax", "this JSON cannot be read")) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise RefusedError
    return members


def _constant(name: str) -> Any:
    raise RefusedError(name)


def _integer(digits: str) -> int:
    if len(digits) > 20 or not LEAST <= (value := int(digits)) <= MOST:
        raise RefusedError(digits)
    return value


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise RefusedError(digits)
    return value


COMMENT = re.compile(r"//|/\*|#")
TRAILING = re.compile(r",\s*[}\]]")


def _syntax(wrong: json.JSONDecodeError, text: str) -> TrapError:
    rest = text[wrong.pos :].lstrip()
    if COMMENT.match(rest):
        return TrapError(
            "json-comment", "JSON has no comments", "remove the comment, or make the file YAML (with #)", *place(text, wrong.pos)
        )
    comma = text.rfind(",", 0, wrong.pos + 1)
    if rest[:1] in ("}", "]") and comma >= 0 and TRAILING.match(text, comma):
        return TrapError("json-trailing-comma", "JSON has no comma after the last member", "remove the comma", *place(text, comma))
    if rest.startswith("'"):
        return TrapError("json-syntax", "JSON quotes with \" and not with '", 'write "', *place(text, wrong.pos))
    what = wrong.msg[:1].lower() + wrong.msg[1:]
    return TrapError("json-syntax", f"this is not JSON: {what}", "mend it, or name the file .yaml if it is YAML", *place(text, wrong.pos))


TOKEN = re.compile(r'[ \t\n\r]*(?:([{\[])|([}\]])|([,:])|("(?:[^"\\]|\\.)*")|([^\s,:{}\[\]"]+))', re.DOTALL)


def compose(text: str) -> Composed:
    """A JSON text as nodes with positions, as far as it can be read, and all that ``parse`` refuses in it."""
    composer = Composer(merges=False)
    composer.found.documents.append(None)
    place_of = Lines(text)
    try:
        for token in TOKEN.finditer(text):
            _take(composer, token, place_of)
    except TrapError as wrong:
        composer.found.traps.append(wrong)
    return composer.found


class Lines:
    """Line and column of offsets that only grow."""

    def __init__(self, text: str) -> None:
        self.starts = [0, *(found.end() for found in re.finditer(r"\r\n|\r|\n", text))]
        self.line = 0

    def __call__(self, offset: int) -> tuple[int, int]:
        while self.line + 1 < len(self.starts) and self.starts[self.line + 1] <= offset:
            self.line += 1
        return self.line + 1, offset - self.starts[self.line] + 1


def _take(composer: Composer, token: re.Match[str], place_of: Lines) -> None:
    opening, closing, separator, string, scalar = token.groups()
    if separator:
        return
    line, column = place_of(token.start(token.lastindex or 0))
    if opening:
        if len(composer.stack) >= MAX_DEPTH:
            raise TrapError("yaml-too-deep", f"values are nested more than {MAX_DEPTH} deep", "no manifest needs that", line, column)
        node = Node({}, line, column, children={}) if opening == "{" else Node([], line, column, children=[])
        composer.stack.append(Open(node, None))
    elif closing:
        if composer.stack:
            composer.close()
    else:
        composer.put(_scalar(composer, string or scalar, Node(None, line, column)), None)


def _scalar(composer: Composer, token: str, node: Node) -> Node:
    try:
        node.value = json.loads(token, parse_constant=_constant, parse_int=_integer, parse_float=_float)
    except json.JSONDecodeError:
        raise TrapError("json-syntax", f"{token[:40]} is not JSON", "quote it", node.line, node.column) from None
    except RefusedError:
        too_large = token.lstrip("-").isdecimal()
        rule = "yaml-integer-too-large" if too_large else "yaml-not-finite"
        what = f"{token[:40]} does not fit into 64 bits" if too_large else f"{token[:40]} is not a number that JSON can hold"
        composer.trap(rule, what, f'quote it: "{token[:40]}"', node)
    return node
