"""What a search asks for, read from the body of POST /stac/search or from the query of an item list."""

import json
import math
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pcsync.emulator.checks import Check, any_object, array, demand, number, one_of, record, text
from pcsync.emulator.errors import Invalid

from . import cql2
from .geometry import Box, boxes_of, parts_of
from .instants import Interval, parse_interval
from .operands import json_path
from .sql import Sql
from .text import parse_text

SEARCH_DEFAULT, SEARCH_MOST = 250, 1_000
"""Of the search limit (geocatalog-api 3.10)."""
MOST_SORT_KEYS = 10
QUERY_OPS: Mapping[str, str] = {"eq": "=", "neq": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">=", "in": "in"}
LIKE_OPS: Mapping[str, str] = {"startsWith": "{}%", "endsWith": "%{}", "contains": "%{}%"}
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SortKey:
    """One field to order by: `path` into the document, or a column of items."""

    descending: bool
    column: str | None = None
    path: str | None = None


NEWEST_FIRST = (SortKey(True, "datetime"), SortKey(True, "id"), SortKey(True, "collection"))
"""The order of the service where nothing is asked (emulator-notes 5)."""


@dataclass(frozen=True, slots=True)
class Fields:
    """Which parts of an item are wanted; dotted paths, `properties.` before a property."""

    include: tuple[str, ...]
    exclude: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """One search. boxes: outside of them nothing matches; heights: lowest and highest of a 3D bbox, in metres."""

    limit: int
    collections: tuple[str, ...] | None = None
    ids: tuple[str, ...] | None = None
    interval: Interval | None = None
    boxes: tuple[Box, ...] | None = None
    heights: tuple[float, float] | None = None
    conditions: tuple[Sql, ...] = ()
    order: tuple[SortKey, ...] = NEWEST_FIRST
    after: tuple[Any, ...] | None = None
    fields: Fields | None = None


def _sort_text(value: Any, where: str) -> Any:
    yield from (text(1) if isinstance(value, str) else record({"field": text(1)}, {"direction": one_of("asc", "desc")}))(value, where)


def _integer(value: Any, where: str) -> Any:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        yield f"{where} must be a whole number of at least 1"


BODY: Check = record(
    {},
    {
        "collections": array(text()),
        "ids": array(text(1)),
        "bbox": array(number),
        "intersects": any_object,
        "datetime": text(1),
        "limit": _integer,
        "query": any_object,
        "sortby": array(_sort_text, 0, MOST_SORT_KEYS),
        "filter-lang": one_of("cql-json", "cql2-json", "cql2-text"),
        "token": text(1),
    },
)


def of_body(body: Any) -> Search:
    """Raises Invalid."""
    demand(BODY, body)
    given = {key: value for key, value in body.items() if value is not None}
    if "bbox" in given and "intersects" in given:
        raise Invalid("bbox and intersects cannot be given together")
    order = _order(given.get("sortby") or [])
    filters = [*_query(given.get("query") or {}), *_filter(given)]
    conditions = [cql2.condition(entry) for entry in filters]
    boxes, heights = None, None
    if "bbox" in given:
        boxes, heights, box_condition = bbox(given["bbox"])
        conditions.insert(0, box_condition)
    elif "intersects" in given:
        conditions.insert(0, cql2.intersects(given["intersects"], "intersects"))
        boxes = boxes_of(given["intersects"])
    else:
        boxes = next((found for entry in filters if (found := cql2.spatial_boxes(entry)) is not None), None)
    return Search(
        limit=given.get("limit", SEARCH_DEFAULT),
        collections=tuple(given["collections"]) if given.get("collections") else None,
        ids=tuple(given["ids"]) if given.get("ids") else None,
        interval=parse_interval(given["datetime"]) if "datetime" in given else None,
        boxes=boxes,
        heights=heights,
        conditions=tuple(conditions),
        order=order,
        after=of_token(given.get("token"), len(order)),
        fields=_fields(given.get("fields")),
    )


