"""JSON as nodes: where each value stands, and what is wrong with it.

libyaml cannot be asked: it refuses the surrogate pairs that JSON writes for characters beyond U+FFFF.
"""

from __future__ import annotations

import json
import re

from pcsync.manifests.json_text import STRICT, RefusedError
from pcsync.manifests.nodes import Composed, Composer, Node, Open
from pcsync.manifests.text import MAX_DEPTH, TrapError

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
            composer.close(line, column + 1)
    else:
        written = string or scalar
        composer.put(_scalar(composer, written, Node(None, line, column, end_line=line, end=column + len(written))), None)


def _scalar(composer: Composer, token: str, node: Node) -> Node:
    try:
        node.value = json.loads(token, **STRICT)
    except json.JSONDecodeError:
        raise TrapError("json-syntax", f"{token[:40]} is not JSON", "quote it", node.line, node.column) from None
    except RefusedError:
        too_large = token.lstrip("-").isdecimal()
        rule = "yaml-integer-too-large" if too_large else "yaml-not-finite"
        what = f"{token[:40]} does not fit into 64 bits" if too_large else f"{token[:40]} is not a number that JSON can hold"
        composer.trap(rule, what, f'quote it: "{token[:40]}"', node)
    return node
