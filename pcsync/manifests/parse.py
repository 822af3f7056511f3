"""The bytes of a YAML or JSON file as plain values, with YAML 1.2 meaning and every known trap closed.

yaml-rs reads thirteen times as fast as CSafeLoader and is right about more of YAML's own test suite, but some texts it reads too
generously (1_000, 0b1, a document that ends at a NUL) and some only 1.1 readers misread. A file that could hold one of those goes
through ``nodes.compose`` as well, which keeps quotes and positions; a byte translation finds such files in a few microseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import orjson

from pcsync.core.diagnostic import Diagnostic, Severity
from pcsync.core.source import Position
from pcsync.manifests.text import MAX_DEPTH, TrapError, decoded

if TYPE_CHECKING:
    from pcsync.manifests.nodes import Composed

try:
    import yaml_rs
except ImportError:  # no wheel for this platform: PyYAML reads the same values, ten times slower
    yaml_rs = None  # type: ignore[assignment]  # the module or nothing

DEEP = MAX_DEPTH // 4  # below so many brackets, and columns of indentation, no value can be nested too deep


@dataclass(frozen=True, slots=True)
class Parsed:
    """The documents of a file by their number (None for an empty one), and what is wrong with the text.

    With diagnostics the documents are what could be made of it, so that one run can report the problems of later steps too.
    """

    documents: tuple[Any, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def parse(raw: bytes, file: str) -> Parsed:
    """The documents of a file: JSON where its name ends in .json, else YAML 1.2. Never raises for anything the bytes may be."""
    try:
        text = decoded(raw)
        if PurePosixPath(file).suffix == ".json":
            from pcsync.manifests import json_text  # few manifests are JSON

            return Parsed((json_text.parse(text),))
        documents = fast(text, raw)
    except TrapError as trap:
        return Parsed((), (diagnostic(trap, file),))
    return Parsed(documents) if documents is not None else careful(text, file)


def diagnostic(trap: TrapError, file: str) -> Diagnostic:
    """A trap as something to show."""
    return Diagnostic(trap.rule, Severity.ERROR, trap.what, Position(file, trap.line, trap.column), "", trap.fix, trap.end, trap.end_line)


def careful(text: str, file: str) -> Parsed:
    """The documents by the careful reading; what libyaml accepts but the fast parser refuses is refused too."""
    from pcsync.manifests.nodes import compose  # and PyYAML with it: a fifth of what validating one good file takes

    composed = compose(text)
    if not composed.traps and (trap := _refused(text)):
        composed.traps.append(trap)
    return Parsed(values(composed), tuple(diagnostic(trap, file) for trap in composed.traps))


def values(composed: Composed) -> tuple[Any, ...]:
    """The plain values of composed documents."""
    return tuple(None if node is None else node.value for node in composed.documents)


def _refused(text: str) -> TrapError | None:
    if yaml_rs is None:
        return None
    try:
        yaml_rs.loads(text, parse_datetime=False)
    except ValueError as wrong:
        from pcsync.manifests.wording import fast_parser_trap

        return None if _known_limit(str(wrong)) else fast_parser_trap(wrong, text)
    return None


def _known_limit(message: str) -> bool:
    """Refusals that are about the fast parser's own limits, or that the careful reading has judged already."""
    return message.startswith(("duplicate mapping key", "alias replay", "Invalid tag"))


def fast(text: str, raw: bytes) -> tuple[Any, ...] | None:
    """The documents by the fast parser; None where the careful reading has to decide or to explain."""
    thousands = 0 if b"\\" in raw else len(THOUSANDS.findall(raw))
    if yaml_rs is None or suspicious(THOUSANDS.sub(b";", raw) if thousands else raw):
        return None
    try:
        value = yaml_rs.loads(text, parse_datetime=False)
        dumped = orjson.dumps(value)  # refuses keys that are no text, integers beyond 64 bits and lone surrogates
    except (ValueError, TypeError):
        return None
    if thousands and len(THOUSANDS.findall(dumped)) != thousands:  # one of them separates members of a list: [10,000]
        return None
    count = document_count(text)
    if count is None or (count > 1 and (not isinstance(value, list) or len(value) != count)):
        return None
    if may_be_deep(raw) and depth(value) > MAX_DEPTH:
        return None
    return tuple(value) if count > 1 else (value,)


BREAKS = (re.compile(r"-(?<=[\n\r]-)--"), re.compile(r"\.(?<=[\n\r]\.)\.\."))  # one by one: an alternation takes seven times as long
MARKER = re.compile(r"^(?:---(?=\s|\Z)|\.\.\.(?=\s|\Z))", re.MULTILINE)
NOTHING = re.compile(r"(?:\s*(?:#[^\n]*)?(?:\n|\Z))*")


def document_count(text: str) -> int | None:
    """How many documents a text has; None where its markers are of the rarer sort (``...``, directives).

    The fast parser gives several documents as a list, which is what one document that is a list looks like too.
    """
    if not any(sign.search(text) for sign in BREAKS) and not text.startswith(("---", "...")):
        return 1
    markers = list(MARKER.finditer(text))
    if any(marker[0] == "..." for marker in markers):
        return None
    leading = bool(markers) and not NOTHING.sub("", text[: markers[0].start()])
    return max(1, len(markers) + (0 if leading else 1))


EACH = 64
THREE_DIGITS = re.compile(rb"[0-9._]{3}")
MANY_DIGITS = re.compile(rb"[0-9._]{192}")
"""A row of so many digits has three of every 64th byte. With an exponent of two digits, 210 of them are infinity; a longer exponent is
debatable by itself."""

