"""CQL2-JSON as SQL conditions over `i` (items) and `d` (item documents), with three-valued logic as in PostgreSQL.

Temporal operators compare the item's [datetime, ends] as pgstac does. Spatial relations other than intersects and
disjoint are those of `pcsync.emulator.search.relations`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pcsync.emulator.errors import Invalid
from pcsync.emulator.jsonb import dumps

from . import relations
from .geometry import Box, NotAGeometryError, box_geometry, boxes_of, parts_of, shape_of
from .instants import EARLIEST, LATEST, OPEN_END
from .operands import Operand, Type, common_type, json_path, operand, property_name, read_as
from .sql import FALSE, TRUE, Sql, bound, every, fill, some

MAX_NODES = 1_000
COMPARISONS = {"=": "=", "eq": "=", "<>": "<>", "neq": "<>", "!=": "<>", "<": "<", "lt": "<", "<=": "<=", "lte": "<="}
COMPARISONS |= {">": ">", "gt": ">", ">=": ">=", "gte": ">="}
TEMPORAL: Mapping[str, str] = {
    "t_before": "{lh} < {rl}",
    "t_after": "{ll} > {rh}",
    "t_meets": "{lh} = {rl}",
    "t_metby": "{ll} = {rh}",
    "t_overlaps": "({ll} < {rl} AND {rl} < {lh} AND {lh} < {rh})",
    "t_overlappedby": "({rl} < {ll} AND {ll} < {rh} AND {lh} > {rh})",
    "t_starts": "({ll} = {rl} AND {lh} < {rh})",
    "t_startedby": "({ll} = {rl} AND {lh} > {rh})",
    "t_during": "({ll} > {rl} AND {lh} < {rh})",
    "t_contains": "({ll} < {rl} AND {lh} > {rh})",
    "t_finishes": "({ll} > {rl} AND {lh} = {rh})",
    "t_finishedby": "({ll} < {rl} AND {lh} = {rh})",
    "t_equals": "({ll} = {rl} AND {lh} = {rh})",
    "t_disjoint": "NOT ({ll} <= {rh} AND {lh} >= {rl})",
    "t_intersects": "({ll} <= {rh} AND {lh} >= {rl})",
    "anyinteracts": "({ll} <= {rh} AND {lh} >= {rl})",
}
"""ll, lh and rl, rh: start and end of the left and of the right side."""
ARRAYS: Mapping[str, str] = {
    "a_contains": "NOT EXISTS (SELECT 1 FROM {right} AS r WHERE NOT EXISTS (SELECT 1 FROM {left} AS l WHERE {same}))",
    "a_containedby": "NOT EXISTS (SELECT 1 FROM {left} AS l WHERE NOT EXISTS (SELECT 1 FROM {right} AS r WHERE {same}))",
    "a_overlaps": "EXISTS (SELECT 1 FROM {left} AS l JOIN {right} AS r ON {same})",
}
SAME = Sql("(l.value = r.value AND (l.type IN ('true','false')) = (r.type IN ('true','false')))")
NEAR = "(i.west <= {east} AND i.east >= {west} AND i.south <= {north} AND i.north >= {south})"
WITHIN = "(i.west >= {west} AND i.east <= {east} AND i.south >= {south} AND i.north <= {north})"
CQL1_NAMES = {"eq": "=", "neq": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">=", "intersects": "s_intersects"}


def condition(expression: Any) -> Sql:
    """Raises Invalid with what is not understood."""
    if _nodes(expression) > MAX_NODES:
        raise Invalid(f"filter has more than {MAX_NODES} parts")
    return _boolean(expression)


def of_cql1(expression: Any) -> Any:
    """The older `{"eq": [a, b]}` form as CQL2; what is CQL2 already stays."""
    if isinstance(expression, list):
        return [of_cql1(entry) for entry in expression]
    if not isinstance(expression, dict) or "op" in expression or len(expression) != 1:
        return expression
    name, args = next(iter(expression.items()))
    if name in ("property", "timestamp", "date", "interval") or not isinstance(args, list):
        return expression if name != "not" else {"op": "not", "args": [of_cql1(args)]}
    return {"op": CQL1_NAMES.get(name, name), "args": of_cql1(args)}


def _nodes(value: Any) -> int:
    """How many objects and scalars there are; coordinates and long lists of literals count once."""
    if isinstance(value, dict):
        return 1 if "coordinates" in value else 1 + sum(_nodes(entry) for entry in value.values())
    if isinstance(value, list):
        return sum(_nodes(entry) for entry in value if isinstance(entry, dict | list | bool)) + 1
    return 1


def _boolean(value: Any) -> Sql:
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if property_name(value) is not None:
        return read_as(operand(value), Type.BOOLEAN)
    if not isinstance(value, dict) or not isinstance(value.get("op"), str) or not isinstance(value.get("args"), list):
        raise Invalid('filter must be CQL2-JSON: objects of "op" and "args"')
    op, args = value["op"], value["args"]
    compile_ = _COMPILERS.get(op.lower()) or _COMPILERS.get(op)
    if compile_ is None:
        raise Invalid(f"filter uses the operator '{op[:40]}', which is not supported")
    return compile_(op.lower(), args)


def _logical(op: str, args: list[Any]) -> Sql:
    parts = [_boolean(arg) for arg in args]
    if not parts:
        raise Invalid(f"filter: '{op}' needs arguments")
    return every(parts) if op == "and" else some(parts)


def _not(_: str, args: list[Any]) -> Sql:
    (only,) = _exactly(args, 1, "not")
    return fill("(NOT {only})", only=_boolean(only))


def _comparison(op: str, args: list[Any]) -> Sql:
    left, right = _exactly(args, 2, op)
    return _compare(COMPARISONS[op], operand(left), operand(right))


def _compare(sign: str, left: Operand, right: Operand) -> Sql:
    """Two properties are compared as numbers, as text or as truth values, whichever both hold."""
    kind = common_type([left, right])
    kinds = (Type.NUMBER, Type.TEXT, Type.BOOLEAN) if kind is Type.PROPERTY else (kind,)
    pairs = [fill(f"({{left}} {sign} {{right}})", left=read_as(left, each), right=read_as(right, each)) for each in kinds]
    return pairs[0] if len(pairs) == 1 else fill("coalesce({a}, {b}, {c})", a=pairs[0], b=pairs[1], c=pairs[2])


def _between(op: str, args: list[Any]) -> Sql:
    flat = [args[0], *args[1]] if len(args) == 2 and isinstance(args[1], list) else args
    value, low, high = (operand(arg) for arg in _exactly(flat, 3, op))
    return every([_compare(">=", value, low), _compare("<=", value, high)])


def _in(op: str, args: list[Any]) -> Sql:
    value, choices = _exactly(args, 2, op)
    if not isinstance(choices, list):
        raise Invalid("filter: 'in' needs a list of values")
    left = operand(value)
    if all(isinstance(choice, str) for choice in choices) and left.type is not Type.INSTANT:
        return fill("({left} IN (SELECT value FROM json_each({choices})))", left=read_as(left, Type.TEXT), choices=bound(dumps(choices)))
    if len(choices) > MAX_NODES:
        raise Invalid(f"filter: 'in' lists more than {MAX_NODES} values")
    return some([_compare("=", left, operand(choice)) for choice in choices])


def _like(op: str, args: list[Any]) -> Sql:
    value, pattern = _exactly(args, 2, op)
    return fill("fits({value}, {pattern})", value=read_as(operand(value), Type.TEXT), pattern=_text_pattern(pattern))


def _text_pattern(value: Any) -> Sql:
    found = operand(value)
    if found.type is not Type.TEXT or found.sql.text.startswith("i."):
        raise Invalid("filter: the pattern of 'like' must be a text")
    return found.sql


def _is_null(op: str, args: list[Any]) -> Sql:
    (only,) = _exactly(args, 1, op)
    if property_name(only) == "geometry":
        return Sql("(i.geometry IS NULL)")
    found = operand(only)
    return fill("({value} IS NULL)", value=found.sql if found.path is None else read_as(found, Type.PROPERTY))


def _spatial(op: str, args: list[Any]) -> Sql:
    pair = _exactly(args, 2, op)
    others = [arg for arg in pair if property_name(arg) != "geometry"]
    if len(others) != 1:
        raise Invalid(f"filter: '{op}' compares the property geometry with a GeoJSON geometry")
    if op in relations.INVERSE:
        return _related(relations.as_of_item(op, item_is_first=pair[1] is others[0]), others[0])
    found = intersects(others[0], "filter")
    return found if op != "s_disjoint" else fill("(i.geometry IS NOT NULL AND NOT {found})", found=found)


def intersects(geometry: Any, where: str) -> Sql:
    """Items that share a point with a GeoJSON geometry. Raises Invalid."""
    geometry = geometry_of(geometry, where)
    near = some([_box_test(NEAR, box) for box in boxes_of(geometry)])
    return fill("({near} AND meets(i.geometry, {geometry}))", near=near, geometry=bound(dumps(geometry)))


def _related(op: str, geometry: Any) -> Sql:
    """All of these relations need a common point, so that the boxes decide first. Raises Invalid, NotServed."""
    geometry = geometry_of(geometry, "filter")
    relations.need(op)
    near = some([_box_test(NEAR, box) for box in boxes_of(geometry)])
    return fill("({near} AND relates({op}, i.geometry, {geometry}))", near=near, op=bound(op), geometry=bound(dumps(geometry)))


def meets_box(box: Box) -> Sql:
    """Items that share a point with a box; those whose extent lies within need no exact test."""
    exact = fill("meets(i.geometry, {geometry})", geometry=bound(dumps(box_geometry(box))))
    parts = [
        fill("({near} AND ({within} OR {exact}))", near=_box_test(NEAR, part), within=_box_test(WITHIN, part), exact=exact)
        for part in parts_of(box)
    ]
    return some(parts)


def spatial_boxes(expression: Any) -> tuple[Box, ...] | None:
    """Boxes outside of which no item can match, where the filter says so at its top; None when it does not."""
    if not isinstance(expression, dict) or not isinstance(expression.get("args"), list):
        return None
    op, args = expression.get("op"), expression["args"]
    if op == "and":
        return next((boxes for arg in args if (boxes := spatial_boxes(arg)) is not None), None)
    if op not in ("s_intersects", "intersects", *relations.INVERSE):
        return None
    return next((boxes_of(arg) for arg in args if property_name(arg) != "geometry"), None)


def _box_test(template: str, box: Box) -> Sql:
    west, south, east, north = (bound(number) for number in box)
    return fill(template, west=west, south=south, east=east, north=north)


def geometry_of(value: Any, where: str) -> dict[str, Any]:
    """The geometry without foreign members. Raises Invalid."""
    try:
        shape_of(value)
    except NotAGeometryError as broken:
        raise Invalid(f"{where}: this is no geometry: {broken}") from broken
    return {key: value[key] for key in ("type", "coordinates", "geometries") if key in value}


def _temporal(op: str, args: list[Any]) -> Sql:
    left, right = _exactly(args, 2, op)
    ll, lh = _span(left)
    rl, rh = _span(right)
    return fill(TEMPORAL[op], ll=ll, lh=lh, rl=rl, rh=rh)


def _span(value: Any) -> tuple[Sql, Sql]:
    """Start and end of one side: the item's own span, an interval, or an instant as both."""
    if property_name(value) == "datetime":
        return Sql("i.datetime"), Sql("i.ends")
    ends = value.get("interval") if isinstance(value, dict) else None
    if isinstance(ends, list) and len(ends) == 2:
        return _end(ends[0], EARLIEST), _end(ends[1], LATEST)
    if isinstance(value, str) and "/" in value:
        start, _, end = value.partition("/")
        return _end(start, EARLIEST), _end(end, LATEST)
    at = read_as(operand(value), Type.INSTANT)
    return at, at


