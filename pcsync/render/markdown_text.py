"""Foreign text inside Markdown that stays text: no markup, no HTML, no links, nobody mentioned, no issue referred to."""

from __future__ import annotations

import re

from pcsync.render.terminal import one_line

SPECIAL = re.compile(r"[\\`*_\[\]|~!$<>&]")
LINKED = re.compile(r"(?<=\w)(?=://)|(?<=www)(?=\.)", re.IGNORECASE)  # where GitHub's autolinks begin
MENTION = re.compile(r"@(?=\w)|#(?=\d)|(?<=\bGH)-(?=\d)", re.IGNORECASE)
NOTHING = "<!-- -->"  # neither \@ nor &#64; keeps GitHub from mentioning: it looks at the rendered text (github/markup#1168)
BAR = re.compile(r"(\\*)\|")
TICKS = re.compile("`+")
ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def inline(text: str) -> str:
    """Text within a line of Markdown, after something else on that line."""
    escaped = SPECIAL.sub(r"\\\g<0>", one_line(text, " "))
    return MENTION.sub(rf"\g<0>{NOTHING}", LINKED.sub(r"\\", escaped))


def code(text: str) -> str:
    """A code span, whatever backticks the text has; it may stand in a table too. Nothing for no text."""
    text = one_line(text)
    if not text.strip():
        return "`" + "\u00a0" * len(text) + "`" if text else ""
    ticks = "`" * _longer(text, 1)
    pad = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def cell(text: str) -> str:
    """Markdown in a table's cell: a bar would end it, even inside a code span, unless an odd number of backslashes stands before it."""
    return BAR.sub(lambda found: found[0] if len(found[1]) % 2 else f"{found[1]}\\|", text)


def html(text: str) -> str:
    """Text between HTML tags, where Markdown is not read but mentions are."""
    return MENTION.sub(rf"\g<0>{NOTHING}", one_line(text, " ").translate(ENTITIES))


def fence(lines: list[str], language: str = "") -> str:
    """A block of code around lines, behind a fence that none of them can close."""
    ticks = "`" * _longer("\n".join(lines), 3)
    return "\n".join([ticks + language, *lines, ticks])


def _longer(text: str, least: int) -> int:
    """A number of backticks that the text does not have in a row."""
    return max(least, 1 + max((len(run) for run in TICKS.findall(text)), default=0))


def comment(text: str) -> str:
    """An HTML comment that nobody sees; what could end it is percent-encoded."""
    kept = re.sub(
        r"[^\w .:/@=-]|-(?=-)|-$", lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode(errors="replace")), one_line(text)
    )
    return f"<!-- {kept} -->"


def size(text: str) -> int:
    """Characters as the strictest reader counts them, in UTF-16 code units."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2
