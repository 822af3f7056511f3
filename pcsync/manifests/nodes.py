"""The careful reading of YAML: libyaml's events put together without recursion, each value with its line and column.

It serves three times: as the fallback parser, as the judge of files that the fast one could misread, and for positions. Nesting is
cut off before libyaml's own recursion (a segmentation fault at 100,000 brackets) or its quadratic scanner could hurt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, cast

import yaml

from pcsync.manifests.scalars import AmbiguousScalarError, plain
from pcsync.manifests.text import MAX_DEPTH, TrapError
from pcsync.manifests.wording import syntax_trap, tag_fix

MAX_EXPANSION = 100_000  # nodes that aliases may repeat in one file
MAX_TRAPS = 50
YAML_TAGS = "tag:yaml.org,2002:"
STRING_TAGS = frozenset({"!", "tag:yaml.org,2002:str"})
MERGE = "<<"
BREAKS = str.maketrans({"\x85": "\ue000", "\u2028": "\ue001", "\u2029": "\ue002"})  # line breaks to YAML 1.1, plain characters to 1.2
UNBREAK = str.maketrans({after: chr(before) for before, after in BREAKS.items()})
PRIVATE = re.compile(r"[\ue000-\ue002]|\\u[eE]00|\\U0000[eE]00")  # in the text already, or written as escapes
BLOCK = ("|", ">")
LINES = re.compile(r"\r\n|\r|\n")
LOADER = getattr(yaml, "CLoader", yaml.Loader)  # libyaml where PyYAML was built with it


@dataclass(slots=True)
class Node:
    """A YAML value and where it stands: its own place and that of its key (or list dash's content), counted from 1.

    Ends are the line and column behind the last character; 0 for block collections, whose place is that of their key.
    """

    value: Any
    line: int
    column: int
    key_line: int = 0
    key_column: int = 0
    children: dict[str, Node] | list[Node] = field(default_factory=list)
    size: int = 1
    block: bool = False
    end_line: int = 0
    end: int = 0
    key_end: int = 0


@dataclass(slots=True)
class Open:
    """A mapping or sequence whose end is not reached yet."""

    node: Node
    anchor: str | None
    key: Node | None = None
    merges: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Composed:
    """The documents of a file as nodes (None for an empty one), and what is wrong with them."""

    documents: list[Node | None] = field(default_factory=list)
    traps: list[TrapError] = field(default_factory=list)


def compose(text: str) -> Composed:
    """Every document of a YAML text. Never raises: what cannot be read is a trap, and what stands before it is kept."""
    composer = Composer(text=text)
    if not text.isascii() and not PRIVATE.search(text):
        after = text.translate(BREAKS)
        composer.restore, text = after != text, after
    try:
        for event in cast("Iterator[Any]", yaml.parse(text, Loader=LOADER)):
            composer.take(event)
    except yaml.YAMLError as wrong:
        composer.found.traps.append(syntax_trap(wrong, text))
    except TrapError as wrong:
        composer.found.traps.append(wrong)
    return composer.found


class Composer:
    """The nodes under construction: a stack of open collections instead of recursion.

    ``merges``: ``<<`` is a merge key (as in YAML 1.1, and quoting it does not help, since no manifest has such a key).
    """

    def __init__(self, *, merges: bool = True, text: str = "") -> None:
        self.merges, self.text = merges, text
        self.found = Composed()
        self.stack: list[Open] = []
        self.anchors: dict[str, Node | None] = {}
        self.repeated = 0
        self.restore = False

    def take(self, event: Any) -> None:
        """One event of the parser. Raises TrapError where going on makes no sense."""
        match event:
            case yaml.ScalarEvent():
                self.put(self.scalar(event), event.anchor)
            case yaml.MappingStartEvent():
                self.open(event, {})
            case yaml.SequenceStartEvent():
                self.open(event, [])
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self.close(*self.ending(event))
            case yaml.AliasEvent():
                self.put(self.alias(event), None)
            case yaml.DocumentStartEvent():
                self.start(event)

    def start(self, event: Any) -> None:
        """A document begins; anchors do not cross documents."""
        self.anchors.clear()
        self.found.documents.append(None)
        if event.version and event.version != (1, 2):
            what = "this file asks for YAML 1.1, where on is true and 010 is eight; pcsync reads YAML 1.2"
            self.trap("yaml-version", what, "remove the %YAML line", event)

    def trap(self, rule: str, what: str, fix: str, event: Any) -> None:
        """Remember what is wrong at an event (or node). Raises the trap itself once there are too many."""
        mark = event.start_mark if hasattr(event, "start_mark") else None
        line, column = (mark.line + 1, mark.column + 1) if mark else (event.line, event.column)
        end_line, end = self.ending(event) if mark else (event.end_line, event.end)
        trap = TrapError(rule, what, fix, line, column, end_line, end)
        if len(self.found.traps) >= MAX_TRAPS:
            raise TrapError("yaml-syntax", f"more than {MAX_TRAPS} problems; the rest of the file was not read", "", line, column)
        self.found.traps.append(trap)

    def scalar(self, event: Any) -> Node:
        """The node of a scalar; quoted ones, block ones and those tagged !!str are text."""
        mark, text = event.start_mark, event.value.translate(UNBREAK) if self.restore else event.value
        end_line, end = self.ending(event)
        node = Node(text, mark.line + 1, mark.column + 1, end_line=end_line, end=end)
        if event.tag is None and not event.style:
            node.value = self.plain(text, event)
        elif event.tag is not None and event.tag not in STRING_TAGS:
            self.tag(event)
        return node

    def ending(self, event: Any) -> tuple[int, int]:
        """Line and column behind an event's last character; libyaml ends a block with the next thing, so its blanks are left out."""
        first, last = event.start_mark, event.end_mark
        if not getattr(event, "style", None) or event.style not in BLOCK:
            return last.line + 1, last.column + 1
        lines = LINES.split(self.text[first.index : last.index].rstrip())
        return first.line + len(lines), len(lines[-1]) + 1 + (first.column if len(lines) == 1 else 0)

    def plain(self, text: str, event: Any) -> Any:
        """The value of a plain scalar; text where it is one of those that pcsync does not guess about."""
        if (" //" in text or text.startswith("//")) and self.stack and not self.stack[-1].node.block:
            self.trap("json-comment", f"this value reads as {text!r}: JSON has no comments", "write # instead of //, or remove it", event)
        try:
            return plain(text)
        except AmbiguousScalarError as wrong:
            self.trap(wrong.rule, wrong.what, wrong.fix, event)
            return text

    def tag(self, event: Any) -> None:
        """Tags would make a value mean what only one program knows."""
        self.trap("yaml-tag", f"the tag {event.tag.replace(YAML_TAGS, '!!')} means nothing to pcsync", tag_fix(event.tag), event)

    def open(self, event: Any, children: dict[str, Node] | list[Node]) -> None:
        """A mapping or sequence begins."""
        if event.tag is not None and event.tag not in ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "!"):
            self.tag(event)
        mark = event.start_mark
        if len(self.stack) >= MAX_DEPTH:
            what = f"values are nested more than {MAX_DEPTH} deep"
            raise TrapError(
                "yaml-too-deep", what, "no manifest needs that: look for a bracket that is never closed", mark.line + 1, mark.column + 1
            )
        node = Node({} if isinstance(children, dict) else [], mark.line + 1, mark.column + 1, children=children, block=not event.flow_style)
        if event.anchor:
            self.anchors[event.anchor] = None
        self.stack.append(Open(node, event.anchor))

    def close(self, end_line: int = 0, end: int = 0) -> None:
        """A mapping or sequence ends: its merge keys fill in what it does not say itself."""
        done = self.stack.pop()
        if not done.node.block:
            done.node.end_line, done.node.end = end_line, end
        for source in done.merges:
            self.merge(done.node, source)
        self.put(done.node, done.anchor)

    def alias(self, event: Any) -> Node:
        """The node an alias stands for, counted, so that a few lines cannot stand for millions."""
        node = self.anchors.get(event.anchor)
        if event.anchor not in self.anchors:
            self.trap(
                "yaml-alias", f"*{event.anchor} names no anchor of this document", f'quote it if it is text: "*{event.anchor}"', event
            )
        elif node is None:
            self.trap("yaml-alias", f"*{event.anchor} stands inside the value it names", "write the value out", event)
        if node is None:
            return Node(None, event.start_mark.line + 1, event.start_mark.column + 1)
        self.repeated += node.size
        if self.repeated > MAX_EXPANSION:
            what = f"aliases of this file repeat more than {MAX_EXPANSION:,} values"
            raise TrapError("yaml-alias-bomb", what, "write them out", event.start_mark.line + 1, event.start_mark.column + 1)
        return node

    def put(self, node: Node, anchor: str | None) -> None:
        """A finished node goes where it belongs: into the open collection, or it is the document."""
        if anchor:
            self.anchors[anchor] = node
        if not self.stack:
            self.found.documents[-1] = node
            return
        top = self.stack[-1]
        if isinstance(top.node.children, list):
            self.append(top.node, top.node.children, node)
        elif top.key is None:
            top.key = node
        else:
            self.entry(top, top.key, node)
            top.key = None

    def append(self, parent: Node, children: list[Node], node: Node) -> None:
        """A list member."""
        children.append(node)
        parent.value.append(node.value)
        parent.size += node.size

    def entry(self, top: Open, key: Node, node: Node) -> None:
        """A key and its value; a merge key waits for the end of the mapping."""
        if key.value == MERGE and self.merges:
            sources = node.children if isinstance(node.children, list) and node.children else [node]
            top.merges.extend(sources)
            return
        name = self.name(key)
        children = cast("dict[str, Node]", top.node.children)
        if name in children:
            first = children[name].key_line
            fix = "remove one of them; YAML readers disagree about which one counts"
            self.trap("yaml-duplicate-key", f"the key {name!r} stands here a second time; the first is in line {first}", fix, key)
        self.add(top.node, name, key, node)

    def add(self, parent: Node, name: str, key: Node, node: Node) -> None:
        """The value under a key, with the key's place; an aliased node is shared, so it gets a place of its own."""
        key_end = key.end if key.end_line == key.line else 0
        placed = replace(node, key_line=key.line, key_column=key.column, key_end=key_end)
        if node.block and node.children and node.line > key.line:
            placed.line, placed.column, placed.end_line, placed.end = key.line, key.column, key.line if key_end else 0, key_end
        cast("dict[str, Node]", parent.children)[name] = placed
        parent.value[name] = node.value
        parent.size += node.size

    def name(self, key: Node) -> str:
        """The text of a key; numbers, booleans and nulls are refused as keys, since JSON has only text."""
        if isinstance(key.value, str):
            return key.value
        shown = "a list or mapping" if isinstance(key.value, dict | list) else plain_text(key.value)
        fix = "pcsync variables are written ${name}" if isinstance(key.value, dict) else f'quote it: "{shown}"'
        self.trap("yaml-key-not-text", f"{shown} is a key and not text", fix, key)
        return shown

    def merge(self, node: Node, source: Node) -> None:
        """The entries of another mapping that this one does not have: YAML 1.1's ``<<``, which 1.2 dropped and people still write."""
        if not isinstance(source.children, dict):
            self.trap("yaml-merge-key", "<< takes a mapping or a list of mappings", "write <<: *anchor", source)
            return
        for name, child in source.children.items():
            if name not in node.value:
                self.add(node, name, Node(name, child.key_line, child.key_column, end_line=child.key_line, end=child.key_end), child)


def plain_text(value: Any) -> str:
    """A number, boolean or null as authors write it."""
    return "null" if value is None else str(value).lower()
