"""JSON files, read strictly: no comments, no duplicate keys, no number that JSON cannot hold."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from pcsync.manifests.scalars import LEAST, MOST
from pcsync.manifests.text import TrapError, place


class RefusedError(ValueError):
    """Something that the JSON standard forbids or leaves open, and Python's reader takes."""


def parse(text: str) -> Any:
    """The value of a JSON text. Raises TrapError with the position of what is wrong."""
    try:
        return json.loads(text, object_pairs_hook=_object, **STRICT)
    except json.JSONDecodeError as wrong:
        raise _syntax(wrong, text) from None
    except (RefusedError, RecursionError):
        from pcsync.manifests.json_nodes import compose  # and PyYAML with it, only for a file that has something wrong

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


STRICT: dict[str, Any] = {"parse_constant": _constant, "parse_int": _integer, "parse_float": _float}
"""Arguments by which ``json.loads`` raises RefusedError for numbers that are none."""

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
