"""Plain YAML scalars after the core schema of YAML 1.2, and those that no two readers agree about.

YAML 1.1 reads 010 as eight, on as true, 1_000 as a thousand and 123E45 as text; 1.2 reads ten, text, text and a number. Words and
dates simply stay text; a number that the two versions read differently is refused, because a hex colour or a padded code that
silently turns into another number is found weeks later on a map.
"""

from __future__ import annotations

import math
import re
from typing import Any

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
INTEGER = re.compile(r"[-+]?[0-9]+|0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
OCTAL = re.compile(r"[-+]?0[0-9_]*[0-9][0-9_]*|[-+]?0[oO][0-7_]+")
ODD_RADIX = re.compile(r"[-+]?0(?:X[0-9a-fA-F_]+|[bB][01_]+)|[-+]0x[0-9a-fA-F_]+")
BARE_EXPONENT = re.compile(r"[-+]?[0-9]+[eE][0-9]+")
NOT_FINITE = re.compile(r"[-+]?\.(?:inf|nan)", re.IGNORECASE)
LEAST, MOST = -(2**63), 2**64 - 1
SHOWN = 40  # characters of a number in a message
MOST_DIGITS = 20  # of 2**64 - 1; longer texts are not even converted, which is quadratic in Python


class AmbiguousScalarError(ValueError):
    """A plain scalar that pcsync refuses to guess about: rule id, what it is, and how to write what was meant."""

    def __init__(self, rule: str, what: str, fix: str) -> None:
        super().__init__(what)
        self.rule, self.what, self.fix = rule, what, fix


def plain(text: str) -> Any:
    """The value of an unquoted scalar: null, boolean, integer, float or the text itself. Raises AmbiguousScalarError."""
    if text in NULLS:
        return None
    if text in BOOLEANS:
        return BOOLEANS[text]
    if text[0].isalpha():
        return text
    refuse(text)
    if INTEGER.fullmatch(text):
        return int(text, 0) if text.startswith("0x") else int(text)
    return float(text) if FLOAT.fullmatch(text) else text


def refuse(text: str) -> None:
    """Raises AmbiguousScalarError for what looks like a number and is none that everybody reads alike."""
    if OCTAL.fullmatch(text):
        plainly = text.replace("_", "").lstrip("+-0oO") or "0"
        fix = f'quote it if it is text: "{text}"; write {plainly} if it is a number'
        raise AmbiguousScalarError("yaml-octal", f"{text} is an octal number to some YAML readers and a decimal one to others", fix)
    if ODD_RADIX.fullmatch(text) or BARE_EXPONENT.fullmatch(text) or _grouped(text):
        fix = f'quote it if it is text: "{text}"; write the digits out if it is a number'
        raise AmbiguousScalarError("yaml-ambiguous-number", f"{text} is a number to some YAML readers and text to others", fix)
    if INTEGER.fullmatch(text) and (len(text) > MOST_DIGITS + 1 or not LEAST <= int(text, 0) <= MOST):
        raise AmbiguousScalarError(
            "yaml-integer-too-large", f"{text[:40]} does not fit into 64 bits", f'quote it if it is an id: "{text[:40]}"'
        )
    if NOT_FINITE.fullmatch(text) or (FLOAT.fullmatch(text) and not math.isfinite(float(text))):
        shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"
        quote = f': "{text}"' if shown == text else ""
        fix = f"leave the key out, write a finite number, or quote it if the text is meant{quote}"
        raise AmbiguousScalarError("yaml-not-finite", f"{shown} is not a number that JSON can hold", fix)


def _grouped(text: str) -> bool:
    bare = text.replace("_", "")
    return bare != text and bool(INTEGER.fullmatch(bare) or FLOAT.fullmatch(bare) or ODD_RADIX.fullmatch(bare))
