"""What libyaml says about broken YAML, in words that name the mend."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pcsync.manifests.text import TrapError, place

if TYPE_CHECKING:
    import yaml

TAGS = {
    "!secret": 'write {$secret: "env:NAME"} instead',
    "!include": "write {$file: path} instead",
    "!inc": "write {$file: path} instead",
    "!env": "write ${env:NAME} instead",
    "!ENV": "write ${env:NAME} instead",
    "!var": "write ${name} instead",
}
BEGUN = re.compile(r"while scanning an a|while scanning a simple key|.*quoted scalar")
"""What the author has to look at where it began, not where the parser gave up."""
LOOKS_LIKE_JSON = re.compile(r"\s*[{\[]")


def tag_fix(tag: str) -> str:
    """What to write instead of a tag."""
    return TAGS.get(tag, "remove the tag; quote the value if it must be text")


def syntax_trap(wrong: yaml.YAMLError, text: str) -> TrapError:
    """A parser's error as a trap: where the author has to look, and what to do there."""
    mark = getattr(wrong, "problem_mark", None)
    problem = str(getattr(wrong, "problem", None) or wrong)
    within = str(getattr(wrong, "context", ""))
    context = getattr(wrong, "context_mark", None) if BEGUN.match(within) else None
    at = context or mark
    line, column = (at.line + 1, at.column + 1) if at else (1, 1)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    shown = lines[line - 1] if line <= len(lines) else ""
    return _explained(problem, shown, text, line, column)


def _explained(problem: str, shown: str, text: str, line: int, column: int) -> TrapError:
    rest = shown[column - 1 :]
    if "cannot start any token" in problem and "\t" in shown[: column + 1]:
        return TrapError(
            "yaml-tab", "a tab indents this line; YAML indents with spaces", "replace the tab by spaces", line, shown.index("\t") + 1
        )
    if "expected alphabetic or numeric character" in problem:
        what = f"{rest[:1]} begins an alias or anchor in YAML, and no name follows"
        return TrapError("yaml-alias", what, f'quote it if it is text: "{rest.strip()[:60]}"', line, column)
    if "cannot start any token" in problem:
        return TrapError(
            "yaml-syntax", f"a value cannot start with {rest[:1]!r} unquoted", f'quote it: "{rest.strip()[:60]}"', line, column
        )
    near = "\n".join(text.split("\n")[max(line - 3, 0) : line])
    if (LOOKS_LIKE_JSON.match(text) and ("//" in text or "/*" in text)) or SLASHES.search(near):
        return TrapError(
            "json-comment", f"{problem}; JSON has no comments", "remove the // and /* */ comments, or write them with #", line, column
        )
    fixes = {
        "mapping values are not allowed": "quote the value that holds a colon and a space, or mend the indentation",
        "could not find expected ':'": "a line here is neither `key: value` nor a list member; mend its indentation",
        "unexpected end of stream": "close the quote",
        "unknown escape character": "use single quotes, or double the backslash",
        "did not find expected key": "mend the indentation, or quote the value",
        "did not find expected '-' indicator": "indent this line below the list member it belongs to, or start it with a dash",
        "did not find expected ',' or": "close the bracket, or put a comma between the members",
        "did not find expected <document start>": "one document ends here and another begins: put --- between them",
    }
    fix = next(
        (mend for sign, mend in fixes.items() if sign in problem), "compare the line with its neighbours: indentation, quotes, brackets"
    )
    return TrapError("yaml-syntax", problem, fix, line, column)


SLASHES = re.compile(r"(?:^|[\s,\[{])//", re.MULTILINE)  # a comment of JSON, and no part of a URL
POSITION = re.compile(r"line (\d+), column (\d+)")


def fast_parser_trap(wrong: Exception, text: str) -> TrapError:
    """The fast parser's refusal of a text that libyaml would read."""
    message = str(wrong)
    found = POSITION.search(message)
    line, column = (int(found[1]), int(found[2])) if found else place(text, 0)
    what = message.rstrip().splitlines()[-1].strip() if message.strip() else "this is not YAML"
    return TrapError("yaml-syntax", what, "compare the line with its neighbours: indentation, quotes, brackets", line, column)
