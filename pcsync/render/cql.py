"""CQL2-JSON filters as a person would say them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

INFIX = {"=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "%"}
JOINING = {"and", "or"}


def cql_text(expression: Any) -> str:
    """One expression on one line: ``eo:cloud_cover <= 10``; anything that is no CQL2-JSON comes out as it is."""
    if isinstance(expression, Mapping):
        return _object(expression)
    if isinstance(expression, list | tuple):
        return f"({', '.join(cql_text(member) for member in expression)})"
    if expression is None or isinstance(expression, bool):
        return str(expression).lower() if expression is not None else "null"
    return f"'{expression}'" if isinstance(expression, str) else str(expression)


def _object(expression: Mapping[str, Any]) -> str:
    match expression:
        case {"property": str(name)}:
            return name
        case {"interval": [start, end]}:
            return f"{_instant(start)} to {_instant(end)}"
        case {"timestamp": instant} | {"date": instant}:
            return _instant(instant)
        case {"op": str(op), "args": [*args]}:
            return _operation(op.lower(), [_operand(member, op.lower()) for member in args])
        case {"type": str(geometry), "coordinates": _}:
            return geometry.upper()
    return ", ".join(f"{name}: {cql_text(value)}" for name, value in expression.items())


def _operand(member: Any, op: str) -> str:
    text = cql_text(member)
    nested = isinstance(member, Mapping) and member.get("op") in JOINING and op in (*JOINING, "not")
    return f"({text})" if nested else text


def _operation(op: str, args: list[str]) -> str:
    if op in JOINING and args:
        return f" {op} ".join(args)
    match args:
        case [left, right] if op in INFIX:
            return f"{left} {op} {right}"
        case [left, right] if op in ("anyinteracts", "t_intersects"):
            return f"{left} in {right}"
        case [left, right] if op in ("in", "like"):
            return f"{left} {op} {right}"
        case [left, low, high] if op == "between":
            return f"{left} between {low} and {high}"
        case [only] if op == "isnull":
            return f"{only} is null"
        case [only] if op == "not":
            return f"not {only}"
    return f"{op}({', '.join(args)})"


def _instant(value: Any) -> str:
    return value if isinstance(value, str) else cql_text(value)
