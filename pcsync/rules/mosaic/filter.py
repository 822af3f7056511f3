"""CQL2-JSON read as a tree: what each operator takes, and where in the manifest each part stands (OGC 21-065r2; dossier 3.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pcsync.rules.shape import text_of
from pcsync.rules.words import names

MAX_DEPTH = 60
LOGICAL = frozenset({"and", "or"})
COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
TEMPORAL = names(
    "t_after t_before t_contains t_disjoint t_during t_equals t_finishedBy t_finishes t_intersects t_meets t_metBy "
    "t_overlappedBy t_overlaps t_startedBy t_starts"
)
SPATIAL = names("s_contains s_crosses s_disjoint s_equals s_intersects s_overlaps s_touches s_within")
ARRAYS = frozenset({"a_containedBy", "a_contains", "a_equals", "a_overlaps"})
FUNCTIONS = frozenset({"casei", "accenti", "+", "-", "*", "/", "%", "div", "^"})
OLD = {
    "eq": "=",
    "neq": "<>",
    "lt": "<",
    "lte": "<=",
    "gt": ">",
    "gte": ">=",
    "==": "=",
    "!=": "<>",
    "intersects": "s_intersects",
    "within": "s_within",
    "during": "t_during",
    "before": "t_before",
    "after": "t_after",
    "tequals": "t_equals",
    "is_null": "isNull",
    "isnull": "isNull",
    "AND": "and",
    "OR": "or",
    "NOT": "not",
    "IN": "in",
    "LIKE": "like",
    "BETWEEN": "between",
}
"""Operators of CQL-JSON, of other languages, or in capitals, and what they are called in CQL2-JSON."""
ANY_INTERACTS = frozenset({"anyinteracts", "t_anyinteracts", "anyInteracts", "t_intersects"})
ARITY: Mapping[str, int] = {
    **dict.fromkeys(COMPARISONS | TEMPORAL | SPATIAL | ARRAYS | {"in", "like", "anyinteracts"}, 2),
    **dict.fromkeys(("not", "isNull", "casei", "accenti"), 1),
    "between": 3,
}
KNOWN = frozenset({*LOGICAL, *COMPARISONS, *TEMPORAL, *SPATIAL, *ARRAYS, *FUNCTIONS, *ARITY})


@dataclass(frozen=True, slots=True)
class Node:
    """An operator with its arguments; ``pointer`` is where it stands. ``op`` is "" where none is written, ``args`` is whatever is."""

    op: str
    args: Any
    pointer: str
    negated: bool = False
    optional: bool = False
    """It stands below an or, so it need not hold."""

    @property
    def operands(self) -> list[Any]:
        """The arguments where they are a list."""
        return self.args if isinstance(self.args, list) else []

    @property
    def name(self) -> str:
        """The operator as CQL2 calls it."""
        return OLD.get(self.op, self.op)

    @property
    def properties(self) -> Iterator[tuple[str, str]]:
        """(property, pointer) of each argument that is one; also inside casei, accenti and the like."""
        for index, member in enumerate(self.operands):
            at = f"{self.pointer}/args/{index}"
            while isinstance(member, dict) and "op" in member and isinstance(member.get("args"), list) and len(member["args"]) == 1:
                member, at = member["args"][0], f"{at}/args/0"
            if isinstance(member, dict) and isinstance(member.get("property"), str):
                yield member["property"], f"{at}/property"

    @property
    def subject(self) -> str:
        """The one property that the arguments are about; "" where there is none or more than one."""
        found = [name for name, _ in self.properties]
        return found[0] if len(found) == 1 else ""

    def literals(self) -> Iterator[tuple[Any, str]]:
        """(value, pointer) of the arguments that are no property."""
        for index, member in enumerate(self.operands):
            if not (isinstance(member, dict) and ("property" in member or "op" in member)):
                yield member, f"{self.pointer}/args/{index}"


def nodes(cql: Any, pointer: str) -> Iterator[Node]:
    """Every operator in a mosaic's list of expressions, outer ones first."""
    waiting = [(member, f"{pointer}/{index}", 0, False, False) for index, member in enumerate(cql if isinstance(cql, list) else ())]
    while waiting:
        value, at, depth, negated, optional = waiting.pop(0)
        if not isinstance(value, dict) or depth > MAX_DEPTH or "op" not in value:
            continue
        node = Node(text_of(value["op"]), value.get("args"), at, negated, optional)
        yield node
        below_not, below_or = negated != (node.name == "not"), optional or node.name == "or"
        for index, member in enumerate(node.operands):
            waiting.append((member, f"{at}/args/{index}", depth + 1, below_not, below_or))
