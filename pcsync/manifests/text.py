"""The text of a manifest file: its bytes are UTF-8, of a sensible size, and hold nothing that cannot be seen."""

from __future__ import annotations

import codecs
import re

MAX_BYTES = 16 * 2**20
BINARY = 8192  # bytes at the beginning in which no text has a NUL
MAX_DEPTH = 128  # of nested lists and objects
BOM = codecs.BOM_UTF8
OTHER_BOMS = {codecs.BOM_UTF32_LE: "UTF-32", codecs.BOM_UTF32_BE: "UTF-32", codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
CONTROL_BYTES = bytes(code for code in range(32) if chr(code) not in "\t\n\r") + b"\x7f"
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]")


class TrapError(Exception):
    """Something in a file that pcsync will not read: rule id, what, fix, and line and column counted from 1, with their ends if known."""

    def __init__(self, rule: str, what: str, fix: str = "", line: int = 1, column: int = 1, end_line: int = 0, end: int = 0) -> None:
        super().__init__(what)
        self.rule, self.what, self.fix, self.line, self.column = rule, what, fix, line, column
        self.end_line, self.end = end_line, end


def decoded(raw: bytes) -> str:
    """The text, without a byte order mark and with a line end behind its last line. Raises TrapError.

    Parsers disagree whether a block scalar that the file ends in has a line end, where the file has none.
    """
    if len(raw) > MAX_BYTES:
        raise TrapError("file-too-large", f"the file has more than {MAX_BYTES // 2**20} MiB, which is the limit", "split it")
    for mark, name in OTHER_BOMS.items():
        if raw.startswith(mark):
            raise TrapError("yaml-encoding", f"the file is {name}, not UTF-8", "save it as UTF-8")
    if raw.startswith(BOM):
        raw = raw[len(BOM) :]
    try:
        text = raw.decode()
    except UnicodeDecodeError as wrong:
        if b"\0" in raw[:BINARY]:
            raise TrapError("yaml-encoding", "the file is no text", "name a YAML or JSON file, saved as UTF-8") from None
        line, column = place(raw[: wrong.start].decode(), wrong.start)
        what = f"byte 0x{raw[wrong.start]:02x} is not UTF-8"
        raise TrapError("yaml-encoding", what, "save the file as UTF-8 (it looks like Latin-1 or Windows-1252)", line, column) from None
    if len(raw.translate(None, CONTROL_BYTES)) != len(raw) or (not text.isascii() and CONTROL.search(text)):
        raise _control(text)
    return text if text.endswith("\n") or not text else text + "\n"


def _control(text: str) -> TrapError:
    found = CONTROL.search(text)
    start = found.start() if found else 0
    what = f"U+{ord(text[start]):04X} is a control character that nobody can see"
    fix = r'remove it, or write it as an escape in double quotes: "\x07"'
    return TrapError("yaml-control-character", what, fix, *place(text, start))


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column, counted from 1, of the character at an offset."""
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - before.rfind("\n")
