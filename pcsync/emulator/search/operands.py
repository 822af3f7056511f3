"""The things a CQL2 filter compares: properties, literals, arithmetic, folded text; each as SQL of a wanted type.

SQLite orders numbers before text, so `property > 10` would be true of every text. A property is therefore read as the
type of what it is compared with and is NULL when it holds another one, as a cast would fail in PostgreSQL.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from pcsync.emulator.errors import Invalid

from .instants import micros_of_date
from .sql import NULL, Sql, bound, fill

TOP_LEVEL = ("links", "assets", "stac_version", "stac_extensions")
"""Names that are looked up in the item itself, not in its properties, as in pgstac."""
ARITHMETIC = {"+": "+", "-": "-", "*": "*", "/": "/", "%": "%"}


class Type(Enum):
    """What an operand holds; PROPERTY is decided by what it is compared with."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    INSTANT = "instant"
    PROPERTY = "property"
    NULL = "null"


JSON_TYPES = {Type.NUMBER: "'integer','real'", Type.TEXT: "'text'", Type.BOOLEAN: "'true','false'"}


@dataclass(frozen=True, slots=True)
class Operand:
    """A value in SQL; `path` is the JSON path of a property."""

    type: Type
    sql: Sql = NULL
    path: str | None = None


def operand(value: Any) -> Operand:
    """Raises Invalid for what is no scalar expression."""
    if isinstance(value, dict):
        return _expression(value)
    if value is None:
        return Operand(Type.NULL)
    if isinstance(value, bool):
        return Operand(Type.BOOLEAN, bound(int(value)))
    if isinstance(value, int | float):
        return Operand(Type.NUMBER, bound(value))
    if isinstance(value, str):
        return Operand(Type.TEXT, bound(value))
    raise Invalid("filter compares a list where a value is needed")


def read_as(given: Operand, wanted: Type) -> Sql:
    """The operand's SQL, NULL when it holds another type. Raises Invalid for a text that is no instant."""
    if given.path is not None:
        return _property_as(bound(given.path), wanted)
    if given.type is wanted:
        return given.sql
    if wanted is Type.INSTANT and given.type is Type.TEXT:
        return bound(_instant(given.sql.values[0])) if given.sql.text == "?" else fill("instant({text})", text=given.sql)
    return NULL


def common_type(operands: list[Operand]) -> Type:
    """The type to compare as: that of an instant, else of the first literal; PROPERTY when there are properties only."""
    types = [found.type for found in operands if found.type not in (Type.PROPERTY, Type.NULL)]
    if Type.INSTANT in types:
        return Type.INSTANT
    return types[0] if types else Type.PROPERTY


def property_name(value: Any) -> str | None:
    """The name in `{"property": name}`, without the `properties.` that some clients write."""
    if isinstance(value, dict) and set(value) == {"property"} and isinstance(value["property"], str):
        return value["property"].removeprefix("properties.")
    return None


def json_path(name: str) -> str:
    """The place of a property in the document. Raises Invalid for names that no path can hold."""
    if '"' in name or "\\" in name or not name:
        raise Invalid(f"filter names a property that cannot be looked up: '{name[:60]}'")
    steps = name.split(".")
    start = "$" if steps[0] in TOP_LEVEL else "$.properties"
    return start + "".join(f'."{step}"' for step in steps)


def _expression(value: dict[str, Any]) -> Operand:
    name = property_name(value)
    if name is not None:
        return _property(name)
    if set(value) == {"timestamp"} or set(value) == {"date"}:
        return Operand(Type.INSTANT, bound(_instant(next(iter(value.values())))))
    if "op" in value and isinstance(value.get("args"), list):
        return _call(value["op"], value["args"])
    raise Invalid("filter holds an object that is neither a property, a timestamp nor an operation")


def _property(name: str) -> Operand:
    if name in ("id", "collection"):
        return Operand(Type.TEXT, Sql(f"i.{name}"))
    if name == "datetime":
        return Operand(Type.INSTANT, Sql("i.datetime"))
    return Operand(Type.PROPERTY, path=json_path(name))


def _call(op: Any, args: list[Any]) -> Operand:
    if isinstance(op, str) and op in ARITHMETIC and len(args) == 2:
        left, right = (read_as(operand(arg), Type.NUMBER) for arg in args)
        return Operand(Type.NUMBER, fill(f"({{left}} * 1.0 {ARITHMETIC[op]} {{right}})", left=left, right=right))
    if op in ("casei", "accenti") and len(args) == 1:
        function = "folded" if op == "casei" else "unaccented"
        return Operand(Type.TEXT, fill(f"{function}({{text}})", text=read_as(operand(args[0]), Type.TEXT)))
    raise Invalid(f"filter uses '{str(op)[:40]}', which is not supported as a value")


def _property_as(path: Sql, wanted: Type) -> Sql:
    if wanted is Type.INSTANT:
        return fill("instant(json_extract(d.document, {path}))", path=path)
    if wanted not in JSON_TYPES:
        return fill("json_extract(d.document, {path})", path=path)
    template = f"CASE WHEN json_type(d.document, {{path}}) IN ({JSON_TYPES[wanted]}) THEN json_extract(d.document, {{path}}) END"
    return fill(template, path=path)


def _instant(text: Any) -> int:
    found = micros_of_date(text) if isinstance(text, str) else None
    if found is None:
        raise Invalid(f"filter: '{str(text)[:60]}' is neither a date nor an RFC 3339 date and time")
    return found