STRUCTURE = b" \n\r\t[,{"


def _classes() -> bytes:
    """Each byte as what matters of it: a separator, a digit (0, or 9 for any other), or itself."""
    table = bytearray(range(256))
    table[0x80:] = b"z" * 128
    for byte in STRUCTURE:
        table[byte] = ord(" ")
    for byte in b"12345678":
        table[byte] = ord("9")
    for byte in b"E":
        table[byte] = ord("e")
    for before, after in zip(b"XOBINFA", b"xobinfa", strict=True):
        table[before] = after
    return bytes(table)


CLASSES = _classes()
BEFORE = rb"""(?:(?<= .)|(?<= [-+].)|(?<=["']:.)|(?<=["']:[-+].))"""
NUMBERISH = re.compile(
    rb"(?:^|(?<=[\s\[,{])|(?<=[\"']:))[-+]?"
    rb"(?:0[0-9_]+|0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|\.(?:inf|nan)|[0-9]+[eE][0-9]+|[0-9.]+[eE]\+?[0-9]{3,}"
    rb"|(?:[0-9.][0-9a-fxo.+-]*)?_[0-9a-fxo_.+-]*)(?=[\s,\]}]|$)",
    re.IGNORECASE,
)
BLOCK_HEAD = re.compile(rb"(?:^|[\s:-])[|>][-+0-9]*[ \t]*(?:[ \t]#.*)?$")
ANCHOR = re.compile(rb"(?:^|(?<=[\s\[,{]))&(?=[^\s&])")
TAG = re.compile(rb"(?:^|(?<=[\s\[,{:]))!(?:[A-Za-z!<:/.\-][^\s]*)?(?=\s|$)")
RULES: tuple[tuple[re.Pattern[bytes], re.Pattern[bytes] | None], ...] = (
    (re.compile(b"0" + BEFORE + rb"[09xob_]"), NUMBERISH),
    (re.compile(rb"_(?<=[09 ._:+-]_)(?=[09_. exob\]}+-]|\Z)"), NUMBERISH),
    (re.compile(rb"e(?<=[09._]e)\+?[09_]"), NUMBERISH),
    (re.compile(rb"\.[in][na][nf]"), NUMBERISH),
    (re.compile(rb"&(?<=[ :]&)[^ &]"), ANCHOR),
    (re.compile(rb"!(?<=[ :]!)"), TAG),
    (re.compile(rb"<<"), None),
)
"""What to look for among the byte classes, and how to make sure of it in the text itself.

Each of the first patterns starts with one literal byte, for which ``re`` runs through 15 KB in five microseconds instead of 200.
"""


def suspicious(raw: bytes) -> bool:
    """The text may hold what the fast parser misreads: a number of debatable meaning, an anchor, tag, merge key or directive,
    or a comment of JSON."""
    if raw[:1] == b"%" or (b"%" in raw and b"\n%" in raw) or (raw.lstrip()[:1] in b"{[" and b"//" in raw):
        return True
    if b" //" in raw or b"\n//" in raw:
        return True
    if ends_in_block_head(raw) or overlong(raw):
        return True
    classes = b" " + raw.translate(CLASSES)
    return any(proven(raw, sign.finditer(classes), proof) for sign, proof in RULES)


def proven(raw: bytes, signs: Iterator[re.Match[bytes]], proof: re.Pattern[bytes] | None) -> bool:
    """One of the lines with a sign (in the byte classes, which begin one byte earlier) holds what the sign stands for.

    No proof goes over a line's end, and looking at a line takes a hundredth of looking at the file.
    """
    done = -1
    for sign in signs:
        at = sign.start() - 1
        if at > done:
            begin, done = raw.rfind(b"\n", 0, at) + 1, raw.find(b"\n", at)
            done = len(raw) if done < 0 else done
            if proof is None or proof.search(raw[begin:done]):
                return True
    return False


def overlong(raw: bytes) -> bool:
    """The text has digits enough in one row for a number that no float can hold, of which the fast parser makes infinity."""
    return bool(THREE_DIGITS.search(raw[::EACH])) and bool(MANY_DIGITS.search(raw))


def ends_in_block_head(raw: bytes) -> bool:
    """The text ends with an empty block scalar (``description: |``), of which the fast parser makes a line break."""
    rest = raw.replace(b"\r", b"\n") if b"\r" in raw else raw
    while rest := rest.rstrip():
        rest, _, line = rest.rpartition(b"\n")
        if BLOCK_HEAD.search(line):
            return True
        if not line.lstrip().startswith((b"#", b"---", b"...")):
            return False
    return False


THOUSANDS = re.compile(rb",(?<=[0-9],)(?=0[0-9]{2})")
"""The comma of "10,000 m", of which descriptions are full, while [10,000] is a list of 10 and a number of debatable meaning.

In JSON no number begins with 00, so there it can only be within a text: as many of them in the parsed value as in the file prove that
none stood between members of a list, unless an escape made one (a file with a backslash is not tried).
"""


def may_be_deep(raw: bytes) -> bool:
    """The text has brackets or indentation enough to nest values beyond the limit."""
    return raw.count(b"[") + raw.count(b"{") > DEEP or b" " * DEEP in raw or b"- - - " in raw


def depth(value: Any) -> int:
    """How deep lists and objects are nested in a value, level by level."""
    level, deep = [value], 0
    while level := [child for parent in level for child in _members(parent)]:
        deep += 1
    return deep


def _members(value: Any) -> Any:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