def bbox(numbers: list[Any]) -> tuple[tuple[Box, ...], tuple[float, float] | None, Sql]:
    """Boxes, heights and condition of four or six numbers. Raises Invalid."""
    if len(numbers) not in (4, 6):
        raise Invalid("bbox must have 4 or 6 numbers")
    half = len(numbers) // 2
    west, south, east, north = (float(numbers[place]) for place in (0, 1, half, half + 1))
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise Invalid("bbox is west, south, east, north in degrees, with south no further north than north")
    heights = (float(numbers[2]), float(numbers[5])) if half == 3 else None
    if heights and heights[0] > heights[1]:
        raise Invalid("bbox has its lowest height above its highest")
    box = (west, south, east, north)
    return parts_of(box), heights, cql2.meets_box(box)


def finite(number: float) -> float:
    """Raises ValueError for infinity and what is no number."""
    if not math.isfinite(number):
        raise ValueError(number)
    return number


def to_token(values: list[Any]) -> str:
    return urlsafe_b64encode(json.dumps(values).encode()).decode()


def of_token(token: str | None, keys: int) -> tuple[Any, ...] | None:
    """The sort values after which a page begins. Raises Invalid for a token of something else."""
    if token is None:
        return None
    try:
        values = json.loads(urlsafe_b64decode(token.encode()))
    except (ValueError, RecursionError) as bad:
        raise Invalid("token is not one that this service gave out") from bad
    fits = isinstance(values, list) and len(values) == keys and all(_is_sort_value(value) for value in values)
    if not fits:
        raise Invalid("token is not one that this service gave out")
    return tuple(values)


def _is_sort_value(value: Any) -> bool:
    return value is None or isinstance(value, str | float) or (isinstance(value, int) and abs(value) < 2**63)


def _order(sortby: list[Any]) -> tuple[SortKey, ...]:
    """The keys asked for, then what makes the order total."""
    keys = [_sort_key(entry) for entry in sortby]
    if not keys:
        return NEWEST_FIRST
    named = {key.column for key in keys}
    return (*keys, *(key for key in (SortKey(True, "id"), SortKey(True, "collection")) if key.column not in named))


def _sort_key(entry: Any) -> SortKey:
    if isinstance(entry, str):
        entry = {"field": entry.lstrip("+-"), "direction": "desc" if entry.startswith("-") else "asc"}
    descending = entry.get("direction") == "desc"
    name = entry["field"].removeprefix("properties.")
    if name in ("id", "collection", "datetime"):
        return SortKey(descending, name)
    return SortKey(descending, path=json_path(name))


def _query(query: Json) -> list[Json]:
    """The STAC query extension as CQL2."""
    found = []
    for name, tests in query.items():
        if not isinstance(tests, dict):
            raise Invalid(f"query.{name[:60]} must be an object of operators")
        found += [_query_test(name, op, value) for op, value in tests.items()]
    return found


def _query_test(name: str, op: str, value: Any) -> Json:
    if op in QUERY_OPS:
        return {"op": QUERY_OPS[op], "args": [{"property": name}, value]}
    if op in LIKE_OPS and isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return {"op": "like", "args": [{"property": name}, LIKE_OPS[op].format(escaped)]}
    raise Invalid(f"query.{name[:60]}: the operator '{op[:40]}' is not supported")


def _filter(given: Json) -> list[Any]:
    if "filter" not in given:
        return []
    language, expression = given.get("filter-lang"), given["filter"]
    if language == "cql2-text" or (language is None and isinstance(expression, str)):
        expression = parse_text(expression)
    elif language != "cql2-json":
        expression = cql2.of_cql1(expression)
    return [expression] if expression != {} else []


def _fields(given: Any) -> Fields | None:
    """An object of include and exclude, or the list of such objects that the service's model has."""
    if given is None:
        return None
    entries = given if isinstance(given, list) else [given]
    demand(array(record({}, {"include": array(text(1)), "exclude": array(text(1))})), entries, "fields")
    include = tuple(name for entry in entries for name in entry.get("include") or [])
    exclude = tuple(name for entry in entries for name in entry.get("exclude") or [])
    return Fields(include, exclude)
