"""Long texts compared word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

WORD = re.compile(r"\s+|\S+")
MOST = 1_500  # words in question on either side: the matcher is quadratic, and nobody reads such a diff
LEAST_IN_COMMON = 0.3  # below it two texts have nothing to do with each other, and a word diff of them is noise


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that both texts have (``kept``), or that one replaces by the other; each may be empty."""

    kept: str = ""
    removed: str = ""
    added: str = ""


def word_diff(before: str, after: str) -> tuple[Piece, ...] | None:
    """The pieces that lead from one text to the other; None where they have too little in common, or are too long to compare."""
    old, new = WORD.findall(before), WORD.findall(after)
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    middle = [*_matched(old[head : len(old) - tail], new[head : len(new) - tail])]
    if max(len(old), len(new)) - head - tail > MOST:
        return None
    pieces = (Piece("".join(old[:head])), *middle, Piece("".join(old[len(old) - tail :])))
    if sum(len(piece.kept) for piece in pieces) < LEAST_IN_COMMON * max(len(before), len(after)):
        return None
    return tuple(piece for piece in pieces if piece != Piece())


def _common(old: list[str], new: list[str]) -> int:
    """How many words two lists begin with alike."""
    for index, (left, right) in enumerate(zip(old, new, strict=False)):
        if left != right:
            return index
    return min(len(old), len(new))


def _matched(old: list[str], new: list[str]) -> Iterator[Piece]:
    if max(len(old), len(new)) > MOST:
        return
    for op, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        removed, added = "".join(old[i:j]), "".join(new[k:m])
        yield Piece(kept=removed) if op == "equal" else Piece(removed=removed, added=added)
