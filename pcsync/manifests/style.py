"""Manifests in one style: canonical key order, two blanks of indentation, one space where YAML wants one; every comment kept.

Nothing is believed: whatever comes out must parse to the same values and hold the same comments, or the file stays as it is.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import yaml

from pcsync.core.canonical import canonical
from pcsync.core.errors import ManifestError, PcsyncError
from pcsync.manifests.kept import BLOCK, hidden, scalars, shown
from pcsync.manifests.nodes import BREAKS, PRIVATE, UNBREAK
from pcsync.manifests.order import Shape, arranged, quoted_lines, shape_of
from pcsync.manifests.parse import parse
from pcsync.manifests.text import BOM, decoded

COMMENT = re.compile(r"(?:^|(?<=[ \t]))#.*$", re.MULTILINE)
INDENT = 2
PASSES = 4  # until nothing changes any more; two do but for odd indentation


def styled(raw: bytes, file: str) -> bytes:
    """The bytes of a manifest file in canonical style; the same bytes where it holds no manifest.

    Line endings and a byte order mark stay. Raises ManifestError where the file does not parse, PcsyncError where it would not mean
    the same afterwards.
    """
    parsed = parse(raw, file)
    if parsed.diagnostics:
        raise ManifestError(parsed.diagnostics)
    if not any(shape_of(document) for document in parsed.documents):
        return raw
    text = decoded(raw)
    ending = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    done = _json(parsed.documents[0]) if file.endswith(".json") else _yaml(plain, file)
    return (BOM if raw.startswith(BOM) else b"") + done.replace("\n", ending).encode()


def _json(document: Any) -> str:
    return orjson.dumps(_sorted(document, shape_of(document)), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _sorted(value: Any, shape: Shape | None) -> Any:
    if isinstance(value, list):
        return [_sorted(member, shape.each if shape else None) for member in value]
    if not isinstance(value, Mapping) or shape is None:
        return value
    return {name: _sorted(value[name], shape.member(name)) for name in shape.sorted(value)}


def _yaml(text: str, file: str) -> str:
    """The text after as many passes as it takes to settle; each has to be faithful."""
    breaks = not text.isascii() and not PRIVATE.search(text)  # U+2028 and the like: libyaml and ruamel take them for line breaks
    done = text.translate(BREAKS) if breaks else text
    try:
        for _ in range(PASSES):
            before, done = done, _pass(done, file)
            if done == before:
                return done.translate(UNBREAK) if breaks else done
    except yaml.YAMLError as wrong:  # YAML 1.2 that libyaml does not take, such as a C1 control character
        what = f"libyaml cannot read it ({type(wrong).__name__}); it is left as it is"
        raise PcsyncError(what, where=file, fix="write unusual characters as escapes, in double quotes") from wrong
    raise PcsyncError("this file does not come to rest in canonical style; it is left as it is", where=file, fix="please report it")


def _pass(text: str, file: str) -> str:
    """Keys in order and one style; only the style where moving lines would change what the file means (an anchor behind its alias)."""
    for ordered in dict.fromkeys((arranged(text), text)):
        if faithful(text, ordered, file):
            done = rewritten(ordered, file)
            if faithful(text, done, file):
                return done
    fix = "simplify the comments inside its brackets and strings, or leave it out of pcsync fmt"
    raise PcsyncError("its comments or values would not survive; it is left as it is", where=file, fix=fix)


def faithful(before: str, after: str, file: str) -> bool:
    """Both texts parse to the same values and have the same comments."""
    old, new = parse(before.encode(), file), parse(after.encode(), file)
    if new.diagnostics or canonical(old.documents) != canonical(new.documents):
        return False
    return sorted(text for _, text in comments(before)) == sorted(text for _, text in comments(after))


def comments(text: str) -> Iterator[tuple[int, str]]:
    """(line from 0, text) of every comment."""
    masked = bytearray(text.encode("utf-32-le"))
    for event in scalars(text):
        start, end = event.start_mark.index, event.end_mark.index
        if event.style in BLOCK:  # a comment may stand behind the sign, and the lines below it are all text
            start = max(text.find("\n", start), start)
        for index in range(start, end):
            if text[index] != "\n":
                masked[4 * index : 4 * index + 4] = b"x\0\0\0"
    for number, line in enumerate(masked.decode("utf-32-le").split("\n")):
        if found := COMMENT.search(line):
            yield number, found[0].rstrip()


def rewritten(text: str, file: str) -> str:
    """The text as ruamel.yaml writes what it read of it. Raises PcsyncError where it cannot."""
    from ruamel.yaml.error import YAMLError

    from pcsync.manifests.round_trip import round_trip

    short, values = hidden(text)
    short = _without_trailing_blanks(short)
    try:
        documents = list(round_trip(INDENT).load_all(short))
        for document in documents:
            _order_flows(document, shape_of(document))
        out = io.StringIO()
        writer = round_trip(INDENT)
        writer.explicit_start = text.lstrip("\n").startswith("---")
        writer.dump_all(documents, out)
    except (YAMLError, NotImplementedError, RecursionError) as wrong:
        mark = getattr(wrong, "problem_mark", None)
        where = f"{file}:{mark.line + 1}" if mark else file
        said = getattr(wrong, "problem", None) or type(wrong).__name__
        raise PcsyncError(f"ruamel.yaml cannot rewrite it ({said}); it is left as it is", where=where, fix="look for a tab") from wrong
    return shown(tidied(short, out.getvalue()), values, text)


def _without_trailing_blanks(text: str) -> str:
    """The text without blanks at the end of lines that are not text themselves; ruamel stumbles over a tab there."""
    quoted = quoted_lines(text)
    return "\n".join(line if number in quoted else line.rstrip(" \t") for number, line in enumerate(text.split("\n")))


def _order_flows(value: Any, shape: Shape | None) -> None:
    """Flow mappings in canonical order, unless comments stand between their keys."""
    if shape is None or not isinstance(value, dict | list):
        return
    for name, member in value.items() if isinstance(value, dict) else enumerate(value):
        _order_flows(member, shape.member(str(name)) if isinstance(value, dict) else shape.each)
    if isinstance(value, dict) and value.fa.flow_style() and not value.ca.items:  # type: ignore[attr-defined]  # ruamel's CommentedMap
        for name in shape.sorted([*value]):
            value.move_to_end(name)  # type: ignore[attr-defined]


def tidied(before: str, after: str) -> str:
    """The new text with its comment lines as they stood to the lines around them, and no blanks that nobody sees."""
    lines, quoted = after.split("\n"), quoted_lines(after)
    old, old_quoted = before.split("\n"), quoted_lines(before)
    stands = [_standing(old, old_quoted, line) for line, _ in comments(before)]
    for (line, _), standing in zip(comments(after), stands, strict=False):
        if standing and (indent := _indent(lines, quoted, line, standing)) is not None:
            lines[line] = " " * indent + lines[line].strip()
    kept: list[str] = []
    for number, text in enumerate(lines):
        seen = text if number in quoted else text.rstrip()
        if seen or number in quoted or (kept and kept[-1]):
            kept.append(seen)
    return "\n".join(kept).rstrip("\n") + "\n"


def _standing(lines: list[str], quoted: frozenset[int], line: int) -> int:
    """With which neighbour a comment line is aligned: the next line (1), the one before (-1), or neither, or it is no such line (0)."""
    text = lines[line]
    if not text.lstrip().startswith("#"):
        return 0
    indent = len(text) - len(text.lstrip())
    after, before = _indent(lines, quoted, line, 1), _indent(lines, quoted, line, -1)
    if after is not None and indent <= after:
        return 1
    return -1 if before is not None and indent >= before else 0


def _indent(lines: list[str], quoted: frozenset[int], line: int, direction: int) -> int | None:
    """The indentation of the nearest line in a direction that has content."""
    reach = range(line + direction, len(lines) if direction > 0 else -1, direction)
    content = (lines[it] for it in reach if it not in quoted and lines[it].strip() and not lines[it].lstrip().startswith("#"))
    found = next(content, None)
    return None if found is None else len(found) - len(found.lstrip())
