"""Pieces of SQL that carry their bound values: no text of a user ever becomes SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any


@dataclass(frozen=True, slots=True)
class Sql:
    """An expression with `?` for each of its values, in order."""

    text: str
    values: tuple[Any, ...] = ()


TRUE, FALSE, NULL = Sql("1"), Sql("0"), Sql("NULL")


def bound(value: Any) -> Sql:
    """One value. Integers beyond 64 bits, which SQLite cannot hold, become floating point."""
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return Sql("?", (float(value),))
    return Sql("?", (value,))


def fill(template: str, **parts: Sql) -> Sql:
    """The template with `{name}` replaced, values in the order of the text."""
    text = ""
    values: list[Any] = []
    for literal, name, _, _ in Formatter().parse(template):
        text += literal
        if name is not None:
            text += parts[name].text
            values += parts[name].values
    return Sql(text, tuple(values))


def joined(word: str, parts: Sequence[Sql]) -> Sql:
    """`a word b word c` as a balanced tree: SQLite limits the depth of expressions, and a chain is as deep as it is long."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    return fill(f"({{left}} {word} {{right}})", left=joined(word, parts[:half]), right=joined(word, parts[half:]))


def every(parts: Sequence[Sql]) -> Sql:
    """All of them; true when there are none."""
    return joined("AND", parts) if parts else TRUE


def some(parts: Sequence[Sql]) -> Sql:
    """Any of them; false when there are none."""
    return joined("OR", parts) if parts else FALSE