def _end(value: Any, otherwise: int) -> Sql:
    return bound(otherwise) if value is None or value in OPEN_END else read_as(operand(value), Type.INSTANT)


def _array(op: str, args: list[Any]) -> Sql:
    left, right = _exactly(args, 2, op)
    name = property_name(left)
    if name is None or not isinstance(right, list):
        raise Invalid(f"filter: '{op}' compares a property with a list of values")
    path, listed = bound(json_path(name)), bound(dumps(right))
    if op == "a_equals":
        return fill("(json_extract(d.document, {path}) = json({listed}))", path=path, listed=listed)
    own = fill("json_each(d.document, {path})", path=path)
    found = fill(ARRAYS[op.replace("contained_by", "containedby")], left=own, right=fill("json_each({it})", it=listed), same=SAME)
    return fill("CASE json_type(d.document, {path}) WHEN 'array' THEN {found} END", path=path, found=found)


def _exactly(args: list[Any], count: int, op: str) -> list[Any]:
    if len(args) != count:
        raise Invalid(f"filter: '{op}' needs {count} arguments")
    return args


Compiler = Callable[[str, list[Any]], Sql]
_COMPILERS: Mapping[str, Compiler] = {
    "and": _logical,
    "or": _logical,
    "not": _not,
    **dict.fromkeys(COMPARISONS, _comparison),
    "between": _between,
    "in": _in,
    "like": _like,
    "isnull": _is_null,
    **dict.fromkeys(("s_intersects", "intersects", "s_disjoint", *relations.INVERSE), _spatial),
    **dict.fromkeys(TEMPORAL, _temporal),
    **dict.fromkeys((*ARRAYS, "a_contained_by", "a_equals"), _array),
}
